"""The Chinese lunar calendar, worked out from the moon and the sun as GB/T 33661-2017 defines it.

A month begins on the Beijing day of a new moon; the month with the winter solstice is the eleventh; where thirteen months
lie between two such months, the first one without a principal solar term is a leap month. The positions are those of
J. Meeus, *Astronomical Algorithms*, chapters 25 and 49, good to a few minutes of time for the years a promise can name.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from itertools import pairwise
from math import floor, radians, sin
from typing import Final

from domain.dates.arithmetic import NoSuchDayError, plus_days
from domain.records import dataclass

FIRST_YEAR: Final = 1900
LAST_YEAR: Final = 2100
"""Years outside are refused: the earth's rotation is known only so far."""

_BEIJING: Final = 8 / 24
_DELTA_T: Final = 70 / 86400
"""Terrestrial time is ahead of the sun's by about this much in our years, in days."""
_DAY_ONE: Final = 1721424.5
"""The Julian day on which the day counted as number 0 by ``date.toordinal`` begins."""
_SOLAR_TERMS: Final = {
    "冬至": 270,
    "清明": 15,
    "夏至": 90,
    "立春": 315,
    "立秋": 135,
    "立冬": 225,
    "霜降": 210,
    "惊蛰": 345,
}
SOLAR_TERMS: Final = frozenset(_SOLAR_TERMS)
"""The solar terms people name as days, by the sun's longitude in degrees."""


@dataclass(frozen=True, slots=True)
class LunarMonth:
    """One month: its number, whether it is a leap month, its first and last day."""

    number: int
    leap: bool
    first: date
    last: date


def lunar_months(year: int) -> tuple[LunarMonth, ...]:
    """Give the twelve or thirteen months of the lunar year that begins in ``year``.

    Raises ``NoSuchDayError`` for a year the calendar cannot be worked out for.
    """
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise NoSuchDayError
    return tuple(
        [month for month in _from_solstice(year) if month.number <= 10]
        + [month for month in _from_solstice(year + 1) if month.number > 10]
    )


def lunar_day(year: int, number: int, day: int, *, leap: bool = False) -> date:
    """Give a day of a lunar year; the 30th of a month of 29 days is its last day, as people count New Year's Eve.

    Raises ``NoSuchDayError`` where that year has no such month, or no month has such a day.
    """
    if not 1 <= day <= 30:
        raise NoSuchDayError
    for month in lunar_months(year):
        if month.number == number and month.leap == leap:
            return min(plus_days(month.first, day - 1), month.last)
    raise NoSuchDayError


def next_lunar_day(today: date, number: int, day: int) -> date:
    """Give the next such day of a lunar year from ``today`` on. Raises ``NoSuchDayError`` where there is none."""
    days = (lunar_day(today.year + step, number, day) for step in (-1, 0, 1))
    return next(found for found in days if found >= today)


def next_lunar_day_of_month(today: date, day: int) -> date:
    """Give the next lunar month's day of that number from ``today`` on. Raises ``NoSuchDayError`` where there is none."""
    for year in (today.year - 1, today.year, today.year + 1):
        for month in lunar_months(year):
            found = plus_days(month.first, day - 1)
            if today <= found <= month.last:
                return found
    raise NoSuchDayError


@lru_cache(maxsize=256)
def solar_term(name: str, year: int) -> date:
    """Give the Beijing day of a solar term in a year."""
    degrees = _SOLAR_TERMS[name]
    around = date(year, 3, 20).toordinal() + round(degrees / 360 * 365.2422)
    if around >= date(year + 1, 1, 1).toordinal():
        around -= 365
    for ordinal in range(around - 6, around + 7):
        if (_longitude_at(ordinal + 1) - degrees) % 360 < 180 <= (_longitude_at(ordinal) - degrees) % 360:
            return date.fromordinal(ordinal)
    raise NoSuchDayError


@lru_cache(maxsize=128)
def _from_solstice(year: int) -> tuple[LunarMonth, ...]:
    """Give the months from the eleventh of the year before to the tenth of ``year``."""
    starts = [_month_start(solar_term("冬至", year - 1).toordinal())]
    end = _month_start(solar_term("冬至", year).toordinal())
    while starts[-1] < end:
        starts.append(_month_start(starts[-1] + 31))
    leap_year = len(starts) - 1 == 13
    months: list[LunarMonth] = []
    number, had_leap = 11, False
    for place, (first, following) in enumerate(pairwise(starts)):
        leap = leap_year and not had_leap and place > 0 and _term(first) == _term(following)
        had_leap = had_leap or leap
        if place and not leap:
            number = number % 12 + 1
        months.append(LunarMonth(number, leap, date.fromordinal(first), date.fromordinal(following - 1)))
    return tuple(months)


def _term(ordinal: int) -> int:
    """Give the number of the principal solar term the sun has reached at the beginning of a day."""
    return floor(_longitude_at(ordinal) / 30)


def _longitude_at(ordinal: int) -> float:
    """Give the sun's longitude in degrees at midnight in Beijing."""
    return _sun(_DAY_ONE + ordinal - _BEIJING + _DELTA_T)


def _month_start(ordinal: int) -> int:
    """Give the day of the last new moon on or before a day."""
    number = floor((_DAY_ONE + ordinal - 2451550.1) / 29.530588861) + 2
    while (day := _new_moon_day(number)) > ordinal:
        number -= 1
    return day


def _new_moon_day(number: int) -> int:
    return floor(_new_moon(number) - _DELTA_T + _BEIJING - _DAY_ONE)


def _sun(julian: float) -> float:
    """Give the sun's apparent longitude in degrees (Meeus, chapter 25, low accuracy: 0.01°)."""
    t = (julian - 2451545.0) / 36525
    mean = 280.46646 + 36000.76983 * t + 0.0003032 * t * t
    anomaly = radians(357.52911 + 35999.05029 * t - 0.0001537 * t * t)
    centre = (
        (1.914602 - 0.004817 * t - 0.000014 * t * t) * sin(anomaly)
        + (0.019993 - 0.000101 * t) * sin(2 * anomaly)
        + 0.000289 * sin(3 * anomaly)
    )
    return (mean + centre - 0.00569 - 0.00478 * sin(radians(125.04 - 1934.136 * t))) % 360


_MOON_TERMS: Final = (
    (-0.40720, 0, 0, 1, 0), (0.17241, 1, 1, 0, 0), (0.01608, 0, 0, 2, 0), (0.01039, 0, 0, 0, 2),
    (0.00739, 1, -1, 1, 0), (-0.00514, 1, 1, 1, 0), (0.00208, 2, 2, 0, 0), (-0.00111, 0, 0, 1, -2),
    (-0.00057, 0, 0, 1, 2), (0.00056, 1, 1, 2, 0), (-0.00042, 0, 0, 3, 0), (0.00042, 1, 1, 0, 2),
    (0.00038, 1, 1, 0, -2), (-0.00024, 1, -1, 2, 0), (-0.00007, 0, 2, 1, 0), (0.00004, 0, 0, 2, -2),
    (0.00004, 0, 3, 0, 0), (0.00003, 0, 1, 1, -2), (0.00003, 0, 0, 2, 2), (-0.00003, 0, 1, 1, 2),
    (0.00003, 0, -1, 1, 2), (-0.00002, 0, -1, 1, -2), (-0.00002, 0, 1, 3, 0), (0.00002, 0, 0, 4, 0),
)  # fmt: skip
"""Days, the power of the eccentricity's factor, and multiples of the sun's and moon's anomaly and the moon's argument."""

_PLANETS: Final = (
    (0.000325, 299.77, 0.107408), (0.000165, 251.88, 0.016321), (0.000164, 251.83, 26.651886),
    (0.000126, 349.42, 36.412478), (0.000110, 84.66, 18.206239), (0.000062, 141.74, 53.303771),
    (0.000060, 207.14, 2.453732), (0.000056, 154.84, 7.306860), (0.000047, 34.52, 27.261239),
    (0.000042, 207.19, 0.121824), (0.000040, 291.34, 1.844379), (0.000037, 161.72, 24.198154),
    (0.000035, 239.56, 25.513099), (0.000023, 331.55, 3.592518),
)  # fmt: skip


def _new_moon(number: int) -> float:
    """Give the Julian day of a new moon, counted from the one of 6 January 2000 (Meeus, chapter 49)."""
    t = number / 1236.85
    julian = 2451550.09766 + 29.530588861 * number + 0.00015437 * t * t - 0.000000150 * t**3
    eccentricity = 1 - 0.002516 * t - 0.0000074 * t * t
    sun = radians(2.5534 + 29.10535670 * number - 0.0000014 * t * t)
    moon = radians(201.5643 + 385.81693528 * number + 0.0107582 * t * t)
    argument = radians(160.7108 + 390.67050284 * number - 0.0016118 * t * t)
    node = radians(124.7746 - 1.56375588 * number + 0.0020672 * t * t)
    days = -0.00017 * sin(node)
    for size, power, of_sun, of_moon, of_argument in _MOON_TERMS:
        days += size * eccentricity**power * sin(of_sun * sun + of_moon * moon + of_argument * argument)
    for size, start, step in _PLANETS:
        days += size * sin(radians(start + step * number - (0.009173 * t * t if step == 0.107408 else 0)))
    return julian + days
