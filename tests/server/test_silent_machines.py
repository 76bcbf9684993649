"""Attempts nobody knows of yet: after a take-over that was forced, and of an agent's second machine."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from data.sync.driver import SyncDriver
from domain.case.gating import may_call_case
from domain.case.model import Case, Silence
from domain.gate import Answer
from domain.policy import default_policy
from server import typed
from tests.support.laptops import Laptop
from tests.support.server_world import NOW, PHONE, Machine, World

PACK = "cn-consumer-credit"


@pytest.fixture
async def sue(world: World) -> Machine:
    world.add_case("c1", "anna")
    return await world.login("sue")


async def case_of(machine: Machine) -> Case:
    body: dict[str, Any] = (await machine.documents())["case:c1"]
    body.pop("ver")
    return typed.convert(body, Case)


def gate(case: Case, at: datetime, others: tuple[Silence, ...] = ()) -> Answer:
    return may_call_case(case, at, default_policy(), phone=case.phones[0], pack=PACK, others=others)


def most_attempts() -> int:
    from domain.gate import load_pack

    return min(cap.most for cap in load_pack(PACK).caps)


async def test_forced_take_over_counts_what_the_silent_machine_may_have_done(world: World, sue: Machine) -> None:
    anna, ben = await world.login("anna"), await world.login("ben")
    await anna.pull()
    world.clock.advance(minutes=30)
    await world.reassign(sue, "r1", cases=["c1"], to="ben", force=True)
    case = await case_of(ben)
    assert case.hold is None, "it may be called: whether it may be now is the gate's to say"
    (silence,) = case.silent
    assert (silence.by, silence.own) == ("Anna", False)
    answer = gate(case, world.clock.now())
    assert (answer.allowed, answer.code, answer.severity) == (False, "cap", "block")
    assert "Anna's machine was last heard from at 10:00" in answer.text
    assert answer.next is not None
    assert answer.next <= silence.until
    assert gate(case, silence.until).code != "cap", "its lease has ended"
    assert (await world.client.post("/v1/cases/next", headers=ben.headers)).status_code == 204


async def test_a_machine_just_heard_from_had_time_for_one_attempt(world: World, sue: Machine) -> None:
    anna, ben = await world.login("anna"), await world.login("ben")
    await anna.pull()
    await world.reassign(sue, "r1", cases=["c1"], to="ben", force=True)
    case = await case_of(ben)
    allowed = gate(case, world.clock.now()).allowed
    assert allowed == (most_attempts() > 1)


async def test_it_counts_no_more_once_the_machine_has_reported(world: World, sue: Machine) -> None:
    anna, ben = await world.login("anna"), await world.login("ben")
    await anna.pull()
    world.clock.advance(minutes=30)
    await world.reassign(sue, "r1", cases=["c1"], to="ben", force=True)
    call = anna.event("c1", "attempt.started", {"number": PHONE})
    ended = anna.event("c1", "attempt.ended", {"call": call["id"], "code": "no_answer", "talk_seconds": 0})
    assert [each["status"] for each in await anna.results(call, ended)] == ["accepted", "accepted"]
    for _ in range(2):  # the second shows the cursor behind the removal
        await anna.pull()
    case = await case_of(ben)
    assert case.silent == ()
    assert [attempt.author for attempt in case.attempts] == [world.people["anna"].id]


async def test_hold_that_stands_becomes_silence_when_somebody_forces(world: World, sue: Machine) -> None:
    anna, ben = await world.login("anna"), await world.login("ben")
    world.person("mia", "agent")
    await anna.pull()
    await world.reassign(sue, "r1", cases=["c1"], to="ben")
    held = await case_of(ben)
    assert held.hold is not None
    assert held.silent == ()
    await world.reassign(sue, "r2", cases=["c1"], to="mia", force=True)
    case = await case_of(await world.login("mia"))
    assert case.hold is None
    assert {silence.by for silence in case.silent} == {"Anna", "Ben"}
    await world.reassign(sue, "r3", cases=["c1"], to="anna", force=True)
    assert "Anna" not in {silence.by for silence in (await case_of(anna)).silent}, "one's own machine asks for itself"


def test_no_more_attempts_are_counted_than_there_was_time_for() -> None:
    from domain.case.silence import possible

    silence = Silence("Anna", NOW, NOW + timedelta(hours=4))
    assert possible(silence, NOW, 7) == 1
    assert possible(silence, NOW + timedelta(seconds=61), 7) == 3
    assert possible(silence, NOW + timedelta(hours=1), 7) == 7
    assert possible(silence, NOW + timedelta(hours=4), 7) == 0
    assert possible(silence, NOW - timedelta(seconds=1), 7) == 0


async def test_second_machine_that_went_silent_is_told_to_the_first_and_only_warns(
    world: World, tmp_path: Path
) -> None:
    """The real client reads it, keeps it over a restart, and its gate asks for a reason."""
    world.add_case("c1", "anna")
    desktop = await world.login("anna", "anna-desktop")
    await desktop.pull()
    world.clock.advance(minutes=30)
    transport = httpx.ASGITransport(world.app)
    laptop = Laptop(tmp_path / "laptop", "http://127.0.0.1:1", transport)
    await laptop.login("anna")
    await laptop.driver.once()
    laptop.boot()
    (other,) = laptop.replica.memory.contact.others
    assert other[1:] == ("2026-11-24T02:00:01.000Z", "2026-11-24T06:00:31.000Z")
    case = laptop.replica.cases.case("c1")
    assert case is not None
    own = Silence(
        "desktop", world.clock.now() - timedelta(minutes=30), world.clock.now() + timedelta(hours=3), own=True
    )
    answer = gate(case, world.clock.now(), (own,))
    assert (answer.allowed, answer.overridable, answer.code) == (False, True, "cap")
    assert "your machine desktop" in answer.text
    await desktop.pull()
    await laptop.driver.once()
    assert laptop.replica.memory.contact.others == ()
    assert isinstance(laptop.driver, SyncDriver)
    await laptop.client.aclose()
    laptop.store.close()
