"""Read days out of a Chinese sentence: named days and periods, distances, and what follows them (之前, 之后, 到, 或者)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import Final

from domain.dates import chinese_days as days_of
from domain.dates import chinese_periods as periods
from domain.dates.arithmetic import Distance, NoSuchDayError, day_of, distance, in_week_of, moved, plus_days
from domain.dates.chinese_days import AS_A_DAY, WEEK, WEEKDAY, Found, weekday_number
from domain.dates.chinese_lunar import lunar_day
from domain.dates.chinese_text import NUMBER, number_of, whole_number
from domain.dates.festivals import CHINESE
from domain.dates.mention import Days, Mention, Refusal, Setting, Trouble, one_day
from domain.dates.spans import spanned
from domain.dates.stretches import whole
from domain.i18n import tr

Reader = Callable[[str, int, Setting], Found | None]

_UNITS: Final[dict[str, str]] = {
    "天": "day", "日": "day", "晚": "day", "周": "week", "星期": "week", "礼拜": "week", "个月": "month", "月": "month",
    "季度": "quarter", "年": "year", "小时": "hour", "钟头": "hour", "分钟": "minute", "分": "minute", "秒": "second",
    "秒钟": "second", "工作日": "working day", "交易日": "working day",
}  # fmt: skip
_WAITING: Final = ("过", "再过", "再等", "等", "隔", "缓")
"""After these even 两日 is a length of time."""
_UNMEASURED: Final = frozenset("天 日 周 年 分 晚".split())
_LEAD: Final = re.compile(
    r"(?:再过|再等|再给我|再宽限|过多|再|多|等|过|隔|缓|给我|宽限我?|推迟|延期|延|晚"
    r"|未来|接下来|今后|往后|最多|最迟|不超过|不出|这|最近|差不多|大概|大约|约)*"
)
_PIECE: Final = re.compile(
    rf"(?:(?P<some>几|数)|(?P<half>半)|(?P<two>[一二两三四五六七八九]{{2}})(?=[天个周年日小])"
    rf"|(?P<low>{NUMBER})(?:(?:到|至|-|~|—|–)(?P<high>{NUMBER}))?)"
    r"(?P<many>多|来|几)?(?P<measure>个)?(?P<mid>半)?"
    r"(?P<unit>工作日|交易日|天|日|晚|周|星期|礼拜|月|季度|年|小时|钟头|分钟|分(?=[之以]?[后内])|秒钟?)(?P<tail>半)?"
)
_WEEKDAY_AFTER: Final = re.compile(rf"(?<=周|期|拜){WEEKDAY}")
_WEEKDAY_NAMED: Final = re.compile(rf"(?<=周|期|拜){WEEKDAY}{AS_A_DAY}")
_AND: Final = re.compile(r"零|又|加|外加")
_DIRECTION: Final = re.compile(
    r"的?(?:时间)?(?:左右|上下)?(?:(?P<after>[之以过]?后|[之以]?内|里)|(?P<before>[之以]?前))?"
)
_PICKED: Final = re.compile(rf"的?(?:那?个?{WEEK}(?P<weekday>{WEEKDAY})|(?P<day>{NUMBER})号)")
_SHIFT: Final = re.compile(
    r"(?:(?:[之以过]?后|起)的?(?:第|再过)?(?P<after>)|[之以]?前的?(?P<before>))(?=[\d零一二两三四五六七八九十半几])"
)
_LIMIT: Final = re.compile(r"(?P<around>前后|左右|上下)|[之以]?前(?![天日])|为止|[之以]?内|截止")
_AFTER: Final = re.compile(r"[之以过]后|后(?![天日面])|完")
_DAY_AFTER: Final = frozenset({"第二天", "次日", "翌日", "隔天"})
"""These point back to a day named before them: 发工资第二天."""
_TO: Final = re.compile(r"到|至|-|~|—|–|ー|直到")
_WITHIN: Final = re.compile(r"[之期]间|[之以]?内|中间|这段时间")
_OR: Final = re.compile(r"或者?是?|还是|要么")


def chinese_mentions(text: str, setting: Setting) -> list[Mention]:
    """Give every place in a simplified sentence where days are named, from left to right."""
    mentions: list[Mention] = []
    position = 0
    while position < len(text):
        found = _expression(text, position, setting) if text[position] in _STARTERS else None
        if found is None:
            position += 1
            continue
        outcome, end = found
        if mentions and text[position:end] in _DAY_AFTER:
            earlier = [mention.outcome for mention in mentions if isinstance(mention.outcome, Days)]
            outcome = one_day(plus_days(earlier[-1].last, 1)) if earlier else mentions[-1].outcome
        mentions.append(Mention(position, end, outcome))
        position = max(end, position + 1)
    return mentions


def _plain(text: str, position: int, setting: Setting) -> Found | None:
    """Read one name of a day, a period or a distance: of all that fit, the longest."""
    best: Found | None = None
    for reader in _STARTERS.get(text[position : position + 1], ()):
        try:
            found = reader(text, position, setting)
        except NoSuchDayError:
            found = (
                Refusal(Trouble.IMPOSSIBLE, tr("There is no such day in the calendar: ask for another one.")),
                position + 1,
            )
        if found is not None and (best is None or found[1] > best[1]):
            best = found
    return best


def _expression(text: str, position: int, setting: Setting) -> Found | None:
    found = _plain(text, position, setting)
    if found is None:
        return None
    days, end = found
    if isinstance(days, Refusal):
        return found
    try:
        days, end = _shifted(text, days, end)
        days, end = _joined(text, days, end, setting)
        return _bounded(text, position, days, end, setting)
    except NoSuchDayError:
        return Refusal(Trouble.IMPOSSIBLE, tr("There is no such day in the calendar: ask for another one.")), end


def _count(text: str, position: int) -> tuple[Distance, str, int] | None:
    """Read a length of time: 三天, 半个月, 一个半月, 两三天, 3到5天, 一年零两个月, 5个工作日."""
    total, note, end = Distance(), "", position
    while (piece := _PIECE.match(text, end)) is not None:
        unit = piece["unit"]
        if unit == "月" and not (piece["measure"] or piece["half"]):
            break
        if (unit == "年" and len(piece["low"] or "") > 2) or (piece["measure"] and unit in _UNMEASURED):
            break
        if (piece["mid"] and not piece["measure"]) or (piece["half"] and _WEEKDAY_AFTER.match(text, piece.end())):
            break  # 一半周五 is a half, on Friday
        if (piece["low"] or "").isdecimal() and _WEEKDAY_NAMED.match(text, piece.end()):
            break  # 3000 周五 is an amount, on Friday
        number, said = _number_in(piece)
        total, note = total + distance(number, _UNITS[unit]), note or said
        end = piece.end()
        joint = _AND.match(text, end)
        if joint is not None and _PIECE.match(text, joint.end()) is not None:
            end = joint.end()
    return None if end == position else (total, note, end)


def _number_in(piece: re.Match[str]) -> tuple[Fraction, str]:
    if piece["some"]:
        return Fraction(3), tr("“{words}” is read as {n}.").format(words=piece["some"], n=3)
    if piece["half"]:
        return Fraction(1, 2), ""
    if piece["two"]:
        return max(map(number_of, piece["two"])), tr("The longer of the two was kept.")
    number = number_of(piece["low"])
    if piece["mid"] or piece["tail"]:
        return number + Fraction(1, 2), ""
    if piece["high"]:
        return max(number, number_of(piece["high"])), tr("The longer of the two was kept.")
    return number, tr("Said roughly: ask for the day.") if piece["many"] else ""


def _distance(text: str, position: int, setting: Setting) -> Found | None:
    """Read 三天后, 再过两周, 5日之内, 三天前; with the day picked there: 两周后的周五, 两个月后15号."""
    if text[position - 1 : position] == "第":
        return None  # 第三天 counts from a day that is not said here
    lead = _LEAD.match(text, position)
    start = lead.end() if lead else position
    counted = _count(text, start)
    if counted is None:
        return None
    far, note, end = counted
    where = _DIRECTION.match(text, end)
    assert where is not None  # every part of the pattern is optional
    said_after, said_before = where["after"], where["before"]
    counted_days = text[end - 2] in "作易" or text.startswith(_WAITING, position)
    if text[end - 1] == "日" and not said_after and not counted_days:
        return None  # 最迟20日 is a date
    if said_before:
        return one_day(moved(setting.today, far, -1, setting.moment)), where.end()
    day = moved(setting.today, far, 1, setting.moment)
    picked = _PICKED.match(text, where.end()) if said_after else None
    if picked is not None and picked["weekday"]:
        return one_day(in_week_of(day, weekday_number(picked["weekday"]))), picked.end()
    if picked is not None and far.months and not far.days:
        return one_day(day_of(day.year, day.month, whole_number(picked["day"]))), picked.end()
    loose = not said_after and start == position
    return one_day(day, note, loose=loose, offset=True), where.end()


def _shifted(text: str, days: Days, end: int) -> tuple[Days, int]:
    """Read the distance counted from a day: 春节后一周, 发工资后三天, 圣诞节前两周."""
    shift = _SHIFT.match(text, end)
    counted = _count(text, shift.end()) if shift is not None else None
    if shift is None or counted is None:
        return days, end
    far, note, stop = counted
    if shift["before"] is not None:
        return one_day(moved(days.last if days.edge else days.first, far, -1), note), stop
    return one_day(moved(days.last, far), note), stop


def _joined(text: str, days: Days, end: int, setting: Setting) -> tuple[Days, int]:
    """Read the second day of 今天到周五, of which the first is kept, and of 周五或者周六, of which the later is kept."""
    to, either = _TO.match(text, end), _OR.match(text, end)
    joint = to or either
    second = _plain(text, joint.end(), setting) if joint is not None else None
    if second is None or days.kept < setting.today:
        return days, end
    other, stop = second
    if isinstance(other, Refusal) or other.loose:
        return days, end
    if to is None:
        if other.kept < setting.today or other.kept == days.kept:
            return days, end
        kept = max(days.kept, other.kept)
        note = tr("Two days were named: the later is kept, ask which.")
        return Days(min(days.first, other.first), kept, kept, note), stop
    if other.last < days.first <= plus_days(other.last, 6):
        other = one_day(plus_days(other.last, 7))  # 周一到周五 said on a Wednesday: both of next week
    if other.last < days.first:
        return days, end
    within = _WITHIN.match(text, stop)
    if within is not None:
        return whole(days.first, other.last), within.end()
    return spanned(days, other), stop


def _bounded(text: str, start: int, days: Days, end: int, setting: Setting) -> Found:
    """Read 之前 and 之后: a day named before 之前 still counts, a festival and a coming month or week do not."""
    limit = _LIMIT.match(text, end)
    if limit is not None and limit["around"]:
        return replace(days, note=days.note or tr("Said roughly: ask for the day.")), limit.end()
    if limit is not None:
        named = text[start:end] in CHINESE or text[start:end] == "十一"
        strictly = limit[0].endswith("前") and (named or (days.range and not days.edge))
        day = plus_days(days.first, -1)
        if strictly and day >= setting.today and not days.span:
            return one_day(day, tr("“Before” is read as the day before.")), limit.end()
        if limit[0].endswith("前") and not days.range and not days.note:
            return replace(days, note=tr("The day named is kept as the last possible one.")), limit.end()
        return days, limit.end()
    after = _AFTER.match(text, end)
    if after is not None and not days.offset and not days.loose:
        return one_day(plus_days(days.last, 1), tr("“After” is read as the day after.")), after.end()
    return days, end


_OVER: Final = re.compile(
    r"过(?:了|完|罢|掉)?(?=[这本下十国春元端中清五圣双周星礼月年除正大\d])(?!年)|过(?:完|了)(?=年)"
)
_NEW_YEAR_OVER: Final = re.compile(r"过(?:完|了)(?:大)?年(?!底|末|初)(?:[之以]?后)?")


def _once_over(text: str, position: int, setting: Setting) -> Found | None:
    """Read 过了15号, 过完春节, 过了这个周末: the day after."""
    new_year = _NEW_YEAR_OVER.match(text, position)
    if new_year is not None:
        found: Found | None = days_of.festival("春节", 0, setting)
        end = new_year.end()
    else:
        over = _OVER.match(text, position)
        found = _plain(text, over.end(), setting) if over is not None and over[0] != "过" else None
        end = found[1] if found is not None else position
    if found is None or not isinstance(found[0], Days) or found[0].loose or found[0].offset:
        return None
    return one_day(plus_days(found[0].last, 1), tr("“After” is read as the day after.")), end


def _table() -> dict[str, tuple[Reader, ...]]:
    """Sort the readers by the characters they can begin with."""
    numbers = "0123456789零一二两三四五六七八九十廿卅百千万"
    which = "这本今再下上"
    beginnings: tuple[tuple[Reader, str], ...] = (
        (days_of.relative_day, "大后前明听今当现马立即这眼昨琴寻第次翌隔早上中下傍晚凌等一待过稍"),
        (days_of.weekday, f"{which}周星礼"),
        (periods.week, f"{which}周星礼"),
        (days_of.month_day, numbers),
        (days_of.day_of_month, f"{numbers}这个下"),
        (days_of.figures, "0123456789"),
        (periods.month, f"{which}当月中{numbers}"),
        (periods.year, f"今明后本当来去前大年岁上下{numbers}"),
        (periods.quarter, f"{which}当季"),
        (days_of.festival, "".join({name[0] for name in CHINESE})),
        (_once_over, "过"),
        (days_of.pay_day, "等到下这本我发开领拿出收工薪退养低"),
        (lunar_day, "农阴旧正腊冬初闰月"),
        (days_of.next_working_day, "下第次"),
        (_distance, f"再多等过隔缓给宽推延晚未接今往最不这差大约几数半{numbers}"),
    )
    table: dict[str, tuple[Reader, ...]] = {}
    for reader, chars in beginnings:
        for char in chars:
            table[char] = (*table.get(char, ()), reader)
    return table


_STARTERS: Final = _table()
