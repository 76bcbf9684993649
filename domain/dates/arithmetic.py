"""Calendar arithmetic for promise phrases: every step a phrase takes through the calendar, on python-dateutil.

Weeks run from Monday to Sunday (ISO 8601), which is also what 下周 means to a Chinese speaker. Weekdays are numbered as
``datetime.date.weekday`` numbers them: Monday 0 to Sunday 6.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from fractions import Fraction
from itertools import islice
from math import ceil
from typing import Final

from dateutil import relativedelta as _relative
from dateutil import rrule as _recur
from dateutil.relativedelta import relativedelta

WEEKDAYS: Final = (
    _relative.MO, _relative.TU, _relative.WE, _relative.TH, _relative.FR, _relative.SA, _relative.SU,
)  # fmt: skip
_RULE_WEEKDAYS: Final = (_recur.MO, _recur.TU, _recur.WE, _recur.TH, _recur.FR, _recur.SA, _recur.SU)
_WORKING_DAYS: Final = _RULE_WEEKDAYS[:5]

LONGEST_COUNT: Final = 4000
"""No phrase counts further than this many of any unit; a larger number is a slip of the keyboard."""

MIDDAY: Final = time(12)
"""Hours are counted from midday when only the day of the call is known: people are phoned in the middle of the day."""


class NoSuchDayError(ValueError):
    """The phrase names a day that the calendar does not have, such as 31 April, or one beyond its end."""


@dataclass(frozen=True, slots=True)
class Distance:
    """How far a phrase says to go: "2 weeks", "1 month and 15 days", "3 working days", "12 hours"."""

    months: int = 0
    days: int = 0
    seconds: int = 0
    working_days: int = 0

    def __add__(self, other: Distance) -> Distance:
        return Distance(
            self.months + other.months,
            self.days + other.days,
            self.seconds + other.seconds,
            self.working_days + other.working_days,
        )

    @property
    def whole_weeks(self) -> bool:
        """Whether this is a number of weeks and nothing else, so that "two weeks on Friday" can hang on it."""
        return self.days > 0 and self.days % 7 == 0 and not (self.months or self.seconds or self.working_days)


_DAYS_OF: Final = {"day": 1, "week": 7, "fortnight": 14}
_MONTHS_OF: Final = {"month": 1, "quarter": 3, "year": 12}
_SECONDS_OF: Final = {"hour": 3600, "minute": 60, "second": 1}


def distance(count: Fraction, unit: str) -> Distance:
    """Make a distance of ``count`` ``unit``; half a month is 15 days, other broken days count as whole ones.

    Raises ``NoSuchDayError`` for a count no calendar can serve.
    """
    if count > LONGEST_COUNT:
        raise NoSuchDayError
    if unit in _DAYS_OF:
        days = count * _DAYS_OF[unit]
        return Distance(days=int(days) if unit == "day" and days < 1 else ceil(days))
    if unit in _MONTHS_OF:
        months = count * _MONTHS_OF[unit]
        whole = int(months)
        return Distance(months=whole, days=round((months - whole) * 30))
    if unit == "working day":
        return Distance(working_days=ceil(count))
    return Distance(seconds=int(count * _SECONDS_OF[unit]))


def moved(start: date, by: Distance, sign: int = 1, moment: datetime | None = None) -> date:
    """Go ``by`` from ``start``, forwards or backwards; hours run from ``moment`` or else from midday.

    The last day of a month stays inside the month: one month after 31 January is 28 or 29 February.
    Raises ``NoSuchDayError`` where the calendar ends.
    """
    try:
        day = start + relativedelta(months=sign * by.months, days=sign * by.days)
        if by.working_days:
            day = _working_days(day, sign * by.working_days)
        if by.seconds:
            clock = moment.time() if moment is not None else MIDDAY
            day = (datetime.combine(day, clock) + relativedelta(seconds=sign * by.seconds)).date()
    except (OverflowError, ValueError) as error:
        raise NoSuchDayError from error
    return day


def _working_days(start: date, count: int) -> date:
    """Count Mondays to Fridays; public holidays are not known here and are left to the promise's own checks."""
    if count < 0:
        return _working_days_back(start, -count)
    rule = _recur.rrule(_recur.DAILY, dtstart=start + relativedelta(days=1), byweekday=_WORKING_DAYS)
    return next(islice(rule, count - 1, None)).date()


def _working_days_back(start: date, count: int) -> date:
    day = start
    while count:
        day += relativedelta(days=-1)
        count -= day.weekday() < len(_WORKING_DAYS)
    return day


def plus_days(day: date, days: int) -> date:
    """Go some days on, or back when negative."""
    return moved(day, Distance(days=abs(days)), 1 if days >= 0 else -1)


def plus_months(day: date, months: int) -> date:
    """Go some months on, or back when negative, staying inside the month."""
    return moved(day, Distance(months=abs(months)), 1 if months >= 0 else -1)


def day_of(year: int, month: int, day: int) -> date:
    """Make a date; raises ``NoSuchDayError`` where the calendar has none."""
    try:
        return date(year, month, day)
    except (OverflowError, ValueError) as error:
        raise NoSuchDayError from error


def week_of(day: date) -> tuple[date, date]:
    """Give Monday and Sunday of the week ``day`` is in."""
    monday = plus_days(day, -day.weekday())
    return monday, plus_days(monday, 6)


def in_week_of(day: date, weekday: int) -> date:
    """Give the weekday of the Monday-to-Sunday week ``day`` is in."""
    return plus_days(day, weekday - day.weekday())


def coming(day: date, weekday: int, *, today_counts: bool) -> date:
    """Give the next such weekday after ``day``, or ``day`` itself where that counts."""
    start = day if today_counts else plus_days(day, 1)
    return start + relativedelta(weekday=WEEKDAYS[weekday](+1))


def month_of(day: date) -> tuple[date, date]:
    """Give the first and the last day of the month ``day`` is in."""
    return day + relativedelta(day=1), day + relativedelta(day=31)


def quarter_of(day: date) -> tuple[date, date]:
    """Give the first and the last day of the calendar quarter ``day`` is in."""
    first = day + relativedelta(day=1, month=(day.month - 1) // 3 * 3 + 1)
    return first, first + relativedelta(months=2, day=31)


def year_of(day: date) -> tuple[date, date]:
    """Give the first and the last day of the year ``day`` is in."""
    return date(day.year, 1, 1), date(day.year, 12, 31)


def nth_weekday(first: date, last: date, weekday: int, nth: int) -> date:
    """Give the nth such weekday from the start of a stretch of days, or from its end when ``nth`` is negative.

    Raises ``NoSuchDayError`` when the stretch has fewer of them.
    """
    found = (first if nth > 0 else last) + relativedelta(weekday=WEEKDAYS[weekday](nth))
    if not first <= found <= last:
        raise NoSuchDayError
    return found


def nth_working_day(first: date, last: date, nth: int) -> date:
    """Give the nth Monday-to-Friday day from the start of a stretch, or from its end when ``nth`` is negative."""
    found = _working_days(plus_days(first, -1), nth) if nth > 0 else _working_days_back(plus_days(last, 1), -nth)
    if not first <= found <= last:
        raise NoSuchDayError
    return found


def next_day_of_month(today: date, day: int, weekday: int | None = None) -> date:
    """Give the next ``day`` of a month from ``today`` on that exists, on the given weekday where one was named.

    "The 31st" skips months without one; "Thursday the 15th" is the next 15th that is a Thursday.
    Raises ``NoSuchDayError`` when there is none.
    """
    if not 1 <= day <= 31:
        raise NoSuchDayError
    on = None if weekday is None else _RULE_WEEKDAYS[weekday]
    rule = _recur.rrule(_recur.MONTHLY, dtstart=today, bymonthday=day, byweekday=on, count=1)
    for found in rule:
        return found.date()
    raise NoSuchDayError


def next_pay_day(today: date, pay_day: int) -> date:
    """Give the next monthly pay day from ``today`` on; in a shorter month it is the month's last day."""
    if pay_day > 28:
        this_month = _pay_day_in(today, pay_day)
        return this_month if this_month >= today else _pay_day_in(plus_months(today, 1), pay_day)
    rule = _recur.rrule(_recur.MONTHLY, dtstart=today, bymonthday=pay_day, count=1)
    return next(iter(rule)).date()


def _pay_day_in(day: date, pay_day: int) -> date:
    first, last = month_of(day)
    return min(last, plus_days(first, pay_day - 1))


def next_month_day(today: date, month: int, day: int) -> date:
    """Give the next such day of the year from ``today`` on.

    Raises ``NoSuchDayError`` for a day no such month has, and for 29 February when the next February is a common one:
    the customer meant another day and must be asked which.
    """
    if not (1 <= month <= 12 and 1 <= day <= 31):
        raise NoSuchDayError
    year = today.year + ((month, day) < (today.month, today.day))
    return day_of(year, month, day)


def full_year(written: int, digits: int, today: date) -> int:
    """Read a year of two digits: up to twenty years ahead it is of this century, else it has passed."""
    if digits > 2:
        return written
    year = today.year // 100 * 100 + written
    return year - 100 if year > today.year + 20 else year
