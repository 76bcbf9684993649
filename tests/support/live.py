"""Reassignments seen from the machine that loses the case: a real client at one server, the supervisor at another."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import httpx

from server.database.engine import Database
from server.founding import prepare
from server.settings import Settings
from tests.support.laptops import Laptop, RunningClock
from tests.support.postgres import Cluster
from tests.support.server_world import PASSWORD, World
from tests.support.storm import server_on


async def seconds_until_gone(cluster: Cluster, folder: Path, moves: int) -> Sequence[float]:
    """Reassign one case after the other; gives how long each was still to be seen where it was taken away.

    The time starts before the supervisor's request is sent and ends when the agent's own store has let go of the case,
    which is what the agent's screens are drawn from.
    """
    cluster.run("CREATE DATABASE live")
    url = cluster.url("live")
    clock = RunningClock()
    database = Database(Settings(database=url), clock)
    prepare(database)
    database.close()
    world = World(folder, {"database": url}, clock)
    world.populate()
    for number in range(moves):
        world.add_case(f"c{number}", "anna")
    clock.shift *= 0
    world.services.database.close()
    with ExitStack() as stack:
        theirs, ours = (stack.enter_context(server_on(url, folder, clock=None))[0] for _ in range(2))
        laptop = Laptop(folder / "laptop", ours)
        await laptop.login("anna")
        async with httpx.AsyncClient(base_url=theirs, timeout=30) as supervisor, laptop.running():
            body = {"login": "sue", "password": PASSWORD, "device": "sue-desk"}
            token = (await supervisor.post("/v1/sessions", json=body)).json()["token"]
            supervisor.headers["Authorization"] = f"Bearer {token}"
            await laptop.until(lambda: len(laptop.replica.cases.ids()) == moves)
            waits = [await _gone_after(laptop, supervisor, f"c{number}") for number in range(moves)]
        await laptop.client.aclose()
        laptop.store.close()
    cluster.run("DROP DATABASE live WITH (FORCE)")
    return waits


async def _gone_after(laptop: Laptop, supervisor: httpx.AsyncClient, case_id: str) -> float:
    began = time.perf_counter()
    moved = asyncio.create_task(
        supervisor.put(
            f"/v1/reassignments/{case_id}-{datetime.now(UTC):%H%M%S%f}",
            json={"cases": [case_id], "to": "ben", "mode": "now"},
        )
    )
    await laptop.until(lambda: case_id not in laptop.replica.cases.ids())
    seconds = time.perf_counter() - began
    answer = await moved
    assert answer.status_code == 200, answer.text
    return seconds
