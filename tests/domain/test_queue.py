"""The queue's hard order, its reasons, and that nothing is dropped."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from domain.case.gating import may_call_case
from domain.case.model import Case
from domain.facts import payloads as p
from domain.policy import default_policy
from domain.queue import Bucket, Queue, build_queue, next_action, place
from tests.support.people import NOW, Story, promise, team

POLICY = default_policy()


def queue_of(*cases: Case) -> Queue:
    def gate(case: Case, at: object) -> object:
        return may_call_case(case, NOW, POLICY, phone=case.phones[0] if case.phones else None)

    return build_queue(cases, NOW, POLICY, gate)  # type: ignore[arg-type]  # an Answer is a Verdict


def test_every_open_case_is_listed_exactly_once_with_its_reason() -> None:
    cases = [story.case() for story in team()]
    queue = queue_of(*cases)
    listed = [row.case_id for row in (*queue.today, *queue.not_now)]
    assert sorted(listed) == sorted(case.id for case in cases)
    assert all(row.why for row in (*queue.today, *queue.not_now))


def test_the_hard_order() -> None:
    queue = queue_of(*(story.case() for story in team()))
    assert [row.case_id for row in queue.today] == ["c-callback", "c-broken", "c-new", "c-rest", "c-trace"]


def test_the_order_does_not_depend_on_the_order_of_arrival() -> None:
    cases = [story.case() for story in team()]
    assert queue_of(*cases) == queue_of(*reversed(cases))


def test_a_case_outside_its_hours_is_held_until_the_first_allowed_instant() -> None:
    queue = queue_of(*(story.case() for story in team()))
    held = next(row for row in queue.not_now if row.case_id == "c-night")
    assert held.next_allowed is not None
    assert held.next_allowed.astimezone(ZoneInfo("America/New_York")).strftime("%a %H:%M") == "Tue 08:00"


@pytest.mark.parametrize("minutes", [14, 0, -30])
def test_a_timed_callback_comes_up_a_quarter_of_an_hour_before(minutes: int) -> None:
    story = Story("c1", "x")
    story.call("call_back", NOW - timedelta(days=1))
    story.add(p.CallbackSet(due=NOW + timedelta(minutes=minutes)), NOW - timedelta(days=1))
    placement = place(story.case(), NOW, POLICY)
    assert placement is not None
    assert placement.bucket is Bucket.CALLBACK_DUE


def test_a_callback_later_today_waits_and_says_when() -> None:
    story = Story("c1", "x")
    story.add(p.CallbackSet(due=NOW + timedelta(hours=3)), NOW)
    placement = place(story.case(), NOW, POLICY)
    assert placement is not None
    assert placement.bucket is None
    assert placement.next == NOW + timedelta(hours=3) - timedelta(minutes=15)


@pytest.mark.parametrize(
    ("due", "paid", "bucket"),
    [
        (date(2026, 11, 20), 0, Bucket.BROKEN_PROMISE),
        (date(2026, 11, 20), 100, Bucket.PARTLY_KEPT),
        (date(2026, 11, 25), 0, Bucket.REMINDER),
        (date(2026, 12, 10), 0, None),
    ],
)
def test_a_promise_places_its_case(due: date, paid: int, bucket: Bucket | None) -> None:
    story = Story("c1", "x")
    made = NOW - timedelta(days=8)
    story.call("promise", made)
    story.add(promise(50_000, due), made)
    if paid:
        story.add(p.PaymentReceived("pay", paid, "CNY", date(2026, 11, 19)), NOW - timedelta(days=5), author="server")
    placement = place(story.case(), NOW, POLICY)
    assert placement is not None
    assert placement.bucket is bucket


def test_a_promise_due_today_comes_up_at_noon_on_the_customers_clock() -> None:
    story = Story("c1", "x")
    made = NOW - timedelta(days=8)
    story.call("promise", made)
    story.add(promise(50_000, date(2026, 11, 24)), made)
    morning, noon = place(story.case(), NOW, POLICY), place(story.case(), NOW + timedelta(hours=2), POLICY)
    assert morning is not None
    assert noon is not None
    assert (morning.bucket, noon.bucket) == (None, Bucket.DUE_TODAY)
    assert morning.next == NOW + timedelta(hours=2)


@pytest.mark.parametrize("what", ["cease", "dispute", "escalated", "credit"])
def test_what_must_not_be_called_is_held_with_its_reason(what: str) -> None:
    story = Story("c1", "x", open=-5 if what == "credit" else 1000)
    if what == "cease":
        story.add(p.ConsentWithdrawn(), NOW)
    elif what == "dispute":
        story.add(p.DisputeRaised(), NOW)
    elif what == "escalated":
        story.add(p.EscalationAsked(), NOW)
    placement = place(story.case(), NOW, POLICY)
    assert placement is not None
    assert placement.bucket is None
    assert placement.why


def test_every_open_case_has_one_dated_next_action() -> None:
    for story in team():
        action = next_action(story.case(), NOW, POLICY)
        assert action is not None
        assert action.at >= NOW


def test_a_closed_case_is_gone() -> None:
    story = Story("c1", "x")
    story.add(p.CaseClosed(), NOW, author="server")
    assert place(story.case(), NOW, POLICY) is None
    assert queue_of(story.case()) == Queue((), ())


def test_points_add_up_and_stay_within_a_hundred() -> None:
    queue = queue_of(*(story.case() for story in team()))
    for row in (*queue.today, *queue.not_now):
        assert row.score == sum(each.points for each in row.points)
        assert all(0 <= each.points <= each.most for each in row.points)
        assert sum(each.most for each in row.points) == 100


def test_a_pin_leads_and_a_skip_trails() -> None:
    cases = [story.case() for story in team()]

    def gate(case: Case, at: object) -> object:
        return may_call_case(case, NOW, POLICY, phone=case.phones[0] if case.phones else None)

    queue = build_queue(cases, NOW, POLICY, gate, pinned={"c-rest"}, skipped={"c-callback"})  # type: ignore[arg-type]
    assert queue.today[0].case_id == "c-rest"
    assert queue.today[-1].case_id == "c-callback"


def test_a_new_promise_without_a_call_takes_the_broken_one_off_the_list() -> None:
    """The customer wrote an e-mail: nobody spoke to them, and ringing because of the old promise would be foolish."""
    story = next(each for each in team() if each.case_id == "c-broken")
    before = place(story.case(), NOW, POLICY)
    assert before is not None
    assert before.bucket is Bucket.BROKEN_PROMISE
    newer = replace(promise(200_000, NOW.date().replace(day=30), promise_id="p2"), supersedes=("p1",))
    story.add(newer, NOW - timedelta(hours=1))
    after = place(story.case(), NOW, POLICY)
    assert after is not None
    assert (after.bucket, after.kind) == (None, "promise")
