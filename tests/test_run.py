"""``run.py``: what it installs, when, and what it says where something stands in the way. Nothing is installed here."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from tests.support.tree import ROOT


class Shell:
    """Stands where the system's processes are: remembers what was to be started, answers what it is told to."""

    def __init__(self) -> None:
        self.started: list[list[str]] = []
        self.failing: str | None = None
        self.environment_works = False

    def call(self, words: list[str], **_options: object) -> int:
        self.started.append(words)
        if words[1:2] == ["-c"]:
            return 0 if self.environment_works else 1
        if words[1:3] == ["-m", "venv"]:
            self.environment_works = True
            Path(words[-1], "pyvenv.cfg").parent.mkdir(exist_ok=True)
            Path(words[-1], "pyvenv.cfg").touch()
        return 3 if self.failing and self.failing in named(words) else 0

    def ran(self, word: str) -> list[list[str]]:
        """Give what was started with a word in it."""
        return [words for words in self.started if word in named(words)]


def named(words: list[str]) -> list[str]:
    """Give the words of a command with programs and files by their names alone."""
    return [Path(word).name.removesuffix(".exe") for word in words]


@pytest.fixture
def shell(monkeypatch: pytest.MonkeyPatch) -> Shell:
    """Give the processes that would have been started."""
    shell = Shell()
    monkeypatch.setattr(subprocess, "call", shell.call)
    return shell


@pytest.fixture
def runner(tmp_path: Path, shell: Shell) -> ModuleType:
    """Load ``run.py`` for a checkout of its own."""
    for name in ("pyproject.toml", "requirements/runtime.txt", "requirements/dev.txt", "requirements/bench.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    spec = importlib.util.spec_from_file_location("run_of_a_test", ROOT / "run.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.__dict__.update(ROOT=tmp_path, ENVIRONMENT=tmp_path / ".venv", STAMP=tmp_path / ".venv" / "installed.json")
    return module


def test_the_first_run_makes_the_environment_and_checks_hashes(runner: ModuleType, shell: Shell) -> None:
    runner.install("runtime")
    assert len(shell.ran("venv")) == 1
    (pinned,) = shell.ran("--require-hashes")
    assert pinned[-3].endswith(f"requirements{os.sep}runtime.txt")
    (project,) = shell.ran("--editable")
    assert "--no-deps" in project
    assert "--no-build-isolation" in project
    assert not [word for words in shell.started for word in words if "index" in named([word])[0]]


def test_nothing_is_installed_twice(runner: ModuleType, shell: Shell) -> None:
    runner.install("runtime")
    shell.started.clear()
    runner.install("runtime")
    assert shell.started == []


def test_a_change_of_the_pins_or_the_project_installs_again(runner: ModuleType, shell: Shell, tmp_path: Path) -> None:
    runner.install("runtime")
    for name in ("requirements/runtime.txt", "pyproject.toml"):
        shell.started.clear()
        (tmp_path / name).write_bytes((tmp_path / name).read_bytes() + b"\n# changed\n")
        runner.install("runtime")
        assert shell.ran("--require-hashes"), name


def test_the_larger_set_serves_the_smaller_and_stays(runner: ModuleType, shell: Shell, tmp_path: Path) -> None:
    runner.install("dev")
    shell.started.clear()
    runner.install("runtime")
    assert shell.started == []
    (tmp_path / "pyproject.toml").write_text("changed")
    runner.install("runtime")
    (pinned,) = shell.ran("--require-hashes")
    assert pinned[-3].endswith("dev.txt")


def test_an_installation_that_failed_is_tried_again(
    runner: ModuleType, shell: Shell, capsys: pytest.CaptureFixture[str]
) -> None:
    shell.failing = "--require-hashes"
    assert runner.main(["test"]) == 1
    assert "Without a network" in capsys.readouterr().err
    shell.failing = None
    shell.started.clear()
    runner.install("dev")
    assert shell.ran("--require-hashes")


def test_a_moved_checkout_gets_a_new_environment(runner: ModuleType, shell: Shell) -> None:
    runner.install("runtime")
    stamp = json.loads(runner.STAMP.read_text())
    runner.STAMP.write_text(json.dumps(stamp | {"root": "elsewhere", "fingerprint": "another"}))
    shell.started.clear()
    runner.install("runtime")
    assert shell.ran("venv")


def test_a_folder_that_is_no_environment_is_left_alone(
    runner: ModuleType, shell: Shell, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / ".venv").mkdir()
    (tmp_path / ".venv" / "letters.txt").write_text("mine")
    assert runner.main(["duecall"]) == 1
    assert "move it away" in capsys.readouterr().err
    assert (tmp_path / ".venv" / "letters.txt").exists()
    assert not shell.ran("venv")


@pytest.mark.parametrize("missing", ["venv", "ensurepip"])
def test_a_python_without_venv_names_the_package_to_install(
    missing: str, runner: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    found = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == missing else found(name))
    assert runner.main(["test"]) == 1
    said = capsys.readouterr().err
    assert f"sudo apt install python{sys.version_info[0]}.{sys.version_info[1]}-venv" in said


def test_a_python_that_is_too_old_is_told_so(runner: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    assert runner.check_python() is None
    monkeypatch.setattr(sys, "version_info", (3, 10, 1))
    assert "needs Python 3.11 or newer" in runner.check_python()


def test_the_checks_run_in_order_and_stop_at_the_first_that_fails(
    runner: ModuleType, shell: Shell, capsys: pytest.CaptureFixture[str]
) -> None:
    runner.install("dev")
    shell.started.clear()
    assert runner.main(["test", "-k", "queue"]) == 0
    names = [Path(words[0]).stem if words[1:2] != ["-m"] else words[2] for words in shell.started]
    assert names == ["ruff", "ruff", "mypy", "lint-imports", "pytest"]
    assert shell.started[-1][-2:] == ["-k", "queue"]
    shell.started.clear()
    shell.failing = "mypy"
    assert runner.main(["test"]) == 3
    assert "mypy failed with exit code 3; the tests were not run." in capsys.readouterr().err
    assert not shell.ran("pytest")


def test_the_exit_code_and_the_last_word_are_pytests(
    runner: ModuleType, shell: Shell, capsys: pytest.CaptureFixture[str]
) -> None:
    runner.install("dev")
    shell.failing = "pytest"
    assert runner.main(["test"]) == 3
    shown = capsys.readouterr()
    assert shown.err == ""
    assert shown.out.endswith("→ pytest\n")


def test_unknown_commands_and_no_command_explain(runner: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    assert runner.main([]) == 2
    assert runner.main(["nope"]) == 2
    assert runner.main(["--help"]) == 0
    assert "usage: python3 run.py" in capsys.readouterr().out


def test_the_build_server_calls_what_people_call() -> None:
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert script.startswith("#!/usr/bin/env bash\n")
    assert script.rstrip().endswith("exec python3 run.py test")
    if sys.platform != "win32":
        assert os.access(ROOT / ".ci" / "run", os.X_OK)
