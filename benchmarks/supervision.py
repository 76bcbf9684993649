"""Profile L on PostgreSQL: refreshing the board, moving 10,000 cases, making every report.

``python -m benchmarks.supervision [--agents N] [--cases N] [--move N]`` loads the profile with COPY into a cluster of its
own, from one case that was really made, and asks the real application.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import Table, insert, select

from domain.facts.payloads import Debt, Phone
from server.database.engine import Database
from server.database.schema import ASSIGNMENT, CASE, FACT, FEED, FEED_HEAD, USER
from server.database.supervision_tables import CASE_FIGURE, PROMISE_PART, WORK_SLOT
from server.figures.reports import BUILDERS
from server.figures.work import MEASURES, SLOT_MS
from server.founding import prepare
from server.settings import Settings
from tests.support.postgres import cluster
from tests.support.server_world import NOW, PHONE, HandClock, World

TEMPLATE = "template-case"
DAYS_OF_WORK = 30
CALLS_A_DAY_SLOTS = 32


async def make_template(world: World) -> None:
    """Make one case as agents make them: two calls and a promise."""
    account: dict[str, Any] = {
        "debts": tuple(
            Debt(f"{TEMPLATE}-d{n}", 90_000, "CNY", doc=f"LN-{n}", due=date(2026, 10, 1 + n)) for n in range(3)
        ),
        "phones": (Phone(PHONE, type="mobile", region="CN", zones=("Asia/Shanghai",)),),
    }
    world.add_case(TEMPLATE, "anna", **account)
    anna = await world.login("anna")
    for code in ("no_answer", "promise"):
        call = anna.event(TEMPLATE, "attempt.started", {"number": PHONE})
        await anna.results(call, anna.event(TEMPLATE, "attempt.ended", {"call": call["id"], "code": code}))
        world.clock.advance(hours=5)
    parts = [{"due": "2026-11-27", "amount": 50_000}]
    await anna.results(
        anna.event(TEMPLATE, "promise.made", {"promise_id": f"{TEMPLATE}-p", "currency": "CNY", "parts": parts})
    )


def rows_of(world: World, table: Table) -> list[dict[str, Any]]:
    column = table.c.id if table is CASE else table.c.get("case_id")
    assert column is not None
    with world.services.database.reading() as transaction:
        found = transaction.connection.execute(select(table).where(column == TEMPLATE)).mappings()
        return [dict(row) for row in found]


def renamed(value: Any, case: str, owner: str, former: str) -> Any:
    if isinstance(value, str):
        return value.replace(TEMPLATE, case).replace(former, owner)
    if isinstance(value, bytes | memoryview):
        return bytes(value).replace(TEMPLATE.encode(), case.encode()).replace(former.encode(), owner.encode())
    return value


def copy(connection: psycopg.Connection, table: Table, rows: Iterator[dict[str, Any]]) -> None:
    columns = [column.name for column in table.columns]
    with connection.cursor() as cursor, cursor.copy(f"COPY {table.name} ({', '.join(columns)}) FROM STDIN") as out:
        for row in rows:
            out.write_row([row[name] for name in columns])


def load(world: World, url: str, agents: int, cases: int) -> list[str]:
    """Multiply the template by COPY; give the agents' ids."""
    former = world.people["anna"].id
    ids = [f"agent-{number:04d}" for number in range(agents)]
    templates = {table: rows_of(world, table) for table in (CASE, FACT, CASE_FIGURE, PROMISE_PART, ASSIGNMENT)}
    chance = random.Random(7)
    owner = {number: ids[number % agents] for number in range(cases)}
    seq = {number: 3 + number // agents for number in range(cases)}

    def multiplied(table: Table) -> Iterator[dict[str, Any]]:
        for number in range(cases):
            case = f"case-{number:07d}"
            for row in templates[table]:
                new = {name: renamed(value, case, owner[number], former) for name, value in row.items()}
                if "feed_seq" in new and new["feed_seq"] is not None:
                    new["feed_seq"] = seq[number]
                if table is CASE_FIGURE:
                    new["oldest_due"] = NOW.date().toordinal() - chance.randint(1, 200)
                    new["owed"] = chance.randint(10_000, 5_000_000)
                    new["next_ms"] = chance.choice((0, 2**52))
                yield new

    def feed() -> Iterator[dict[str, Any]]:
        for number in range(cases):
            key = f"case:case-{number:07d}"
            ver = templates[CASE][0]["ver"]
            yield {
                "agent_id": owner[number],
                "doc_key": key,
                "seq": seq[number],
                "op": "put",
                "ver": ver,
                "reason": None,
            }

    def slots() -> Iterator[dict[str, Any]]:
        last = int(NOW.timestamp() * 1000) // SLOT_MS
        for agent in ids:
            for day in range(DAYS_OF_WORK):
                for slot in range(CALLS_A_DAY_SLOTS):
                    counts = {measure: chance.randint(0, 8) for measure in MEASURES}
                    yield {"agent_id": agent, "slot": last - day * 96 - slot, **counts}

    def people(transaction: Any) -> None:
        users = [
            {
                "id": agent,
                "login": agent,
                "name": agent,
                "role": "agent",
                "team": "main",
                "password": "",
                "created_ms": 0,
            }
            for agent in ids
        ]
        transaction.connection.execute(insert(USER), users)
        head = 3 + cases // agents
        transaction.connection.execute(
            insert(FEED_HEAD), [{"agent_id": each, "head": head, "floor": 0} for each in ids]
        )

    world.write(people)
    with psycopg.connect(url) as connection:
        for table in templates:
            copy(connection, table, multiplied(table))
        copy(connection, FEED, feed())
        copy(connection, WORK_SLOT, slots())
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
    return ids


def timed(work: Callable[[], Any]) -> float:
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000


async def measure(world: World, move: int, ids: list[str]) -> None:
    world.person("boss", "supervisor")
    boss = await world.login("boss")
    refreshes = []
    for _ in range(60):
        start = time.perf_counter()
        response = await boss.get("/v1/board")
        refreshes.append((time.perf_counter() - start) * 1000)
        assert response.status_code == 200, response.text
    board = response.json()
    refreshes.sort()
    p95 = refreshes[int(len(refreshes) * 0.95) - 1]
    print(
        f"board of {board['total']} agents: median {statistics.median(refreshes):.0f} ms, p95 {p95:.0f} ms (bound 300)"
    )

    slowest = ("", 0.0)
    for name in BUILDERS:
        start = time.perf_counter()
        response = await boss.get(f"/v1/reports/{name}")
        spent = (time.perf_counter() - start) * 1000
        assert response.status_code == 200, response.text
        print(f"  report {name}: {spent:.0f} ms")
        slowest = max(slowest, (name, spent), key=lambda each: each[1])
    print(f"slowest report: {slowest[0]}, {slowest[1]:.0f} ms (bound 2000)")

    cases = [f"case-{number:07d}" for number in range(move)]
    targets = ids[: max(1, len(ids) // 2)]
    request = {"cases": cases, "strategy": "even", "agents": targets, "budget_ms": 2000}
    start = time.perf_counter()
    rounds = 1
    answer = await world.reassign(boss, "bench", **request)
    while answer["state"] == "running":
        rounds += 1
        answer = await world.reassign(boss, "bench", **request)
    spent = time.perf_counter() - start
    print(f"reassigned {move} cases in {spent:.1f} s over {rounds} answers (bound 30 s): {answer['counts']}")
    wrong = wrong_feeds(world.services.database, cases)
    print(f"feeds that do not show exactly their agent's cases: {wrong}")


def wrong_feeds(database: Database, cases: list[str]) -> int:
    """Count the moved cases that are not in exactly their owner's feed."""
    with database.reading() as transaction:
        owners = {
            row.id: row.owner_id
            for row in transaction.connection.execute(select(CASE.c.id, CASE.c.owner_id).where(CASE.c.id.in_(cases)))
        }
        shown = transaction.connection.execute(
            select(FEED.c.doc_key, FEED.c.agent_id).where(
                FEED.c.op == "put", FEED.c.doc_key.in_([f"case:{case}" for case in cases])
            )
        ).all()
    found = {(row.doc_key.removeprefix("case:"), row.agent_id) for row in shown}
    return len(found ^ set(owners.items()))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--agents", type=int, default=200)
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--move", type=int, default=10_000)
    options = parser.parse_args()
    with cluster() as postgres, tempfile.TemporaryDirectory() as folder:
        postgres.run("CREATE DATABASE profile")
        url = postgres.url("profile")
        database = Database(Settings(database=url), HandClock())
        prepare(database)
        database.close()
        world = World(Path(folder), {"database": url})
        world.populate()
        asyncio.run(_run(world, url, options))


async def _run(world: World, url: str, options: argparse.Namespace) -> None:
    await make_template(world)
    spent = time.perf_counter()
    ids = load(world, url, options.agents, options.cases)
    print(f"loaded {options.agents} agents and {options.cases} cases in {time.perf_counter() - spent:.0f} s")
    await measure(world, options.move, ids)
    await world.close()


if __name__ == "__main__":
    main()
