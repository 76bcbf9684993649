"""How a simulated day begins: everybody has logged in and read everything. Worked out once, then copied for each seed."""

from __future__ import annotations

import asyncio
import functools
import random
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from data.store import Key
from domain.wire import Limits
from tests.simulation.agents import People
from tests.simulation.central import START, central, known_secrets, template
from tests.simulation.laptop import Laptop, Readable, Surroundings, disk
from tests.simulation.network import Network
from tests.simulation.record import Record
from tests.simulation.virtual import TrueClock, VirtualLoop

LONG_S: Final = 10
HEADER: Final = "store.json"


@dataclass(frozen=True, slots=True)
class Machine:
    """One machine of the morning: whose it is, its header file, and its disk."""

    login: str
    header: bytes
    files: dict[str, bytes]


@dataclass(frozen=True, slots=True)
class Morning:
    """The server's database, the machines, and the tokens of the supervisor and the bank."""

    content: bytes
    machines: tuple[Machine, ...]
    sue: str
    bank: str


def key_for(*, encrypted: bool) -> Key:
    """Give the key of every machine."""
    return Key(bytes(32)) if encrypted else Readable(bytes(32))


@functools.cache
def morning(agents: int, cases: int, *, spare: bool, encrypted: bool) -> Morning:
    """Begin a day with so many agents; with ``spare`` the first has two machines."""
    loop = VirtualLoop(START - timedelta(seconds=LONG_S))
    dice = random.Random("morning")
    record = Record(loop.time)
    server = central()
    server.begin(template(agents, cases), TrueClock(loop), dice)
    network = Network(loop, server, dice, record)
    defects: list[BaseException] = []
    around = Surroundings(loop, network, record, dice, Limits(), defects.append, lambda _laptop: None)
    logins = [f"a{number + 1}" for number in range(agents)] + ["a1"] * spare
    key = key_for(encrypted=encrypted)
    laptops = [Laptop(f"morning{number}", login, around, key, listen=False) for number, login in enumerate(logins)]
    people = People(server, dice, record, cases)

    async def begin() -> tuple[str, str]:
        for laptop in laptops:
            assert laptop.boot()
            await laptop.log_in()
        await asyncio.sleep(LONG_S - loop.time() - 0.01)
        assert all(laptop.driver.status.state == "synced" for laptop in laptops), defects
        return people.log_in("sue"), people.log_in("bank")

    try:
        asyncio.set_event_loop(loop)
        with known_secrets(dice):
            sue, bank = loop.run_until_complete(begin())
        for laptop in laptops:
            laptop.quit()
        rest = asyncio.all_tasks(loop)
        loop.run_until_complete(asyncio.gather(*rest, return_exceptions=True))
    finally:
        asyncio.set_event_loop(None)
        loop.close()
    server.rows(
        "UPDATE app_session SET expires_ms = expires_ms + 86400000 WHERE user_id IN"
        " (SELECT id FROM app_user WHERE login IN ('sue', 'bank'))"
    )
    machines = tuple(
        Machine(laptop.login_name, (laptop.folder / HEADER).read_bytes(), laptop.drive.killed()) for laptop in laptops
    )
    for laptop in laptops:
        disk().forget(laptop.folder)
    return Morning(server.back_up(), machines, sue, bank)
