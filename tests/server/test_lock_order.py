"""In what order a request locks what it changes: the cases, its machine's row, the feeds.

Seen by holding a machine's row: what waits for it has its cases by then and no feed yet. So two requests of one machine get
on beside each other as far as that, and no two requests can wait for each other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import Column, Connection, select

from domain.clock import format_instant
from domain.supervision import ReassignmentRequest
from server.cases.reassigning import reassign
from server.database.engine import Transaction
from server.database.schema import CASE, DEVICE, FEED_HEAD, HOLD
from server.facts.envelope import open_envelopes
from server.facts.intake import Intake
from server.feeds.reading import read_page
from server.people.sessions import Caller, open_session
from tests.support.postgres import Reset
from tests.support.server_world import World
from tests.support.waiting import wait_for_a_waiter


def caller(world: World, login: str) -> Caller:
    person = world.people[login]
    return Caller(person.id, person.name, person.role, person.team, f"{login}-0", False, "")


@pytest.fixture
def company(populated_postgres: Reset, tmp_path: Any) -> Iterator[World]:
    """Two cases of anna's, of which she is losing the first, and everybody's machine."""
    populated_postgres()
    world = World(tmp_path, {"database": populated_postgres.url})
    for case_id in ("c0", "c1"):
        world.add_case(case_id, "anna")

    def add_machines(transaction: Transaction) -> None:
        for login in ("anna", "ben", "sue"):
            open_session(transaction, world.people[login], f"{login}-0", None, 3600, 14_400)

    world.write(add_machines)
    yield world
    world.services.database.close()


def hand_over(world: World) -> None:
    event = {
        "id": "anna-0-1",
        "seq": 1,
        "type": "note.added",
        "v": 1,
        "case_id": "c0",
        "at": format_instant(world.clock.now()),
        "data": {"text": "a note"},
    }
    epoch, batch = world.services.identity.epoch, open_envelopes([event])
    answer = world.write(lambda transaction: Intake(transaction, caller(world, "anna"), epoch).take(batch))
    assert [result.status for result in answer.results] == ["accepted"]


def lose_a_case_and_store_it(world: World) -> Callable[[World], None]:
    database, identity, anna = world.services.database, world.services.identity, caller(world, "anna")
    reassign(database, caller(world, "sue"), "r1", ReassignmentRequest(cases=["c0"], to="ben"))
    gone = read_page(database, identity, anna, None, 100).cursor
    assert held(world) == ["c0"]

    def show_it(world: World) -> None:
        read_page(database, identity, anna, gone, 100)
        assert held(world) == []

    return show_it


def held(world: World) -> list[str]:
    with world.services.database.reading() as transaction:
        return list(transaction.connection.execute(select(HOLD.c.case_id)).scalars())


def free(connection: Connection, column: Column[str]) -> set[str]:
    return set(connection.execute(select(column).with_for_update(skip_locked=True)).scalars())


@pytest.mark.parametrize("what", ["facts handed over", "a lost case that is stored as lost"])
def test_whoever_waits_for_its_machines_row_has_its_cases_and_no_feed(company: World, what: str) -> None:
    work = hand_over if what == "facts handed over" else lose_a_case_and_store_it(company)
    engine = company.services.database.engine.execution_options(forged=True)  # the recorder need not look at ours
    with ThreadPoolExecutor(1) as pool:
        with engine.begin() as holding:
            holding.execute(select(DEVICE.c.id).where(DEVICE.c.id == "anna-0").with_for_update())
            waiting = pool.submit(work, company)
            wait_for_a_waiter(holding)
            with engine.begin() as looking:
                assert free(looking, CASE.c.id) == {"c1"}
                assert {company.people[login].id for login in ("anna", "ben")} <= free(looking, FEED_HEAD.c.agent_id)
        waiting.result(60)
