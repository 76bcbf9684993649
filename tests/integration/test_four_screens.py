"""Three agents' applications and a supervisor's on one real server: a case that is moved is moved on every screen."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest
from textual.pilot import Pilot

from data.profile import places
from screens.ports import Refused
from screens.widgets.linetable import LineTable
from server.seed import DEMO_PASSWORD
from tests.support.places import text_of
from tests.support.server_world import PASSWORD
from tests.support.supervised import SupervisedServer, at_the_desk, press, seeded, supervised, until
from tui.app import DuecallApp
from tui.opening import OpenProfile, open_profile

pytestmark = pytest.mark.slow

PATIENCE = 60.0


@asynccontextmanager
async def an_agent(
    server: SupervisedServer, login: str, password: str, folder: Path
) -> AsyncIterator[tuple[Pilot[None], OpenProfile]]:
    """Give an agent's application on a profile of its own, syncing."""
    where = places({"DUECALL_HOME": str(folder / login)})
    profile = await open_profile(where, server.address, login, password)
    assert not isinstance(profile, Refused), profile

    async def opener(_server: str, _login: str, _password: str) -> Refused:
        return Refused("open already")

    app = DuecallApp(opener, ready=profile, login=login, idle_lock_minutes=0)
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        yield pilot, profile


async def eventually(condition: Callable[[], object], *pilots: Pilot[None]) -> None:
    """Let every application run until something holds."""
    try:
        async with asyncio.timeout(PATIENCE):
            while not condition():
                for pilot in pilots:
                    await pilot.pause()
                await asyncio.sleep(0.05)
    except TimeoutError:
        raise AssertionError("\n".join(text_of(pilot.app) for pilot in pilots)) from None


def cases_of(profile: OpenProfile) -> set[str]:
    """Name the cases an agent's machine shows."""
    queue = profile.desk.queue()
    return {row.case_id for row in (*queue.today, *queue.not_now)}


async def test_a_reassignment_is_seen_on_both_screens(tmp_path: Path) -> None:
    database = seeded(tmp_path)
    with supervised(tmp_path / "server", database) as server:
        server.world.person("cleo", "agent")
        async with AsyncExitStack() as stack:
            anna, annas = await stack.enter_async_context(an_agent(server, "anna", DEMO_PASSWORD, tmp_path))
            ben, bens = await stack.enter_async_context(an_agent(server, "ben", DEMO_PASSWORD, tmp_path))
            cleo, cleos = await stack.enter_async_context(an_agent(server, "cleo", PASSWORD, tmp_path))
            desk = await stack.enter_async_context(at_the_desk(server))
            everybody = (anna, ben, cleo, desk)
            await eventually(lambda: cases_of(annas) and cases_of(bens), *everybody)
            before, others = cases_of(annas), cases_of(bens)
            assert before.isdisjoint(others)
            assert cases_of(cleos) == set()
            await eventually(lambda: "3 agents" in text_of(desk.app), *everybody)

            await press(desk, "f", "slash", "=owner:anna", "enter")
            await until(desk, f"{len(before)} cases")
            table = desk.app.screen.query_one(LineTable)
            moved = table.selected
            assert moved in before
            await press(desk, "space")
            await until(desk, "1 marked")
            await press(desk, "r")
            await until(desk, "Cleo")
            await press(desk, "end", "up")  # the pool is last, Cleo before it
            await until(desk, "1 case would move")
            await press(desk, "enter")
            await until(desk, "1 case moved")

            await eventually(lambda: cases_of(cleos) == {moved} and moved not in cases_of(annas), *everybody)
            customer = cleos.desk.case(str(moved))
            assert customer is not None
            await eventually(lambda: customer.customer.name[:8] in text_of(cleo.app), *everybody)
            assert cases_of(annas) == before - {moved}
            assert cases_of(bens) == others, "nobody else has noticed"

            await press(desk, "u")
            await until(desk, "taken back")
            await eventually(lambda: cases_of(annas) == before and cases_of(cleos) == set(), *everybody)
