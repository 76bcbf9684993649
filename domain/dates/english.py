"""Read days out of an English sentence: expressions built from named days, periods, distances and "before" or "after"."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction
from typing import Final

from domain.dates import english_words as words
from domain.dates.arithmetic import Distance, NoSuchDayError, distance, in_week_of, moved, nth_weekday, plus_days
from domain.dates.english_days import (
    day_of_month,
    figures,
    month_day,
    same_month_until,
    today_or_so,
    unit_later,
    weekday,
)
from domain.dates.english_line import Count, Found, Line, impossible
from domain.dates.english_occasions import FESTIVAL_STARTS, PAID_STARTS, festival, pay_day
from domain.dates.english_periods import edge, nth_in, period, period_at
from domain.dates.mention import Days, Mention, Outcome, Refusal, Setting, one_day
from domain.dates.spans import spanned
from domain.dates.stretches import whole
from domain.i18n import tr

_DEEPEST: Final = 4
"""How many "two weeks after the Friday after …" are followed; a promise has one."""

_SURE_LEADS: Final = frozenset({"in", "within", "another", "inside"})
_LEADS: Final = frozenset({"in", "within", "inside", "after", "over", "about", "around"})
_BARE_UNITS: Final = frozenset({"week", "wk", "fortnight", "month", "year"})
_PERIODS: Final = frozenset({"day", "week", "fortnight", "month", "quarter", "year"})
_BETWEEN: Final = frozenset(
    "the next nxt coming upcoming following about around approximately another under less than no more up to at most roughly "
    "like maybe say only just".split()
)
_FROM: Final = frozenset({"from", "after", "following", "past"})
_FROM_NOW: Final = frozenset({"hence", "later", "out", "away", "time"})
_AGO: Final = frozenset({"ago", "earlier", "back", "previously"})
_JOINS: Final = frozenset({"-", "to", "until", "till", "through", "thru", "–", "~"})


def english_mentions(text: str, setting: Setting) -> list[Mention]:
    """Give every place in a lower-case sentence where days are named, from left to right."""
    line = Line(text, setting)
    mentions: list[Mention] = []
    index = 0
    while index < line.size:
        found = _expression(line, index, 0) if _may_start(line, index) else None
        if found is None:
            index += 1
            continue
        outcome, end = found
        if mentions and _DAY_AFTER.fullmatch(text, line.tokens[index].start, line.tokens[end - 1].end):
            outcome = _day_after_that(mentions[-1].outcome)
        mentions.append(Mention(line.tokens[index].start, line.tokens[end - 1].end, outcome))
        index = max(end, index + 1)
    return mentions


_DAY_AFTER: Final = re.compile(r"(?:the )?day after")


def _day_after_that(before: Outcome) -> Outcome:
    """Read "the day after" that points back: "I'm paid on the 25th, I'll pay the day after"."""
    return before if isinstance(before, Refusal) else one_day(plus_days(before.last, 1))


def _may_start(line: Line, index: int) -> bool:
    token = line.tokens[index]
    if line.at(index - 1) == "since":
        return False
    return token.text in _STARTERS if token.kind == "word" else token.kind in ("num", "date", "pair")


def _expression(line: Line, index: int, depth: int) -> Found | None:
    """Read one expression and what hangs on it: "A to B", "between A and B", "A or B"."""
    if depth > _DEEPEST:
        return None
    try:
        found = _bounded(line, index, depth) or _plain(line, index, depth)
        if found is None or isinstance(found[0], Refusal):
            return found
        return _joined(line, found[0], found[1], depth)
    except NoSuchDayError:
        return impossible(), index + 1


def _plain(line: Line, index: int, depth: int) -> Found | None:
    return (
        _distance(line, index, depth)
        or unit_later(line, index)
        or edge(line, index)
        or nth_in(line, index)
        or festival(line, index)
        or _weekday(line, index, depth)
        or month_day(line, index)
        or figures(line, index)
        or today_or_so(line, index)
        or _week_of(line, index, depth)
        or period(line, index)
        or day_of_month(line, index)
        or pay_day(line, index)
    )


def _weekday(line: Line, index: int, depth: int) -> Found | None:
    """Read a weekday, alone or with the distance it hangs on: "Sunday, 3 weeks after January 15th"."""
    found = weekday(line, index)
    if found is None:
        return None
    number = line.weekday(line.skip(index, "the"))
    if number is not None and found[1] == number[1]:
        later = _distance(line, line.skip(number[1], ","), depth)
        if later is not None and isinstance(later[0], Days) and later[0].offset and not later[0].loose:
            return one_day(in_week_of(later[0].kept, number[0])), later[1]
        after = _weekday_after(line, number[0], number[1], depth)
        if after is not None:
            return after
    return found


def _weekday_after(line: Line, number: int, index: int, depth: int) -> Found | None:
    """Read "the Friday after Christmas", "the Monday before the 15th"."""
    which = line.at(index)
    if which not in ("after", "before", "following"):
        return None
    anchor = _expression(line, index + 1, depth + 1)
    if anchor is None:
        return None
    day, end = anchor
    if isinstance(day, Refusal):
        return day, end
    if which == "before":
        return one_day(nth_weekday(plus_days(day.first, -7), plus_days(day.first, -1), number, 1)), end
    return one_day(nth_weekday(plus_days(day.last, 1), plus_days(day.last, 7), number, 1)), end


def _distance(line: Line, index: int, depth: int) -> Found | None:
    """Read a distance with the day it starts from: "in 3 days", "a week from Friday", "two Sundays from now"."""
    lead = line.at(index)
    here, ahead = index, False
    if lead in _LEADS or lead in words.COMING or lead in words.NEXT or lead == "the":
        while line.at(here) in _LEADS or line.at(here) in _BETWEEN:
            ahead = ahead or line.at(here) in words.NEXT or line.at(here) in words.COMING
            here += 1
    led = ahead or lead in _SURE_LEADS
    counted = _counted_weekdays(line, here, led=led) or _unit_ahead(line, index, here)
    if counted is not None:
        return counted
    if line.at(here) in _BARE_UNITS and (line.texts[here + 1 : here + 4] == ["and", "a", "half"]):
        half = distance(Fraction(3, 2), words.UNITS[line.at(here)])
        count: Count | None = Count(half, "", here + 4)
    elif line.at(here) == "another":
        count, led = line.count(here) or line.count(here + 1), True
    elif line.at(here) in _BARE_UNITS and line.at(here + 1) in ("from", "hence"):
        count = Count(distance(Fraction(1), words.UNITS[line.at(here)]), "", here + 1)
    else:
        count = line.count(here)
    if count is None:
        return None
    tail = _tail(line, count, depth, led=led, ahead=ahead)
    if tail is None:
        return None
    outcome, end = tail
    if isinstance(outcome, Days) and (led or end > count.end) and line.at(end) in (",", "on"):
        picked = line.weekday(line.skip(line.skip(end, ","), "on"))
        if picked is not None:
            return one_day(in_week_of(outcome.kept, picked[0])), picked[1]
    return outcome, end


def _unit_ahead(line: Line, index: int, here: int) -> Found | None:
    """Read "in the next week" as a week from now, and "within the week" as this week."""
    unit = words.UNITS.get(line.at(here))
    if unit not in _PERIODS or line.at(index) not in ("in", "within", "over", "inside") or here - index < 2:
        return None
    today, before = line.setting.today, line.at(here - 1)
    if before in words.NEXT or before in words.COMING:
        return (whole(today, moved(today, distance(Fraction(1), unit))), here + 1) if here - index > 2 else None
    if before == "the" and line.at(index) in ("within", "inside"):
        found = period_at(line, here - 1, definite=True)
        return None if found is None else (whole(today, found[0].last), found[1])
    return None


def _counted_weekdays(line: Line, index: int, *, led: bool) -> Found | None:
    """Read "two Sundays from now", "3 Fridays hence", "in two Mondays"."""
    count = line.whole(index)
    if count is None or line.tokens[index].ordinal or not 1 <= count <= 200:
        return None
    number = words.PLURAL_WEEKDAYS.get(line.at(index + 1), words.WEEKDAYS.get(line.at(index + 1)))
    if number is None:
        return None
    end = index + 2
    if line.at(end) == "from" and line.at(end + 1) in ("now", "today"):
        end += 2
    elif line.at(end) in ("hence", "later", "away", "time", "out"):
        end += 1
    elif not led:
        return None
    today = line.setting.today
    return one_day(nth_weekday(plus_days(today, 1), plus_days(today, 7 * count), number, count)), end


def _tail(line: Line, count: Count, depth: int, *, led: bool, ahead: bool) -> Found | None:
    """Read what a distance is counted from; nothing means from today."""
    today, moment = line.setting.today, line.setting.moment
    far, note, end = count
    text, following = line.at(end), line.at(end + 1)
    if text in ("from", "after") and following in ("now", "today", "this", "that"):
        skip = 3 if following in ("this", "that") and line.at(end + 2) in ("date", "day", "call", "point") else 2
        return one_day(moved(today, far, 1, moment), note, offset=True), end + skip
    if text in _FROM or text in ("before", "prior"):
        anchor = _anchor(line, line.skip(end + 1, "to"), far, depth, 1 if text in _FROM else -1)
        if anchor is not None:
            return anchor
        return None if text != "after" else (one_day(moved(today, far, 1, moment), note, offset=True), end)
    if text in _AGO:
        return one_day(moved(today, far, -1, moment)), end + 1
    if far.whole_weeks and not led and (text == "on" or text in words.WEEKDAYS or text in ("today", "tomorrow")):
        anchor = _plain(line, line.skip(end, "on"), depth + 1)
        if anchor is not None and isinstance(anchor[0], Days) and not anchor[0].range:
            return one_day(moved(anchor[0].kept, far)), anchor[1]
    day = moved(today, far, 1, moment)
    if text in _FROM_NOW:
        return one_day(day, note, offset=True), end + 1
    if ahead:
        return whole(today, day), end
    return one_day(day, note, loose=not led, offset=True), end


def _anchor(line: Line, index: int, far: Distance, depth: int, sign: int) -> Found | None:
    found = _expression(line, index, depth + 1)
    if found is None:
        return None
    days, end = found
    if isinstance(days, Refusal):
        return found
    start = days.last if sign > 0 or days.edge else days.first
    day = moved(start, far, sign)
    if sign > 0 and not days.year_said and _is_festival(line, index):
        # said on 2 January, "3 weeks after Christmas" counts from the Christmas that has just been
        before = moved(moved(start, distance(Fraction(1), "year"), -1), far)
        day = before if before >= line.setting.today else day
    return one_day(day, "" if days.range else days.note, offset=True), end


def _is_festival(line: Line, index: int) -> bool:
    return line.at(line.skip(index, "the")) in FESTIVAL_STARTS


def _bounded(line: Line, index: int, depth: int) -> Found | None:
    """Read "before Friday" as the day before and "after the 15th" as the day after; "between A and B" ends with B."""
    text = line.at(index)
    if text == "between":
        return _between(line, index + 1, depth)
    if text not in ("before", "prior", "after"):
        return None
    here = line.skip(index + 1, "to", "the")
    here = here if line.at(here - 1) != "the" else here - 1
    found = _expression(line, here, depth + 1)
    if found is None:
        return None
    days, end = found
    if isinstance(days, Refusal):
        return found
    if text == "before" and line.at(index - 1) == "or" and line.at(index - 2) in ("on", "by"):
        return days, end
    if days.offset and text == "after":
        return replace(days, loose=False), end
    if text == "after":
        day = plus_days(days.last, 1)
        return one_day(day, tr("“After” is read as the day after.")), end
    if days.edge and days.kept >= line.setting.today:
        return days, end
    day = plus_days(days.first, -1)
    if days.first == line.setting.today or days.first == plus_days(line.setting.today, 1):
        return one_day(line.setting.today), end
    return one_day(day, tr("“Before” is read as the day before.")), end


def _between(line: Line, index: int, depth: int) -> Found | None:
    first = _plain(line, line.skip(index, "now"), depth + 1)
    if line.at(index) == "now":
        first = one_day(line.setting.today), index + 1
    if first is not None and isinstance(first[0], Days) and first[0].span:
        return whole(first[0].first, first[0].last), first[1]  # "between 5 and 10 December"
    if first is None or line.at(first[1]) not in ("and", "-", "to", "&"):
        return None
    last: Found | None = _same_month(line, first, first[1] + 1) or _plain(line, first[1] + 1, depth + 1)
    if last is None or not isinstance(first[0], Days) or not isinstance(last[0], Days):
        return None
    if last[0].last < first[0].first:
        return None
    return whole(first[0].first, last[0].last), last[1]


def _same_month(line: Line, first: Found, index: int) -> Found | None:
    """Read the bare number that ends "between the 15th and the 20th"."""
    return (
        same_month_until(line, first[0], index) if isinstance(first[0], Days) and _is_number(line, first[1]) else None
    )


def _is_number(line: Line, end: int) -> bool:
    """Tell whether the day that ends before a position was said as a number of a month not named."""
    return line.ordinal(end - 1) is not None or line.day_number(end - 1) is not None


def _joined(line: Line, days: Days, index: int, depth: int) -> Found:
    """Read the second day of "A to B", of which the first is kept, and of "A or B", of which the later is kept."""
    text = line.at(index)
    if text not in _JOINS and text != "or":
        return days, index
    start = line.skip(index + 1, "on", "by")
    second: Found | None = _same_month(line, (days, index), start) if text != "or" else None
    second = second or _plain(line, start, depth + 1)
    if second is None or days.kept < line.setting.today:
        return days, index
    other, end = second
    if isinstance(other, Refusal) or other.loose:
        return days, index
    if _DAY_AFTER.fullmatch(line.source, line.tokens[index + 1].start, line.tokens[end - 1].end):
        other = one_day(plus_days(days.last, 1))
    if text == "or":
        kept = max(days.kept, other.kept)
        if days.kept == other.kept or other.kept < line.setting.today:
            return days, index
        first = min(days.first, other.first)
        return Days(first, kept, kept, tr("Two days were named: the later is kept, ask which.")), end
    first_day = _same_year(days, other)
    if other.last < first_day.first <= plus_days(other.last, 6):
        other = one_day(plus_days(other.last, 7))  # "Monday to Friday" said on a Wednesday: both of next week
    return (spanned(first_day, other), end) if other.last >= first_day.first else (days, index)


def _same_year(days: Days, other: Days) -> Days:
    """Give the first day of "10 August - 12 September 2013" the year said with the second."""
    if not other.year_said or days.year_said or days.range or days.kept.month > other.kept.month:
        return days
    try:
        day = days.kept.replace(year=other.kept.year)
    except ValueError:
        return days
    return replace(days, first=day, last=day, kept=day, year_said=True)


def _week_of(line: Line, index: int, depth: int) -> Found | None:
    """Read "the week of the 15th", "week commencing 30 November", "the week after Christmas"."""
    here = line.skip(index, "the")
    weeks = {"of": 0, "commencing": 0, "beginning": 0, "starting": 0, "after": 7, "before": -7}.get(line.at(here + 1))
    if line.at(here) != "week" or weeks is None:
        return None
    found = _plain(line, here + 2, depth + 1)
    if found is None or not isinstance(found[0], Days):
        return None
    day = plus_days(found[0].first, weeks)
    return whole(in_week_of(day, 0), in_week_of(day, 6)), found[1]


_STARTERS: Final = (
    frozenset(words.WEEKDAYS)
    | frozenset(words.MONTHS)
    | words.TODAY
    | words.TOMORROW
    | words.AT_ONCE
    | words.THIS
    | words.COMING
    | words.NEXT
    | words.LAST
    | words.STARTS
    | words.MIDDLES
    | words.ENDS
    | _LEADS
    | _SURE_LEADS
    | _BARE_UNITS
    | FESTIVAL_STARTS
    | PAID_STARTS
    | frozenset(
        "a an the half couple few several dozen between before prior after early late first second final day week month "
        "quarter year weekend now right straight at same yesterday overmorrow ides rest".split()
    )
)
"""Words an expression can begin with; everything else is stepped over at once."""
