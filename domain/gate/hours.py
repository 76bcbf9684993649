"""Opening hours: whether an instant lies inside a window rule, and when the next one does."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Final

from domain.gate.holidays import HolidayCalendar, NoHolidays
from domain.gate.localtime import find_zone, local_day, open_intervals
from domain.gate.pack import NO_HOURS, HolidayRule, Hours, WindowRule
from domain.gate.request import RefusedTime
from domain.records import dataclass

SEARCH_DAYS: Final = 60
_DAY_MINUTES: Final = 1440

Week = tuple[Hours, Hours, Hours, Hours, Hours, Hours, Hours]


@dataclass(frozen=True, slots=True)
class OpenHours:
    """A week of hours with what holidays change, for one country's calendar.

    A window belongs to the day it opens on, also when it runs past midnight. On a holiday with shorter hours or none,
    nothing is left over from the evening before.
    """

    week: Week
    holiday: HolidayRule | None
    region: str | None
    calendar: HolidayCalendar

    def at(self, day: date) -> Hours:
        """Give the hours of ``day`` within its own 0–1440 minutes."""
        if self.holiday is None:
            return _week_of_days(self.week)[day.weekday()]
        before = day - timedelta(days=1)
        leftover = NO_HOURS if self.is_restricted(day) else self._opened_on(before)
        return _clipped(leftover, self._opened_on(day))

    def is_open(self, zone: str, instant: datetime) -> bool:
        """Tell whether the wall time in ``zone`` at ``instant`` lies inside the hours of its day."""
        found = find_zone(zone)
        if found is None:
            return False
        local = instant.astimezone(found)
        minute = local.hour * 60 + local.minute
        return any(first <= minute < last for first, last in self.at(local.date()))

    def next_open(self, zone: str, instant: datetime) -> datetime | None:
        """Give the first open instant at or after ``instant`` in ``zone``, or ``None`` within sixty days."""
        if find_zone(zone) is None or not any(self.week):
            return None
        if self.is_open(zone, instant):
            return instant
        day = local_day(zone, instant) - timedelta(days=1)
        for _ in range(SEARCH_DAYS + 1):
            for opens, closes in open_intervals(zone, day, self.at(day)):
                if closes > instant:
                    return max(opens, instant)
            day += timedelta(days=1)
        return None

    def is_restricted(self, day: date) -> bool:
        """Tell whether ``day`` is a holiday that shortens the hours or has none."""
        return self.holiday is not None and self.holiday.policy in ("shorter", "none") and self.is_holiday(day)

    def is_holiday(self, day: date) -> bool:
        """Tell whether ``day`` is a public holiday in this rule's calendar."""
        region = self._calendar_region()
        return region is not None and self.calendar.is_holiday(day, region)

    def _calendar_region(self) -> str | None:
        if self.holiday is None:
            return None
        return self.region if self.holiday.calendar == "debtor" else self.holiday.calendar

    def _opened_on(self, day: date) -> Hours:
        holiday = self.holiday
        if holiday is not None:
            if self.is_restricted(day):
                return holiday.hours if holiday.policy == "shorter" else NO_HOURS
            region = self._calendar_region()
            if (
                holiday.makeup_as is not None
                and region is not None
                and self.week[day.weekday()] != self.week[holiday.makeup_as]
                and self.calendar.is_makeup_workday(day, region)
            ):
                return self.week[holiday.makeup_as]
        return self.week[day.weekday()]


def hours_of(rule: WindowRule, region: str | None, calendar: HolidayCalendar) -> OpenHours:
    """Bind a window rule to the debtor's country and a calendar."""
    return OpenHours(rule.week, rule.holiday, region, calendar)


@lru_cache(maxsize=512)
def hours_outside(refused: tuple[RefusedTime, ...]) -> OpenHours:
    """Give the hours that are left when the debtor's inconvenient times are taken away."""
    closed: list[list[tuple[int, int]]] = [[] for _ in range(7)]
    for times in refused:
        first = times.start.hour * 60 + times.start.minute
        last = times.end.hour * 60 + times.end.minute
        last += _DAY_MINUTES if last <= first else 0
        for weekday in times.weekdays:
            closed[weekday % 7].append((first, last))
    days = _week_of_days(_as_week([tuple(hours) for hours in closed]))
    return OpenHours(_as_week([_complement(hours) for hours in days]), None, None, NoHolidays())


@lru_cache(maxsize=8192)
def first_open_everywhere(hours: OpenHours, zones: tuple[str, ...], instant: datetime) -> datetime | None:
    """Give the first instant at or after ``instant`` that is open in all ``zones``; ``None`` within sixty days."""
    limit = instant + timedelta(days=SEARCH_DAYS)
    here: datetime = instant
    while here <= limit:
        latest = here
        for zone in zones:
            opens = hours.next_open(zone, latest)
            if opens is None:
                return None
            latest = opens
        if latest == here:
            return here
        here = latest
    return None


@lru_cache(maxsize=256)
def _week_of_days(week: Week) -> Week:
    return _as_week([_clipped(week[weekday - 1], week[weekday]) for weekday in range(7)])


def _clipped(yesterday: Hours, today: Hours) -> Hours:
    """Give today's minutes of windows opened yesterday or today, in order and merged."""
    spans = [(max(0, first - _DAY_MINUTES), last - _DAY_MINUTES) for first, last in yesterday if last > _DAY_MINUTES]
    spans += [(first, min(last, _DAY_MINUTES)) for first, last in today if first < last]
    merged: list[tuple[int, int]] = []
    for first, last in sorted(spans):
        if merged and first <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    return tuple(merged)


def _complement(hours: Hours) -> Hours:
    left: list[tuple[int, int]] = []
    begin = 0
    for first, last in hours:
        if first > begin:
            left.append((begin, first))
        begin = last
    if begin < _DAY_MINUTES:
        left.append((begin, _DAY_MINUTES))
    return tuple(left)


def _as_week(days: list[Hours]) -> Week:
    monday, tuesday, wednesday, thursday, friday, saturday, sunday = days
    return (monday, tuesday, wednesday, thursday, friday, saturday, sunday)
