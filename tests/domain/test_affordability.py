"""The ability-to-pay sheet and the plans it allows."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.affordability import affordable_plans, sheet_text, why_none
from domain.case.ability import AbilitySheet
from domain.facts import payloads as p
from domain.promises import PromiseType, WorkingDays
from tests.support.people import NOW, Story

TODAY = date(2026, 11, 24)
KIND = PromiseType()


def sheet(income: int = 300_000, essentials: int = 150_000, debts: int = 10_000, **more: object) -> AbilitySheet:
    return AbilitySheet("CNY", income, essentials, debts, **more)  # type: ignore[arg-type]  # each test names what it varies


def test_what_is_left_counts_weekly_and_fortnightly_pay_by_the_year() -> None:
    assert sheet().left == 140_000
    assert sheet(100_000, interval="week").monthly_income == 433_333
    assert sheet(100_000, interval="two_weeks").monthly_income == 216_666
    assert sheet(100_000, 0, 0, interval="two_weeks").left_each_pay_day == 99_999


def test_the_quickest_plan_leaves_something_to_live_on() -> None:
    plans = affordable_plans(sheet(pay_day=10), 320_000, TODAY, KIND)
    assert [(plan.name, plan.count) for plan in plans] == [("quickest", 3), ("balanced", 4), ("easiest", 6)]
    assert all(plan.first == date(2026, 12, 10) for plan in plans)
    assert [part.due.day for part in plans[0].parts] == [10, 10, 10]


def test_payments_at_the_end_of_months_and_off_days_off() -> None:
    (plan,) = affordable_plans(sheet(pay_day=31), 100_000, TODAY, KIND, WorkingDays())[:1]
    assert [part.due for part in plan.parts] == [date(2026, 11, 30)]
    plans = affordable_plans(sheet(pay_day=31), 250_000, TODAY, KIND, WorkingDays())
    assert [part.due.isoformat() for part in plans[0].parts] == ["2026-11-30", "2026-12-31", "2027-02-01"]


@pytest.mark.parametrize(
    ("means", "owed", "words"),
    [(sheet(100_000), 5_000, "hardship help"), (sheet(), 10**9, "cannot cover"), (sheet(), 0, "Nothing is owed")],
)
def test_where_nothing_suffices_there_is_no_plan_and_a_reason(means: AbilitySheet, owed: int, words: str) -> None:
    assert affordable_plans(means, owed, TODAY, KIND) == ()
    assert words in why_none(means, owed, KIND)


@given(
    st.integers(0, 10**7),
    st.integers(0, 10**7),
    st.integers(1, 10**8),
    st.one_of(st.none(), st.integers(1, 31)),
    st.sampled_from(["month", "two_weeks", "week"]),
    st.integers(1, 24),
)
def test_no_plan_takes_all_that_is_left(
    income: int, essentials: int, owed: int, pay_day: int | None, interval: str, most: int
) -> None:
    means = AbilitySheet("USD", income, essentials, 0, pay_day, interval)  # type: ignore[arg-type]  # a drawn name
    kind = PromiseType(most_parts=most)
    plans = affordable_plans(means, owed, TODAY, kind, WorkingDays())
    counts = [plan.count for plan in plans]
    assert counts == sorted(set(counts))
    for plan in plans:
        assert sum(part.amount for part in plan.parts) == owed
        assert plan.count <= most
        assert plan.parts[0].amount <= means.left_each_pay_day * 4 // 5
        assert all(part.due > TODAY and part.due.weekday() < 5 for part in plan.parts)


def test_the_newest_sheet_stays_with_the_case_and_brings_the_pay_day() -> None:
    story = Story("c", "x")
    story.add(p.NoteAdded(sheet_text(sheet(pay_day=10)), sheet=sheet(pay_day=10)), NOW)
    story.add(p.NoteAdded("rings in the evening"), NOW + timedelta(minutes=1))
    case = story.case()
    assert case.sheet == sheet(pay_day=10)
    assert case.customer.pay_day == 10
    assert "¥1,400.00" in str(case.timeline[-2].data["text"])


def test_a_pay_day_alone_changes_no_reason() -> None:
    story = Story("c", "x")
    story.add(p.ReasonGiven("unemployed"), NOW)
    story.add(p.ReasonGiven("", income_day=25), NOW + timedelta(minutes=1))
    assert (story.case().reason, story.case().customer.pay_day) == ("unemployed", 25)
