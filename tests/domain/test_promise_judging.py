"""Promises judged: windows, zones, allocation, reversals, freezes, approvals, replacement, and what holds for any story."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from domain.case.model import Case
from domain.facts import payloads as p
from domain.facts.payloads import PromisePart
from domain.promises import PromiseType, Standing, decided_between, judge_case, judge_case_at
from domain.promises.figures import due_days, expected_cash, kept_rates, kept_rates_by
from tests.support.people import ME, NOW, Story, promise

KIND = PromiseType()
TODAY = date(2026, 11, 24)
DAY = timedelta(days=1)


def pay(story: Story, name: str, amount: int, day: date, at: datetime | None = None, debt: str | None = None) -> None:
    when = at or datetime(day.year, day.month, day.day, 9, tzinfo=UTC)
    story.add(p.PaymentReceived(name, amount, "CNY", day, debt), when, author="server")


def states(case: Case, day: date, kind: PromiseType = KIND) -> list[str]:
    return [each.state for each in judge_case(case, day, kind)]


@pytest.mark.parametrize(
    ("zone", "still_open", "over"),
    [
        ("Asia/Shanghai", "2026-11-21T15:59:59", "2026-11-21T16:00:00"),
        ("Pacific/Auckland", "2026-11-21T10:59:59", "2026-11-21T11:00:00"),
        ("America/Los_Angeles", "2026-11-22T07:59:59", "2026-11-22T08:00:00"),
    ],
)
def test_the_window_closes_at_midnight_of_the_customers_clock(zone: str, still_open: str, over: str) -> None:
    story = Story("c", "x", zone=zone, phone="+8613800138000")
    story.add(promise(1000, date(2026, 11, 20)), datetime(2026, 11, 18, tzinfo=UTC))
    case = story.case()
    for instant, state in ((still_open, "open"), (over, "broken")):
        at = datetime.fromisoformat(instant).replace(tzinfo=UTC)
        assert [each.state for each in judge_case_at(case, at, KIND)] == [state]


def test_the_day_the_clocks_change_is_a_day_like_any_other() -> None:
    """In New York 1 November 2026 has 25 hours and 14 March 2027 has 23."""
    for due, last_open in (
        (date(2026, 10, 31), datetime(2026, 11, 2, 4, 59, tzinfo=UTC)),
        (date(2027, 3, 13), datetime(2027, 3, 15, 3, 59, tzinfo=UTC)),
    ):
        story = Story("c", "x", zone="America/New_York")
        story.add(promise(1000, due), datetime(2026, 10, 20, tzinfo=UTC))
        case = story.case()
        assert judge_case_at(case, last_open, KIND)[0].state == "open"
        assert judge_case_at(case, last_open + timedelta(minutes=1), KIND)[0].state == "broken"


def test_a_customer_who_may_be_in_two_zones_is_judged_by_the_later_midnight() -> None:
    story = Story("c", "x")
    phones = (p.Phone("+12125550123", zones=("America/New_York", "America/Los_Angeles")),)
    story.facts.clear()
    story.add(p.AccountStated(TODAY, "i", "x", phones=phones), NOW - 30 * DAY, author="server")
    story.add(promise(1000, date(2026, 11, 20)), datetime(2026, 11, 18, tzinfo=UTC))
    assert judge_case_at(story.case(), datetime(2026, 11, 22, 7, tzinfo=UTC), KIND)[0].state == "open"
    assert judge_case_at(story.case(), datetime(2026, 11, 22, 9, tzinfo=UTC), KIND)[0].state == "broken"


def test_the_day_of_the_promise_is_the_customers_and_not_greenwichs() -> None:
    """Made at 17:00 UTC on the 20th, which is the 21st in Shanghai: what was paid on the 20th was for something else."""
    for day, state in ((date(2026, 11, 20), "open"), (date(2026, 11, 21), "kept")):
        story = Story("c", "x")
        story.add(promise(1000, TODAY), datetime(2026, 11, 20, 17, tzinfo=UTC))
        pay(story, "a", 1000, day, datetime(2026, 11, 21, 9, tzinfo=UTC))
        assert states(story.case(), TODAY) == [state]


def test_money_the_agent_had_already_seen_keeps_no_promise() -> None:
    story = Story("c", "x")
    pay(story, "a", 1000, date(2026, 11, 20), datetime(2026, 11, 20, 1, tzinfo=UTC))
    story.add(promise(500, TODAY), datetime(2026, 11, 20, 5, tzinfo=UTC))
    assert states(story.case(), TODAY) == ["open"]


@pytest.mark.parametrize(
    ("grace", "paid_on", "state"), [(0, 0, "kept"), (0, 1, "broken"), (3, 3, "kept"), (3, 4, "broken")]
)
def test_grace_days_are_part_of_the_window(grace: int, paid_on: int, state: str) -> None:
    story = Story("c", "x")
    story.add(promise(1000, TODAY), NOW - 5 * DAY)
    pay(story, "a", 1000, TODAY + paid_on * DAY)
    assert states(story.case(), TODAY + 9 * DAY, PromiseType(grace_days=grace)) == [state]


@pytest.mark.parametrize(
    ("paid", "state"), [(0, "broken"), (1, "partly_kept"), (949, "partly_kept"), (950, "kept"), (1000, "kept")]
)
def test_the_threshold_is_the_per_cent_that_keeps_a_promise(paid: int, state: str) -> None:
    story = Story("c", "x")
    story.add(promise(1000, TODAY), NOW - 5 * DAY)
    if paid:
        pay(story, "a", paid, TODAY)
    assert states(story.case(), TODAY + 9 * DAY, PromiseType(threshold=95)) == [state]


def plan(*parts: tuple[int, int]) -> tuple[PromisePart, ...]:
    return tuple(PromisePart(TODAY + days * DAY, amount) for days, amount in parts)


def test_a_plan_is_broken_with_its_first_missed_part_and_partly_kept_when_something_came() -> None:
    for first_paid, state, decided in ((0, "broken", 2), (300, "partly_kept", 9)):
        story = Story("c", "x")
        story.add(p.PromiseMade("p", "CNY", plan((0, 300), (7, 300), (14, 300))), NOW - DAY)
        if first_paid:
            pay(story, "a", first_paid, TODAY)
        standing = judge_case(story.case(), TODAY + 30 * DAY, KIND)[0]
        assert (standing.state, standing.decided_on) == (state, TODAY + decided * DAY)


def test_what_comes_after_the_window_goes_to_the_next_open_promise() -> None:
    story = Story("c", "x")
    story.add(promise(1000, TODAY), NOW - 5 * DAY)
    story.add(replace(promise(1000, TODAY + 10 * DAY, promise_id="p2"), supersedes=("p1",)), NOW + 3 * DAY)
    pay(story, "a", 1000, TODAY + 5 * DAY)
    first, second = judge_case(story.case(), TODAY + 20 * DAY, KIND)
    assert (first.state, second.state, second.level) == ("broken", "kept", 1)


def test_a_broken_promise_stays_broken_when_it_is_replaced_and_one_with_time_left_does_not() -> None:
    for replaced_after, state in ((1, "superseded"), (2, "broken")):
        story = Story("c", "x")
        story.add(promise(1000, TODAY), NOW - 5 * DAY)
        newer = replace(promise(900, TODAY + 10 * DAY, promise_id="p2"), supersedes=("p1",))
        story.add(newer, NOW + replaced_after * DAY)
        assert states(story.case(), TODAY + 4 * DAY) == [state, "open"]
        assert story.case().reviews == ()


def test_a_part_payment_before_a_replacement_stays_with_the_promise_it_was_for() -> None:
    story = Story("c", "x")
    story.add(promise(1000, TODAY + 3 * DAY), NOW - 5 * DAY)
    pay(story, "a", 400, TODAY - DAY, NOW - DAY)
    story.add(replace(promise(600, TODAY + 10 * DAY, promise_id="p2"), supersedes=("p1",)), NOW)
    first, second = judge_case(story.case(), TODAY + 5 * DAY, KIND)
    assert (first.state, first.paid, second.state, second.paid) == ("superseded", 400, "open", 0)


def test_a_reversal_reopens_until_the_promise_is_confirmed() -> None:
    for days, after, confirmed in ((3, "broken", False), (14, "kept", True)):
        story = Story("c", "x")
        story.add(promise(1000, TODAY), NOW - 5 * DAY)
        pay(story, "a", 1000, TODAY)
        assert states(story.case(), TODAY) == ["kept"]
        story.add(p.PaymentReversed("a"), NOW + days * DAY, author="server")
        standing = judge_case(story.case(), TODAY + 20 * DAY, KIND)[0]
        assert (standing.state, standing.confirmed) == (after, confirmed)
        assert states(story.case(), TODAY + 2 * DAY) == ["kept"], "that day judged again knows nothing of the reversal"


def test_a_reversal_inside_the_window_reopens_and_another_payment_keeps_it_again() -> None:
    story = Story("c", "x")
    story.add(promise(1000, TODAY + 5 * DAY), NOW - 5 * DAY)
    pay(story, "a", 1000, TODAY)
    story.add(p.PaymentReversed("a"), NOW + DAY, author="server")
    assert states(story.case(), TODAY + DAY) == ["open"]
    pay(story, "b", 1000, TODAY + 3 * DAY)
    assert states(story.case(), TODAY + 3 * DAY) == ["kept"]


def test_a_reversal_that_stands_before_its_payment_counts_too() -> None:
    story = Story("c", "x")
    story.add(promise(1000, TODAY), NOW - 5 * DAY)
    story.add(p.PaymentReversed("a"), NOW - 2 * DAY, author="server")
    pay(story, "a", 1000, TODAY)
    assert story.case().payments[0].reversed_by is not None
    assert states(story.case(), TODAY) == ["open"]


def test_a_dispute_freezes_a_promise_and_gives_its_grace_days_again() -> None:
    story = Story("c", "x")
    story.add(promise(1000, TODAY), NOW - 5 * DAY)
    dispute = story.add(p.DisputeRaised(), NOW)
    assert states(story.case(), TODAY + 40 * DAY) == ["frozen"]
    story.add(p.ApprovalDecided(dispute, approved=True), NOW + 10 * DAY, author="server")
    assert states(story.case(), TODAY + 11 * DAY) == ["open"]
    assert states(story.case(), TODAY + 12 * DAY) == ["broken"]
    pay(story, "a", 1000, TODAY + 11 * DAY)
    assert states(story.case(), TODAY + 12 * DAY) == ["kept"]


def test_a_dispute_after_the_window_changes_nothing() -> None:
    story = Story("c", "x")
    story.add(promise(1000, TODAY), NOW - 5 * DAY)
    story.add(p.DisputeRaised(), NOW + 2 * DAY)
    assert states(story.case(), TODAY + 3 * DAY) == ["broken"]


def test_a_dispute_about_another_debt_freezes_nothing() -> None:
    story = Story("c", "x")
    story.add(replace(promise(1000, TODAY), debts=("d1",)), NOW - 5 * DAY)
    story.add(p.DisputeRaised(debts=("d2",)), NOW)
    assert states(story.case(), TODAY) == ["open"]


def test_a_breathing_space_ends_by_itself_after_sixty_days() -> None:
    story = Story("c", "x")
    story.add(promise(1000, TODAY), NOW - 5 * DAY)
    story.add(p.HardshipRaised(code="breathing_space"), NOW - DAY)
    assert states(story.case(), TODAY + 58 * DAY) == ["frozen"]
    assert states(story.case(), TODAY + 59 * DAY) == ["open"]
    assert states(story.case(), TODAY + 61 * DAY) == ["broken"]


def test_promises_for_different_debts_stand_side_by_side() -> None:
    story = Story("c", "x")
    story.add(replace(promise(500, TODAY), debts=("d1",)), NOW - 5 * DAY)
    story.add(replace(promise(700, TODAY, promise_id="p2"), debts=("d2",)), NOW - 4 * DAY)
    assert story.case().reviews == ()
    pay(story, "a", 700, TODAY - DAY, debt="d2")
    assert states(story.case(), TODAY + 5 * DAY) == ["broken", "kept"]


def test_an_amendment_changes_the_parts_and_its_retraction_brings_them_back() -> None:
    story = Story("c", "x")
    made = story.add(promise(1000, TODAY), NOW - 5 * DAY)
    changed = story.add(p.PromiseAmended("p1", plan((5, 500), (10, 500)), base=made), NOW - DAY)
    case = story.case()
    assert [part.amount for part in case.promises[0].parts] == [500, 500]
    assert states(case, TODAY + 5 * DAY) == ["open"]
    story.add(p.FactRetracted(changed), NOW)
    assert story.case().promises[0].parts == (PromisePart(TODAY, 1000),)


def test_an_amendment_that_did_not_see_the_newest_version_asks_for_review() -> None:
    story = Story("c", "x")
    made = story.add(promise(1000, TODAY), NOW - 5 * DAY)
    story.add(p.PromiseAmended("p1", plan((5, 1000)), base=made), NOW - 2 * DAY)
    story.add(p.PromiseAmended("p1", plan((9, 1000)), base=made), NOW - DAY)
    assert story.case().promises[0].last_due == TODAY + 5 * DAY
    assert [review.kind for review in story.case().reviews] == ["concurrent-amendment"]


def test_a_withdrawn_promise_says_why_and_can_be_taken_back() -> None:
    story = Story("c", "x")
    made = story.add(promise(1000, TODAY), NOW - 5 * DAY)
    gone = story.add(p.PromiseWithdrawn("p1", base=made, reason="lost the job"), NOW)
    promised = story.case().promises[0]
    assert (promised.ended, promised.ended_reason, promised.withdrawn_by) == ("withdrawn", "lost the job", ME)
    assert states(story.case(), TODAY + 5 * DAY) == ["withdrawn"]
    story.add(p.FactRetracted(gone), NOW + timedelta(minutes=1))
    assert states(story.case(), TODAY) == ["open"]
    assert story.case().promises[0].tip == made


@pytest.mark.parametrize("by_promise", [True, False])
def test_a_supervisor_approves_or_refuses(by_promise: bool) -> None:
    for approved, state in ((True, "open"), (False, "withdrawn")):
        story = Story("c", "x")
        made = story.add(replace(promise(1000, TODAY + DAY), needs_approval=True), NOW - DAY)
        asked = story.add(p.ApprovalAsked(promise_id="p1"), NOW - DAY + timedelta(seconds=1))
        assert states(story.case(), TODAY) == ["pending_approval"]
        story.add(p.ApprovalDecided(made if by_promise else asked, approved, "too long"), NOW, author="server")
        assert states(story.case(), TODAY) == [state]


def test_a_refused_replacement_gives_back_what_it_replaced_and_a_refused_amendment_the_version_before() -> None:
    story = Story("c", "x")
    made = story.add(promise(1000, TODAY + DAY), NOW - 3 * DAY)
    newer = replace(promise(1000, TODAY + 50 * DAY, promise_id="p2"), supersedes=("p1",), needs_approval=True)
    bad = story.add(newer, NOW - 2 * DAY)
    assert states(story.case(), TODAY) == ["superseded", "pending_approval"]
    story.add(p.ApprovalDecided(bad, approved=False), NOW - DAY, author="server")
    assert states(story.case(), TODAY) == ["open", "withdrawn"]
    story.add(p.PromiseAmended("p1", plan((60, 1000)), base=made, needs_approval=True), NOW)
    assert states(story.case(), TODAY)[0] == "pending_approval"
    story.add(p.ApprovalDecided(made, approved=False), NOW + DAY, author="server")
    assert story.case().promises[0].last_due == TODAY + DAY
    assert states(story.case(), TODAY + DAY)[0] == "open"


def test_an_amendment_within_the_agents_authority_waits_for_nobody() -> None:
    story = Story("c", "x")
    made = story.add(replace(promise(1000, TODAY + 50 * DAY), needs_approval=True), NOW - DAY)
    story.add(p.PromiseAmended("p1", plan((5, 1000)), base=made), NOW)
    assert states(story.case(), TODAY) == ["open"]


def test_a_supervisor_says_which_of_two_concurrent_promises_stands() -> None:
    for approved, expected in ((True, ["superseded", "open"]), (False, ["open", "withdrawn"])):
        story = Story("c", "x")
        story.add(promise(1000, TODAY + DAY), NOW - 3 * DAY)
        second = story.add(promise(900, TODAY + 2 * DAY, promise_id="p2"), NOW - 2 * DAY)
        story.add(p.ApprovalDecided(second, approved), NOW - DAY, author="server")
        assert states(story.case(), TODAY) == expected


def test_a_replacement_whose_clock_is_behind_still_replaces() -> None:
    story = Story("c", "x")
    story.add(replace(promise(900, TODAY + 2 * DAY, promise_id="p2"), supersedes=("p1",)), NOW - 2 * DAY)
    story.add(promise(1000, TODAY + DAY), NOW - 2 * DAY + timedelta(seconds=5))
    assert states(story.case(), TODAY) == ["open", "superseded"]
    assert story.case().reviews == ()


def test_the_figures_count_decided_promises_only() -> None:
    standings: list[Standing] = []
    for name, paid in (("a", 1000), ("b", 400), ("c", 0), ("d", 1000)):
        story = Story(name, "x")
        story.add(promise(1000, TODAY + (30 * DAY if name == "d" else 0 * DAY)), NOW - 5 * DAY)
        if paid and name != "d":
            pay(story, name, paid, TODAY)
        standings += judge_case(story.case(), TODAY + 3 * DAY, KIND)
    rate = kept_rates(standings)["CNY"]
    assert (rate.kept, rate.partly_kept, rate.broken, rate.by_count) == (1, 1, 1, rate.by_value)
    assert list(kept_rates_by(standings, lambda day: (day.year, day.month))) == [((2026, 11), "CNY")]
    days = due_days(standings)
    assert [(each.day, each.amount, each.payments) for each in days] == [(TODAY + 30 * DAY, 1000, 1)]
    assert [each.amount for each in expected_cash(days, kept_rates(standings))] == [1400 * 1000 // 3000]


def test_a_day_tells_what_was_decided_on_it() -> None:
    story = Story("c", "x")
    story.add(promise(1000, TODAY), NOW - 5 * DAY)
    standings = judge_case(story.case(), TODAY + 30 * DAY, KIND)
    assert [each.state for each in decided_between(standings, TODAY + 2 * DAY, TODAY + 2 * DAY)] == ["broken"]
    assert decided_between(standings, TODAY, TODAY + DAY) == ()
