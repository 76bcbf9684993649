"""``duecall demo``: sample data on a real server, and nothing left behind however it ends."""

from __future__ import annotations

import shutil
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from domain.i18n import tr, use_language
from tests.support.processes import environment
from tui.demonstration import working_instant


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("day", range(15, 29))
@pytest.mark.parametrize("hour", [0, 6, 13, 20, 23])
def test_the_demonstration_always_starts_in_working_hours(language: str, day: int, hour: int) -> None:
    now = datetime(2026, 11, day, hour, 30, tzinfo=UTC)
    zone = ZoneInfo("Asia/Shanghai" if language == "zh" else "America/New_York")
    start = working_instant("zh" if language == "zh" else "en", now).astimezone(zone)
    assert start.weekday() < 5
    assert 9 <= start.hour < 16
    assert start >= now


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are POSIX")
@pytest.mark.parametrize(("language", "end"), [("en", "quit"), ("zh", "hang up")])
def test_the_demonstration_shows_its_queue_and_leaves_nothing(tmp_path: Path, language: str, end: str) -> None:
    import pexpect

    temporary = tmp_path / "tmp"
    temporary.mkdir()
    program = shutil.which("duecall")
    command, arguments = (program, []) if program else (sys.executable, ["-m", "tui.main"])
    env = environment(tmp_path / "home", TERM="xterm-256color", TMPDIR=str(temporary))
    terminal = pexpect.spawn(
        command,
        [*arguments, "demo", "--cases", "25", "--lang", language],
        env=env,
        dimensions=(40, 120),
        encoding="utf-8",
        timeout=60,
    )
    use_language("zh" if language == "zh" else "en")
    terminal.expect_exact(tr("Today's calls {n}").format(n="").strip())
    terminal.expect_exact(tr("{n} unsent").format(n=0))
    if end == "quit":
        terminal.send("\x11")
    else:
        terminal.kill(signal.SIGHUP)
    terminal.expect(pexpect.EOF)
    terminal.close()
    use_language("en")
    assert list(temporary.iterdir()) == []
    assert not (tmp_path / "home").exists(), "the agent's own profile is not touched"


@pytest.mark.slow
def test_without_a_terminal_it_says_so(tmp_path: Path) -> None:
    from tests.support.processes import duecall

    duecall(tmp_path, "demo", code=1)
