"""``duecall password`` against a real server."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.laptops import Served
from tests.support.server_world import PASSWORD, World
from tui.main import main


@pytest.fixture
def world(tmp_path: Path) -> World:
    made = World(tmp_path)
    made.populate()
    return made


@pytest.fixture
def server(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    served = Served(world)
    monkeypatch.setenv("DUECALL_SERVER", f"http://127.0.0.1:{served.port}")
    monkeypatch.setenv("DUECALL_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    yield
    served.stop()


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [(PASSWORD, "a better horse", 0), (PASSWORD, "short", 1), (PASSWORD, PASSWORD, 1), ("wrong", "a better horse", 1)],
)
def test_password_is_replaced_or_a_sentence_says_why_not(
    world: World,
    server: None,
    old: str,
    new: str,
    code: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{old}\n{new}\n"))
    assert main(["password", "--login", "anna", "--password-stdin"]) == code
    said = capsys.readouterr()
    assert (said.out + said.err).count("\n") == 1
    assert new not in said.out + said.err.replace("shorter", "")
