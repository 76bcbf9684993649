"""Say a date so that nobody can mistake it: weekday, day, month in letters, year, and how far away it is."""

from __future__ import annotations

from datetime import date
from typing import Final

from domain.i18n import language

WEEKDAY_NAMES: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTH_NAMES: Final = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_CHINESE_WEEKDAYS: Final = "一二三四五六日"
_NEAR: Final = {-1: ("yesterday", "昨天"), 0: ("today", "今天"), 1: ("tomorrow", "明天")}


def weekday_name(number: int) -> str:
    """Name a weekday (Monday is 0) in the interface language."""
    return f"星期{_CHINESE_WEEKDAYS[number]}" if language() == "zh" else WEEKDAY_NAMES[number]


def absolute(day: date) -> str:
    """Say a date by itself in the interface language: "Fri 27 Nov 2026" or "2026年11月27日 星期五".

    Written out here and not by ``strftime``, whose names depend on the machine's locale.
    """
    if language() == "zh":
        return f"{day.year}年{day.month}月{day.day}日 {weekday_name(day.weekday())}"
    return f"{WEEKDAY_NAMES[day.weekday()][:3]} {day.day} {MONTH_NAMES[day.month - 1][:3]} {day.year}"


def echo(day: date, today: date) -> str:
    """Say a date and its distance in the interface language: "Fri 27 Nov 2026, in 5 days", "…，5天后"."""
    away = (day - today).days
    english, chinese = _NEAR.get(away, (f"in {away} days" if away > 0 else f"{-away} days ago", ""))
    if language() == "zh":
        return f"{absolute(day)}，{chinese or (f'{away}天后' if away > 0 else f'{-away}天前')}"
    return f"{absolute(day)}, {english}"
