"""A supervisor's desk on a real server with weeks of invented work, driven by keys."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from textual.pilot import Pilot

from data.answers import Failure
from data.http import ServerClient
from domain.clock import SystemClock
from domain.i18n import Language
from domain.wire import LoginRequest
from screens.ports import Refused
from server.seed import DEMO_PASSWORD, demo_logins, seed_demo
from tests.support.laptops import FAST, RunningClock, Served
from tests.support.places import text_of
from tests.support.server_world import World
from tui.supervising.app import BoardApp, SupervisorPlace
from tui.supervising.opening import open_supervisor

STARTS: Final[dict[Language, datetime]] = {
    "en": datetime(2026, 11, 24, 15, 5, tzinfo=UTC),
    "zh": datetime(2026, 11, 24, 2, 5, tzinfo=UTC),
}
"""A Tuesday, 10:05 in New York or in Shanghai: the invented weeks are told of customers who are awake."""


def seeded(folder: Path, language: Language = "en", cases: int = 60) -> Path:
    """Fill a database once, to be copied by every test that wants one."""
    database = folder / f"seeded-{language}.db"
    seed_demo(f"sqlite:///{database.as_posix()}", language, cases, STARTS[language])
    return database


class SupervisedServer:
    """A server on loopback; its clock runs from :data:`STARTS` on."""

    def __init__(self, folder: Path, template: Path, language: Language = "en") -> None:
        folder.mkdir(parents=True, exist_ok=True)
        clock = RunningClock(shift=STARTS[language] - SystemClock().now())
        self.folder = folder
        self.world = World(folder, clock=clock, template=template)
        self.served = Served(self.world)
        self.address = f"http://127.0.0.1:{self.served.port}"
        self.logins = demo_logins(language)

    def stop(self) -> None:
        self.served.stop()
        self.world.services.database.close()


@contextmanager
def supervised(folder: Path, template: Path, language: Language = "en") -> Iterator[SupervisedServer]:
    """Run a server on a copy of a seeded database."""
    server = SupervisedServer(folder, template, language)
    try:
        yield server
    finally:
        server.stop()


@asynccontextmanager
async def at_the_desk(
    server: SupervisedServer, size: tuple[int, int] = (120, 40), password: str | None = DEMO_PASSWORD
) -> AsyncIterator[Pilot[None]]:
    """Give the supervisor's application, logged in, at a size."""

    async def opener(address: str, login: str, secret: str) -> SupervisorPlace | Refused:
        return await open_supervisor(server.folder / "home", address, login, secret)

    app = BoardApp(
        opener, server=server.address, login=server.logins["supervisor"], password=password, on_defect=_raise
    )
    async with app.run_test(size=size, notifications=True) as pilot:
        yield pilot


def _raise(error: BaseException) -> None:
    raise error


async def until(pilot: Pilot[None], condition: Callable[[], object] | str) -> str:
    """Wait until a text is on the screen, or something holds; gives what stands on the screen."""
    shown = ""
    try:
        async with asyncio.timeout(FAST):
            while True:
                await pilot.pause()
                shown = text_of(pilot.app)
                if condition in shown if isinstance(condition, str) else condition():
                    return shown
                await asyncio.sleep(0.02)
    except TimeoutError:
        raise AssertionError(f"{condition} did not come about:\n{shown}") from None


async def press(pilot: Pilot[None], *keys: str) -> None:
    """Press keys; ``=text`` types a text."""
    for key in keys:
        if key.startswith("=") and len(key) > 1:
            for char in key[1:]:
                await pilot.press("space" if char == " " else char)
        else:
            await pilot.press(key)
    await pilot.pause()


async def agent_was_here(server: SupervisedServer, login: str) -> None:
    """Let an agent's machine log in once, so that it holds a lease."""
    client = ServerClient(server.address)
    try:
        answer = await client.login(LoginRequest(login, DEMO_PASSWORD, f"{login}-laptop"))
        assert not isinstance(answer, Failure), answer
    finally:
        await client.aclose()
