"""What only an agent's machine knows, from the real application's profile to the supervisor's board."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from data.profile import places
from domain.clock import SystemClock
from domain.facts.payloads import ContactReported
from screens.ports import Refused, RunningCall
from tests.support.laptops import RunningClock, Served
from tests.support.server_world import NOW, PASSWORD, World
from tui.opening import OpenProfile, open_profile

PATIENCE = 60.0


def board_row(world: World) -> tuple[int | None, dict[str, int], bool]:
    from server.figures.board import board

    with world.services.database.reading() as transaction:
        since = datetime.combine(NOW.date(), datetime.min.time(), NOW.tzinfo)
        rows = board(transaction, "main", since, None, 10).agents
    row = next(row for row in rows if row.login == "anna")
    return row.unsent, row.refusals, row.in_call


async def eventually(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not condition():  # noqa: ASYNC110 - the condition is the server's, which has no event here
            await asyncio.sleep(0.02)


@pytest.mark.slow
async def test_board_shows_call_and_refusals_of_the_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("data.reporting.EVERY_S", 0.01)
    clock = RunningClock()
    world = World(tmp_path, clock=clock)
    world.populate()
    world.add_case("c1", "anna")
    world.add_case("c2", "anna")
    world.state("c2", ContactReported(what="deceased"))
    clock.shift = NOW - SystemClock().now()
    served = Served(world)
    try:
        where = places({"DUECALL_HOME": str(tmp_path / "anna")})
        profile = await open_profile(where, f"http://127.0.0.1:{served.port}", "anna", PASSWORD)
        assert isinstance(profile, OpenProfile), profile
        running = asyncio.create_task(profile.run())
        await eventually(lambda: len(profile.replica.cases.ids()) == 2)
        await eventually(lambda: board_row(world) == (0, {}, False))

        refused = profile.desk.dial("c2")
        assert isinstance(refused, Refused)
        assert refused.code == "stop"
        call = profile.desk.dial("c1")
        assert isinstance(call, RunningCall), call
        await eventually(lambda: board_row(world) == (0, {"stop": 1}, True))

        code = profile.desk.policy.catalogue.get("no_answer")
        assert code is not None
        profile.desk.save_outcome("c1", code)
        await eventually(lambda: board_row(world) == (0, {"stop": 1}, False))
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await profile.close()
    finally:
        served.stop()
        world.services.database.close()
