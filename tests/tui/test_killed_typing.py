"""Kill -9 in the middle of a word: the call is first after the restart, with every key the screen had taken."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from domain.clock import SystemClock
from screens.call import CallScreen
from screens.widgets.capture import CaptureLine
from tests.support.desks import OpenDesk
from tests.support.places import Place
from tui.app import DuecallApp

ROOT = Path(__file__).resolve().parents[2]


def typed_until_killed(folder: Path, mode: str, keys: int) -> tuple[str, str]:
    """Let somebody type, kill the process after some keys; give the case and what had been typed for sure."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.support.typist", str(folder), mode],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=ROOT,
        text=True,
        encoding="utf-8",
    )
    assert process.stdout is not None
    assert process.stderr is not None
    case_id = process.stdout.readline().strip()
    if not case_id:
        process.kill()
        raise AssertionError(process.stderr.read()[-2000:])
    lines = [process.stdout.readline() for _ in range(keys)]
    process.kill()
    rest = process.stdout.read()
    process.wait()
    process.stdout.close()
    process.stderr.close()
    whole = [line for line in (lines[-1] + rest).splitlines() if line.endswith("|")]
    return case_id, whole[-1][:-1]


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is POSIX; Windows ends processes through the same path")
@pytest.mark.parametrize(("mode", "keys"), [("note", 7), ("note", 33), ("promise", 9)])
async def test_everything_typed_is_there_and_the_call_is_first(tmp_path: Path, mode: str, keys: int) -> None:
    folder = tmp_path / "store"
    case_id, typed = typed_until_killed(folder, mode, keys)
    desk = OpenDesk(folder, SystemClock())
    assert desk.desk.call is not None
    assert desk.desk.call.case_id == case_id
    place = Place(desk.desk)

    async def opener(_server: str, _login: str, _password: str) -> Place:
        return place

    async with DuecallApp(opener, ready=place).run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        screen = pilot.app.screen
        assert isinstance(screen, CallScreen)
        assert screen.case_id == case_id
        line = screen.query_one(CaptureLine)
        assert line.mode == mode
        # one key more may have been on the disk than on standard output
        assert line.text[: len(typed)] == typed
        assert len(line.text) - len(typed) <= 1
    desk.close()
