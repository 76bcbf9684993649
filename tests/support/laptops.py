"""An agent's machine and a server on a socket, for walks where everything between them is real."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import httpx
import uvicorn

from data.answers import Failure
from data.checks import check_profile
from data.http import ServerClient
from data.ports import INDEXES
from data.replica import Replica
from data.session import Session
from data.store import Key, Store
from data.sync.driver import SyncDriver
from data.sync.status import SyncStatus
from domain.clock import SystemClock
from domain.ids import IdSource
from tests.support.server_world import PASSWORD, HandClock, World

FAST = 10.0
"""Seconds within which anything here has happened; it is only ever waited for in full when a test fails."""


@dataclass
class RunningClock(HandClock):
    """The real clock, which a test may shift: the client's waits are real, so the time they count in must pass."""

    shift: timedelta = field(default_factory=timedelta)

    def now(self) -> datetime:
        return SystemClock().now() + self.shift

    def advance(self, **how_far: float) -> None:
        self.shift += timedelta(**how_far)


class Served:
    """The server of a :class:`World` on a loopback socket, on a thread of its own."""

    def __init__(self, world: World, port: int = 0) -> None:
        config = uvicorn.Config(world.app, "127.0.0.1", port, log_level="error", timeout_graceful_shutdown=1)
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, name="server", daemon=True)
        self._thread.start()
        started = threading.Event()
        while not (self._server.started or started.wait(0.01)) and self._thread.is_alive():
            pass
        self.port: int = self._server.servers[0].sockets[0].getsockname()[1]

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join(10)


class Laptop:
    """One agent's machine: a real store, a session, a driver."""

    def __init__(self, folder: Path, address: str, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self.store = Store.open(folder, Key(bytes(32)), indexes=INDEXES)
        self.ids = IdSource(SystemClock())
        self.client = ServerClient(address, transport=transport)
        self.session = Session(self.store, self.ids, self.client.address)
        self.states: list[str] = []
        self.logins_asked = 0
        self.boot()

    def boot(self) -> None:
        """Forget everything that is only in memory."""
        self.replica = Replica(self.store, self.session.author)
        self.driver = SyncDriver(
            self.replica, self.client, self.session, on_status=self._note, on_login_needed=self._asked
        )

    def _note(self, status: SyncStatus) -> None:
        assert status.unsent == self.replica.outbox.count_unsent()
        self.states.append(status.state)

    def _asked(self) -> None:
        self.logins_asked += 1

    async def login(self, login: str = "anna") -> None:
        answer = await self.driver.login(login, PASSWORD)
        assert not isinstance(answer, Failure), answer

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        task = asyncio.get_running_loop().create_task(self.driver.run())
        try:
            yield
        finally:
            self.driver.stop()
            await asyncio.wait_for(task, FAST)

    async def until(self, condition: Callable[[], object]) -> None:
        """Wait until the client has come to that."""
        async with asyncio.timeout(FAST):
            while not condition():  # noqa: ASYNC110 - some conditions are the server's, which has no event here
                await asyncio.sleep(0.01)

    def sound(self) -> bool:
        """What ``duecall doctor`` finds."""
        return all(finding.ok for finding in check_profile(self.store, self.replica))

    def everything(self) -> str:
        return repr({name: list(self.store.db.table(name)) for name in sorted(self.store.db.tables())})


class Unreliable(httpx.AsyncBaseTransport):
    """A network whose next answers can be lost after the server has done what was asked."""

    def __init__(self) -> None:
        self._inner = httpx.AsyncHTTPTransport()
        self.lose_answers = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await self._inner.handle_async_request(request)
        if self.lose_answers and request.url.path == "/v1/events":
            self.lose_answers -= 1
            await response.aread()
            await response.aclose()
            raise httpx.ReadError("lost on the way back")
        return response

    async def aclose(self) -> None:
        await self._inner.aclose()


class Meeting(httpx.AsyncBaseTransport):
    """A network that keeps the server's first answer to a push back until the server has answered another one too."""

    def __init__(self) -> None:
        self._inner = httpx.AsyncHTTPTransport()
        self._second = asyncio.Event()
        self.served: list[httpx.Request] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await self._inner.handle_async_request(request)
        if request.url.path == "/v1/events":
            self.served.append(request)
            if len(self.served) == 1:
                async with asyncio.timeout(FAST):
                    await self._second.wait()
            self._second.set()
        return response

    async def aclose(self) -> None:
        await self._inner.aclose()
