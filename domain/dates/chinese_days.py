"""Chinese names of single days: 今天, 下周三, 十五号, 三月一号, dates in figures, festivals, 发薪日; lunar days are refused."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from domain.dates.arithmetic import (
    Distance,
    NoSuchDayError,
    coming,
    full_year,
    in_week_of,
    moved,
    next_day_of_month,
    plus_days,
)
from domain.dates.chinese_text import NUMBER, whole_number
from domain.dates.echo import absolute, weekday_name
from domain.dates.festivals import CHINESE, festival_in, next_festival
from domain.dates.figures import FigureDate, date_of_figures, month_and_day
from domain.dates.mention import Days, Outcome, Refusal, Setting, Trouble, one_day
from domain.dates.pay_days import on_pay_day
from domain.dates.spans import spanned
from domain.dates.stretches import whole
from domain.i18n import tr

Found = tuple[Outcome, int]

ONE_WORD: Final = r"(?<!一(?=[定次共并直般旦切]))"
"""Keeps the 一 of 一定, 一次 and the like from being read as Monday or the 1st: 下周一定还 is next week."""
WEEK: Final = "(?:周|星期|礼拜)"
WEEKDAY: Final = "[一二三四五六日天1-7]"
AS_A_DAY: Final = rf"(?![\d号]|个月|个星期|个周){ONE_WORD}"
"""Behind a weekday: nothing goes on there that makes it a number of something."""
WHICH: Final = r"(?:(?P<this>这一?个?|本|今个?)|(?P<next>再?下+(?:一?个)?)|(?P<last>上+(?:一?个)?))"

_RELATIVE: Final = re.compile(
    r"(?P<ahead>大*)后[天日儿](?!内)|(?P<behind>大*)前[天日儿](?!内)|(?P<tomorrow>[明听](?:天|日|儿|早|晚|晨|朝))"
    r"|(?P<today>今(?:天|日|儿|晚|早|夜|晨|朝)|当[天日](?!之)|现在|马上|立刻|立即|即刻|当场|这就|眼下|现时)"
    r"|(?P<yesterday>[昨琴寻](?:天|日|儿|晚|早))|(?P<nextday>第二天|次日|翌日|隔天)"
)
_AT_ONCE: Final = frozenset({"现在", "马上", "立刻", "立即", "即刻", "当场", "这就", "眼下", "现时"})
_DAY_TIME: Final = re.compile(
    r"(?:早上|上午|中午|下午|傍晚|晚上|晚点|凌晨|等会儿?|等一下|一会儿?|待会儿?|过会儿?|稍后|稍晚|晚些时候)(?!再?说)"
)
_WEEKDAY: Final = re.compile(rf"{WHICH}?的?{WEEK}(?:的?{WEEK})?(?P<day>{WEEKDAY}){AS_A_DAY}")
_TWO_WEEKDAYS: Final = re.compile(
    rf"(?P<week>{WHICH}?的?{WEEK})(?P<one>[一二三四五六])(?P<two>[二三四五六日天])(?!号|[个点])"
)
_LATE_IN_WEEK: Final = frozenset({3, 4, 5})
"""Thursday to Saturday: for those whose weeks begin on Sunday 下星期天 is then the coming one."""
_WEEK_THEN_DAY: Final = re.compile(rf"{WHICH}{WEEK}[，,]?的?(?:{WEEK})(?P<day>{WEEKDAY})")
_MONTH_DAY: Final = re.compile(
    rf"(?P<month>{NUMBER})月份?的?(?P<day>{NUMBER})(?P<suffix>[号日]?)"
    rf"(?:(?:到|至|-|~|—|–)(?P<until>{NUMBER})[号日](?P<within>[之期]间|[之以]内)?)?{ONE_WORD}(?![\d个块元钱点时%年月万千百]|天[之以后内]|[之以]?内还)"
)
_DAY_OF_MONTH: Final = re.compile(
    rf"(?:(?P<next>下+一?个)|这个?)?(?P<day>{NUMBER})(?:[号日]?(?:到|至|-|~|—|–)(?P<until>{NUMBER}))?"
    r"(?:号(?![线楼店机院码])|日(?!(?:之|以)?[内后]|元|币|本))(?P<within>[之期]间|[之以]内)?"
)
_FIGURES: Final = re.compile(
    r"(?<![\d.¥￥$€£])(?:(?P<compact>(?:19|20)\d{6})|(?P<three>\d{4}[-/.年]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.](?:\d{4}|\d\d))"
    r"|(?P<two>\d{1,2}/\d{1,2}|(?<![还付给转交打凑])\d{1,2}[-.]\d{1,2}))[号日]?(?![\d.]|[个块元万千百折%天周年月点时小w次期成倍])"
)
_FIGURE: Final = re.compile(r"\d+")
_FESTIVALS: Final = re.compile("|".join(sorted(map(re.escape, CHINESE), key=len, reverse=True)))
_NATIONAL_DAY: Final = re.compile(
    r"(?<![\d一二三四五六七八九十第])十一(?=[之以]?[前后]|期间|放假|$|[，,。！!]|[还付]|当天|那天|吧|左右)"
)
"""国庆 by its date, where the two characters cannot be a number."""
_PAY_DAY: Final = re.compile(
    r"(?:等|到|下个?月?|这个?月?|本月|我|下一?次)?(?:"
    r"发薪水?[日天]?|(?:发|开|领|拿|出|收|等|关|结)(?:到|了|完|下来)?(?:工资|工钱|薪水|薪资|薪金|饷|粮|人工)(?:日|到手|到账|下来)?"
    r"|(?:工资|工钱|薪水|薪资|薪金|退休金|养老金|低保金?)(?:卡)?(?:一|都)?(?:到账|到手|到|发下来|发放|发|下来|打进来|打|来)?日?)"
    r"(?:了|的|一)?(?:那一?天|当天|那日|当日|时候|时|就)?"
)


def relative_day(text: str, position: int, setting: Setting) -> Found | None:
    """Read 今天, 明天, 后天, 大后天 with any number of 大, and the days before today."""
    found = _RELATIVE.match(text, position)
    if found is None:
        daytime = _DAY_TIME.match(text, position)
        return None if daytime is None else (one_day(setting.today, loose=True), daytime.end())
    if found["today"]:
        return one_day(setting.today, loose=found[0] in _AT_ONCE), found.end()
    if found["tomorrow"] or found["nextday"]:
        steps = 1
    elif found["yesterday"]:
        steps = -1
    elif found["ahead"] is not None:
        steps = 2 + len(found["ahead"])
    else:
        steps = -2 - len(found["behind"])
    return one_day(plus_days(setting.today, steps)), found.end()


def weekday_number(written: str) -> int:
    """Give the number of a weekday: 一 or 1 is Monday, 日, 天 and 7 are Sunday."""
    return 6 if written in "日天" else "一二三四五六七".find(written) if written in "一二三四五六" else int(written) - 1


def weekday(text: str, position: int, setting: Setting) -> Found | None:
    """Read a weekday: 周五 is the coming one, 这周五 of this week, 下周五 of the next Monday-to-Sunday week."""
    pair = _TWO_WEEKDAYS.match(text, position)
    if pair is not None:
        first, last = (
            _one_weekday(f"{pair['week']}{pair['one']}", setting),
            _one_weekday(f"{pair['week']}{pair['two']}", setting),
        )
        if first is not None and last is not None and first.kept < last.kept:
            return replace(
                last, first=first.first, note=tr("Two days were named: the later is kept, ask which.")
            ), pair.end()
    found = _WEEK_THEN_DAY.match(text, position) or _WEEKDAY.match(text, position)
    return None if found is None else (_weekday_in(found, setting), found.end())


def _one_weekday(words: str, setting: Setting) -> Days | None:
    found = _WEEKDAY.match(words)
    return None if found is None else _weekday_in(found, setting)


def _weekday_in(found: re.Match[str], setting: Setting) -> Days:
    number, today = weekday_number(found["day"]), setting.today
    ahead = coming(today, number, today_counts=False)
    if found["next"]:
        weeks = found["next"].count("下") + ("再" in found["next"])
        if weeks == 1 and number == 6 and today.weekday() in _LATE_IN_WEEK and "周" not in found[0]:
            note = tr("Weeks that begin on Sunday are meant, or the Sunday after: {day}. Ask which.")
            return one_day(ahead, note.format(day=absolute(plus_days(ahead, 7))))
        day = in_week_of(plus_days(today, 7 * weeks), number)
        if weeks > 1 or ahead == day:
            return one_day(day)
        note = tr("Next week's {weekday} is kept; the coming one is {day}.")
        return one_day(day, note.format(weekday=weekday_name(number), day=absolute(ahead)))
    if found["last"]:
        return one_day(in_week_of(plus_days(today, -7 * found["last"].count("上")), number))
    this_week = in_week_of(today, number)
    if found["this"]:
        if this_week >= today:
            return one_day(this_week)
        note = tr("This week's {weekday} has passed: the coming one is kept.")
        return one_day(ahead, note.format(weekday=weekday_name(number)))
    if this_week == today:
        note = tr("Today is a {weekday}: the next one is kept; type 今天 for today.")
        return one_day(ahead, note.format(weekday=weekday_name(number)))
    return one_day(ahead)


def month_day(text: str, position: int, setting: Setting, year: int | None = None) -> Found | None:
    """Read 三月一号, 10月31, 12月1到5号, of ``year`` where one was said before it."""
    found = _MONTH_DAY.match(text, position)
    if found is None:
        return None
    month, day = whole_number(found["month"]), whole_number(found["day"])
    if not found["suffix"] and not found["until"] and day > 31:
        return None
    outcome = month_and_day(setting, month, day, year)
    if found["until"] and isinstance(outcome, Days):
        last = month_and_day(setting, month, whole_number(found["until"]), outcome.kept.year)
        if isinstance(last, Days):
            outcome = whole(outcome.kept, last.kept) if found["within"] else spanned(outcome, last)
    return outcome, found.end()


def day_of_month(text: str, position: int, setting: Setting) -> Found | None:
    """Read 十五号, 20日, 15到20号: the next such day from today on."""
    found = _DAY_OF_MONTH.match(text, position)
    if found is None:
        return None
    day = whole_number(found["day"])
    if not found["until"]:
        end = found.start("within") if found["within"] else found.end()
        return numbered_day(setting, day), end
    days = numbered_day(setting, day, whole_number(found["until"]))
    if found["within"] and isinstance(days, Days):
        days = whole(days.first, days.last)
    return days, found.end()


def numbered_day(setting: Setting, day: int, until: int | None = None) -> Outcome:
    """Give the next day of a month with that number, or the first of two."""
    try:
        kept = next_day_of_month(setting.today, day)
        if until is not None:
            return spanned(one_day(kept), one_day(next_day_of_month(kept, until)))
    except NoSuchDayError:
        return Refusal(Trouble.IMPOSSIBLE, tr("There is no such day in the calendar: ask for another one."))
    if day > setting.today.day and kept.month != setting.today.month:
        return one_day(kept, tr("This month has no such day: {day} is kept.").format(day=absolute(kept)))
    return one_day(kept)


def figures(text: str, position: int, setting: Setting) -> Found | None:
    """Read a date in figures: 2026-11-27, 12/1, 12.1, 20261127."""
    found = _FIGURES.match(text, position)
    if found is None:
        return None
    written = found[0]
    if found["compact"]:
        figure = FigureDate(int(written[:4]), int(written[4:6]), int(written[6:8]))
    else:
        numbers = tuple(int(number) for number in _FIGURE.findall(written))
        figure = FigureDate.of(numbers, written.rstrip("号日"), setting.order)
    return date_of_figures(setting, figure), found.end()


def festival(text: str, position: int, setting: Setting, year: int | None = None) -> Found | None:
    """Read a day known by its name: 国庆, 春节, 大年三十, of ``year`` where one was said before it."""
    found = _FESTIVALS.match(text, position) or _NATIONAL_DAY.match(text, position)
    if found is None:
        return None
    key = CHINESE.get(found[0], "china national")
    try:
        if year is None:
            return one_day(next_festival(key, setting.today)), found.end()
        # New Year's Eve by the lunar calendar ends the year it is named with, so it falls in the next one
        day = festival_in(key, year + (key == "spring eve" and "大年" in found[0]))
        return one_day(day, year_said=True), found.end()
    except NoSuchDayError:
        return Refusal(Trouble.LUNAR, tr("That year's festival is not in the tables: ask for the date.")), found.end()


def pay_day(text: str, position: int, setting: Setting) -> Found | None:
    """Read 发薪日, 发工资那天, 工资到账."""
    found = _PAY_DAY.match(text, position)
    return None if found is None else (on_pay_day(setting), found.end())


_NEXT_WORKING_DAY: Final = re.compile(r"(?:下一?个?|第一个|次一?个?)(?:工作|交易)日")


def next_working_day(text: str, position: int, setting: Setting) -> Found | None:
    """Read 下个工作日."""
    found = _NEXT_WORKING_DAY.match(text, position)
    return None if found is None else (one_day(moved(setting.today, Distance(working_days=1))), found.end())


_YEAR: Final = re.compile(
    r"(?:(?P<said>\d{4}|\d\d|[零一二三四五六七八九]{2}|[零一二三四五六七八九]{4})|(?P<near>大前|大后|今|明|后|本|当|来|去|前))年的?"
)
_NEAR_YEARS: Final = {"今": 0, "本": 0, "当": 0, "明": 1, "来": 1, "后": 2, "大后": 3, "去": -1, "前": -2, "大前": -3}


def year_before(text: str, position: int, setting: Setting) -> tuple[int, int] | None:
    """Read the year that stands before a month or festival: 2026年, 二零一六年, 九零年, 明年."""
    found = _YEAR.match(text, position)
    if found is None:
        return None
    if found["near"]:
        return setting.today.year + _NEAR_YEARS[found["near"]], found.end()
    return full_year(whole_number(found["said"]), len(found["said"]), setting.today), found.end()
