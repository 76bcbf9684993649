"""Days that people name instead of dating: Christmas, Thanksgiving, 国庆, 春节.

Fixed days, "fourth Thursday of November" days, Easter and the days of the Chinese lunar calendar are computed; those of
other moons come from the public holiday tables of the ``holidays`` package, which is imported only when somebody names
one (it takes about 0.2 s).
Thanksgiving, Mother's Day and their like are the ones of the United States.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import cache
from typing import Final

from dateutil.easter import easter

from domain.dates.arithmetic import NoSuchDayError, day_of, month_of, nth_weekday, plus_days
from domain.dates.lunar import lunar_day, solar_term

_MON, _SUN, _THU = 0, 6, 3


def _fixed(month: int, day: int) -> Callable[[int], date]:
    return lambda year: day_of(year, month, day)


def _nth(month: int, weekday: int, nth: int, days: int = 0) -> Callable[[int], date]:
    return lambda year: plus_days(nth_weekday(*month_of(day_of(year, month, 1)), weekday, nth), days)


def _easter(days: int) -> Callable[[int], date]:
    return lambda year: plus_days(easter(year), days)


def _listed(country: str, name: str, days: int = 0) -> Callable[[int], date]:
    return lambda year: plus_days(_from_table(country, name, year), days)


@cache
def _from_table(country: str, name: str, year: int) -> date:
    """Look a day up in a country's public holidays; raises ``NoSuchDayError`` for a year the tables do not reach."""
    import holidays  # here and not above: 0.2 s that only the festivals of a lunar calendar should cost

    table = holidays.country_holidays(country, years=year, observed=False, language="en_US")
    # several days may bear the name (a three-day festival) and some names carry "(estimated)" or a second holiday
    found = min((day for day, names in table.items() if day.year == year and names.startswith(name)), default=None)
    if found is None:
        raise NoSuchDayError
    return found


def _lunar(month: int, day: int, days: int = 0, *, year_before: bool = False) -> Callable[[int], date]:
    """Give a day of the Chinese lunar calendar; the twelfth month belongs to the lunar year that began the year before."""
    return lambda year: plus_days(lunar_day(year - year_before, month, day), days)


_RULES: Final[dict[str, Callable[[int], date]]] = {
    "new year": _fixed(1, 1),
    "martin luther king day": _nth(1, _MON, 3),
    "australia day": _fixed(1, 26),
    "valentine": _fixed(2, 14),
    "presidents day": _nth(2, _MON, 3),
    "women": _fixed(3, 8),
    "tree": _fixed(3, 12),
    "consumers": _fixed(3, 15),
    "patrick": _fixed(3, 17),
    "fools": _fixed(4, 1),
    "anzac": _fixed(4, 25),
    "pancake": _easter(-47),
    "ash wednesday": _easter(-46),
    "palm sunday": _easter(-7),
    "maundy thursday": _easter(-3),
    "good friday": _easter(-2),
    "easter saturday": _easter(-1),
    "easter": _easter(0),
    "easter monday": _easter(1),
    "ascension": _easter(39),
    "pentecost": _easter(49),
    "whit monday": _easter(50),
    "labour": _fixed(5, 1),
    "youth": _fixed(5, 4),
    "mothers": _nth(5, _SUN, 2),
    "memorial": _nth(5, _MON, -1),
    "children": _fixed(6, 1),
    "fathers": _nth(6, _SUN, 3),
    "juneteenth": _fixed(6, 19),
    "canada": _fixed(7, 1),
    "party": _fixed(7, 1),
    "independence": _fixed(7, 4),
    "army": _fixed(8, 1),
    "early may bank holiday": _nth(5, _MON, 1),
    "spring bank holiday": _nth(5, _MON, -1),
    "summer bank holiday": _nth(8, _MON, -1),
    "us labor": _nth(9, _MON, 1),
    "teachers": _fixed(9, 10),
    "china national": _fixed(10, 1),
    "columbus": _nth(10, _MON, 2),
    "halloween": _fixed(10, 31),
    "bonfire": _fixed(11, 5),
    "veterans": _fixed(11, 11),
    "singles": _fixed(11, 11),
    "thanksgiving": _nth(11, _THU, 4),
    "black friday": _nth(11, _THU, 4, 1),
    "cyber monday": _nth(11, _THU, 4, 4),
    "double twelve": _fixed(12, 12),
    "christmas eve": _fixed(12, 24),
    "christmas": _fixed(12, 25),
    "boxing": _fixed(12, 26),
    "new year eve": _fixed(12, 31),
    "spring": _lunar(1, 1),
    "spring eve": _lunar(1, 1, -1),
    "lantern": _lunar(1, 15),
    **{f"spring {nth}": _lunar(1, nth) for nth in range(2, 11)},
    "tomb": lambda year: solar_term("清明", year),
    "dragon boat": _lunar(5, 5),
    "double seventh": _lunar(7, 7),
    "ghosts": _lunar(7, 15),
    "mid-autumn": _lunar(8, 15),
    "double ninth": _lunar(9, 9),
    "laba": _lunar(12, 8, year_before=True),
    "little new year": _lunar(12, 23, year_before=True),
    "winter solstice": lambda year: solar_term("冬至", year),
    "summer solstice": lambda year: solar_term("夏至", year),
    "vesak": _listed("SG", "Vesak Day"),
    "eid al-fitr": _listed("SG", "Eid al-Fitr"),
    "eid al-adha": _listed("SG", "Eid al-Adha"),
    "diwali": _listed("SG", "Diwali"),
    "holi": _listed("IN", "Holi"),
    "dussehra": _listed("IN", "Dussehra"),
}

ENGLISH: Final[dict[str, str]] = {
    name: key
    for key, names in {
        "new year": "new year day,new years day,new year,new years",
        "martin luther king day": "martin luther king day,martin luther kings day,martin luther king jr day,mlk day",
        "australia day": "australia day",
        "valentine": "valentine day,valentines day,valentines,saint valentines day",
        "presidents day": "presidents day,president day",
        "women": "womens day,international womens day",
        "patrick": ",".join(
            f"{saint}{name}{end} day"
            for saint in ("st ", "saint ", "")
            for name in ("patrick", "paddy")
            for end in ("", "s")
        ),
        "fools": "april fools,april fools day,april fool day",
        "anzac": "anzac day",
        "pancake": "pancake day,shrove tuesday,mardi gras",
        "ash wednesday": "ash wednesday",
        "palm sunday": "palm sunday",
        "maundy thursday": "maundy thursday,holy thursday",
        "good friday": "good friday",
        "easter saturday": "easter saturday,holy saturday",
        "easter": "easter,easter sunday,easter day",
        "easter monday": "easter monday",
        "ascension": "ascension day",
        "pentecost": "pentecost,whit sunday",
        "whit monday": "whit monday",
        "labour": "may day,labour day,international workers day",
        "mothers": "mothers day,mother day",
        "memorial": "memorial day,decoration day",
        "fathers": "fathers day,father day",
        "juneteenth": "juneteenth",
        "canada": "canada day",
        "independence": "independence day",
        "early may bank holiday": "early may bank holiday,may day bank holiday",
        "spring bank holiday": "spring bank holiday,late may bank holiday",
        "summer bank holiday": "august bank holiday,summer bank holiday",
        "us labor": "labor day",
        "china national": "national day,golden week",
        "columbus": "columbus day,indigenous peoples day",
        "halloween": "halloween,hallowe'en",
        "bonfire": "bonfire night,guy fawkes night,guy fawkes day",
        "veterans": "veterans day,veteran day,remembrance day,armistice day",
        "singles": "singles day",
        "thanksgiving": "thanksgiving,thanksgiving day",
        "black friday": "black friday",
        "cyber monday": "cyber monday",
        "christmas eve": "christmas eve,xmas eve",
        "christmas": "christmas,xmas,christmas day,xmas day",
        "boxing": "boxing day,st stephens day",
        "new year eve": "new years eve,new year eve,nye",
        "spring": "chinese new year,lunar new year,spring festival,cny",
        "lantern": "lantern festival",
        "tomb": "tomb sweeping day,qingming,qingming festival,ching ming",
        "dragon boat": "dragon boat festival",
        "mid-autumn": "mid autumn festival,moon festival,midautumn festival",
        "double ninth": "double ninth festival,chung yeung",
        "vesak": "vesak,vesak day,buddha purnima",
        "eid al-fitr": "eid al fitr,eid ul fitr,hari raya puasa,eid",
        "eid al-adha": "eid al adha,eid ul adha,bakrid",
        "diwali": "diwali,deepavali",
        "holi": "holi,festival of colors,festival of colours",
        "dussehra": "dussehra,vijayadashami",
    }.items()
    for name in names.split(",")
}
"""Lower-case names without apostrophes and hyphens, and the day each stands for."""

CHINESE: Final[dict[str, str]] = {
    name: key
    for key, names in {
        "new year": "元旦节,元旦,阳历新年,公历新年,新历年",
        "valentine": "情人节",
        "women": "三八妇女节,三八节,妇女节,女神节",
        "tree": "植树节",
        "consumers": "消费者权益日,国际消费者权益日",
        "fools": "愚人节",
        "good friday": "耶稣受难日,受难日,受难节,主受难节,圣周五,耶稣受难节",
        "easter": "复活节,复活日,主复活日",
        "easter monday": "复活节星期一",
        "pentecost": "五旬节,圣灵降临节,圣灵降临日",
        "labour": "五一劳动节,国际劳动节,劳动节,五一节,五一假期,五一",
        "youth": "五四青年节,青年节",
        "mothers": "母亲节",
        "children": "六一儿童节,儿童节,六一",
        "fathers": "父亲节",
        "party": "建党节",
        "army": "八一建军节,建军节",
        "teachers": "教师节",
        "china national": "国庆节,国庆,十一国庆,十一黄金周,十一假期,十一长假,国庆假期",
        "halloween": "万圣节,万圣夜",
        "singles": "双十一,双11,光棍节",
        "thanksgiving": "感恩节",
        "black friday": "黑色星期五",
        "double twelve": "双十二,双12",
        "christmas eve": "平安夜,圣诞前夜",
        "christmas": "圣诞节,圣诞",
        "new year eve": "跨年夜,元旦前夜",
        "spring": "春节,新春,农历新年,农历春节,大年初一,正月初一,年初一,过年,过大年,过农历年,阴历年,旧历年,中国新年",
        "spring eve": "除夕夜,除夕,大年三十,大年夜,年三十,年夜,大年30,年30",
        "lantern": "元宵节,元宵,正月十五",
        "tomb": "清明节,清明",
        "dragon boat": "端午节,端午",
        "mid-autumn": "中秋节,中秋,八月节,团圆节",
        "double seventh": "七夕节,七夕,乞巧节",
        "ghosts": "中元节,鬼节,七月半",
        "laba": "腊八节,腊八",
        "little new year": "小年夜,小年,北方小年,灶王节,祭灶节",
        "winter solstice": "冬至节,冬至",
        "summer solstice": "夏至",
        "double ninth": "重阳节,重阳",
        "vesak": "卫塞节,佛诞",
        "eid al-fitr": "开斋节,肉孜节,尔代节",
        "eid al-adha": "宰牲节,古尔邦节",
        "diwali": "排灯节,屠妖节",
        **{
            f"spring {nth}": f"大年初{digit},正月初{digit},年初{digit}"
            for nth, digit in enumerate("一二三四五六七八九十", 1)
            if nth > 1
        },
    }.items()
    for name in names.split(",")
}
"""Names in simplified characters, and the day each stands for."""


def festival_in(key: str, year: int) -> date:
    """Give the day of a festival in a year.

    Raises ``NoSuchDayError`` where the tables of a lunar calendar end.
    """
    return _RULES[key](year)


def next_festival(key: str, today: date) -> date:
    """Give the next day of a festival from ``today`` on; raises ``NoSuchDayError`` where the tables end."""
    this_year = festival_in(key, today.year)
    return this_year if this_year >= today else festival_in(key, today.year + 1)
