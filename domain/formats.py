"""Days, times and spans as people read them, in the interface language."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from domain.i18n import language, mark, tr, trn

_WEEKDAYS: Final = (mark("Mon"), mark("Tue"), mark("Wed"), mark("Thu"), mark("Fri"), mark("Sat"), mark("Sun"))


def weekday_short(day: date) -> str:
    """Name the weekday in two or three letters: ``Fri``, ``周五``."""
    return tr(_WEEKDAYS[day.weekday()])


def month_short(day: date) -> str:
    """Name the month in three letters (English only; Chinese dates use numbers)."""
    return ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")[day.month - 1]


def day_short(day: date, today: date | None = None) -> str:
    """Write a day with its weekday: ``Fri 20 Nov``, ``11月20日 周五``; the year only where it is not this one."""
    other_year = today is not None and day.year != today.year
    if language() == "zh":
        return (f"{day.year}年" if other_year else "") + f"{day.month}月{day.day}日 {weekday_short(day)}"
    return f"{weekday_short(day)} {day.day:>2} {month_short(day)}" + (f" {day.year}" if other_year else "")


def day_plain(day: date) -> str:
    """Write a day without padding for use inside a sentence: ``Fri 20 Nov``."""
    return " ".join(day_short(day).split()) if language() == "en" else day_short(day)


def clock_time(instant: datetime, zone: str | ZoneInfo) -> str:
    """Write the wall-clock time in ``zone``: ``13:42``."""
    return instant.astimezone(ZoneInfo(zone) if isinstance(zone, str) else zone).strftime("%H:%M")


_CITIES: Final = frozenset({
    mark("Shanghai"), mark("Urumqi"), mark("Hong Kong"), mark("Macau"), mark("Taipei"), mark("Tokyo"),
    mark("Seoul"), mark("Singapore"), mark("Kuala Lumpur"), mark("Bangkok"), mark("Ho Chi Minh"), mark("Saigon"),
    mark("Jakarta"), mark("Manila"), mark("Kolkata"), mark("Calcutta"), mark("Dubai"), mark("Moscow"),
    mark("London"), mark("Paris"), mark("Berlin"), mark("Madrid"), mark("Rome"), mark("Zurich"), mark("New York"),
    mark("Chicago"), mark("Denver"), mark("Phoenix"), mark("Los Angeles"), mark("Anchorage"), mark("Honolulu"),
    mark("Toronto"), mark("Vancouver"), mark("Sao Paulo"), mark("Sydney"), mark("Melbourne"), mark("Brisbane"),
    mark("Adelaide"), mark("Perth"), mark("Auckland"),
})  # fmt: skip
"""Cities of time zones that have a name of their own in the languages of the interface."""


def zone_city(zone: str) -> str:
    """Name the city of an IANA zone: ``Shanghai``, in Chinese 上海 where it has a Chinese name here."""
    city = zone.rsplit("/", 1)[-1].replace("_", " ")
    return tr(city) if city in _CITIES else city


def span(length: timedelta) -> str:
    """Write how long something took: ``3:12`` or ``1:02:05``."""
    seconds = max(0, int(length.total_seconds()))
    hours, rest = divmod(seconds, 3600)
    return f"{hours}:{rest // 60:02d}:{rest % 60:02d}" if hours else f"{rest // 60}:{rest % 60:02d}"


def ago(length: timedelta) -> str:
    """Write roughly how long: ``52m``, ``3h``, ``4d``."""
    minutes = max(0, int(length.total_seconds()) // 60)
    if minutes < 60:
        return tr("{n}m").format(n=minutes)
    if minutes < 24 * 60:
        return tr("{n}h").format(n=minutes // 60)
    return tr("{n}d").format(n=minutes // (24 * 60))


def days_away(days: int) -> str:
    """Write a distance in days: ``today``, ``tomorrow``, ``in 5 days``, ``3 days ago``."""
    if days == 0:
        return tr("today")
    if days == 1:
        return tr("tomorrow")
    if days < 0:
        return trn("{n} day ago", "{n} days ago", -days).format(n=-days)
    return trn("in {n} day", "in {n} days", days).format(n=days)


def days_overdue(days: int) -> str:
    """Write how late a case is: ``34 days overdue``."""
    return trn("{n} day overdue", "{n} days overdue", days).format(n=days)
