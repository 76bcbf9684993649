"""Moving cases: the preview says what happens, what happens is what it said, and it can be taken back."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from screens.supervisor.move import MoveScreen
from server.database.schema import CASE
from tests.support.supervised import SupervisedServer, agent_was_here, at_the_desk, press, until


def owners(server: SupervisedServer) -> dict[str | None, int]:
    """Count open cases by owner, straight from the database."""
    query = (
        select(CASE.c.owner_id, func.count().label("cases")).where(CASE.c.closed.is_(None)).group_by(CASE.c.owner_id)
    )
    with server.world.services.database.reading() as transaction:
        return {row.owner_id: row.cases for row in transaction.connection.execute(query)}


async def test_the_pool_is_dealt_out_evenly_and_taken_back(server: SupervisedServer) -> None:
    before = owners(server)
    pool = before[None]
    assert pool > 1
    async with at_the_desk(server) as pilot:
        await until(pilot, "Anna Reed")
        await press(pilot, "d")
        await until(pilot, f"{pool} cases would move")
        assert isinstance(pilot.app.screen, MoveScreen)
        await press(pilot, "enter")
        await until(pilot, f"{pool} cases moved · u undoes")
        after = owners(server)
        assert None not in after
        gained = [
            after[server.world.people[login].id] - before[server.world.people[login].id] for login in ("anna", "ben")
        ]
        assert sum(gained) == pool
        assert max(gained) - min(gained) <= 1
        await press(pilot, "u")
        await until(pilot, "taken back")
        assert owners(server) == before
        await press(pilot, "escape", "z")
        shown = await until(pilot, "What has been moved")
        await until(pilot, "undone")
        assert "Traceback" not in shown


async def test_marked_cases_go_to_one_agent(server: SupervisedServer) -> None:
    ben = server.world.people["ben"].id
    before = owners(server)
    async with at_the_desk(server) as pilot:
        await until(pilot, "Anna Reed")
        await press(pilot, "f", "slash", "=owner:anna", "enter")
        await until(pilot, "owner:anna")
        await press(pilot, "space", "space", "space")
        await until(pilot, "3 marked")
        await press(pilot, "r")
        await until(pilot, "3 marked cases")
        await until(pilot, "Ben Ortiz")
        await press(pilot, "end", "up")  # the pool is last, Ben before it
        await until(pilot, "3 cases would move")
        await press(pilot, "enter")
        await until(pilot, "3 cases moved")
    assert owners(server)[ben] == before[ben] + 3


async def test_nothing_moves_without_its_preview_and_nothing_twice(server: SupervisedServer) -> None:
    async with at_the_desk(server) as pilot:
        await until(pilot, "Anna Reed")
        await press(pilot, "d")
        await until(pilot, "would move")
        await press(pilot, "enter")
        await until(pilot, "cases moved")
        after = owners(server)
        await press(pilot, "enter", "enter")
        await pilot.pause()
        assert owners(server) == after


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
async def test_an_offline_machine_is_told_in_words(server: SupervisedServer, size: tuple[int, int]) -> None:
    await agent_was_here(server, "anna")
    server.world.clock.advance(minutes=5)
    async with at_the_desk(server, size) as pilot:
        await until(pilot, "Anna Reed")
        await press(pilot, "r")
        shown = await until(pilot, "would move")
        assert "off-line" in shown
        assert "may be called by Anna Reed" in " ".join(shown.replace("▊", " ").split()) or size[0] == 80
