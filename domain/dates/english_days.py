"""English names of single days: today, weekdays, dates in words and figures, the 15th."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Final

from domain.dates import english_words as words
from domain.dates.arithmetic import (
    NoSuchDayError,
    coming,
    day_of,
    distance,
    in_week_of,
    moved,
    next_day_of_month,
    plus_days,
)
from domain.dates.echo import absolute, weekday_name
from domain.dates.english_line import Found, Line, impossible
from domain.dates.english_occasions import pay_day
from domain.dates.english_periods import period_at
from domain.dates.figures import FigureDate, date_of_figures, fits_weekday, month_and_day
from domain.dates.mention import Days, Outcome, one_day
from domain.dates.spans import spanned
from domain.i18n import tr

_IN_A_SENTENCE: Final = frozenset("on by in at until till before after for around about the is".split())
_SHARED: Final = frozenset("now today tomorrow tmrw of up upfront straight right".split())
"""After "1/2" these make it a half and no date."""
_BEFORE_A_NUMBER: Final = frozenset("on by until till the".split())


def today_or_so(line: Line, index: int) -> Found | None:
    """Read today, tomorrow, the day after tomorrow, yesterday, "now", "this afternoon"."""
    today, text = line.setting.today, line.at(index)
    if text in words.TODAY or text in words.TOMORROW:
        day = today if text in words.TODAY else plus_days(today, 1)
        if line.at(index + 1) == "week" and line.ends_clause(index + 2):
            return one_day(plus_days(day, 7)), index + 2
        return one_day(day), index + 1
    if text == "yesterday":
        return one_day(plus_days(today, -1)), index + 1
    if text == "overmorrow":
        return one_day(plus_days(today, 2)), index + 1
    if text == "now":
        return _now(line, index)
    if text in words.AT_ONCE or (text in ("right", "straight") and line.at(index + 1) == "away"):
        return one_day(today, loose=True), index + (1 if text in words.AT_ONCE else 2)
    if text == "this" and (line.at(index + 1) in words.DAY_TIMES or line.at(index + 1) in ("minute", "instant")):
        return one_day(today), index + 2
    if text == "in" and line.at(index + 1) == "the" and line.at(index + 2) == "morning":
        return one_day(plus_days(today, 1), tr("“In the morning” is read as tomorrow."), loose=True), index + 3
    if text == "at" and line.at(index + 1) == "this" and line.at(index + 2) in ("time", "moment"):
        return one_day(today, loose=True), index + 3
    return _day_after(line, index)


def _now(line: Line, index: int) -> Found | None:
    """Take "now" for today unless it only opens a sentence ("Now can we get on with it?") or sums up ("for now")."""
    before, after = line.at(index - 1), line.at(index + 1)
    opens = (index == 0 or before in (".", "!", "?")) and line.kind(index + 1) == "word" and after not in ("and", "or")
    if opens or before in ("for", "from", "by", "until", "till"):
        return None
    return one_day(line.setting.today, loose=True), index + 1


def _day_after(line: Line, index: int) -> Found | None:
    here = line.skip(index, "the")
    text = line.at(here)
    if text in words.NEXT and line.at(here + 1) == "day":
        return one_day(plus_days(line.setting.today, 1)), here + 2
    if text != "day" or line.at(here + 1) not in ("after", "before"):
        return None
    sign = 1 if line.at(here + 1) == "after" else -1
    anchor = line.at(here + 2)
    if sign > 0 and anchor in words.NEXT and line.ends_clause(here + 3):
        return one_day(plus_days(line.setting.today, 2)), here + 3
    if anchor in words.TOMORROW:
        return one_day(plus_days(line.setting.today, 2 if sign > 0 else 0)), here + 3
    if anchor == "yesterday":
        return one_day(plus_days(line.setting.today, 0 if sign > 0 else -2)), here + 3
    if sign > 0 and (paid := pay_day(line, here + 2)) is not None:
        return _moved_pay_day(paid)
    if sign > 0 and line.ends_clause(here + 2):
        return one_day(plus_days(line.setting.today, 1)), here + 2
    return None


def _moved_pay_day(paid: Found) -> Found:
    """Give the day after the pay day, or the question for it."""
    outcome, end = paid
    return (one_day(plus_days(outcome.kept, 1)) if isinstance(outcome, Days) else outcome), end


def weekday(line: Line, index: int) -> Found | None:
    """Read a weekday with what belongs to it: "fri", "next Friday", "Friday week", "Tuesday the 19th"."""
    here = line.skip(index, "the")
    how = line.at(here)
    if how in words.THIS or how in words.COMING or how in words.NEXT or how in words.LAST:
        here += 1
        if line.at(here) in words.COMING:
            how, here = "coming", here + 1
    else:
        how = ""
    found = line.weekday(here)
    if found is None:
        return None
    number, end = found
    today = line.setting.today
    return (
        _dated(line, number, line.skip(end, ","))
        or _moved_weekday(line, number, end)
        or (_weekday_alone(today, number, how), end)
    )


def _weekday_alone(today: date, number: int, how: str) -> Days:
    name = weekday_name(number)
    ahead = coming(today, number, today_counts=False)
    if how in words.NEXT:
        day = in_week_of(plus_days(today, 7), number)
        note = tr("“Next {weekday}” is read as the one in next week; the coming one is {day}.")
        return one_day(day, note.format(weekday=name, day=absolute(ahead)) if ahead < day else "")
    if how in words.LAST:
        return one_day(plus_days(ahead, -7 if ahead > plus_days(today, 7) else -14 if ahead == today else -7))
    if how in words.COMING:
        return one_day(ahead)
    if today.weekday() == number:
        return one_day(today, tr("Today is a {weekday}: today is kept.").format(weekday=name))
    if how and in_week_of(today, number) < today:
        return one_day(ahead, tr("This week's {weekday} has passed: the coming one is kept.").format(weekday=name))
    return one_day(ahead)


def _dated(line: Line, number: int, index: int) -> Found | None:
    """Read the date that follows a weekday: "Friday 27 November", "Tuesday the 19th", "Sunday 31"."""
    found = month_day(line, index) or figures(line, index, sure=True)
    if found is not None:
        return fits_weekday(found[0], number), found[1]
    article = line.skip(line.skip(index, "on"), "the")
    day = line.day_number(article)
    if line.at(article + 1) in words.NOT_A_DAY:
        return None  # "Monday first thing"
    if day is None or not (article > index or line.tokens[article].ordinal or line.ends_clause(article + 1)):
        return None
    fitting = _number_on_weekday(line.setting.today, day, number)
    return (impossible() if fitting is None else fitting), article + 1


def _moved_weekday(line: Line, number: int, index: int) -> Found | None:
    """Read what moves a weekday: "Friday week", "Friday of next week", "Friday after next", "Friday in two weeks"."""
    today, text = line.setting.today, line.at(index)
    ahead = coming(today, number, today_counts=True)
    if text in ("week", "fortnight"):
        return one_day(plus_days(ahead, 7 if text == "week" else 14)), index + 1
    if text in ("after", "following") and (index + 1 >= line.size or line.kind(index + 1) == "sep"):
        return one_day(plus_days(ahead, 7)), index + 1
    if text == "after" and line.at(index + 1) in words.NEXT and line.unit(index + 2) is None:
        return one_day(in_week_of(plus_days(today, 14), number)), index + 2
    if text in words.NEXT and line.ends_clause(index + 1):
        return _weekday_alone(today, number, "next"), index + 1
    if text == "gone" or (text == "just" and line.at(index + 1) == "gone"):
        return _weekday_alone(today, number, "last"), index + (1 if text == "gone" else 2)
    if text == "in":
        count = line.count(index + 1)
        if count is not None and count.far.whole_weeks:
            return one_day(in_week_of(moved(today, count.far), number)), count.end
    here = line.skip(line.skip(index, ","), "of", "in", "on")
    found = period_at(line, here)
    if found is not None and found[0].grain in ("week", "fortnight"):
        return one_day(in_week_of(found[0].first, number)), found[1]
    return None


def month_day(line: Line, index: int) -> Found | None:
    """Read a day and a month in words, in any order, with the year if there is one; "10 - 22 August" is two days."""
    here = line.skip(index, "the")
    month = line.month(here)
    if month is not None:
        return _month_first(line, month[0], month[1])
    if here == index and (year_first := _year_first(line, index)) is not None:
        return year_first
    return _day_first(line, here)


def _month_first(line: Line, month: int, index: int) -> Found | None:
    joined = line.at(index) in ("/", "-")
    here = line.skip(line.skip(index, "/", "-", ","), "the")
    if line.kind(here) == "pair":
        token = line.tokens[here]
        if joined and token.gap != ".":
            return _year_after(line, month, token.figures[0], here + 1, token.figures[1])
        return _two_days(line, month, token.figures, here + 1) if token.gap == "-" else None
    if line.at(here) == "ides":
        return _year_after(line, month, 15 if month in (3, 5, 7, 10) else 13, here + 1)
    day = line.day_number(here)
    if day is None:
        return None
    second = _second_day(line, here + 1)
    if second is not None:
        return _two_days(line, month, (day, second[0]), second[1])
    return _year_after(line, month, day, here + 1)


def _day_first(line: Line, index: int) -> Found | None:
    if line.at(index) == "ides" and (month := line.month(line.skip(index + 1, "of"))) is not None:
        return _year_after(line, month[0], 15 if month[0] in (3, 5, 7, 10) else 13, month[1])
    days: tuple[int, ...]
    if line.kind(index) == "pair" and line.tokens[index].gap == "-":
        days, here = line.tokens[index].figures, index + 1
    else:
        day = line.day_number(index)
        if day is None:
            return None
        days, here = (day,), index + 1
        second = _second_day(line, here)
        if second is not None and line.month(line.skip(second[1], "of")) is not None:
            days, here = (day, second[0]), second[1]
        else:
            here = line.skip(line.skip(here, "day"), "of", "/", "-", ".", ",")
    month = line.month(line.skip(here, "of"))
    if month is None:
        return None
    return (
        _year_after(line, month[0], days[0], month[1]) if len(days) == 1 else _two_days(line, *month_two(month, days))
    )


def month_two(month: tuple[int, int], days: tuple[int, ...]) -> tuple[int, tuple[int, ...], int]:
    """Put a month read after two days into the order in which they are read after a month."""
    return month[0], days, month[1]


def _second_day(line: Line, index: int) -> tuple[int, int] | None:
    if line.at(index) not in ("-", "to", "and", "or", "until", "till", "through"):
        return None
    here = line.skip(index + 1, "the")
    day = line.day_number(here)
    return None if day is None else (day, here + 1)


def _two_days(line: Line, month: int, days: tuple[int, ...], index: int) -> Found:
    """Keep the first of two days of a month and name the last: see ``docs/dates.md``."""
    year = line.year(index)
    end = index if year is None else year[1]
    first, last = (month_and_day(line.setting, month, day, year[0] if year else None) for day in days)
    if not isinstance(first, Days) or not isinstance(last, Days):
        return impossible(), end
    return spanned(first, last), end


def _year_first(line: Line, index: int) -> Found | None:
    """Read "2019/sep/01" and "2020/23/sep"."""
    year = line.whole(index)
    if year is None or not 1900 <= year < 2200 or line.at(index + 1) not in ("/", "-", "."):
        return None
    one, two = index + 2, index + 4
    if line.at(index + 3) not in ("/", "-", "."):
        return None
    month, day = line.month(one), line.day_number(two)
    if month is None:
        month, day = line.month(two), line.day_number(one)
    if month is None or day is None:
        return None
    return month_and_day(line.setting, month[0], day, year), two + 1


def _year_after(line: Line, month: int, day: int, index: int, short_year: int | None = None) -> Found:
    year, end = None, index
    if short_year is not None:
        return date_of_figures(line.setting, FigureDate(short_year, month, day, year_digits=2)), end
    found = line.year(index)
    if found is not None:
        year, end = found
    outcome = month_and_day(line.setting, month, day, year)
    weekday_after = line.weekday(line.skip(end, ",", "("))
    if weekday_after is not None and (weekday_after[1] >= line.size or line.kind(weekday_after[1]) in ("sep", "time")):
        return fits_weekday(outcome, weekday_after[0]), weekday_after[1]
    return outcome, end


def figures(line: Line, index: int, *, sure: bool = False) -> Found | None:
    """Read a date in figures: "2026-11-27", "11/27", "27.11."; ``sure`` where a weekday before it leaves no doubt."""
    kind = line.kind(index)
    if kind not in ("date", "pair"):
        return None
    token = line.tokens[index]
    if kind == "pair":
        after = line.at(index + 1)
        if line.unit(index + 1) is not None or line.month(line.skip(index + 1, "of")) is not None:
            return None
        share = token.gap == "/" and token.figures[0] == 1 < token.figures[1] <= 5 and after in _SHARED
        if share or after in words.CURRENCY_WORDS or after == "%":
            return None
        alone = (
            all(line.kind(other) == "sep" for other in range(line.size) if other != index)
            or line.at(index - 1) in _IN_A_SENTENCE
        )
        if token.gap != "/" and not (sure or alone):
            return None
    outcome = date_of_figures(line.setting, FigureDate.of(token.figures, token.text, line.setting.order))
    end = index + 1
    weekday_after = line.weekday(line.skip(end, ",", "("))
    if weekday_after is not None and (weekday_after[1] >= line.size or line.kind(weekday_after[1]) in ("sep", "time")):
        return fits_weekday(outcome, weekday_after[0]), weekday_after[1]
    return outcome, end


def day_of_month(line: Line, index: int) -> Found | None:
    """Read "the 15th", "15th of next month", "the second", "the 27", and a bare "15" that is all there is."""
    here = line.skip(index, "the")
    number = line.day_number(here)
    if number is None:
        return None
    token = line.tokens[here]
    end = line.skip(here + 1, "day")
    month = period_at(line, line.skip(end, "of", "in"), definite=line.at(end) in ("of", "in"))
    if month is not None and month[0].grain == "month" and not month[0].current:
        try:
            return one_day(day_of(month[0].first.year, month[0].first.month, number)), month[1]
        except NoSuchDayError:
            return impossible(), month[1]
    if not _stands_for_a_day(line, index, here, token.ordinal, spelled=token.spelled):
        return None
    try:
        kept = next_day_of_month(line.setting.today, number)
    except NoSuchDayError:
        return impossible(), end
    weekday_after = line.weekday(line.skip(end, ",", "("))
    if weekday_after is not None and token.ordinal and line.ends_clause(line.skip(weekday_after[1], ")")):
        fitting = _number_on_weekday(line.setting.today, number, weekday_after[0])
        if fitting is not None:
            return fitting, weekday_after[1]
    day = one_day(kept)
    if number > line.setting.today.day and kept.month != line.setting.today.month:
        day = one_day(kept, tr("This month has no such day: {day} is kept.").format(day=absolute(kept)))
    return day, end


def _number_on_weekday(today: date, number: int, weekday_number: int) -> Days | None:
    """Give the next day of that number that is that weekday, told apart from the nearest one of that number."""
    try:
        kept, nearest = next_day_of_month(today, number, weekday_number), next_day_of_month(today, number)
    except NoSuchDayError:
        return None
    if kept == nearest:
        return one_day(kept)
    note = tr("The next one of that number that is a {weekday}: check the month.")
    return one_day(kept, note.format(weekday=weekday_name(weekday_number)))


def same_month_until(line: Line, first: Days, index: int) -> tuple[Days, int] | None:
    """Read the second number of "the 15th to the 20th": it belongs to the month of the first, or to the next one."""
    here = line.skip(index, "the")
    number = line.day_number(here)
    if number is None or first.range or line.month(line.skip(here + 1, "of")) is not None:
        return None
    if not (line.tokens[here].ordinal or line.ends_clause(here + 1)):
        return None
    try:
        return one_day(next_day_of_month(first.kept, number)), here + 1
    except NoSuchDayError:
        return None


def _stands_for_a_day(line: Line, index: int, here: int, ordinal: bool, *, spelled: bool) -> bool:
    after = here + 1
    if line.at(after) in words.NOT_A_DAY or (line.at(after) == "-" and line.kind(after + 1) == "word"):
        return False
    if index == 0 and line.size <= 2 + (here > index):
        return all(line.kind(rest) == "sep" for rest in range(after, line.size)) or ordinal
    led = here > index or line.at(index - 1) in _BEFORE_A_NUMBER
    if ordinal and not spelled:
        return True
    # "by 5" is an hour, "by 20" is a day
    day_or_hour = here == index and line.at(index - 1) != "on" and not spelled and (line.whole(here) or 0) <= 12
    return led and not day_or_hour and line.ends_clause(after)


def unit_later(line: Line, index: int) -> Found | None:
    """Read "this time next week" and "same day next month": exactly one week or month on."""
    here = line.skip(index, "the")
    if line.at(here) not in ("this", "same") or line.at(here + 1) not in ("time", "day", "date"):
        return None
    if line.at(here + 2) not in words.NEXT:
        return None
    count = line.count(here + 3) if line.whole(here + 3) is not None else None
    unit = line.unit(here + 3)
    if count is None and unit is None:
        return None
    far = count.far if count is not None else distance(Fraction(1), unit[0] if unit else "day")
    day: Outcome = one_day(moved(line.setting.today, far))
    return day, count.end if count is not None else here + 4
