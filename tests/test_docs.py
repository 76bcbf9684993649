"""The documents are true: commands parse, examples answer what is shown, links lead somewhere, tables are current."""

from __future__ import annotations

import contextlib
import importlib.util
import io
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from domain.i18n import use_language
from tests.support import keytable
from tests.support.tree import ROOT
from tui.main import build_parser, main

DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
_BLOCK = re.compile(r"```console\n(.*?)```", re.DOTALL)
_INLINE = re.compile(r"`((?:duecall|python3 run\.py)(?: [^`]*)?)`")
_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
_NAMED_FILE = re.compile(
    r"(?<![\w/.])((?:tui|screens|data|domain|server|tests|benchmarks)/[\w/.-]+\.(?:py|toml|md|po))\b"
)

NOT_THERE = {"tests/data/__init__.py"}
"""Files that documents name because they must not be there."""


@pytest.fixture(autouse=True)
def english(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Give every test a profile of its own and a system that speaks English."""
    monkeypatch.setenv("DUECALL_HOME", str(tmp_path))
    for variable in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(variable, raising=False)
    yield
    use_language("en")


def named(document: Path) -> str:
    """Name a document in a test's id."""
    return document.relative_to(ROOT).as_posix()


def command_lines(document: Path) -> list[str]:
    """Collect every command line a document shows."""
    text = document.read_text(encoding="utf-8")
    typed = [line[2:] for block in _BLOCK.findall(text) for line in block.splitlines() if line.startswith("$ ")]
    return [*typed, *_INLINE.findall(_BLOCK.sub("", text))]


def own_words(line: str) -> list[str] | None:
    """Give what duecall is told in a command line, ``None`` where the line is somebody else's."""
    words = shlex.split(line.replace("…", "").replace("&&", "|"), comments=True)
    for stop in ("|", ">", "<", "&"):
        words = words[: words.index(stop)] if stop in words else words
    if words[:1] == ["duecall"]:
        return words[1:]
    if words[:3] == ["python3", "run.py", "duecall"]:
        return words[3:]
    if words[:3] == ["python3", "run.py", "demo"]:
        return words[2:]
    return None


@pytest.mark.parametrize("document", DOCUMENTS, ids=named)
def test_every_command_that_is_shown_can_be_given(document: Path) -> None:
    for line in command_lines(document):
        words = own_words(line)
        if words:
            said = io.StringIO()
            code: object = 0
            try:
                with contextlib.redirect_stderr(said), contextlib.redirect_stdout(said):
                    build_parser().parse_args(words)
            except SystemExit as stop:
                code = stop.code
            assert code == 0, f"{line}\n{said.getvalue()}"


@pytest.mark.parametrize("document", DOCUMENTS, ids=named)
def test_every_command_of_the_runner_exists(document: Path) -> None:
    spec = importlib.util.spec_from_file_location("run_for_documents", ROOT / "run.py")
    assert spec is not None
    assert spec.loader is not None
    runner = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(runner)
    for line in command_lines(document):
        words = shlex.split(line, comments=True)
        if words[:2] == ["python3", "run.py"] and len(words) > 2:
            assert words[2] in runner.COMMANDS, line


@pytest.mark.parametrize("name", ["README.md", "README.zh.md"])
def test_examples_answer_what_is_shown(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    examined = 0
    for block in _BLOCK.findall((ROOT / name).read_text(encoding="utf-8")):
        for example in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            line, _, shown = example.partition("\n")
            if line.startswith(("duecall date ", "duecall phone ", "duecall may-call ")):
                assert main(shlex.split(line)[1:]) == 0
                answered = capsys.readouterr()
                assert (answered.out + answered.err).strip() == shown.strip(), line
                examined += 1
    assert examined >= 3


@pytest.mark.parametrize("document", DOCUMENTS, ids=named)
def test_links_lead_somewhere(document: Path) -> None:
    for target in _LINK.findall(document.read_text(encoding="utf-8")):
        if not target.startswith(("http://", "https://", "#")):
            assert (document.parent / target.partition("#")[0]).exists(), target


@pytest.mark.parametrize("document", DOCUMENTS, ids=named)
def test_files_that_are_named_exist(document: Path) -> None:
    for name in _NAMED_FILE.findall(document.read_text(encoding="utf-8")):
        assert (ROOT / name).exists() or name in NOT_THERE, name


@pytest.mark.parametrize("spoken", ["en", "zh"])
def test_the_table_of_keys_is_the_programs_own(spoken: str) -> None:
    text = (ROOT / keytable.READMES[spoken]).read_text(encoding="utf-8")  # type: ignore[index]  # a parametrised literal
    assert keytable.with_table(text, spoken) == text, "python3 run.py keys"  # type: ignore[arg-type]  # the same


@pytest.mark.parametrize("spoken", ["en", "zh"])
def test_the_supervisors_keys_are_the_programs_own(spoken: str) -> None:
    text = (ROOT / keytable.GUIDES[spoken]).read_text(encoding="utf-8")  # type: ignore[index]  # a parametrised literal
    assert keytable.with_table(text, spoken, guide=True) == text, "python3 run.py keys"  # type: ignore[arg-type]  # the same


def test_the_readers_of_one_language_find_the_other() -> None:
    assert "(README.zh.md)" in (ROOT / "README.md").read_text(encoding="utf-8")
    assert "(README.md)" in (ROOT / "README.zh.md").read_text(encoding="utf-8")


def test_both_readmes_say_the_same_commands() -> None:
    english, chinese = (
        {tuple(words[:2]) for line in command_lines(ROOT / name) if (words := own_words(line))}
        for name in ("README.md", "README.zh.md")
    )
    assert {words[0] for words in english} == {words[0] for words in chinese}


def test_every_command_is_in_the_changelog() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    (commands,) = (action for action in build_parser()._actions if action.dest == "command")
    assert commands.choices is not None
    for name in commands.choices:
        assert f"`{name}`" in text, name
