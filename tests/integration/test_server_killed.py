"""Kill -9 of the real server, again and again, while real clients hand over: nothing is lost, nothing is there twice.

``DUECALL_SERVER_KILLS`` says how often; the ordinary run is a short one.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import signal
import socket
import sqlite3
import sys
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from domain.facts.payloads import DisclosureRead, NoteAdded
from tests.support.laptops import Laptop
from tests.support.processes import ROOT, environment
from tests.support.server_world import World

KILLS = int(os.environ.get("DUECALL_SERVER_KILLS", "4"))
PATIENCE_S = 60.0
LOGINS = ("anna", "ben", "anna")
CASES = 12
"""Of each machine: a case with thousands of facts would make this a test of folding."""
MOST_WAITING = 30


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Restartable:
    """The server process on one port, started anew each time it was killed."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder = folder
        self.port = port

    async def start(self) -> None:
        """Start it, and wait until it says that it listens."""
        url = f"sqlite:///{(self.folder / 'server.db').as_posix()}"
        self.process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tui.main", "server", "run", "--db", url, "--port", str(self.port)),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env=environment(self.folder),
            cwd=ROOT,
        )
        assert self.process.stdout is not None
        line = await self.process.stdout.readline()
        assert b"http" in line, line

    async def kill(self) -> None:
        """Kill it."""
        self.process.send_signal(signal.SIGKILL)
        await self.process.wait()


class Busy:
    """Three machines at work, each capturing as fast as its disk lets it."""

    def __init__(self, folder: Path, port: int) -> None:
        self.laptops = [Laptop(folder / f"laptop{number}", f"http://127.0.0.1:{port}") for number in range(len(LOGINS))]
        self.captured: set[str] = set()
        self.on = True

    def sent(self) -> int:
        return sum(len(laptop.store.table("sent")) for laptop in self.laptops)

    def unsent(self) -> int:
        return sum(laptop.replica.outbox.count_unsent() for laptop in self.laptops)

    async def capture(self, laptop: Laptop, owner: int, dice: random.Random) -> None:
        while self.on:
            await asyncio.sleep(dice.uniform(0.0, 0.05))
            if laptop.replica.outbox.count_unsent() >= MOST_WAITING:
                continue
            number, case_id = len(self.captured), f"c{owner}-{dice.randrange(CASES)}"
            payload = NoteAdded(f"note {number}") if dice.random() < 0.5 else DisclosureRead(name=f"text {number}")
            self.captured.add(laptop.replica.outbox.append(payload, case_id).id)

    async def until(self, condition: object) -> None:
        assert callable(condition)
        try:
            async with asyncio.timeout(PATIENCE_S):
                while not condition():  # noqa: ASYNC110 - it is the server's state that is waited for
                    await asyncio.sleep(0.02)
        except TimeoutError:
            self.on = False
            raise AssertionError([laptop.driver.status for laptop in self.laptops]) from None

    @contextlib.asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        dice = random.Random("server kills")
        async with contextlib.AsyncExitStack() as stack:
            for laptop, login in zip(self.laptops, LOGINS, strict=True):
                await laptop.login(login)
                await stack.enter_async_context(laptop.running())
            tasks = [
                asyncio.create_task(self.capture(laptop, number, dice)) for number, laptop in enumerate(self.laptops)
            ]
            try:
                yield
            finally:
                self.on = False
                await asyncio.gather(*tasks)
                for laptop in self.laptops:
                    laptop.driver.nudge()
                await self.until(lambda: self.unsent() == 0)


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is POSIX")
async def test_a_server_killed_under_load_loses_and_doubles_nothing(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.clock.instant = world.clock.instant.replace(year=2025)
    world.populate()
    for number, login in enumerate(LOGINS):
        for case in range(CASES):
            world.add_case(f"c{number}-{case}", login)
    await world.close()
    server = Restartable(tmp_path, free_port())
    await server.start()
    busy = Busy(tmp_path, server.port)
    dice = random.Random("when")
    async with busy.working():
        for _ in range(KILLS):
            enough = busy.sent() + dice.randrange(2, 25)
            await busy.until(lambda enough=enough: busy.sent() >= enough)
            await server.kill()
            await server.start()
            for laptop in busy.laptops:
                laptop.driver.nudge()
    assert all(laptop.sound() for laptop in busy.laptops)
    for laptop in busy.laptops:
        laptop.store.close()
        await laptop.client.aclose()
    await server.kill()
    with contextlib.closing(sqlite3.connect(tmp_path / "server.db")) as database:
        facts = Counter(fact for (fact,) in database.execute("SELECT id FROM fact WHERE device_id IS NOT NULL"))
        through = dict(database.execute("SELECT id, received_through FROM device WHERE received_through > 0"))
        apart = database.execute("SELECT COUNT(*) FROM quarantine").fetchone()
    assert set(facts) == busy.captured, "nothing is lost"
    assert set(facts.values()) == {1}, "nothing is doubled"
    assert sum(through.values()) == len(busy.captured)
    assert apart == (0,)
    sys.stderr.write(f"{KILLS} kills of the server: {len(busy.captured)} facts captured, each there once\n")
