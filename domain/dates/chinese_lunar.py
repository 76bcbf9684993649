"""Days of the lunar calendar as people say them: 农历八月十五, 腊月二十三, 正月初八, 初五."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from domain.dates.arithmetic import NoSuchDayError, plus_days
from domain.dates.chinese_text import NUMBER, whole_number
from domain.dates.echo import absolute
from domain.dates.lunar import lunar_months, next_lunar_day, next_lunar_day_of_month
from domain.dates.mention import Days, Outcome, Refusal, Setting, Trouble, one_day
from domain.dates.stretches import whole
from domain.i18n import tr

_MONTHS: Final = {"正": 1, "冬": 11, "腊": 12}
_FIRST_TEN: Final = r"初[一二三四五六七八九十](?![一二三四五六七八九十次起笔步号回块元百千万])"
_LATER: Final = r"(?:二?十[一二三四五六七八九]?|廿[一二三四五六七八九]?|三十|\d{1,2})(?:号|日)?(?![个块元月年天点])"
_DAY: Final = rf"(?P<day>{_FIRST_TEN}|{_LATER})"
_LUNAR: Final = re.compile(
    rf"(?P<said>农历|阴历|旧历)的?(?:(?P<month>正|冬|腊|{NUMBER})月份?)?(?:的?{_DAY}|(?P<end>底|末|尾))?"
    rf"|(?P<named>正|冬|腊)月(?:的?(?P<its>{_FIRST_TEN}|{_LATER})|(?P<itsend>底|末|尾))?"
    rf"|(?P<bare>{_FIRST_TEN})"
)
_IN_MONTH: Final = re.compile(rf"(?:份|的)?(?P<day>{_FIRST_TEN})")


def lunar_day(text: str, position: int, setting: Setting) -> tuple[Outcome, int] | None:
    """Read a day or a month of the lunar calendar, the next one from today on."""
    found = _LUNAR.match(text, position)
    if found is None or (found["said"] and not (found["month"] or found["day"])):
        return None
    written = found["month"] or found["named"]
    month = _MONTHS.get(written) or whole_number(written) if written else None
    day = found["day"] or found["its"] or found["bare"]
    try:
        if day is None:
            days = _whole_month(setting, month or 0, to_end=bool(found["end"] or found["itsend"]))
        elif month is None:
            days = _said(next_lunar_day_of_month(setting.today, _number(day)))
        else:
            days = _said(next_lunar_day(setting.today, month, _number(day)))
    except NoSuchDayError:
        return _no_such_day(), found.end()
    return days, found.end()


def lunar_day_in(
    text: str, position: int, setting: Setting, *, month: int | None = None, steps: int = 0
) -> tuple[Outcome, int] | None:
    """Read the lunar day after a month that was just read: 八月初五, or 下个月初五, which counts lunar months too."""
    found = _IN_MONTH.match(text, position)
    if found is None:
        return None
    number = _number(found["day"])
    try:
        day = next_lunar_day(setting.today, month, number) if month else _in_month_from(setting.today, steps, number)
    except NoSuchDayError:
        return _no_such_day(), found.end()
    return _said(day), found.end()


def _in_month_from(today: date, steps: int, number: int) -> date:
    """Give a day of the lunar month so many months after the one of ``today``."""
    months = [month for step in (-1, 0, 1) for month in lunar_months(today.year + step)]
    here = next(place for place, month in enumerate(months) if month.first <= today <= month.last)
    month = months[here + steps]
    day = plus_days(month.first, number - 1)
    if day > month.last:
        raise NoSuchDayError
    return day


def _number(written: str) -> int:
    return whole_number(written.removeprefix("初").rstrip("号日"))


def _said(day: date) -> Days:
    return one_day(day, tr("By the lunar calendar: {day}.").format(day=absolute(day)))


def _whole_month(setting: Setting, number: int, *, to_end: bool) -> Days:
    for year in (setting.today.year - 1, setting.today.year, setting.today.year + 1):
        for month in lunar_months(year):
            if month.number == number and not month.leap and month.last >= setting.today:
                return one_day(month.last) if to_end else whole(max(month.first, setting.today), month.last)
    raise NoSuchDayError


def _no_such_day() -> Refusal:
    return Refusal(Trouble.LUNAR, tr("There is no such day in the lunar calendar: ask for the date."))
