"""Decisions: what stands beside them, what they do to a case, and taking them back."""

from __future__ import annotations

from typing import Any

import pytest

from domain import supervision
from server import typed
from tests.support.server_world import Machine, World

PLAN = [{"due": "2026-11-27", "amount": 20_000}, {"due": "2026-12-27", "amount": 30_000}]


@pytest.fixture
async def anna(world: World) -> Machine:
    world.add_case("c1", "anna")
    world.add_case("c2", "anna")
    return await world.login("anna")


@pytest.fixture
async def sue(world: World, anna: Machine) -> Machine:
    return await world.login("sue")


async def case(sue: Machine, case_id: str) -> dict[str, Any]:
    body: dict[str, Any] = (await sue.get(f"/v1/cases/{case_id}")).json()["body"]
    return body


async def raise_one(world: World, anna: Machine, case_id: str, kind: str, **data: Any) -> str:
    world.clock.advance(seconds=5)
    event = anna.event(case_id, kind, data)
    await anna.results(event)
    world.clock.advance(seconds=5)
    return str(event["id"])


async def decide(machine: Machine, fact: str, **decision: Any) -> dict[str, Any]:
    response = await machine.put(f"/v1/reviews/{fact}", decision)
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    return answer


async def test_case_stands_beside_what_is_to_be_decided(world: World, anna: Machine, sue: Machine) -> None:
    await raise_one(world, anna, "c1", "promise.made", promise_id="p1", currency="CNY", parts=PLAN, needs_approval=True)
    asked = await raise_one(world, anna, "c1", "approval.asked", what="plan", promise_id="p1", note="two months")
    await raise_one(world, anna, "c2", "dispute.raised", code="amount", note="paid already")
    answer = await sue.get("/v1/reviews")
    page = typed.decode(answer.content, supervision.ReviewPage)
    assert page.counts == {"approval": 1, "dispute": 1}
    item = next(each for each in page.reviews if each.fact == asked)
    assert (item.kind, item.customer, item.owed, item.days_past_due) == ("approval:plan", "Customer c1", 125_000, 34)
    assert (item.owner_login, item.author_name) == ("anna", "Anna")
    assert item.data == {"what": "plan", "promise_id": "p1", "note": "two months"}
    assert [promise["id"] for promise in item.promises] == ["p1"]
    only = (await sue.get("/v1/reviews", kind="dispute")).json()["reviews"]
    assert [each["case"] for each in only] == ["c2"]
    assert (await sue.get("/v1/reviews", owner="ben")).json()["reviews"] == []


async def test_reviews_come_in_pages(world: World, anna: Machine, sue: Machine) -> None:
    raised = [await raise_one(world, anna, "c1", "hardship.raised") for _ in range(5)]
    seen: list[str] = []
    after: dict[str, str] = {}
    while True:
        page = (await sue.get("/v1/reviews", limit="2", **after)).json()
        seen += [each["fact"] for each in page["reviews"]]
        if not page["more"]:
            break
        after = {"after": page["next"]}
    assert seen == raised


async def test_dispute_is_settled_and_unsettled_again(world: World, anna: Machine, sue: Machine) -> None:
    fact = await raise_one(world, anna, "c1", "dispute.raised", code="amount")
    await decide(sue, fact, approved=True, reason="credit note sent")
    assert (await case(sue, "c1"))["freezes"][0].get("resolved_by") is not None
    undone = await sue.put(f"/v1/reviews/{fact}/undo", {})
    assert undone.json()["undone"]
    assert (await sue.put(f"/v1/reviews/{fact}/undo", {})).json()["undone"]
    again = await case(sue, "c1")
    assert again["freezes"][0].get("resolved_by") is None
    assert [moment["retracted"] for moment in again["timeline"] if moment["type"] == "approval.decided"] == [True]
    world.clock.advance(seconds=1)
    await decide(sue, fact, approved=False, reason="the invoice is right")
    assert (await case(sue, "c1"))["reviews"][0].get("decided_by") is not None
    assert (await sue.get("/v1/reviews")).json()["reviews"] == []


async def test_approval_reaches_the_promise_and_leaves_it_again(world: World, anna: Machine, sue: Machine) -> None:
    await raise_one(world, anna, "c1", "promise.made", promise_id="p1", currency="CNY", parts=PLAN, needs_approval=True)
    asked = await raise_one(world, anna, "c1", "approval.asked", what="plan", promise_id="p1")
    await decide(sue, asked, approved=False, reason="too long")
    assert (await case(sue, "c1"))["promises"][0]["approval"] == "refused"
    await sue.put(f"/v1/reviews/{asked}/undo", {})
    promise = (await case(sue, "c1"))["promises"][0]
    assert (promise["approval"], promise.get("ended")) == ("asked", None)
    world.clock.advance(seconds=1)
    await decide(sue, asked, approved=True)
    assert (await case(sue, "c1"))["promises"][0]["approval"] == "approved"


@pytest.mark.parametrize(("keep", "ended"), [("p1", "p2"), ("p2", "p1")])
async def test_of_two_promises_the_chosen_one_stands(
    world: World, anna: Machine, sue: Machine, keep: str, ended: str
) -> None:
    ben = await world.login("ben")
    await raise_one(world, anna, "c1", "promise.made", promise_id="p1", currency="CNY", parts=PLAN[:1])
    await world.reassign(sue, "r1", cases=["c1"], to="ben", mode="now", force=True)
    await raise_one(world, ben, "c1", "promise.made", promise_id="p2", currency="CNY", parts=PLAN[1:])
    item = (await sue.get("/v1/reviews")).json()["reviews"][0]
    assert (item["kind"], len(item["promises"])) == ("concurrent-promises", 2)
    bad = await sue.put(f"/v1/reviews/{item['fact']}", {"approved": True, "keep": "p9"})
    assert bad.status_code == 422
    await decide(sue, item["fact"], approved=True, keep=keep)
    promises = {promise["id"]: promise.get("ended") for promise in (await case(sue, "c1"))["promises"]}
    assert promises[keep] is None
    assert promises[ended] is not None


async def test_escalation_comes_back_to_the_agent_once_dealt_with(world: World, anna: Machine, sue: Machine) -> None:
    fact = await raise_one(world, anna, "c1", "escalation.asked", to="supervisor", note="wants you")
    assert (await case(sue, "c1"))["escalated"] == "supervisor"
    await decide(sue, fact, approved=True, reason="spoken with")
    assert (await case(sue, "c1")).get("escalated") is None
    legal = await raise_one(world, anna, "c2", "escalation.asked", to="legal")
    await decide(sue, legal, approved=True)
    assert (await case(sue, "c2"))["escalated"] == "legal"


async def test_stop_flag_is_lifted_for_a_reason_and_stands_again(world: World, anna: Machine, sue: Machine) -> None:
    fact = await raise_one(world, anna, "c1", "consent.withdrawn")
    stops = (await sue.get("/v1/stops")).json()
    typed.convert(stops, supervision.StopPage)
    assert [(stop["fact"], stop["kind"], stop["author_name"]) for stop in stops["stops"]] == [(fact, "cease", "Anna")]
    assert (await sue.put(f"/v1/stops/{fact}", {"reason": "  "})).status_code == 422
    lifted = await sue.put(f"/v1/stops/{fact}", {"reason": "signed consent of 24 November"})
    assert lifted.status_code == 200, lifted.text
    assert (await sue.put(f"/v1/stops/{fact}", {"reason": "signed consent of 24 November"})).json() == lifted.json()
    assert (await sue.get("/v1/stops")).json()["stops"] == []
    assert (await sue.put(f"/v1/stops/{fact}/undo", {})).json()["undone"]
    assert len((await sue.get("/v1/stops")).json()["stops"]) == 1
    actions = {line["action"] for line in (await sue.get("/v1/audit", subject="c1")).json()["lines"]}
    assert {"stop.lifted", "decision.taken_back"} <= actions


async def test_only_whoever_decided_takes_it_back_and_only_for_a_day(world: World, anna: Machine, sue: Machine) -> None:
    world.person("sam", "supervisor")
    sam = await world.login("sam")
    fact = await raise_one(world, anna, "c1", "dispute.raised")
    await decide(sue, fact, approved=True)
    assert (await sam.put(f"/v1/reviews/{fact}/undo", {})).status_code == 422
    tom = await world.login("tom")
    assert (await tom.put(f"/v1/reviews/{fact}/undo", {})).status_code == 403
    world.clock.advance(hours=25)
    sue = await world.login("sue", "sue-two")
    assert (await sue.put(f"/v1/reviews/{fact}/undo", {})).status_code == 422


async def changed_twice(world: World, anna: Machine) -> tuple[str, str]:
    """Let one promise be changed by two people who did not know of each other; gives both changes."""
    made = await raise_one(world, anna, "c1", "promise.made", promise_id="p1", currency="CNY", parts=PLAN[:1])
    later = [{"due": "2026-12-01", "amount": 20_000}]
    lower = [{"due": "2026-11-28", "amount": 9_000}]
    first = await raise_one(world, anna, "c1", "promise.amended", promise_id="p1", base=made, parts=later)
    second = await raise_one(world, anna, "c1", "promise.amended", promise_id="p1", base=made, parts=lower)
    return first, second


async def parts_of(sue: Machine) -> list[tuple[str, int]]:
    promise = (await case(sue, "c1"))["promises"][0]
    return [(part["due"], part["amount"]) for part in promise["parts"]]


async def test_of_two_changes_the_one_chosen_stands(world: World, anna: Machine, sue: Machine) -> None:
    first, second = await changed_twice(world, anna)
    assert await parts_of(sue) == [("2026-12-01", 20_000)]
    (item,) = (await sue.get("/v1/reviews")).json()["reviews"]
    assert (item["fact"], item["kind"]) == (second, "concurrent-amendment")
    assert [promise["tip"] for promise in item["promises"]] == [first, second], "what stands, and what would"
    assert item["promises"][1]["parts"] == [{"due": "2026-11-28", "amount": 9_000}]
    assert (await decide(sue, second, approved=False, keep=second))["approved"] is True, "keep has the word"
    assert await parts_of(sue) == [("2026-11-28", 9_000)]
    assert (await sue.get("/v1/reviews")).json()["reviews"] == []
    shown = (await anna.documents())["case:c1"]["promises"][0]["parts"]
    assert shown == [{"due": "2026-11-28", "amount": 9_000}], "the agent's machine has it too"
    undone = await sue.put(f"/v1/reviews/{second}/undo", {})
    assert undone.status_code == 200, undone.text
    assert await parts_of(sue) == [("2026-12-01", 20_000)]
    assert len((await sue.get("/v1/reviews")).json()["reviews"]) == 1
    await decide(sue, second, approved=True)
    assert await parts_of(sue) == [("2026-11-28", 9_000)], "decided anew after it was taken back"


async def test_what_stands_may_stay(world: World, anna: Machine, sue: Machine) -> None:
    first, second = await changed_twice(world, anna)
    other = await sue.put(f"/v1/reviews/{second}", {"approved": True, "keep": "made-up"})
    assert other.status_code == 422
    assert (await decide(sue, second, approved=True, keep=first))["approved"] is False
    assert await parts_of(sue) == [("2026-12-01", 20_000)]
    assert (await sue.get("/v1/reviews")).json()["reviews"] == []


async def test_a_change_of_a_promise_that_has_ended_cannot_stand(world: World, anna: Machine, sue: Machine) -> None:
    first, second = await changed_twice(world, anna)
    await raise_one(world, anna, "c1", "promise.withdrawn", promise_id="p1", base=first, reason="moved away")
    refused = await sue.put(f"/v1/reviews/{second}", {"approved": True})
    assert refused.status_code == 422
    assert "ended" in refused.json()["detail"]
    await decide(sue, second, approved=False)
    assert (await sue.get("/v1/reviews")).json()["reviews"] == []


async def test_a_withdrawal_beside_a_change_may_be_let_stand(world: World, anna: Machine, sue: Machine) -> None:
    made = await raise_one(world, anna, "c1", "promise.made", promise_id="p1", currency="CNY", parts=PLAN[:1])
    later = [{"due": "2026-12-01", "amount": 20_000}]
    await raise_one(world, anna, "c1", "promise.amended", promise_id="p1", base=made, parts=later)
    gone = await raise_one(world, anna, "c1", "promise.withdrawn", promise_id="p1", base=made, reason="cannot pay")
    (item,) = (await sue.get("/v1/reviews")).json()["reviews"]
    assert len(item["promises"]) == 1
    await decide(sue, gone, approved=True)
    assert (await case(sue, "c1"))["promises"][0]["ended"] == "withdrawn"
    await sue.put(f"/v1/reviews/{gone}/undo", {})
    assert (await case(sue, "c1"))["promises"][0].get("ended") is None
