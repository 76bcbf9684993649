"""The same day on SQLite and on PostgreSQL leaves the same documents and the same feeds, byte for byte."""

from __future__ import annotations

import random
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from domain.clock import format_instant
from domain.ids import IdSource
from server.database.engine import Database
from server.database.schema import ASSIGNMENT, AUDIT, CASE, EVENT, FACT, FEED, FEED_HEAD, HOLD, QUARANTINE
from server.founding import prepare
from server.settings import Settings
from tests.support.postgres import Cluster
from tests.support.server_world import PHONE, HandClock, Machine, World

TABLES = (CASE, FACT, FEED, FEED_HEAD, ASSIGNMENT, HOLD, EVENT, QUARANTINE, AUDIT)
NAMES = ("Ärger", "ångström", "Zoë", "apple", "Äpfel", "李雷", "Łódź", "zebra", "_x", "-y")


def scripted_day(folder: Path, url: str, seed: int) -> Any:
    """Make a server of which everything is decided beforehand; gives it, ready for its day."""
    clock = HandClock()
    database = Database(Settings(database=url), clock)
    prepare(database)
    database.close()
    world = World(folder, {"database": url}, clock)
    world.services.database.ids = IdSource(clock, random.Random(seed).getrandbits)
    return world


async def live_through(world: World, seed: int) -> list[Any]:
    """Let a day pass; gives every answer that does not name a token, a cursor or the epoch."""
    dice = random.Random(seed)
    world.populate()
    for number, name in enumerate(NAMES * 2):
        world.add_case(f"{name}{number}", dice.choice(["anna", "ben", None]), name=f"{name} {number}")
    anna, ben, sue = await world.login("anna"), await world.login("ben"), await world.login("sue")
    cases = sorted(f"{name}{number}" for number, name in enumerate(NAMES * 2))
    answers: list[Any] = []
    for turn in range(60):
        world.clock.advance(minutes=dice.choice([0, 0, 1, 7]))
        agent = dice.choice([anna, ben])
        match dice.randrange(6):
            case 0 | 1 | 2:
                events = [_event(agent, dice, cases, turn) for _ in range(dice.randint(1, 4))]
                answers.append((await agent.push(*events)).json())
            case 3:
                moved = dice.sample(cases, 4)
                to = dice.choice(["anna", "ben", None])
                answers.append(await world.reassign(sue, f"r{turn}", cases=moved, to=to, force=dice.random() < 0.3))
            case 4:
                paid = {"case": dice.choice(cases), "amount": 100 + turn, "currency": "CNY", "day": "2026-11-23"}
                answers.append((await sue.put(f"/v1/payments/p{turn}", paid)).json())
            case _:
                answers.append(_told(await agent.pull()))
    for path in (
        "/v1/cases?limit=50",
        "/v1/cases?q=%C3%A4pfel",
        "/v1/reviews",
        "/v1/board?since=2026-11-23T00:00:00.000Z",
    ):
        answers += [(await sue.get(path)).json()]
    answers += [_told(await agent.page()) for agent in (anna, ben)]
    return answers


def _event(machine: Machine, dice: random.Random, cases: list[str], turn: int) -> dict[str, Any]:
    kind = dice.choice(["note.added", "attempt.started", "promise.made", "callback.set", "dispute.raised", "x.unknown"])
    due = format_instant(machine.world.clock.now() + timedelta(hours=2))
    parts = [{"due": "2026-11-27", "amount": 5000 + turn}]
    payloads: dict[str, dict[str, Any]] = {
        "note.added": {"text": f"“{turn}” 备注 \u2028 ✓"},
        "attempt.started": {"number": PHONE},
        "promise.made": {"promise_id": f"pr{turn}", "currency": "CNY", "parts": parts, "method": "transfer"},
        "callback.set": {"due": due},
        "dispute.raised": {"code": "amount"},
        "x.unknown": {"what": turn},
    }
    return machine.event(dice.choice(cases), kind, payloads[kind])


def _told(page: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in page.items() if name not in ("cursor", "epoch")}


def contents(world: World) -> dict[str, Any]:
    """Give every row of the tables that documents and feeds are made from, in the order of their keys."""
    found = {}
    with world.services.database.reading() as transaction:
        for table in TABLES:
            rows = transaction.connection.execute(select(table)).mappings()
            plain = [{name: bytes(v) if isinstance(v, memoryview) else v for name, v in row.items()} for row in rows]
            keys = [column.name for column in table.primary_key]
            found[table.name] = sorted(plain, key=lambda row: [str(row[key]) for key in keys])
    return found


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
async def test_a_day_leaves_the_same_bytes_on_both(seed: int, tmp_path: Path, postgres: Cluster) -> None:
    postgres.run("CREATE DATABASE both_ways")
    days = {}
    try:
        for url in (f"sqlite:///{tmp_path / 'both.db'}", postgres.url("both_ways")):
            world = scripted_day(tmp_path, url, seed)
            answers = await live_through(world, seed)
            days[url[:6]] = (answers, contents(world))
            await world.close()
    finally:
        postgres.run("DROP DATABASE both_ways WITH (FORCE)")
    (ours, our_rows), (theirs, their_rows) = days["sqlite"], days["postgr"]
    assert ours == theirs
    for table in our_rows:
        assert our_rows[table] == their_rows[table], table
    assert our_rows["fact"]
    assert our_rows["hold"]
