"""One dated next action for every open case, whatever came of the calls, and the date stands still."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from domain.capture import CallInHand, cleared_callbacks, outcome
from domain.codes import catalogue
from domain.facts import payloads as p
from domain.policy import default_policy
from domain.queue import next_action, place
from domain.queue.model import Placement
from domain.queue.placing import without_next_action
from tests.support.people import NOW, Story, promise

POLICY = default_policy()


@pytest.mark.parametrize("code", [code.id for code in catalogue().codes])
def test_every_result_code_leaves_one_dated_next_action(code: str) -> None:
    story = Story("c1", "x")
    call = story.add(p.AttemptStarted(number=story.phone), NOW)
    found = catalogue().get(code)
    assert found is not None
    for number, fact in enumerate(outcome(found, CallInHand(call, NOW, story.phone, 60), "said so"), 1):
        story.add(fact, NOW + timedelta(minutes=1, seconds=number))
    case = story.case()
    for days in (0, 1, 4, 30, 400):
        now = NOW + timedelta(minutes=5, days=days)
        action = next_action(case, now, POLICY)
        assert action is not None
        assert action.why
        assert without_next_action([case], now, POLICY) == ()


@pytest.mark.parametrize(
    "waiting",
    [p.DisputeRaised(), p.HardshipRaised(), p.EscalationAsked(), p.ConsentWithdrawn(), p.ContactReported("deceased")],
)
def test_what_waits_for_a_supervisor_is_dated_from_the_day_it_began(waiting: p.Payload) -> None:
    story = Story("c1", "x")
    story.add(waiting, NOW)
    actions = [next_action(story.case(), NOW + timedelta(days=days), POLICY) for days in (0, 3, 9)]
    assert [action.at if action else None for action in actions] == [NOW + timedelta(days=5)] * 3
    assert [action.kind if action else None for action in actions] == ["supervisor"] * 3


def test_a_promise_is_looked_at_on_its_day() -> None:
    story = Story("c1", "x")
    story.call("promise", NOW, talk=60)
    story.add(promise(100_000, date(2026, 12, 1)), NOW)
    assert without_next_action([story.case()], NOW + timedelta(minutes=5), POLICY) == ()


def test_a_date_that_moves_with_the_clock_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    from domain.queue import placing

    story = Story("c1", "x")
    story.add(p.DisputeRaised(), NOW)
    floating = Placement(None, "waits", kind="supervisor")
    monkeypatch.setattr(placing, "_RULES", (lambda _view: floating,))
    assert without_next_action([story.case()], NOW, POLICY) == ("c1",)


def test_a_call_back_nobody_answered_is_not_offered_again_at_once() -> None:
    story = Story("c1", "x")
    story.call("call_back", NOW - timedelta(hours=3), talk=30)
    story.add(p.CallbackSet(due=NOW), NOW - timedelta(hours=3))
    story.call("no_answer", NOW - timedelta(minutes=4))
    for minutes, bucket in ((0, None), (25, None), (26, 0)):
        placed = place(story.case(), NOW + timedelta(minutes=minutes), POLICY)
        assert placed is not None
        assert placed.bucket == bucket, placed
        assert placed.kind == "callback"


def test_a_conversation_just_before_the_time_serves_the_call_back() -> None:
    story = Story("c1", "x")
    early = story.add(p.CallbackSet(due=NOW + timedelta(minutes=7)), NOW - timedelta(hours=3))
    story.add(p.CallbackSet(due=NOW + timedelta(hours=2)), NOW - timedelta(hours=2))
    assert cleared_callbacks(story.case(), NOW) == [p.CallbackCleared(base=early)]
