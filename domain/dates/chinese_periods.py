"""Chinese weeks, months, quarters and years with their parts: 下周, 月底, 下个月中旬, 三月第一个周五, 年底, 上半年."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from typing import Final

from domain.dates.arithmetic import (
    NoSuchDayError,
    day_of,
    month_of,
    nth_weekday,
    nth_working_day,
    plus_days,
    plus_months,
    quarter_of,
    week_of,
    year_of,
)
from domain.dates.chinese_days import (
    ONE_WORD,
    WEEK,
    WEEKDAY,
    WHICH,
    Found,
    festival,
    month_day,
    numbered_day,
    weekday_number,
    year_before,
)
from domain.dates.chinese_lunar import lunar_day_in
from domain.dates.chinese_text import NUMBER, whole_number
from domain.dates.echo import absolute
from domain.dates.mention import Days, Outcome, Refusal, Setting, Trouble, one_day
from domain.dates.stretches import Edge, edge_of, from_today, whole
from domain.i18n import tr

_EDGES: Final[dict[str, Edge]] = {
    "底": Edge.END,
    "末": Edge.END,
    "尾": Edge.END,
    "终": Edge.END,
    "下旬": Edge.LAST_TEN,
    "初": Edge.START,
    "头": Edge.START,
    "上旬": Edge.EARLY,
    "中": Edge.MIDDLE,
    "中旬": Edge.SECOND_TEN,
    "上半月": Edge.MIDDLE,
    "下半月": Edge.END,
    "上半年": Edge.MIDDLE,
    "下半年": Edge.END,
}
_WEEKEND: Final = re.compile(rf"{WHICH}?(?:的)?(?:周末|{WEEK}末)")
_WEEK: Final = re.compile(rf"{WHICH}(?:整)?{WEEK}(?P<edge>底|尾|初|头|中)?(?:[之以]?内|里)?")
_BARE_WEEK_EDGE: Final = re.compile(r"周(?P<edge>底|尾|初|中)")
_MONTH: Final = re.compile(rf"(?:{WHICH}|(?P<now>当)|(?P<number>{NUMBER}))月份?")
_BARE_MONTH_EDGE: Final = re.compile(
    rf"(?P<edge>月底|月末|月尾|月初|月头|月中旬?|月?上旬|月?中旬|月?下旬|上半月|下半月)"
    rf"(?:的?(?P<last>最后一个?(?:工作|交易)日)|的?(?P<day>{NUMBER})[号日])?|月(?P<inside>[之以]?内)"
)
_IN_MONTH: Final = re.compile(
    rf"(?:的|里|，|,)?(?:月?(?P<edge>上旬|中旬|下旬|上半月|下半月|底|末|尾|初(?!{NUMBER}(?![号日次起笔步回块元百千万]))|头|中)"
    rf"(?:的?(?P<edgeday>{NUMBER})[号日])?"
    rf"|(?:第(?P<nth>{NUMBER})个?|(?P<last>最后)的?(?:{NUMBER})?个?)(?:(?:{WEEK})(?P<weekday>{WEEKDAY})|(?P<unit>工作日|交易日|天|周|星期|礼拜))"
    rf"|(?P<day>{NUMBER})(?P<suffix>[号日]?){ONE_WORD}(?![\d个块元钱点时%年月万千百天次]))"
)
_YEAR_PART: Final = re.compile(r"(?P<edge>上半年|下半年|年?(?:底|末|尾|终|初|头|中(?!秋)))|(?:[之以]?内|里)")
_BARE_YEAR_EDGE: Final = re.compile(r"年(?:底|末|尾|终|中(?!秋)|初)|岁末|上半年|下半年|年(?P<inside>[之以]?内)")
_QUARTER: Final = re.compile(rf"(?:{WHICH}|当)?季度?(?P<edge>底|末|初|中)?")
_NEW_YEAR_COMES: Final = re.compile(r"年(?P<side>前|后)(?!前|后|天|日)")


def week(text: str, position: int, setting: Setting) -> Found | None:
    """Read 下周, 本周内, 下周初, 周末, 这个周末: the last day is kept."""
    found = _WEEKEND.match(text, position)
    if found is not None:
        first, last = week_of(plus_days(setting.today, 7 * _steps(found)))
        return from_today(setting.today, plus_days(first, 5), last), found.end()
    found = _WEEK.match(text, position)
    if found is None:
        bare = _BARE_WEEK_EDGE.match(text, position)
        if bare is None:
            return None
        days = _ahead(setting, "week", _EDGES[bare["edge"]])
        return days, bare.end()
    first, last = week_of(plus_days(setting.today, 7 * _steps(found)))
    days = (
        edge_of(first, last, "week", _EDGES[found["edge"]]) if found["edge"] else from_today(setting.today, first, last)
    )
    return days, found.end()


def _steps(found: re.Match[str]) -> int:
    """Count the 下 and 上 before a period: 下下周 is two weeks on."""
    if found["next"]:
        return found["next"].count("下") + ("再" in found["next"])
    return -found["last"].count("上") if found["last"] else 0


def _ahead(setting: Setting, grain: str, which: Edge) -> Days:
    """Give the edge of the current period, or of the next one where it has passed."""
    today = setting.today
    bounds = {"week": week_of, "month": month_of, "quarter": quarter_of, "year": year_of}[grain]
    days = edge_of(*bounds(today), grain, which)
    if days.last >= today:
        return days
    after = plus_days(bounds(today)[1], 1)
    days = edge_of(*bounds(after), grain, which)
    return replace(days, note=tr("That has passed: {day} is kept.").format(day=absolute(days.kept)))


def month(text: str, position: int, setting: Setting, year: int | None = None) -> Found | None:
    """Read 下个月, 三月, 本月底, 下月十五, 十月第一个星期一, of ``year`` where one was said before it."""
    found = _MONTH.match(text, position)
    if found is None:
        return _bare_month_edge(text, position, setting)
    if found["number"]:
        number = whole_number(found["number"])
        if not 1 <= number <= 12:
            return None
        said = setting.today.year + (number < setting.today.month) if year is None else year
        first, last = month_of(day_of(said, number, 1))
    else:
        first, last = month_of(plus_months(setting.today, _steps(found)))
    named = whole_number(found["number"]) if found["number"] else None
    if (lunar := lunar_day_in(text, found.end(), setting, month=named, steps=_steps(found))) is not None:
        return lunar
    inside = _IN_MONTH.match(text, found.end())
    if inside is None or (inside["day"] and not inside["suffix"] and whole_number(inside["day"]) > 31):
        return from_today(setting.today, first, last), _inside(text, found.end())
    try:
        return _day_in(first, last, inside), inside.end()
    except NoSuchDayError:
        why = tr("There is no such day in the calendar: ask for another one.")
        return Refusal(Trouble.IMPOSSIBLE, why), inside.end()


def _inside(text: str, position: int) -> int:
    """Step over 内, 之内, 以内 and 里 after a period."""
    for word in ("之内", "以内", "内", "里"):
        if text.startswith(word, position):
            return position + len(word)
    return position


def _day_in(first: date, last: date, inside: re.Match[str]) -> Outcome:
    day = inside["day"] or inside["edgeday"]
    if day:
        return one_day(day_of(first.year, first.month, whole_number(day)))
    if inside["edge"]:
        return edge_of(first, last, "month", _EDGES[inside["edge"]])
    nth = -1 if inside["last"] else whole_number(inside["nth"])
    if nth == 0:
        raise NoSuchDayError
    if inside["weekday"]:
        return one_day(nth_weekday(first, last, weekday_number(inside["weekday"]), nth))
    unit = inside["unit"]
    if unit in ("工作日", "交易日"):
        return one_day(nth_working_day(first, last, nth))
    if unit == "天":
        return one_day(plus_days(first, nth - 1) if nth > 0 else last)
    start = plus_days(first, 7 * (nth - 1)) if nth > 0 else plus_days(last, -6)
    if start > last:
        raise NoSuchDayError
    return whole(start, min(plus_days(start, 6), last))


def _bare_month_edge(text: str, position: int, setting: Setting) -> Found | None:
    found = _BARE_MONTH_EDGE.match(text, position)
    if found is None:
        return None
    if found["inside"]:
        return from_today(setting.today, *month_of(setting.today)), found.end()
    if found["day"]:
        return numbered_day(setting, whole_number(found["day"])), found.end()
    name = found["edge"]
    if found["last"]:
        return one_day(_last_working_day(setting.today)), found.end()
    which = _EDGES[name if name.endswith("半月") else name.removeprefix("月")]
    return _ahead(setting, "month", which), found.end()


def _last_working_day(today: date) -> date:
    last = nth_working_day(*month_of(today), -1)
    return last if last >= today else nth_working_day(*month_of(plus_months(today, 1)), -1)


def year(text: str, position: int, setting: Setting) -> Found | None:
    """Read what a year begins: 明年三月一号, 2027年春节, 今年底, 明年; and 年底, 上半年, 年前 by themselves."""
    found = year_before(text, position, setting)
    if found is None:
        return _year_alone(text, position, setting)
    said, end = found
    inside = (
        month_day(text, end, setting, said)
        or festival(text, end, setting, said)
        or (month(text, end, setting, said) if not text.startswith(("本", "这", "下", "上", "月"), end) else None)
    )
    if inside is not None:
        outcome, stop = inside
        return (replace(outcome, year_said=True) if isinstance(outcome, Days) else outcome), stop
    first, last = year_of(day_of(said, 1, 1))
    part = _YEAR_PART.match(text, end)
    if part is None:
        return from_today(setting.today, first, last), end
    if part["edge"] is None:
        return from_today(setting.today, first, last), part.end()
    name = part["edge"] if part["edge"].endswith("半年") else part["edge"].removeprefix("年")
    return edge_of(first, last, "year", _EDGES[name]), part.end()


def _year_alone(text: str, position: int, setting: Setting) -> Found | None:
    before_new_year = _NEW_YEAR_COMES.match(text, position)
    if before_new_year is not None and not text[:position].endswith(("半", "几", "多", "过", "新", "大")):
        found = festival("春节", 0, setting)
        if found is None or isinstance(found[0], Refusal):
            return found
        if before_new_year["side"] == "后":
            after = tr("After the Spring Festival: the day after it is kept, ask which day.")
            return one_day(plus_days(found[0].kept, 1), after), before_new_year.end()
        eve = plus_days(found[0].kept, -1)
        return one_day(eve, tr("Before the Spring Festival: its eve is kept.")), before_new_year.end()
    found_edge = _BARE_YEAR_EDGE.match(text, position)
    if found_edge is None:
        return None
    if found_edge["inside"]:
        return from_today(setting.today, *year_of(setting.today)), found_edge.end()
    name = found_edge[0]
    which = Edge.END if name == "岁末" else _EDGES[name if name.endswith("半年") else name.removeprefix("年")]
    return _ahead(setting, "year", which), found_edge.end()


def quarter(text: str, position: int, setting: Setting) -> Found | None:
    """Read 季末, 本季度, 下季度底."""
    found = _QUARTER.match(text, position)
    if found is None:
        return None
    edge = found["edge"]
    steps = _steps(found)
    if not steps and not edge and found[0] in ("季", "季度"):
        return None
    first, last = quarter_of(plus_months(setting.today, 3 * steps))
    return (
        edge_of(first, last, "quarter", _EDGES[edge]) if edge else from_today(setting.today, first, last)
    ), found.end()
