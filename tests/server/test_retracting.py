"""Who may take a fact back: its author in time, or a supervisor; nobody by saying so."""

from __future__ import annotations

from typing import Any

import pytest

from domain.case.gating import may_call_case
from domain.case.reading import standing_stops
from domain.clock import from_milliseconds
from domain.facts.payloads import ConsentWithdrawn, ContactReported
from domain.policy import default_policy
from server.database.engine import Transaction
from server.facts.stored import load_facts
from tests.support.server_world import PHONE, Machine, World


async def moments(reader: Machine, case_id: str = "c1") -> dict[str, dict[str, Any]]:
    shown = (await reader.documents())[f"case:{case_id}"]
    return {moment["fact"]: moment for moment in shown["timeline"]}


async def three_days_later(world: World, *machines: Machine) -> None:
    """Let time pass; everybody has to log in again."""
    world.clock.advance(days=3)
    for machine in machines:
        machine.token = (await world.login(machine.device.removesuffix("-laptop"))).token


async def test_supervisor_takes_back_what_anybody_wrote_at_any_time(world: World) -> None:
    world.add_case("c1", "anna")
    anna, sue = await world.login("anna"), await world.login("sue")
    note = anna.event("c1", "note.added", {"text": "the wrong customer's words"})
    await anna.results(note)
    await three_days_later(world, anna, sue)
    late = anna.event("c1", "fact.retracted", {"base": note["id"]})
    assert (await anna.results(late))[0]["status"] == "accepted", "kept, without effect"
    assert not (await moments(anna))[note["id"]].get("retracted")

    taken_back = sue.event("c1", "fact.retracted", {"base": note["id"]})
    assert (await sue.results(taken_back))[0]["status"] == "accepted"
    assert (await moments(anna))[note["id"]]["retracted"]
    history = (await sue.get("/v1/cases/c1/history")).json()["moments"]
    assert [each.get("retracted") for each in history if each["fact"] == note["id"]] == [True]


async def test_nobody_becomes_a_supervisor_by_saying_so(world: World) -> None:
    world.add_case("c1", "anna")
    world.add_case("c9", "zoe", team="east")
    anna, tom = await world.login("anna"), await world.login("tom")
    note = anna.event("c1", "note.added", {"text": "x"})
    await anna.results(note)
    await three_days_later(world, anna, tom)
    forged = anna.event("c1", "fact.retracted", {"base": note["id"], "by_supervisor": True})
    assert (await anna.results(forged))[0]["status"] == "accepted"
    assert not (await moments(anna))[note["id"]].get("retracted")
    elsewhere = tom.event("c1", "fact.retracted", {"base": note["id"]})
    assert (await tom.results(elsewhere))[0]["status"] == "quarantined"

    def fold_anew(transaction: Transaction) -> list[Any]:
        return [stored.fact.payload for stored in load_facts(transaction, ["c1"])["c1"]]

    with world.services.database.reading() as transaction:
        read_again = fold_anew(transaction)
    assert not any(getattr(payload, "by_supervisor", None) for payload in read_again), "nor from its stored bytes"


@pytest.mark.parametrize(
    ("payload", "stopped"),
    [
        (ContactReported("deceased", PHONE), True),
        (ContactReported("represented", PHONE), True),
        (ContactReported("insolvency"), True),
        (ConsentWithdrawn(), True),
        (ConsentWithdrawn(channel="call"), True),
        (ConsentWithdrawn(channel="sms"), False),
        (ConsentWithdrawn(number="+8613900000000"), False),
    ],
)
async def test_queue_and_gate_agree_on_what_stops_a_customer(world: World, payload: Any, stopped: bool) -> None:
    """A death reported on one number is no reason to ring the other."""
    from sqlalchemy import select

    from domain.case.model import Case
    from server import typed
    from server.database.schema import CASE

    world.add_case("c1", "anna")
    world.state("c1", payload)
    with world.services.database.reading() as transaction:
        document = transaction.connection.execute(select(CASE.c.doc).where(CASE.c.id == "c1")).scalar_one()
    case = typed.decode(document, Case)
    at = from_milliseconds(1_795_572_000_000)  # 2026-11-24, in the middle of the customer's day
    answer = may_call_case(case, at, default_policy(), phone=case.phones[0])
    assert (answer.code == "stop") is stopped
    assert bool(standing_stops(case)) is stopped
