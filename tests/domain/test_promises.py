"""Promises: judging, plans and the checks at capture."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.case.fold import fold
from domain.facts import payloads as p
from domain.facts.payloads import PromisePart
from domain.promises import PromiseType, check_promise, instalments, judge_case
from tests.support.people import NOW, Story, promise

KIND = PromiseType()
TODAY = date(2026, 11, 24)


def story_with(*payments: tuple[int, date], parts: tuple[PromisePart, ...] = (PromisePart(TODAY, 1000),)) -> Story:
    story = Story("c1", "x")
    made = NOW - timedelta(days=10)
    story.add(p.PromiseMade("p1", "CNY", parts), made)
    for index, (amount, day) in enumerate(payments):
        story.add(p.PaymentReceived(f"pay{index}", amount, "CNY", day), NOW, author="server")
    return story


@pytest.mark.parametrize(
    ("payments", "on", "state"),
    [
        ([], TODAY, "open"),
        ([], TODAY + timedelta(days=1), "open"),
        ([], TODAY + timedelta(days=2), "broken"),
        ([(1000, TODAY)], TODAY, "kept"),
        ([(1000, TODAY + timedelta(days=1))], TODAY + timedelta(days=5), "kept"),
        ([(1000, TODAY + timedelta(days=2))], TODAY + timedelta(days=5), "broken"),
        ([(400, TODAY)], TODAY + timedelta(days=5), "partly_kept"),
        ([(400, TODAY), (600, TODAY)], TODAY, "kept"),
        ([(1000, TODAY - timedelta(days=30))], TODAY + timedelta(days=5), "broken"),
    ],
)
def test_a_promise_is_judged_by_what_arrived_in_its_window(
    payments: list[tuple[int, date]], on: date, state: str
) -> None:
    case = story_with(*payments).case()
    assert [each.state for each in judge_case(case, on, KIND)] == [state]
    assert judge_case(case, on, KIND) == judge_case(case, on, KIND), "judging a second time changes nothing"


def test_payments_go_to_the_oldest_part_first() -> None:
    parts = (PromisePart(TODAY - timedelta(days=5), 300), PromisePart(TODAY + timedelta(days=5), 700))
    standing = judge_case(story_with((300, TODAY - timedelta(days=6)), parts=parts).case(), TODAY, KIND)[0]
    assert standing.state == "open"
    assert standing.paid == 300
    assert standing.next_part == parts[1]


def test_a_reversal_reopens_a_kept_promise() -> None:
    story = story_with((1000, TODAY))
    assert judge_case(story.case(), TODAY, KIND)[0].state == "kept"
    story.add(p.PaymentReversed("pay0"), NOW + timedelta(hours=1), author="server")
    assert judge_case(story.case(), TODAY, KIND)[0].state == "open"


def test_one_payment_is_not_counted_for_two_promises() -> None:
    story = story_with((1000, TODAY))
    story.add(promise(1000, TODAY, promise_id="p2"), NOW - timedelta(days=9))
    states = [each.state for each in judge_case(story.case(), TODAY + timedelta(days=3), KIND)]
    assert states == ["kept", "broken"]


def test_the_threshold_forgives_a_little() -> None:
    lenient = PromiseType(threshold=95)
    case = story_with((950, TODAY)).case()
    assert judge_case(case, TODAY, lenient)[0].state == "kept"
    assert judge_case(case, TODAY, KIND)[0].state == "open"


@given(st.integers(1, 10**12), st.integers(1, 24), st.sampled_from(["week", "two_weeks", "month"]))
def test_a_plan_always_adds_up(total: int, count: int, every: str) -> None:
    if total < count:
        with pytest.raises(ValueError):
            instalments(total, count, TODAY, every)  # type: ignore[arg-type]  # a drawn name
        return
    parts = instalments(total, count, TODAY, every)  # type: ignore[arg-type]
    assert sum(part.amount for part in parts) == total
    assert len(parts) == count
    assert all(part.amount > 0 for part in parts)
    assert [part.due for part in parts] == sorted({part.due for part in parts})
    assert parts[0].due == TODAY


def test_a_monthly_plan_from_the_31st_falls_on_the_last_day() -> None:
    parts = instalments(400, 4, date(2026, 12, 31), "month")
    assert [part.due.isoformat() for part in parts] == ["2026-12-31", "2027-01-31", "2027-02-28", "2027-03-31"]


@pytest.mark.parametrize(
    ("parts", "code", "severity"),
    [
        ([PromisePart(TODAY - timedelta(days=1), 100)], "past", "error"),
        ([PromisePart(TODAY, 0)], "amount", "error"),
        ([PromisePart(TODAY, 5000)], "more_than_owed", "warning"),
        ([PromisePart(TODAY + timedelta(days=31), 100)], "horizon", "approval"),
        ([PromisePart(TODAY + timedelta(days=91), 100)], "horizon", "error"),
        ([PromisePart(date(2026, 11, 28), 100)], "weekend", "warning"),
        ([PromisePart(TODAY, 5), PromisePart(TODAY + timedelta(days=7), 995)], "first_part", "approval"),
        ([], "no_date", "error"),
    ],
)
def test_checks_at_capture(parts: list[PromisePart], code: str, severity: str) -> None:
    issues = {issue.code: issue for issue in check_promise(parts, owed=1000, currency="CNY", today=TODAY, kind=KIND)}
    assert issues[code].severity == severity


def test_a_weekend_proposes_the_friday_before() -> None:
    issues = check_promise([PromisePart(date(2026, 11, 29), 1)], owed=9, currency="CNY", today=TODAY, kind=KIND)
    assert [issue.proposal for issue in issues if issue.code == "weekend"] == [date(2026, 11, 27)]


def test_a_weekend_that_is_today_has_no_day_to_propose() -> None:
    saturday = date(2026, 11, 28)
    issues = check_promise([PromisePart(saturday, 1)], owed=9, currency="CNY", today=saturday, kind=KIND)
    assert [issue.proposal for issue in issues if issue.code == "weekend"] == [None]


def test_a_case_without_promises_has_nothing_to_judge() -> None:
    assert judge_case(fold("c", []), TODAY, KIND) == ()
