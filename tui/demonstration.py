"""The demonstration: a real server process on loopback, a profile of its own, everything gone afterwards."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from data.profile import places
from domain.clock import format_instant
from domain.i18n import Language, language, tr
from screens.ports import Refused
from tui.cli.frame import CommandFailed
from tui.opening import OpenProfile, open_profile

_PLACES: Final[dict[Language, str]] = {"zh": "Asia/Shanghai", "en": "America/New_York"}
_OPENING, _CLOSING = time(9, 30), time(16)


def run_demo(cases: int, role: str) -> int:
    """Show the application on a server and data of its own; nothing stays behind."""
    if role == "supervisor":
        raise CommandFailed(
            tr("The supervisor's board is not part of this version; --role agent shows the agent's desk.")
        )
    if not (sys.stdout.isatty() and sys.stderr.isatty()):
        raise CommandFailed(tr("The demonstration needs a terminal."))
    with _ended_by_signals(), demo_profile(cases) as profile:
        from tui.app import DuecallApp

        async def opener(_server: str, _login: str, _password: str) -> Refused:
            return Refused(tr("The demonstration is open already."))

        app = DuecallApp(opener, ready=profile, login=profile.agent.login, idle_lock_minutes=0)
        app.run()
        return app.return_code or 0


@contextmanager
def _ended_by_signals() -> Iterator[None]:
    """Let a closed window or a ``kill`` end the demonstration tidily: the folder goes, and so does the server."""

    def leave(number: int, _frame: object) -> None:
        raise SystemExit(128 + number)

    numbers = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    before = [(number, signal.signal(number, leave)) for number in numbers]
    try:
        yield
    finally:
        for number, handler in before:
            signal.signal(number, handler)


@contextmanager
def demo_profile(cases: int) -> Iterator[OpenProfile]:
    """Give an open profile on a running server with sample data, and take everything down afterwards."""
    with tempfile.TemporaryDirectory(prefix="duecall-demo-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        start = working_instant(language(), datetime.now(UTC))
        _say(tr("Preparing {n} invented customers …").format(n=cases))
        login, password = _seed(folder, cases, start)
        with _server(folder, start) as address:
            where = places({"DUECALL_HOME": str(folder / "home")})
            opened = asyncio.run(open_profile(where, address, login, password))
            if isinstance(opened, Refused):
                raise CommandFailed(opened.text)
            try:
                yield opened
            finally:
                opened.store.close()


def working_instant(spoken: Language, now: datetime) -> datetime:
    """Give ``now`` if customers of that market may be called now, else 10:05 on the next working day there.

    The server's clock is shifted to it, and the application follows the server's clock as it always does.
    """
    zone = ZoneInfo(_PLACES[spoken])
    local = now.astimezone(zone)
    if local.weekday() < 5 and _OPENING <= local.time() < _CLOSING:
        return now
    day = local.date() if local.time() < _OPENING else local.date() + timedelta(days=1)
    while day.weekday() >= 5:
        day += timedelta(days=1)
    return datetime.combine(day, time(10, 5), zone).astimezone(UTC)


def _seed(folder: Path, cases: int, start: datetime) -> tuple[str, str]:
    from server.seed import seed_demo

    return seed_demo(_database(folder), language(), cases, start)


def _database(folder: Path) -> str:
    return f"sqlite:///{(folder / 'server.db').as_posix()}"


@contextmanager
def _server(folder: Path, start: datetime) -> Iterator[str]:
    environment = {**os.environ, "DUECALL_SERVER_CLOCK": format_instant(start), "PYTHONUTF8": "1"}
    command = [sys.executable, "-m", "tui.main", "server", "run", "--db", _database(folder), "--port", "0"]
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(  # noqa: S603  # our own program with arguments made here
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log, env=environment, cwd=folder
        )
        try:
            yield _address(process)
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            if process.stdout is not None:
                process.stdout.close()


def _address(process: subprocess.Popen[bytes]) -> str:
    assert process.stdout is not None
    line = process.stdout.readline().decode()
    if "http" not in line:
        raise CommandFailed(tr("The demonstration's server did not start."))
    return line[line.index("http") :].strip()


def _say(words: str) -> None:
    sys.stderr.write(words + "\n")
    sys.stderr.flush()
