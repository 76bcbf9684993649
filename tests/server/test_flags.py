"""Flags: each is raised by what it names, and by nothing else."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from domain.clock import format_instant
from domain.facts.payloads import CaseClosed, PaymentReceived, Phone
from tests.support.server_world import PHONE, Machine, World


def promise(promise_id: str, amount: int = 1000) -> dict[str, Any]:
    return {"promise_id": promise_id, "currency": "CNY", "parts": [{"due": "2026-11-27", "amount": amount}]}


@pytest.fixture
async def anna(world: World) -> Machine:
    world.add_case("c1", "anna")
    return await world.login("anna")


@pytest.fixture
async def sue(world: World) -> Machine:
    return await world.login("sue")


async def flags(machine: Machine, kind: str, data: dict[str, Any] | None = None, **other: Any) -> list[str]:
    result = (await machine.results(machine.event("c1", kind, data, **other)))[0]
    assert result["status"] == "accepted"
    found: list[str] = result["flags"]
    return found


async def seen(machine: Machine) -> dict[str, Any]:
    """Say what this machine has on screen now."""
    page = await machine.pull()
    return {"epoch": page["epoch"], "seq": page["head"]}


async def test_ordinary_fact_has_none(anna: Machine) -> None:
    assert await flags(anna, "note.added", {"text": "x"}) == []
    assert await flags(anna, "attempt.started", {"number": PHONE}) == []


async def test_after_reassignment(anna: Machine, sue: Machine, world: World) -> None:
    await world.reassign(sue, "r1", cases=["c1"], to="ben")
    assert await flags(anna, "note.added", {"text": "written before I knew"}) == ["after-reassignment"]
    ben = await world.login("ben")
    shown = (await ben.documents())["case:c1"]["timeline"]
    assert "written before I knew" in [moment["data"].get("text") for moment in shown]


async def test_after_closure(anna: Machine, world: World) -> None:
    world.state("c1", CaseClosed())
    assert await flags(anna, "note.added", {"text": "x"}) == ["after-closure"]
    assert "case:c1" not in await anna.documents()


@pytest.mark.parametrize(
    ("kind", "stop", "attempt", "flagged"),
    [
        ("consent.withdrawn", {}, {"number": PHONE}, True),
        ("consent.withdrawn", {"number": PHONE}, {"number": PHONE}, True),
        ("consent.withdrawn", {"number": "+8613900139000"}, {"number": PHONE}, False),
        ("consent.withdrawn", {"number": PHONE, "channel": "call"}, {"number": PHONE, "channel": "sms"}, False),
        ("consent.withdrawn", {"number": PHONE, "channel": "call"}, {"number": PHONE}, True),
        ("consent.withdrawn", {"channel": "sms"}, {"number": PHONE, "channel": "sms"}, True),
        ("consent.withdrawn", {"channel": "sms"}, {"number": PHONE}, False),
        ("contact.reported", {"what": "deceased", "number": "+8613900139000"}, {"number": PHONE}, True),
        ("contact.reported", {"what": "represented"}, {"number": PHONE}, True),
        ("contact.reported", {"what": "third_party_refused"}, {"number": PHONE, "person": "third_party"}, True),
        ("contact.reported", {"what": "third_party_refused"}, {"number": PHONE}, False),
    ],
)
async def test_after_optout(
    anna: Machine, world: World, kind: str, stop: dict[str, Any], attempt: dict[str, Any], flagged: bool
) -> None:
    await flags(anna, kind, stop)
    world.clock.advance(minutes=1)
    assert ("after-optout" in await flags(anna, "attempt.started", attempt)) is flagged


async def test_attempt_before_the_stop_is_not_after_it(anna: Machine, world: World) -> None:
    before = format_instant(world.clock.now())
    world.clock.advance(minutes=1)
    await flags(anna, "consent.withdrawn", {})
    assert await flags(anna, "attempt.started", {"number": PHONE}, at=before) == []


async def test_late(anna: Machine, world: World) -> None:
    day_ago = world.clock.now() - timedelta(hours=24)
    await anna.pull()
    assert "late" not in await flags(anna, "note.added", at=format_instant(day_ago))
    assert "late" in await flags(anna, "note.added", at=format_instant(day_ago - timedelta(seconds=1)))


async def test_clock_suspect_and_clamped(anna: Machine, world: World) -> None:
    ahead = world.clock.now() + timedelta(minutes=2)
    assert await flags(anna, "note.added", {"text": "a"}, at=format_instant(ahead)) == []
    ahead += timedelta(milliseconds=1)
    assert await flags(anna, "note.added", {"text": "b"}, at=format_instant(ahead)) == ["clock-suspect"]
    instants = [moment["at"] for moment in (await anna.documents())["case:c1"]["timeline"][-2:]]
    assert instants == [format_instant(world.clock.now())] * 2


async def test_lease_expired_while_the_machine_was_away(anna: Machine, world: World) -> None:
    await anna.pull()
    world.clock.advance(hours=3, minutes=59)
    inside = format_instant(world.clock.now())
    world.clock.advance(minutes=2)
    outside = format_instant(world.clock.now())
    world.clock.advance(hours=1)
    await anna.pull()
    world.clock.advance(minutes=1)
    assert await flags(anna, "note.added", {"text": "in time"}, at=inside) == []
    assert await flags(anna, "note.added", {"text": "too late"}, at=outside) == ["lease-expired"]
    assert await flags(anna, "note.added", {"text": "after contact"}) == []


async def test_lease_expired_without_contact(anna: Machine, world: World) -> None:
    world.clock.advance(hours=4, minutes=1)
    anna.token = anna.deposit_key
    assert await flags(anna, "note.added", {"text": "x"}) == ["lease-expired"]
    assert await flags(anna, "note.added", {"text": "a deposit renews no lease"}) == ["lease-expired"]


async def test_supervisors_have_no_lease(anna: Machine, sue: Machine, world: World) -> None:
    world.clock.advance(hours=6)
    assert await flags(sue, "note.added", {"text": "x"}) == []


async def test_quiet_hours_in_the_customers_zone(anna: Machine, world: World) -> None:
    world.clock.instant = world.clock.instant.replace(hour=14, minute=30)  # 22:30 in Shanghai
    anna = await world.login("anna")
    assert await flags(anna, "attempt.started", {"number": PHONE}) == ["quiet-hours"]


async def test_cap_breach_from_the_attempt_that_is_one_too_many(anna: Machine, world: World) -> None:
    found = []
    for _ in range(7):
        world.clock.advance(minutes=1)
        call = anna.event("c1", "attempt.started", {"number": PHONE})
        found.append((await anna.results(call))[0]["flags"])
        await flags(anna, "attempt.ended", {"call": call["id"], "code": "no_answer"})
    assert found == [[]] * 6 + [["cap-breach"]]


async def test_cap_breach_in_one_batch_and_out_of_order(anna: Machine, world: World) -> None:
    calls = []
    for _ in range(7):
        world.clock.advance(minutes=1)
        calls.append(anna.event("c1", "attempt.started", {"number": PHONE}))
    first, *rest = calls
    results = await anna.results(*rest)
    assert [result["flags"] for result in results] == [[]] * 6
    assert (await anna.results(first))[0]["flags"] == ["cap-breach"], "the last to arrive is the one too many"


async def test_unseen_payment(anna: Machine, world: World) -> None:
    before = await seen(anna)
    world.state("c1", PaymentReceived("pay-1", 1000, "CNY", date(2026, 11, 23)))
    world.clock.advance(seconds=1)
    assert await flags(anna, "promise.made", promise("p1"), seen=before) == ["unseen-payment"]
    assert await flags(anna, "note.added", {"text": "x"}, seen=before) == []
    assert await flags(anna, "attempt.started", {"number": PHONE}, seen=await seen(anna)) == []


async def test_payment_before_the_case_was_mine_was_seen(world: World, sue: Machine) -> None:
    world.add_case("c1", "ben")
    world.state("c1", PaymentReceived("pay-1", 1000, "CNY", date(2026, 11, 23)))
    anna = await world.login("anna")
    before = await seen(anna)
    await world.reassign(sue, "r1", cases=["c1"], to="anna")
    after = await seen(anna)
    world.clock.advance(seconds=1)
    assert await flags(anna, "promise.made", promise("p1"), seen=after) == []
    assert "unseen-payment" in await flags(anna, "promise.made", promise("p2"), seen=before)


async def test_newer_promise_supersedes_the_one_its_author_saw(anna: Machine, sue: Machine, world: World) -> None:
    await flags(anna, "promise.made", promise("p1"))
    await world.reassign(sue, "r1", cases=["c1"], to="ben")
    ben = await world.login("ben")
    on_screen = await seen(ben)
    world.clock.advance(minutes=1)
    assert await flags(ben, "promise.made", promise("p2"), seen=on_screen) == []
    promises = {p["id"]: p for p in (await ben.documents())["case:c1"]["promises"]}
    assert (promises["p1"]["ended"], promises["p1"]["by"]) == ("superseded", "p2")
    assert "ended" not in promises["p2"]


@pytest.mark.parametrize("how", ["nothing", "earlier", "other epoch"])
async def test_promises_that_did_not_see_each_other_both_stay(
    anna: Machine, sue: Machine, world: World, how: str
) -> None:
    ben = await world.login("ben")
    earlier = await seen(ben)
    await flags(anna, "promise.made", promise("p1"))
    await world.reassign(sue, "r1", cases=["c1"], to="ben")
    now = await seen(ben)
    world.clock.advance(minutes=1)
    on_screen = {"nothing": None, "earlier": earlier, "other epoch": now | {"epoch": "another"}}[how]
    assert await flags(ben, "promise.made", promise("p2"), seen=on_screen) == ["concurrent"]
    document = (await ben.documents())["case:c1"]
    assert [p.get("ended") for p in document["promises"]] == [None, None]
    assert [review["kind"] for review in document["reviews"]] == ["concurrent-promises"]


@pytest.mark.parametrize("order", ["together", "forwards", "backwards"])
async def test_own_machine_saw_its_own_promise_in_any_order_of_arrival(anna: Machine, world: World, order: str) -> None:
    first = anna.event("c1", "promise.made", promise("p1"))
    world.clock.advance(minutes=1)
    second = anna.event("c1", "promise.made", promise("p2"))
    if order == "together":
        await anna.results(second, first)
    else:
        for event in (first, second) if order == "forwards" else (second, first):
            await anna.results(event)
    document = (await anna.documents())["case:c1"]
    assert [(p["id"], p.get("ended")) for p in document["promises"]] == [("p1", "superseded"), ("p2", None)]
    assert "reviews" not in document


async def test_amendment_of_what_was_changed_meanwhile_is_concurrent(anna: Machine, world: World) -> None:
    made = anna.event("c1", "promise.made", promise("p1"))
    await anna.results(made)
    parts = {"promise_id": "p1", "parts": [{"due": "2026-11-30", "amount": 1000}], "base": made["id"]}
    world.clock.advance(minutes=1)
    assert await flags(anna, "promise.amended", parts) == []
    world.clock.advance(minutes=1)
    assert await flags(anna, "promise.amended", parts) == ["concurrent"]


async def test_flags_stand_in_the_order_of_the_contract(anna: Machine, sue: Machine, world: World) -> None:
    await world.reassign(sue, "r1", cases=["c1"], to="ben")
    world.state("c1", CaseClosed())
    long_ago = world.clock.now() - timedelta(days=2)
    assert await flags(anna, "note.added", {"text": "x"}, at=format_instant(long_ago)) == [
        "after-reassignment",
        "after-closure",
        "late",
    ]


async def test_attempt_without_a_known_zone_is_not_judged(world: World) -> None:
    world.add_case("c1", "anna", phones=(Phone(PHONE, type="mobile", region="CN"),))
    world.clock.instant = world.clock.instant.replace(hour=14, minute=30)
    anna = await world.login("anna")
    assert await flags(anna, "attempt.started", {"number": PHONE}) == []
