"""The frame of the command line: exit codes, languages, one sentence for every failure, nothing heavy at the start."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import tui.cli
import tui.cli.date
from domain.i18n import use_language
from tui.cli.frame import CommandFailed
from tui.language import choose_language
from tui.main import build_parser, main

ROOT = Path(__file__).resolve().parents[2]
HEAVY = ("apsw", "httpx", "phonenumbers", "rich", "sqlalchemy", "starlette", "textual", "tinydb", "uvicorn")


@pytest.fixture(autouse=True)
def english(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Give every test a profile of its own and a system that speaks English."""
    monkeypatch.setenv("DUECALL_HOME", str(tmp_path / "home"))
    for variable in ("LC_ALL", "LC_MESSAGES", "LANG", "DUECALL_DEBUG"):
        monkeypatch.delenv(variable, raising=False)
    yield
    use_language("en")


def program(*arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
    """Run the program as its users do, in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "tui.main", *arguments],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
        **options,
    )


def broken(run: Any) -> ModuleType:
    """Make a module of a command whose work is ``run``."""
    module = ModuleType("tui.cli.broken")

    def add_parser(subparsers: Any) -> None:
        parser = subparsers.add_parser("broken")
        parser.add_argument("words", nargs="*")
        parser.set_defaults(run=run)

    module.__dict__["add_parser"] = add_parser
    return module


@pytest.fixture
def install(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Give a function that adds the command ``broken`` to the program."""

    def add(run: Any) -> None:
        monkeypatch.setattr(tui.cli, "MODULES", ("broken",))
        monkeypatch.setattr("tui.main.MODULES", ("broken",))
        monkeypatch.setitem(sys.modules, "tui.cli.broken", broken(run))

    return add


def test_wrong_usage_is_exit_code_2_with_the_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["no-such-command"]) == 2
    assert main(["date", "friday", "--from", "yesterday"]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "usage: duecall" in shown.err
    assert "“yesterday” is no day" in shown.err


def test_options_may_not_be_abbreviated(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["date", "friday", "--fro", "2026-11-22"]) == 2
    assert "unrecognized arguments: --fro" in capsys.readouterr().err


def test_version_names_the_installed_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out.startswith("duecall ")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_command_explains_itself_in_both_languages(language: str, capsys: pytest.CaptureFixture[str]) -> None:
    use_language(language)  # type: ignore[arg-type]  # a parametrised literal
    parser = build_parser()
    assert parser.format_help()
    assert main(["--help"]) == 0
    listed = capsys.readouterr().out
    (commands,) = (action for action in parser._actions if isinstance(action, argparse._SubParsersAction))
    for name, command in commands.choices.items():
        assert name in listed
        assert command.format_help()


def test_wrong_usage_speaks_chinese_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--lang", "zh", "date"]) == 2
    said = capsys.readouterr().err
    assert said.startswith("用法：duecall date")
    assert "缺少参数：TEXT" in said
    assert main(["date"]) == 2
    assert capsys.readouterr().err.startswith("usage: duecall date")
    assert "LANGUAGE" not in os.environ or os.environ["LANGUAGE"] != "zh"


def test_a_refused_command_says_one_sentence(install: Any, capsys: pytest.CaptureFixture[str]) -> None:
    def run(_arguments: object) -> int:
        raise CommandFailed("The file is not there; nothing was changed.")

    install(run)
    assert main(["broken"]) == 1
    shown = capsys.readouterr()
    assert (shown.out, shown.err) == ("", "The file is not there; nothing was changed.\n")


def test_a_surprise_leaves_a_report_without_personal_data(
    install: Any, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    def run(_arguments: object) -> int:
        customer, balances = "Zoe Quillfeather", dict[str, int]()
        try:
            return balances[customer]
        except KeyError as error:
            raise RuntimeError(f"no balance for {customer}") from error

    install(run)
    assert main(["broken", "+442079460000"]) == 1
    shown = capsys.readouterr()
    assert shown.out == ""
    assert len(shown.err.splitlines()) == 1
    assert "Traceback" not in shown.err
    (report,) = (tmp_path / "home" / "logs").glob("crash-*.txt")
    assert str(report) in shown.err
    written = report.read_text(encoding="utf-8")
    assert "builtins.RuntimeError" in written
    assert "builtins.KeyError" in written
    assert "tests/tui/test_cli_frame.py:" in written
    assert "command broken" in written
    for secret in ("Zoe", "Quillfeather", "+442079460000", str(ROOT)):
        assert secret not in written
    if sys.platform != "win32":
        assert report.stat().st_mode & 0o077 == 0


def test_a_surprise_without_a_log_folder_is_still_one_sentence(
    install: Any, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(_arguments: object) -> int:
        raise ZeroDivisionError

    (tmp_path / "file").write_text("not a folder")
    monkeypatch.setenv("DUECALL_HOME", str(tmp_path / "file"))
    install(run)
    assert main(["broken"]) == 1
    assert capsys.readouterr().err.startswith("duecall met an error of its own; what was saved is safe.")


def test_debug_shows_the_traceback(
    install: Any, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(_arguments: object) -> int:
        raise ZeroDivisionError("by nought")

    monkeypatch.setenv("DUECALL_DEBUG", "1")
    install(run)
    assert main(["broken"]) == 1
    assert "ZeroDivisionError: by nought" in capsys.readouterr().err


def test_only_the_newest_reports_are_kept(install: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def run(_arguments: object) -> int:
        raise ZeroDivisionError

    logs = tmp_path / "home" / "logs"
    logs.mkdir(parents=True)
    for minute in range(30):
        (logs / f"crash-20200101T00{minute:02}00-1.txt").write_text("old")
    install(run)
    main(["broken"])
    kept = sorted(file.name for file in logs.glob("crash-*.txt"))
    assert len(kept) == 20
    assert "crash-20200101T001000-1.txt" not in kept


def test_interrupted_is_quiet(install: Any, capsys: pytest.CaptureFixture[str]) -> None:
    def run(_arguments: object) -> int:
        raise KeyboardInterrupt

    install(run)
    assert main(["broken"]) == 130
    assert capsys.readouterr().err == ""


@pytest.mark.skipif(sys.platform == "win32", reason="a shell pipe")
def test_a_reader_that_leaves_early_is_not_an_error() -> None:
    line = '{"text": "friday", "from": "2026-11-22"}\n'
    with subprocess.Popen(
        [sys.executable, "-m", "tui.main", "date", "-"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdin.write(line)
        process.stdin.flush()
        assert json.loads(process.stdout.readline())["date"] == "2026-11-27"
        process.stdout.close()
        process.stdin.write(line)
        process.stdin.close()
        assert process.wait(30) == 0
        assert process.stderr.read() == ""


def test_output_is_utf8_whatever_the_system_speaks() -> None:
    environment = os.environ | {"PYTHONIOENCODING": "cp1252", "PYTHONUTF8": "0"}
    done = program("date", "下周五", "--from", "2026-11-22", "--json", "--lang", "zh", env=environment)
    assert done.returncode == 0
    assert json.loads(done.stdout)["text"] == "下周五"


@pytest.mark.skipif(sys.platform == "win32", reason="arguments are bytes")
def test_arguments_that_are_no_text_are_answered() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tui.main", "date", b"fri\xff", "--json"],
        cwd=ROOT,
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert done.returncode in (0, 1)
    assert json.loads(done.stdout)["text"] == "fri\udcff"


@pytest.mark.parametrize(
    ("arguments", "environment", "language"),
    [
        ([], {}, "en"),
        ([], {"LANG": "zh_CN.UTF-8"}, "zh"),
        ([], {"LANG": "zh_CN.UTF-8", "LC_MESSAGES": "en_GB.UTF-8"}, "en"),
        ([], {"LANG": "en_GB.UTF-8", "LC_ALL": "zh_TW.UTF-8"}, "zh"),
        ([], {"LANG": "zh_CN.UTF-8", "LC_ALL": ""}, "zh"),
        (["--lang", "en"], {"LANG": "zh_CN.UTF-8"}, "en"),
        (["date", "friday", "--lang=zh"], {}, "zh"),
        (["date", "--", "--lang", "zh"], {}, "en"),
        (["--lang", "fr"], {}, "en"),
        (["--lang"], {}, "en"),
    ],
)
def test_the_language_is_found_before_the_arguments_are_read(
    arguments: list[str], environment: dict[str, str], language: str, tmp_path: Path
) -> None:
    assert choose_language(arguments, {"DUECALL_HOME": str(tmp_path)} | environment) == language


def test_the_language_of_the_profile_comes_before_the_systems(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text('language = "zh"\n')
    environment = {"DUECALL_HOME": str(tmp_path), "LANG": "en_GB.UTF-8"}
    assert choose_language([], environment) == "zh"
    assert choose_language(["--lang", "en"], environment) == "en"


def test_settings_that_cannot_be_read_do_not_stop_a_command_that_needs_none(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("language = [")
    assert choose_language([], {"DUECALL_HOME": str(tmp_path)}) == "en"


@pytest.mark.parametrize(
    ("arguments", "allowed"),
    [
        (["--help"], ()),
        (["--version"], ()),
        (["date", "friday"], ()),
        (["phone", "--help"], ()),
        (["server", "--help"], ()),
        (["phone", "13800138000", "--region", "CN"], ("phonenumbers",)),
        (["may-call", "--number", "+8613800138000"], ("phonenumbers",)),
    ],
)
def test_simple_commands_load_nothing_heavy(arguments: list[str], allowed: tuple[str, ...]) -> None:
    probe = (
        "import json, sys; from tui.main import main; main(sys.argv[1:]);"
        "print(json.dumps(sorted({name.split('.')[0] for name in sys.modules})), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", probe, *arguments],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=True,
    )
    loaded = set(json.loads(done.stderr.splitlines()[-1]))
    assert loaded & set(HEAVY) == set(allowed)
