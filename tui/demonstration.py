"""The demonstration: a real server process on loopback, a profile of its own, everything gone afterwards."""

from __future__ import annotations

import asyncio
import functools
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from data.profile import places
from domain.clock import format_instant
from domain.i18n import Language, language, tr
from screens.ports import Refused
from tui.cli.frame import CommandFailed
from tui.opening import OpenProfile, open_profile

if TYPE_CHECKING:
    from textual.app import App

    from tui.supervising.app import SupervisorPlace

_PLACES: Final[dict[Language, str]] = {"zh": "Asia/Shanghai", "en": "America/New_York"}
_OPENING, _CLOSING = time(9, 30), time(16)


def run_demo(cases: int, role: str) -> int:
    """Show the application on a server and data of its own; nothing stays behind."""
    if not (sys.stdout.isatty() and sys.stderr.isatty()):
        raise CommandFailed(tr("The demonstration needs a terminal."))
    with _ended_by_signals() as ending:
        return _show_board(cases, ending) if role == "supervisor" else _show_queue(cases, ending)


async def _opened_already(_server: str, _login: str, _password: str) -> Refused:
    return Refused(tr("The demonstration is open already."))


def _show_queue(cases: int, ending: _Ending) -> int:
    with demo_profile(cases) as profile:
        from tui.app import DuecallApp

        app = DuecallApp(_opened_already, ready=profile, login=profile.agent.login, idle_lock_minutes=0)
        return ending.run(app)


def _show_board(cases: int, ending: _Ending) -> int:
    with demo_server(cases) as demo:
        from tui.supervising.app import BoardApp
        from tui.supervising.opening import open_supervisor
        from tui.supervising.start import keep_defect

        async def opener(server: str, login: str, password: str) -> SupervisorPlace | Refused:
            return await open_supervisor(demo.folder / "home", server, login, password)

        login = demo.logins["supervisor"]
        board = BoardApp(
            opener,
            server=demo.address,
            login=login,
            password=demo.password,
            on_defect=keep_defect,
            idle_lock_minutes=0,
        )
        return ending.run(board)


class _Ending:
    """What a closed window or a ``kill`` does: the application ends as if it had been left, and everything after it.

    An exception out of a signal handler is not enough while an application runs: raised inside a destructor or a
    callback of the garbage collector, Python reports it and goes on.
    """

    def __init__(self) -> None:
        self._app: App[object] | None = None

    def run(self, app: App[Any]) -> int:
        """Show an application; gives its exit code."""
        self._app = app
        try:
            app.run()
        finally:
            self._app = None
        return app.return_code or 0

    def leave(self, number: int, _frame: object) -> None:
        """Handle a signal: the first asks the application to end, a second one insists."""
        app, self._app = self._app, None
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            app = None
        if app is None:
            raise SystemExit(128 + number)
        loop.call_soon_threadsafe(functools.partial(app.exit, return_code=128 + number))


@contextmanager
def _ended_by_signals() -> Iterator[_Ending]:
    """Let a closed window or a ``kill`` end the demonstration tidily: the folder goes, and so does the server."""
    ending = _Ending()
    numbers = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    before = [(number, signal.signal(number, ending.leave)) for number in numbers]
    try:
        yield ending
    finally:
        for number, handler in before:
            signal.signal(number, handler)


@dataclass(frozen=True, slots=True)
class DemoServer:
    """A running server with sample data; ``logins`` by role, all with one ``password``."""

    folder: Path
    address: str
    logins: dict[str, str]
    password: str = field(repr=False)


@contextmanager
def demo_server(cases: int) -> Iterator[DemoServer]:
    """Give a running server with sample data in a temporary folder, and take everything down afterwards."""
    with tempfile.TemporaryDirectory(prefix="duecall-demo-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        start = working_instant(language(), datetime.now(UTC))
        _say(tr("Preparing {n} invented customers …").format(n=cases))
        password = _seed(folder, cases, start)
        with _server(folder, start) as address:
            yield DemoServer(folder, address, _logins(), password)


@contextmanager
def demo_profile(cases: int) -> Iterator[OpenProfile]:
    """Give an agent's open profile on such a server."""
    with demo_server(cases) as demo:
        where = places({"DUECALL_HOME": str(demo.folder / "home")})
        opened = asyncio.run(open_profile(where, demo.address, demo.logins["agent"], demo.password))
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


def _seed(folder: Path, cases: int, start: datetime) -> str:
    from server.seed import seed_demo

    return seed_demo(_database(folder), language(), cases, start)[1]


def _logins() -> dict[str, str]:
    from server.seed import demo_logins

    return demo_logins(language())


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
