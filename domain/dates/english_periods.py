"""English weeks, months, quarters and years, their edges ("end of next month") and the nth day in them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Final, NamedTuple

from domain.dates import english_words as words
from domain.dates.arithmetic import (
    NoSuchDayError,
    day_of,
    in_week_of,
    month_of,
    next_day_of_month,
    nth_weekday,
    nth_working_day,
    plus_days,
    plus_months,
    quarter_of,
    week_of,
    year_of,
)
from domain.dates.echo import absolute
from domain.dates.english_line import Found, Line, impossible
from domain.dates.mention import Days, Outcome, one_day
from domain.dates.stretches import Edge, edge_of, from_today, whole
from domain.i18n import tr

_GRAINS: Final = frozenset({"week", "fortnight", "month", "quarter", "year", "weekend"})
_MOVED: Final[dict[str, int]] = (
    dict.fromkeys(words.THIS, 0)
    | dict.fromkeys(words.COMING, 1)
    | dict.fromkeys(words.NEXT, 1)
    | dict.fromkeys(words.LAST, -1)
)
_BEFORE_A_MONTH: Final = frozenset(
    "in by of until till before during for this next end mid early late around sometime early-".split()
)


class Period(NamedTuple):
    """A stretch of the calendar with its kind; ``current`` where nobody said which one ("the month")."""

    first: date
    last: date
    grain: str
    current: bool = False


def _unit_period(today: date, grain: str, moved: int, *, current: bool = False) -> Period:
    if grain in ("week", "fortnight", "weekend"):
        first, last = week_of(plus_days(today, 7 * moved))
        if grain == "weekend":
            first = plus_days(first, 5)
        elif grain == "fortnight":
            last = plus_days(last, 7)
    elif grain == "month":
        first, last = month_of(plus_months(today, moved))
    elif grain == "quarter":
        first, last = quarter_of(plus_months(today, 3 * moved))
    else:
        first, last = year_of(plus_months(today, 12 * moved))
    return Period(first, last, grain, current)


def period_at(line: Line, index: int, *, definite: bool = False) -> tuple[Period, int] | None:
    """Read a period; ``definite`` where "the month" or "month" alone is one ("end of month")."""
    today = line.setting.today
    article = line.at(index) == "the"
    here = index + article
    if line.at(here) in ("rest", "remainder", "course") and line.at(here + 1) == "of":
        return period_at(line, here + 2, definite=True)
    moved = _MOVED.get(line.at(here))
    if moved is not None:
        coming = line.at(here) in words.COMING
        here += 1
        if line.at(here) in words.COMING:
            here, coming = here + 1, True
        if coming:  # the coming weekend is this week's, the coming week is the next one
            moved = 0 if line.at(here) == "weekend" else 1
    here = line.skip(here, "working", "business", "calendar", "financial", "tax") if line.at(here + 1) else here
    grain = words.UNITS.get(line.at(here)) or ("weekend" if line.at(here) == "weekend" else None)
    if grain is not None and grain in _GRAINS and line.kind(here) == "word":
        after = line.at(here + 1)
        if moved is None and after == "after":
            steps = 2 if line.at(here + 2) in words.NEXT else 1
            if steps == 2 or line.ends_clause(here + 2):
                return _unit_period(today, grain, steps), here + 1 + steps
        if moved is not None or definite or grain == "weekend":
            return _unit_period(today, grain, moved or 0, current=moved is None), here + 1
        return None
    return _month_period(line, here, moved) or (_year_period(line, here) if definite else None)


def _month_period(line: Line, index: int, moved: int | None) -> tuple[Period, int] | None:
    if line.at(index) == "month" and line.at(index + 1) == "of":
        index += 2
    month = line.month(index)
    if month is None or moved == -1:
        return None
    number, end = month
    today = line.setting.today
    year = line.year(end)
    if year is not None:
        said, end = year
    else:
        said = today.year + (number < today.month or (number == today.month and moved == 1))
    first, last = month_of(day_of(said, number, 1))
    return Period(first, last, "month"), end


def _year_period(line: Line, index: int) -> tuple[Period, int] | None:
    number = line.whole(index)
    if number is None or not 1900 <= number < 2200:
        return None
    return Period(date(number, 1, 1), date(number, 12, 31), "year"), index + 1


def period(line: Line, index: int) -> Found | None:
    """Read a period that stands for its last day ("next week"), or a day inside it ("next week on Friday")."""
    if line.at(index) == "week" and line.at(index + 1) in ("commencing", "beginning", "starting", "ending"):
        return None
    definite = line.at(index + 1) in ("end", "-") or line.at(index + 2) == "end"
    later = line.at(index - 1) == "in" and line.at(index - 2) == "later"
    found = period_at(line, index, definite=definite or later)
    if found is None:
        return None
    this, end = found
    after_hyphen = line.skip(end, "-")
    if line.at(after_hyphen) == "end":
        return edge_of(this.first, this.last, this.grain, Edge.END), after_hyphen + 1
    if definite and this.current and this.grain != "weekend":
        return None
    bare_month = words.MONTHS.get(line.at(end - 1)) is not None and end == index + 1
    if bare_month and line.size > 1 and line.at(index - 1) not in _BEFORE_A_MONTH:
        return None
    return _inside(line, this, end) or (from_today(line.setting.today, this.first, this.last), end)


def _inside(line: Line, this: Period, end: int) -> Found | None:
    """Read the day inside a period that was just named: "next week, on Friday", "next month on the 15th"."""
    here = line.skip(line.skip(end, ","), "on", "by")
    if this.grain in ("week", "fortnight"):
        weekday = line.weekday(here)
        if weekday is not None:
            return one_day(in_week_of(this.first, weekday[0])), weekday[1]
    elif this.grain == "month":
        counted = nth_in(line, here, inside=this)
        if counted is not None:
            return counted
        article = line.skip(here, "the")
        if line.day_number(article) is not None and (here > end or line.ordinal(article) is not None):
            return day_in(this.first, line.day_number(article) or 0), article + 1
    return None


def day_in(first: date, number: int) -> Outcome:
    """Give the day with that number in the month that begins on ``first``."""
    try:
        return one_day(day_of(first.year, first.month, number))
    except NoSuchDayError:
        return impossible()


def edge(line: Line, index: int) -> Found | None:
    """Read "end of the week", "mid next month", "early December", "first half of January"."""
    here = line.skip(index, "the")
    text = line.at(here)
    if text in ("back", "tail") and line.at(here + 1) == "end":
        here, text = here + 1, "end"
    which: Edge | None = None
    if text == "first" and line.at(here + 1) == "thing":
        which = Edge.START
        here += 1
    elif text in ("early", "late"):
        which = Edge.EARLY if text == "early" else Edge.END
        later = line.at(here + 1) == "in"
        here += later
    elif text in ("first", "second") and line.at(here + 1) == "half":
        which = Edge.MIDDLE if text == "first" else Edge.END
        here += 1
    elif text in words.STARTS:
        which = Edge.START
    elif text in words.MIDDLES:
        which = Edge.MIDDLE
    elif text in words.ENDS:
        which = Edge.END
    if which is None:
        return None
    here = line.skip(line.skip(line.skip(here + 1, "-"), "of", "in", "through", "by"), "-")
    if which is Edge.END and (closing := _closing_time(line, here)) is not None:
        return closing
    found = period_at(line, here, definite=True)
    if found is None:
        return None
    this, end = found
    inside = _inside(line, this, end) if this.grain == "week" else None
    if inside is not None:
        return inside
    days = edge_of(this.first, this.last, this.grain, which)
    if this.current and days.last < line.setting.today:
        ahead = _unit_period(line.setting.today, this.grain, 1)
        days = edge_of(ahead.first, ahead.last, ahead.grain, which)
        days = replace(days, note=tr("That has passed: {day} is kept.").format(day=absolute(days.kept)))
    return days, end


def _closing_time(line: Line, index: int) -> Found | None:
    """Read "end of day" and "close of business" as today, unless the day itself follows."""
    here = line.skip(index, "the", "business", "working")
    if line.at(here) in ("day", "business", "play", "trading") or line.at(here - 1) == "business":
        end = line.skip(here, "day", "business", "play", "trading")
        if line.ends_clause(line.skip(end, "today")):
            return one_day(line.setting.today, loose=line.at(end) != "today"), line.skip(end, "today")
    return None


def nth_in(line: Line, index: int, *, inside: Period | None = None) -> Found | None:
    """Read "first Friday of July", "last day in October", "fifth last day of May", "first working day of next month"."""
    here = line.skip(index, "the")
    nth = line.ordinal(here)
    if nth is not None and line.at(here + 1) == "of" and inside is None:
        return _day_of_period(line, here + 2, nth)
    if nth is not None:
        here += 1
        backwards = line.skip(here, "to") if line.at(here + 1) == "last" else here
        if line.at(backwards) == "last":
            nth, here = -nth, backwards + 1
    elif line.at(here) in ("last", "final"):
        nth, here = -1, here + 1
    else:
        return None
    weekday = line.weekday(here)
    unit = line.unit(here)
    if weekday is not None:
        end = weekday[1]
    elif unit is not None and unit[0] in ("day", "working day", "week"):
        end = unit[1]
    elif line.at(here) == "weekend":
        unit, end = ("weekend", here + 1), here + 1
    else:
        return None
    if inside is None:
        found = period_at(line, line.skip(end, "of", "in", "on"), definite=line.at(end) in ("of", "in"))
        if found is None:
            return None
        this, end = found
    else:
        this = inside
    number = None if weekday is None else weekday[0]
    name = "" if unit is None else unit[0]
    try:
        days = _nth(this, number, name, nth)
        if this.current and days.last < line.setting.today:
            days = _nth(_unit_period(line.setting.today, this.grain, 1), number, name, nth)
    except NoSuchDayError:
        return impossible(), end
    return days, end


def _nth(this: Period, weekday: int | None, unit: str, nth: int) -> Days:
    if weekday is not None:
        return one_day(nth_weekday(this.first, this.last, weekday, nth))
    if unit == "working day":
        return one_day(nth_working_day(this.first, this.last, nth))
    if unit == "weekend":
        saturday = nth_weekday(this.first, this.last, 5, nth)
        return whole(saturday, plus_days(saturday, 1))
    step = 7 if unit == "week" else 1
    if nth > 0:
        first = plus_days(this.first, step * (nth - 1))
        last = min(plus_days(first, step - 1), this.last)
    else:
        last = plus_days(this.last, step * (nth + 1))
        first = plus_days(last, 1 - step)
    if first > this.last or first < this.first:
        raise NoSuchDayError
    return whole(first, last) if step > 1 else one_day(first)


def _day_of_period(line: Line, index: int, number: int) -> Found | None:
    """Read what follows "the 20th of": "next month", "this month", "the month"."""
    found = period_at(line, index, definite=True)
    if found is None or found[0].grain != "month" or line.month(index) is not None:
        return None
    this, end = found
    if this.current:
        try:
            return one_day(next_day_of_month(line.setting.today, number)), end
        except NoSuchDayError:
            return impossible(), end
    return day_in(this.first, number), end
