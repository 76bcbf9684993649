"""Reviews, the board and the audit trail."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from domain import supervision
from domain.clock import format_instant
from server import typed
from server.database.schema import FACT
from tests.support.server_world import PHONE, Machine, World


@pytest.fixture
async def anna(world: World) -> Machine:
    world.add_case("c1", "anna")
    world.add_case("b1", "ben")
    return await world.login("anna")


@pytest.fixture
async def sue(world: World, anna: Machine) -> Machine:
    return await world.login("sue")


async def waiting(machine: Machine) -> list[dict[str, Any]]:
    response = await machine.get("/v1/reviews")
    assert response.status_code == 200, response.text
    typed.decode(response.content, supervision.ReviewPage)
    found: list[dict[str, Any]] = response.json()["reviews"]
    return found


# --- reviews ----------------------------------------------------------------------------------------------------------


async def test_dispute_waits_and_is_resolved(world: World, anna: Machine, sue: Machine) -> None:
    raised = anna.event("c1", "dispute.raised", {"code": "quality"})
    await anna.results(raised)
    item = (await waiting(sue))[0]
    assert (item["fact"], item["kind"], item["case"], item["author_name"]) == (raised["id"], "dispute", "c1", "Anna")
    world.clock.advance(minutes=1)
    answer = await sue.put(f"/v1/reviews/{raised['id']}", {"approved": True, "reason": "credit note is booked"})
    assert answer.json() == {"fact": raised["id"], "approved": True, "case": "c1", "ver": 3}
    assert await waiting(sue) == []
    document = (await anna.documents())["case:c1"]
    assert "resolved_by" in document["freezes"][0]
    moment = document["timeline"][-1]
    assert (moment["type"], moment["author"], moment["author_name"]) == (
        "approval.decided",
        world.people["sue"].id,
        "Sue",
    )
    assert moment["data"]["reason"] == "credit note is booked"


async def test_same_decision_again_is_harmless_and_another_is_refused(
    world: World, anna: Machine, sue: Machine
) -> None:
    raised = anna.event("c1", "hardship.raised")
    await anna.results(raised)
    path = f"/v1/reviews/{raised['id']}"
    first = await sue.put(path, {"approved": True})
    assert (await sue.put(path, {"approved": True})).json() == first.json()
    assert (await sue.put(path, {"approved": False})).status_code == 409
    assert (await anna.documents())["case:c1"]["ver"] == 3


@pytest.mark.parametrize("approved", [True, False])
async def test_plan_beyond_the_agents_authority_is_decided(
    world: World, anna: Machine, sue: Machine, approved: bool
) -> None:
    made = {
        "promise_id": "p1",
        "currency": "CNY",
        "parts": [{"due": "2026-11-27", "amount": 1}],
        "needs_approval": True,
    }
    promise = anna.event("c1", "promise.made", made)
    await anna.results(promise, anna.event("c1", "approval.asked", {"what": "plan", "promise_id": "p1"}))
    item = (await waiting(sue))[0]
    assert item["kind"] == "approval:plan"
    assert (await anna.documents())["case:c1"]["promises"][0]["approval"] == "asked"
    assert (await sue.put(f"/v1/reviews/{item['fact']}", {"approved": approved})).status_code == 200
    assert await waiting(sue) == []
    assert (await anna.documents())["case:c1"]["promises"][0]["approval"] == ("approved" if approved else "refused")


async def test_event_of_somebody_who_never_owned_the_case_can_be_accepted(
    world: World, anna: Machine, sue: Machine
) -> None:
    stray = anna.event("b1", "note.added", {"text": "I answered Ben's phone"})
    await anna.results(stray)
    item = (await waiting(sue))[0]
    assert (item["kind"], item["reason"], item["event"]) == ("quarantined", "no-such-case", stray)
    answer = await sue.put(f"/v1/reviews/{stray['id']}", {"approved": True})
    assert answer.json() == {"fact": stray["id"], "approved": True, "case": "b1"}
    ben = await world.login("ben")
    shown = (await ben.documents())["case:b1"]["timeline"][-1]
    assert (shown["data"]["text"], shown["author_name"]) == ("I answered Ben's phone", "Anna")
    with world.services.database.reading() as transaction:
        flags = transaction.connection.execute(select(FACT.c.flags).where(FACT.c.id == stray["id"])).scalar_one()
    assert flags == "after-reassignment"
    assert await waiting(sue) == []


async def test_event_can_be_dismissed(world: World, anna: Machine, sue: Machine) -> None:
    stray = anna.event("b1", "note.added", {"text": "oops"})
    await anna.results(stray)
    assert (await sue.put(f"/v1/reviews/{stray['id']}", {"approved": False})).status_code == 200
    assert await waiting(sue) == []
    ben = await world.login("ben")
    assert (await ben.documents())["case:b1"]["ver"] == 1


async def test_what_means_nothing_can_only_be_dismissed(world: World, anna: Machine, sue: Machine) -> None:
    odd = anna.event("c1", "horoscope.read") | {"data": {"share": 0.5, "sign": "crab\x1b[2J"}}
    nowhere = anna.event("never", "note.added", {"text": "x"})
    await anna.results(odd, nowhere)
    for event in (odd, nowhere):
        assert (await sue.put(f"/v1/reviews/{event['id']}", {"approved": True})).status_code == 422
    shown = next(item for item in await waiting(sue) if item["fact"] == odd["id"])["event"]["data"]
    assert shown == {"share": "0.5", "sign": "crab[2J"}
    assert (await sue.put(f"/v1/reviews/{odd['id']}", {"approved": False})).status_code == 200


async def test_conflict_waits_too(world: World, anna: Machine, sue: Machine) -> None:
    event = anna.event("c1", "note.added", {"text": "one"})
    await anna.results(event)
    await anna.results(event | {"data": {"text": "two"}})
    assert [(item["kind"], item["reason"]) for item in await waiting(sue)] == [("conflict", "other-bytes")]


async def test_reviews_of_other_teams_are_neither_shown_nor_decided(world: World, anna: Machine, sue: Machine) -> None:
    raised = anna.event("c1", "dispute.raised")
    stray = anna.event("b1", "note.added", {"text": "x"})
    await anna.results(raised, stray)
    tom = await world.login("tom")
    assert await waiting(tom) == []
    for fact in (raised["id"], stray["id"], "never"):
        response = await tom.put(f"/v1/reviews/{fact}", {"approved": True})
        assert response.status_code == 403
        assert response.json()["detail"] == "There is nothing to decide here, or it is not yours."


# --- the board --------------------------------------------------------------------------------------------------------


async def board(machine: Machine, **parameters: str) -> dict[str, Any]:
    response = await machine.get("/v1/board", **parameters)
    assert response.status_code == 200, response.text
    typed.decode(response.content, supervision.Board)
    found: dict[str, Any] = response.json()
    return found


async def test_board_counts_the_days_work(world: World, anna: Machine, sue: Machine) -> None:
    world.add_case("pool", None)
    promise = {"promise_id": "p1", "currency": "CNY", "parts": [{"due": "2026-11-27", "amount": 500}] * 2}
    for code in ("no_answer", "promise"):
        call = anna.event("c1", "attempt.started", {"number": PHONE})
        await anna.results(call, anna.event("c1", "attempt.ended", {"call": call["id"], "code": code}))
    await anna.results(anna.event("c1", "promise.made", promise), anna.event("c1", "dispute.raised"))
    await anna.results(anna.event("b1", "note.added", {"text": "stray"}, seq=9))
    found = await board(sue)
    assert (found["since"], found["pool"], found["reviews"]) == ("2026-11-24T00:00:00.000Z", 1, 2)
    rows = {row["login"]: row for row in found["agents"]}
    assert set(rows) == {"anna", "ben"}
    mine = rows["anna"]
    counts = {name: mine[name] for name in ("cases", "attempted", "attempts", "conversations", "promises", "gaps")}
    assert counts == {"cases": 1, "attempted": 1, "attempts": 2, "conversations": 1, "promises": 1, "gaps": 2}
    assert mine["promised"] == {"CNY": 1000}
    assert mine["online"]
    assert (rows["ben"]["online"], rows["ben"]["attempts"], rows["ben"].get("last_contact")) == (False, 0, None)


async def test_board_starts_where_it_is_asked_to(world: World, anna: Machine, sue: Machine) -> None:
    await anna.results(anna.event("c1", "attempt.started", {"number": PHONE}))
    world.clock.advance(minutes=2)
    later = await board(sue, since=format_instant(world.clock.now()))
    row = next(row for row in later["agents"] if row["login"] == "anna")
    assert (row["attempts"], row["online"]) == (0, False)
    assert row["last_contact"] is not None
    assert (await sue.get("/v1/board", since="yesterday")).status_code == 400
    assert (await sue.get("/v1/board", since="2020-01-01T00:00:00Z")).status_code == 400


# --- the trail --------------------------------------------------------------------------------------------------------


async def test_trail_in_pages_and_by_subject(world: World, anna: Machine, sue: Machine) -> None:
    await world.reassign(sue, "r1", cases=["c1"], to="ben")
    await world.reassign(sue, "r2", cases=["c1"], to="anna")
    page = (await sue.get("/v1/audit", subject="c1", limit="1")).json()
    assert page["lines"][0]["detail"]["reassignment"] == "r2"
    older = await sue.get("/v1/audit", subject="c1", limit="1", before=page["next"])
    typed.decode(older.content, supervision.AuditPage)
    assert older.json()["lines"][0]["detail"]["reassignment"] == "r1"
    assert "next" not in older.json()
    actions = {line["action"] for line in (await sue.get("/v1/audit")).json()["lines"]}
    assert {"case.reassigned", "session.opened", "user.added"} <= actions
    by_sue = (await sue.get("/v1/audit", actor=world.people["sue"].id, action="case.reassigned")).json()["lines"]
    assert len(by_sue) == 2


async def test_trail_of_another_team_is_not_shown(world: World, anna: Machine, sue: Machine) -> None:
    await world.reassign(sue, "r1", cases=["c1"], to="ben")
    lines = (await (await world.login("tom")).get("/v1/audit")).json()["lines"]
    assert lines
    assert all(line["action"] != "case.reassigned" for line in lines)
