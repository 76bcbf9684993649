"""The narrow rows and counters say what the documents and facts say, however they came about."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import Table, delete, select

from domain.facts.payloads import PaymentReceived
from server.database.supervision_tables import CASE_FIGURE, CASE_PAYMENT, PROMISE_PART, WORK_SLOT
from server.figures.filling import fill_figures
from tests.support.server_world import PHONE, Machine, World

TABLES = (CASE_FIGURE, PROMISE_PART, CASE_PAYMENT, WORK_SLOT)


@pytest.fixture
async def anna(world: World) -> Machine:
    world.add_case("c1", "anna")
    world.add_case("c2", "anna")
    return await world.login("anna")


def rows(world: World, table: Table) -> list[dict[str, Any]]:
    with world.services.database.reading() as transaction:
        found = transaction.connection.execute(select(table).order_by(*table.primary_key)).mappings()
        return [dict(row) for row in found]


async def day_of_work(world: World, anna: Machine) -> None:
    parts = [{"due": "2026-11-25", "amount": 40_000}, {"due": "2026-12-02", "amount": 60_000}]
    for case, code in (("c1", "no_answer"), ("c1", "promise"), ("c2", "wrong_number")):
        call = anna.event(case, "attempt.started", {"number": PHONE})
        world.clock.advance(minutes=6)
        ended = {"call": call["id"], "code": code, "talk_seconds": 90, "wrap_seconds": 12}
        await anna.results(call, anna.event(case, "attempt.ended", ended))
    await anna.results(anna.event("c1", "promise.made", {"promise_id": "p1", "currency": "CNY", "parts": parts}))
    world.clock.advance(seconds=1)
    world.state("c1", PaymentReceived("pay-1", 40_000, "CNY", date(2026, 11, 24)))


async def test_rows_say_what_the_case_says(world: World, anna: Machine) -> None:
    await day_of_work(world, anna)
    case = next(row for row in rows(world, CASE_FIGURE) if row["case_id"] == "c1")
    assert (case["owed"], case["overdue"], case["placed"], case["attempts"]) == (85_000, 85_000, 125_000, 2)
    assert (case["last_attempt_by"], case["bucket"]) == (world.people["anna"].id, None)
    assert case["promise_due"] == date(2026, 12, 2).toordinal()
    parts = [(row["part"], row["amount"], row["paid"], row["state"]) for row in rows(world, PROMISE_PART)]
    assert parts == [(0, 40_000, 40_000, "open"), (1, 60_000, 0, "open")]
    paid = [(row["payment_id"], row["amount"], row["agent_id"]) for row in rows(world, CASE_PAYMENT)]
    assert paid == [("pay-1", 40_000, world.people["anna"].id)]


async def test_work_is_counted_in_quarters_of_an_hour(world: World, anna: Machine) -> None:
    await day_of_work(world, anna)
    slots = rows(world, WORK_SLOT)
    assert [row["attempts"] for row in slots] == [3, 0]
    sums = {name: sum(row[name] for row in slots) for name in ("ended", "connected", "right_party", "talk_s", "unread")}
    assert sums == {"ended": 3, "connected": 2, "right_party": 1, "talk_s": 270, "unread": 1}


async def test_figures_made_afterwards_are_the_same(world: World, anna: Machine) -> None:
    await day_of_work(world, anna)
    before = {table.name: rows(world, table) for table in TABLES}

    def as_before_there_were_figures(transaction: Any) -> None:
        for table in TABLES:
            transaction.connection.execute(delete(table))

    world.write(as_before_there_were_figures)
    world.services.database.memory.forget()  # what was kept up with every fact is worked out anew from all of them
    assert fill_figures(world.services.database) == 2
    after = {table.name: rows(world, table) for table in TABLES}
    for row in (*before["case_figure"], *after["case_figure"], *before["promise_part"], *after["promise_part"]):
        row.pop("next_ms", None)  # "now", and that is when it was written
        row.pop("changed_ms", None)
    assert after == before
    assert fill_figures(world.services.database) == 0


async def test_repeated_and_late_facts_are_counted_once(world: World, anna: Machine) -> None:
    call = anna.event("c1", "attempt.started", {"number": PHONE})
    for _ in range(3):
        await anna.push(call)
    assert sum(row["attempts"] for row in rows(world, WORK_SLOT)) == 1


async def test_board_tells_what_only_the_machine_knows(world: World, anna: Machine) -> None:
    report = {"unsent": 3, "day": "2026-11-24", "refused": {"window": 2, "cap": 1}, "in_call": True}
    for _ in range(2):
        assert (await anna.put("/v1/devices/current/report", report)).status_code == 204
    sue = await world.login("sue")
    board = (await sue.get("/v1/board")).json()
    row = next(row for row in board["agents"] if row["login"] == "anna")
    assert (row["unsent"], row["refusals"], row["in_call"], row["lease"]) == (3, {"cap": 1, "window": 2}, True, "held")
    assert (board["teams"][0]["unsent"], board["teams"][0]["refusals"]) == (3, 3)
    bad = {"unsent": -1, "day": "2026-11-24"}
    assert (await anna.put("/v1/devices/current/report", bad)).status_code == 422


async def test_board_has_a_line_for_the_team_and_pages_of_agents(world: World, anna: Machine) -> None:
    world.add_case("c3", "anna")
    await day_of_work(world, anna)
    sue = await world.login("sue")
    first = (await sue.get("/v1/board", limit="1")).json()
    rest = (await sue.get("/v1/board", limit="1", after=first["next"])).json()
    assert [row["login"] for row in (*first["agents"], *rest["agents"])] == ["anna", "ben"]
    assert (first["total"], "next" in rest) == (2, False)
    team = rest["teams"][0]
    assert (team["agents"], team["attempts"], team["connected"], team["cases"]) == (2, 3, 2, 3)
    assert team["promised"] == {"CNY": 100_000}
    row = first["agents"][0]
    assert (row["attempted"], row["left"], row["right_party"]) == (2, 1, 1)
