"""The lunar calendar: leap months, the days of festivals, and the phrases that name its days."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest

from domain.dates import read_phrase
from domain.dates.arithmetic import NoSuchDayError
from domain.dates.lunar import lunar_day, lunar_months, next_lunar_day, solar_term


@pytest.mark.parametrize(
    ("year", "month", "first"),
    [
        (2020, 4, "2020-05-23"),
        (2023, 2, "2023-03-22"),
        (2025, 6, "2025-07-25"),
        (2028, 5, "2028-06-23"),
        (2033, 11, "2033-12-22"),
    ],
)
def test_leap_months(year: int, month: int, first: str) -> None:
    leaps = [(each.number, each.first.isoformat()) for each in lunar_months(year) if each.leap]
    assert leaps == [(month, first)]


@pytest.mark.parametrize("year", [2021, 2022, 2024, 2026, 2027])
def test_years_without_a_leap_month(year: int) -> None:
    assert [each.number for each in lunar_months(year)] == list(range(1, 13))


@pytest.mark.parametrize(
    ("year", "new_year"),
    [
        (2020, "2020-01-25"),
        (2023, "2023-01-22"),
        (2024, "2024-02-10"),
        (2026, "2026-02-17"),
        (2027, "2027-02-06"),
        (2030, "2030-02-03"),
    ],
)
def test_the_first_day_of_a_year(year: int, new_year: str) -> None:
    assert lunar_day(year, 1, 1).isoformat() == new_year


def test_months_follow_one_another_without_a_gap() -> None:
    months = [month for year in range(1990, 2060) for month in lunar_months(year)]
    for month, following in pairwise(months):
        assert following.first == month.last + timedelta(days=1)
        assert (month.last - month.first).days in (28, 29)


def test_the_calendar_agrees_with_the_tables_of_public_holidays() -> None:
    import holidays

    wrong = []
    for year in range(2010, 2090):
        table = holidays.country_holidays("HK", years=year, observed=False, language="en_US")
        for name, month, day in (("Dragon Boat Festival", 5, 5), ("Double Ninth Festival", 9, 9)):
            listed = min((when for when, names in table.items() if names.startswith(name)), default=None)
            if listed is not None and listed != lunar_day(year, month, day):
                wrong.append((name, listed))
    assert wrong == []


def test_solar_terms() -> None:
    assert solar_term("冬至", 2026) == date(2026, 12, 22)
    assert solar_term("清明", 2024) == date(2024, 4, 4)
    assert solar_term("立春", 2027) == date(2027, 2, 4)


def test_what_the_calendar_does_not_have_is_refused() -> None:
    for year, month, day in ((2026, 13, 1), (2026, 1, 31), (2026, 1, 0), (1800, 1, 1), (2200, 1, 1)):
        with pytest.raises(NoSuchDayError):
            lunar_day(year, month, day)
    with pytest.raises(NoSuchDayError):
        next_lunar_day(date(2099, 1, 1), 14, 1)


def test_the_thirtieth_of_a_short_month_is_its_last_day() -> None:
    assert lunar_day(2025, 12, 30) == date(2026, 2, 16)


@pytest.mark.parametrize(
    ("said", "on", "kept"),
    [
        ("下星期天", date(2026, 11, 18), date(2026, 11, 29)),
        ("下星期天", date(2026, 11, 20), date(2026, 11, 22)),
        ("下礼拜天", date(2026, 11, 21), date(2026, 11, 22)),
        ("下周日", date(2026, 11, 20), date(2026, 11, 29)),
        ("下星期天", date(2026, 11, 22), date(2026, 11, 29)),
        ("下礼拜三", date(2026, 11, 17), date(2026, 11, 25)),
    ],
)
def test_sunday_late_in_the_week_may_begin_the_next_one(said: str, on: date, kept: date) -> None:
    assert read_phrase(said, on).date == kept
