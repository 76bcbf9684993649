"""Moving cases: who gets what, what waits for a call, and that two machines never may call one customer."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from sqlalchemy import select

from domain.clock import format_instant
from domain.facts.payloads import CaseClosed
from server.database.schema import AUDIT, PENDING_MOVE, REASSIGNED, REASSIGNMENT
from tests.support.server_world import PHONE, Machine, World


@pytest.fixture
async def sue(world: World) -> Machine:
    for number in range(4):
        world.add_case(f"c{number}", "anna")
    world.add_case("free", None)
    world.add_case("far", "zoe", team="east")
    return await world.login("sue")


def statuses(answer: dict[str, Any]) -> dict[str, str]:
    return {case["case"]: case["status"] for case in answer["cases"]}


async def owned(world: World, login: str) -> list[str]:
    return sorted(await (await world.login(login, f"{login}-reader")).documents())


async def test_case_moves_with_its_history(world: World, sue: Machine) -> None:
    anna = await world.login("anna")
    await anna.results(anna.event("c1", "note.added", {"text": "prefers mornings"}))
    world.clock.advance(minutes=1)
    answer = await world.reassign(sue, "r1", cases=["c1"], to="ben", reason="holiday")
    assert answer["counts"] == {"moved": 1}
    assert answer["cases"] == [
        {"case": "c1", "status": "moved", "source": world.people["anna"].id, "target": world.people["ben"].id}
    ]
    loads = {load["login"]: (load["before"], load["after"]) for load in answer["agents"]}
    assert loads == {"anna": (4, 3), "ben": (0, 1)}
    ben = await world.login("ben")
    document = (await ben.documents())["case:c1"]
    assert document["owner"] == world.people["ben"].id
    assert "prefers mornings" in [moment["data"].get("text") for moment in document["timeline"]]
    assert document["timeline"][-1]["data"]["agent_name"] == "Ben"


@pytest.mark.parametrize("who", ["ben", "BEN", "id"])
async def test_agent_is_named_by_login_or_id(world: World, sue: Machine, who: str) -> None:
    target = world.people["ben"].id if who == "id" else who
    await world.reassign(sue, "r1", cases=["c1"], to=target)
    assert await owned(world, "ben") == ["case:c1"]


async def test_null_puts_into_the_pool(world: World, sue: Machine) -> None:
    await world.reassign(sue, "r1", cases=["c1"], to=None)
    assert "case:c1" not in await owned(world, "anna")


async def test_repeat_answers_the_same_and_does_nothing(world: World, sue: Machine) -> None:
    first = await world.reassign(sue, "r1", cases=["c1"], to="ben")
    await world.reassign(sue, "r2", cases=["c1"], to="anna")
    assert await world.reassign(sue, "r1", cases=["c1"], to="ben") == first
    assert "case:c1" in await owned(world, "anna")


async def test_same_id_for_something_else_is_refused(world: World, sue: Machine) -> None:
    await world.reassign(sue, "r1", cases=["c1"], to="ben")
    response = await sue.put("/v1/reassignments/r1", {"cases": ["c2"], "to": "ben"})
    assert response.status_code == 409
    assert response.json()["type"] == "urn:duecall:problem:id-reused"


async def test_plan_of_a_server_that_died_is_carried_out_by_the_repeat(world: World, sue: Machine) -> None:
    request = {"cases": ["c0", "c1"], "to": "ben"}
    first = await world.reassign(sue, "r1", **request)

    def as_if_it_died(transaction: Any) -> None:
        transaction.connection.execute(REASSIGNMENT.update().values(answer=None))
        transaction.connection.execute(REASSIGNED.update().where(REASSIGNED.c.case_id == "c1").values(status="planned"))

    await world.reassign(sue, "r2", cases=["c1"], to="anna")
    world.write(as_if_it_died)
    again = await world.reassign(sue, "r1", **request)
    assert statuses(again) == statuses(first)
    assert await owned(world, "ben") == ["case:c0", "case:c1"]


async def test_filter_chooses(world: World, sue: Machine) -> None:
    answer = await world.reassign(sue, "r1", filter={"unassigned": True}, to="ben")
    assert statuses(answer) == {"free": "moved"}
    answer = await world.reassign(sue, "r2", filter={"owner": "anna", "q": "customer C3"}, to="ben")
    assert statuses(answer) == {"c3": "moved"}
    await world.reassign(sue, "r3-pool", cases=["free"], to=None)
    answer = await world.reassign(sue, "r3", filter={"owner": "nobody"}, to="ben")
    assert answer["cases"] == []
    answer = await world.reassign(sue, "r4", filter={"min_days": 35}, to="ben")
    assert statuses(answer) == {}
    answer = await world.reassign(sue, "r5", filter={"min_days": 34, "max_days": 34, "currency": "CNY"}, to="ben")
    assert len(statuses(answer)) == 5


async def test_even_strategy_deals_counts_and_amounts(world: World, sue: Machine) -> None:
    world.person("mia", "agent")
    answer = await world.reassign(sue, "r1", filter={}, strategy="even")
    after = sorted(load["after"] for load in answer["agents"])
    assert after == [1, 2, 2]
    answer = await world.reassign(sue, "r2", filter={}, strategy="even", agents=["ben", "mia"])
    assert {load["login"]: load["after"] for load in answer["agents"]}["anna"] == 0


async def test_dry_run_moves_nothing_and_says_what_would(world: World, sue: Machine) -> None:
    answer = await world.reassign(sue, "r1", cases=["c0", "c1", "nope"], to="ben", dry_run=True)
    assert answer["counts"] == {"planned": 2, "refused": 1}
    assert {load["login"]: (load["before"], load["after"]) for load in answer["agents"]}["ben"] == (0, 2)
    assert await owned(world, "ben") == []
    assert (await world.reassign(sue, "r1", cases=["c0"], to="ben"))["counts"] == {"moved": 1}


async def test_cases_of_others_and_unknown_ones_are_refused_alike(world: World, sue: Machine) -> None:
    answer = await world.reassign(sue, "r1", cases=["c1", "far", "never"], to="ben")
    assert statuses(answer) == {"c1": "moved", "far": "refused", "never": "refused"}
    for number, case in enumerate(("far", "never")):
        response = await sue.put(f"/v1/reassignments/x{number}", {"cases": [case], "to": "ben"})
        assert response.status_code == 403
        assert response.json()["type"] == "urn:duecall:problem:forbidden"
    assert await owned(world, "zoe") == ["case:far"]


@pytest.mark.parametrize("who", ["nobody", "sue", "zoe"])
async def test_only_agents_of_the_team_get_cases(world: World, sue: Machine, who: str) -> None:
    response = await sue.put("/v1/reassignments/r1", {"cases": ["c1"], "to": who})
    assert response.status_code == 422
    response = await sue.put("/v1/reassignments/r2", {"cases": ["c1"], "strategy": "even", "agents": [who]})
    assert response.status_code == 422
    assert "case:c1" in await owned(world, "anna")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"cases": ["c1"]}, 400),
        ({"to": "ben"}, 422),
        ({"cases": ["c1"], "filter": {}, "to": "ben"}, 422),
        ({"cases": "c1", "to": "ben"}, 400),
        ({"cases": ["c1"], "to": "ben", "mode": "sometime"}, 400),
        ([], 400),
    ],
)
async def test_unclear_requests(world: World, sue: Machine, body: Any, status: int) -> None:
    assert (await sue.put("/v1/reassignments/r1", body)).status_code == status


async def test_closed_case_stays_where_it_is(world: World, sue: Machine) -> None:
    world.state("c1", CaseClosed())
    assert statuses(await world.reassign(sue, "r1", cases=["c1"], to="ben")) == {"c1": "closed"}


async def test_agents_may_not_move_cases(world: World, sue: Machine) -> None:
    anna = await world.login("anna")
    assert (await anna.put("/v1/reassignments/r1", {"cases": ["c1"], "to": "anna"})).status_code == 403


async def test_audit_says_who_moved_what(world: World, sue: Machine) -> None:
    await world.reassign(sue, "r1", cases=["c1"], to="ben", force=True, reason="called in sick")
    with world.services.database.reading() as transaction:
        row = transaction.connection.execute(select(AUDIT).where(AUDIT.c.action == "case.reassigned")).one()
    assert (row.actor, row.subject) == (world.people["sue"].id, "c1")
    assert msgspec.json.decode(row.detail) == {
        "source": world.people["anna"].id,
        "target": world.people["ben"].id,
        "reassignment": "r1",
        "forced": True,
    }


# --- a running call ---------------------------------------------------------------------------------------------------


async def test_running_call_is_waited_for(world: World, sue: Machine) -> None:
    anna = await world.login("anna")
    call = anna.event("c1", "attempt.started", {"number": PHONE})
    await anna.results(call)
    answer = await world.reassign(sue, "r1", cases=["c0", "c1"], to="ben")
    assert statuses(answer) == {"c0": "moved", "c1": "waiting"}
    assert "case:c1" in await owned(world, "anna")
    world.clock.advance(minutes=3)
    ended = await anna.results(
        anna.event("c1", "note.added", {"text": "still talking"}),
        anna.event("c1", "attempt.ended", {"call": call["id"], "code": "promise"}),
    )
    assert [result["flags"] for result in ended] == [[], []]
    assert await owned(world, "ben") == ["case:c0", "case:c1"]
    with world.services.database.reading() as transaction:
        assert transaction.connection.execute(select(PENDING_MOVE)).first() is None
        rows = transaction.connection.execute(select(REASSIGNED.c.status)).scalars()
        assert set(rows) == {"moved"}


async def test_call_that_never_ends_is_waited_for_a_quarter_of_an_hour(world: World, sue: Machine) -> None:
    anna = await world.login("anna")
    await anna.results(anna.event("c1", "attempt.started", {"number": PHONE}))
    world.clock.advance(minutes=5)
    await world.reassign(sue, "r1", cases=["c1"], to="ben")
    world.clock.advance(minutes=9, seconds=59)
    assert "case:c1" in await owned(world, "anna")
    world.clock.advance(seconds=1)
    page = await anna.page()
    assert page["revoked"] == ["case:c1"]
    assert await owned(world, "ben") == ["case:c1"]


async def test_mode_now_does_not_wait(world: World, sue: Machine) -> None:
    anna = await world.login("anna")
    await anna.results(anna.event("c1", "attempt.started", {"number": PHONE}))
    assert statuses(await world.reassign(sue, "r1", cases=["c1"], to="ben", mode="now")) == {"c1": "moved"}


async def test_newer_decision_replaces_a_waiting_one(world: World, sue: Machine) -> None:
    anna = await world.login("anna")
    call = anna.event("c1", "attempt.started", {"number": PHONE})
    await anna.results(call)
    await world.reassign(sue, "r1", cases=["c1"], to="ben")
    await world.reassign(sue, "r2", cases=["c1"], to="anna")
    await anna.results(anna.event("c1", "attempt.ended", {"call": call["id"], "code": "no_answer"}))
    assert "case:c1" in await owned(world, "anna")


# --- one machine at a time --------------------------------------------------------------------------------------------


async def hold(machine: Machine, case: str = "case:c1") -> dict[str, Any] | None:
    return (await machine.documents())[case].get("hold")


async def test_new_owner_waits_for_the_old_machines_lease(world: World, sue: Machine) -> None:
    anna, ben = await world.login("anna"), await world.login("ben")
    await anna.pull()
    contact = world.clock.now()
    world.clock.advance(minutes=10)
    await world.reassign(sue, "r1", cases=["c1"], to="ben")
    held = await hold(ben)
    assert held is not None
    assert held["by"] == "Anna"
    assert held["until"] == format_instant(contact.replace(hour=contact.hour + 4, second=contact.second + 30))


async def test_hold_ends_when_the_old_machine_has_stored_the_removal(world: World, sue: Machine) -> None:
    anna, ben = await world.login("anna"), await world.login("ben")
    await anna.pull()
    await world.reassign(sue, "r1", cases=["c1"], to="ben")
    before = (await ben.documents())["case:c1"]["ver"]
    page = await anna.pull()
    assert page["revoked"] == ["case:c1"]
    assert await hold(ben) is not None, "it was sent, which does not mean that it was stored"
    await anna.pull()
    assert await hold(ben) is None
    assert (await ben.documents())["case:c1"]["ver"] == before + 1


async def test_hold_waits_for_every_machine_of_the_old_owner(world: World, sue: Machine) -> None:
    laptop, desktop = await world.login("anna", "laptop"), await world.login("anna", "desktop")
    ben = await world.login("ben")
    await laptop.pull()
    await desktop.pull()
    await world.reassign(sue, "r1", cases=["c1"], to="ben")
    for _ in range(2):
        await laptop.pull()
    assert await hold(ben) is not None
    for _ in range(2):
        await desktop.pull()
    assert await hold(ben) is None


async def test_reset_machine_has_not_acknowledged_anything(world: World, sue: Machine) -> None:
    anna, ben = await world.login("anna"), await world.login("ben")
    await anna.pull()
    await world.reassign(sue, "r1", cases=["c1"], to="ben")
    await anna.page("garbage")
    await anna.page(None)
    assert await hold(ben) is not None


async def test_hold_ends_with_the_lease(world: World, sue: Machine) -> None:
    anna = await world.login("anna")
    await anna.pull()
    await world.reassign(sue, "r1", cases=["c1"], to="ben")
    world.clock.advance(hours=4, seconds=31)
    ben = await world.login("ben")
    await ben.results(ben.event("c1", "note.added", {"text": "any change"}))
    assert await hold(ben) is None


async def test_no_machine_no_hold(world: World, sue: Machine) -> None:
    ben = await world.login("ben")
    await world.reassign(sue, "r1", cases=["c1"], to="ben")
    assert await hold(ben) is None


async def test_force_lets_the_new_owner_call_at_once(world: World, sue: Machine) -> None:
    anna, ben = await world.login("anna"), await world.login("ben")
    await anna.pull()
    await world.reassign(sue, "r1", cases=["c1"], to="ben", force=True)
    assert await hold(ben) is None


async def test_hold_follows_the_case_through_the_pool_and_ends_when_it_comes_home(world: World, sue: Machine) -> None:
    anna, ben = await world.login("anna"), await world.login("ben")
    await anna.pull()
    await world.reassign(sue, "r1", cases=["c1"], to=None)
    await world.reassign(sue, "r2", cases=["c1"], to="ben")
    assert (await hold(ben) or {})["by"] == "Anna"
    await ben.pull()
    await world.reassign(sue, "r3", cases=["c1"], to="anna", force=False)
    held = await hold(anna)
    assert held is not None
    assert held["by"] == "Ben"


async def test_two_former_owners_hold_until_the_later_lease(world: World, sue: Machine) -> None:
    mia = world.person("mia", "agent")
    anna, ben = await world.login("anna"), await world.login("ben")
    await anna.pull()
    world.clock.advance(minutes=30)
    await ben.pull()
    await world.reassign(sue, "r1", cases=["c1"], to="ben")
    await world.reassign(sue, "r2", cases=["c1"], to=mia.login)
    held = await hold(await world.login("mia"))
    assert held is not None
    assert held["by"] == "Ben"
