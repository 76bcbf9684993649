"""Plans, working days, what is asked of a promise before it is saved, and how often one was changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.case.parts import PromisePart
from domain.facts import payloads as p
from domain.gate.holidays import PublicHolidays
from domain.policy import Policy
from domain.promises import (
    PromiseType,
    WorkingDays,
    changes_so_far,
    check_promise,
    instalments,
    judge_case,
    standing_promises,
)
from tests.support.people import NOW, Story, promise

KIND = PromiseType()
TODAY = date(2026, 11, 24)
DAY = timedelta(days=1)


def china() -> WorkingDays:
    calendar = PublicHolidays()
    return WorkingDays(lambda day: calendar.is_holiday(day, "CN"), lambda day: calendar.is_makeup_workday(day, "CN"))


def codes(*parts: PromisePart, kind: PromiseType = KIND, **more: object) -> dict[str, str]:
    issues = check_promise(parts, owed=100_000, currency="CNY", today=TODAY, kind=kind, **more)  # type: ignore[arg-type]  # each test names what it varies
    return {issue.code: issue.severity for issue in issues}


@pytest.mark.parametrize(
    ("first", "month_day", "expected"),
    [
        ("2026-12-29", None, ["2026-12-29", "2027-01-29", "2027-02-28", "2027-03-29"]),
        ("2026-12-30", None, ["2026-12-30", "2027-01-30", "2027-02-28", "2027-03-30"]),
        ("2027-12-31", None, ["2027-12-31", "2028-01-31", "2028-02-29", "2028-03-31"]),
        ("2026-11-30", 31, ["2026-11-30", "2026-12-31", "2027-01-31", "2027-02-28"]),
        ("2026-11-25", 5, ["2026-11-25", "2026-12-05", "2027-01-05", "2027-02-05"]),
    ],
)
def test_monthly_plans_keep_the_day_or_fall_back_to_the_last_one(
    first: str, month_day: int | None, expected: list[str]
) -> None:
    parts = instalments(400, 4, date.fromisoformat(first), "month", month_day=month_day)
    assert [part.due.isoformat() for part in parts] == expected


@given(
    st.integers(1, 10**9),
    st.integers(1, 24),
    st.dates(date(2020, 1, 1), date(2040, 1, 1)),
    st.sampled_from(["week", "two_weeks", "month"]),
    st.sampled_from(["equal", "last"]),
    st.one_of(st.none(), st.integers(1, 31)),
)
def test_every_plan_adds_up_and_goes_forward(
    total: int, count: int, first: date, every: str, spread: str, month_day: int | None
) -> None:
    if total < count:
        return
    parts = instalments(total, count, first, every, spread=spread, month_day=month_day)  # type: ignore[arg-type]  # drawn names
    assert sum(part.amount for part in parts) == total
    assert all(part.amount > 0 for part in parts)
    days = [part.due for part in parts]
    assert days[0] == first
    assert days == sorted(set(days))
    amounts = [part.amount for part in parts]
    if spread == "equal":
        assert max(amounts) - min(amounts) <= 1
    else:
        assert len(set(amounts[:-1])) <= 1


def test_the_last_payment_takes_the_rest_of_round_ones() -> None:
    assert [part.amount for part in instalments(100_050, 3, TODAY, "week", spread="last")] == [33_300, 33_300, 33_450]


def test_a_first_payment_of_its_own() -> None:
    parts = instalments(100_000, 4, TODAY, "week", first_amount=10_000)
    assert [part.amount for part in parts] == [10_000, 30_000, 30_000, 30_000]
    with pytest.raises(ValueError, match="first payment"):
        instalments(1000, 2, TODAY, "week", first_amount=2000)


def test_chinas_weekend_days_that_are_worked_are_working_days_and_its_holidays_none() -> None:
    working = china()
    assert working.day_off(date(2025, 9, 28)) is None, "a Sunday worked in exchange for the National Day week"
    assert working.day_off(date(2025, 10, 2)) == "holiday"
    assert working.day_off(date(2025, 11, 22)) == "weekend"
    assert working.before(date(2025, 10, 5), date(2025, 9, 1)) == date(2025, 9, 30)
    assert working.after(date(2025, 10, 2)) == date(2025, 10, 9)


def test_a_plan_moves_its_payments_off_days_off() -> None:
    before = instalments(300, 3, date(2025, 10, 3), "week", working=china(), shift="after")
    assert [part.due.isoformat() for part in before] == ["2025-10-09", "2025-10-10", "2025-10-17"]


@pytest.mark.parametrize("broken", [0, 1, 2, 3])
def test_the_second_broken_promise_brings_in_the_supervisor(broken: int) -> None:
    assert codes(PromisePart(TODAY, 100), broken=broken).get("broken_before") == ("approval" if broken >= 2 else None)


@pytest.mark.parametrize(("changes", "severity"), [(None, None), (0, None), (1, None), (2, "approval")])
def test_a_third_change_needs_approval(changes: int | None, severity: str | None) -> None:
    assert codes(PromisePart(TODAY, 100), changes=changes).get("renegotiated") == severity


def test_the_horizon_binds_the_first_payment_and_a_long_plan_needs_approval() -> None:
    year = instalments(12_000, 12, TODAY, "month")
    assert codes(*year) == {"horizon": "approval", "days_off": "warning", "first_part": "approval"}
    assert codes(PromisePart(TODAY + 90 * DAY, 100))["horizon"] == "approval"
    assert codes(PromisePart(TODAY + 91 * DAY, 100))["horizon"] == "error"
    assert codes(PromisePart(TODAY + 30 * DAY, 100)) == {}


def test_more_parts_or_money_than_the_type_allows() -> None:
    strict = PromiseType(most_parts=2, approval_above=5000)
    many = [PromisePart(TODAY + step * DAY, 1000) for step in range(3)]
    assert codes(*many, kind=strict)["parts"] == "error"
    assert codes(PromisePart(TODAY, 5001), kind=strict)["authority"] == "approval"
    assert "authority" not in codes(PromisePart(TODAY, 5000), kind=strict)


def test_a_frozen_case_is_told() -> None:
    assert codes(PromisePart(TODAY, 100), frozen=True) == {"frozen": "warning"}


def test_a_house_may_have_several_types() -> None:
    settlement = PromiseType("settlement", grace_days=5, threshold=80)
    house = Policy(promise=PromiseType(variants=(settlement,)))
    story = Story("c", "x")
    story.add(replace(promise(1000, TODAY), kind="settlement"), NOW - 5 * DAY)
    story.add(p.PaymentReceived("a", 800, "CNY", TODAY + 5 * DAY), NOW + 5 * DAY, author="server")
    assert judge_case(story.case(), TODAY + 5 * DAY, house.promise)[0].state == "kept"
    assert judge_case(story.case(), TODAY + 5 * DAY, KIND)[0].state == "broken"


def test_changes_are_counted_over_replacements_and_amendments_but_not_over_broken_promises() -> None:
    story = Story("c", "x")
    story.add(promise(1000, TODAY + 5 * DAY), NOW - 5 * DAY)
    story.add(replace(promise(1000, TODAY + 8 * DAY, promise_id="p2"), supersedes=("p1",)), NOW - 4 * DAY)
    story.add(p.PromiseAmended("p2", (PromisePart(TODAY + 9 * DAY, 1000),)), NOW - 3 * DAY)
    standings = judge_case(story.case(), TODAY, KIND)
    (stands,) = standing_promises(standings, "CNY")
    assert changes_so_far(standings, stands) == 2
    late = TODAY + 20 * DAY
    story.add(replace(promise(1000, late + 9 * DAY, promise_id="p3"), supersedes=("p1", "p2")), NOW + 20 * DAY)
    standings = judge_case(story.case(), late, KIND)
    (stands,) = standing_promises(standings, "CNY")
    assert stands.promise.id == "p3"
    assert changes_so_far(standings, stands) == 0
