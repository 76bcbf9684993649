"""When to ring again, as people say it: ``10:30``, ``3pm``, ``tomorrow 9``, ``in 2 hours``, ``明天下午三点``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

_DIGITS: Final = {
    "零": 0,
    "一": 1,
    "二": 2,
    "两": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
    "十": 10,
}
_HOURS_ZH: Final = r"(?:\d{1,2}|十[一二]?|[一二两三四五六七八九])"
_TIME_EN: Final = re.compile(
    r"(?:\bat\s+)?\b(\d{1,2})(?:[:.h](\d{2}))?\s*(am|pm|a\.m\.|p\.m\.)?(?!\w|[/-]\d|(?:st|nd|rd|th)\b)", re.IGNORECASE
)
_TIME_ZH: Final = re.compile(
    rf"(凌晨|早上|早晨|上午|中午|下午|傍晚|晚上|今晚)?\s*({_HOURS_ZH})\s*[点點时時:：]\s*(?:(\d{{1,2}})分?|(半)|(一刻)|(三刻))?"
)
_SPAN_EN: Final = re.compile(r"\bin\s+(?:(\d+)|(an?|half an))\s*(minutes?|mins?|hours?|hrs?|h|m)\b", re.IGNORECASE)
_SPAN_ZH: Final = re.compile(rf"(?:(\d+)|({_HOURS_ZH})|(半))\s*个?(分钟|小时|钟头)(?:后|以后|之后)?")
_PARTS: Final = {
    "morning": time(9),
    "noon": time(12),
    "afternoon": time(14),
    "evening": time(18),
    "上午": time(9),
    "中午": time(12),
    "下午": time(14),
    "晚上": time(18),
}


@dataclass(frozen=True, slots=True)
class Moment:
    """When to ring again. ``timed`` is false when only a day was said; ``at`` is then 08:00 of that day."""

    at: datetime
    timed: bool


def read_moment(text: str, now: datetime, zone: str) -> Moment | None:
    """Read what the customer said, on the clock of ``zone``; ``None`` when it names no future moment."""
    words = text.strip()[:200]
    place = ZoneInfo(zone)
    local = now.astimezone(place)
    length = _span(words)
    if length is not None:
        return Moment((now + length).astimezone(UTC), timed=True)
    clock, rest = _clock(words)
    day = local.date()
    if rest:
        from domain.dates import read_phrase

        reading = read_phrase(rest, local.date())
        if reading.date is None and reading.mentioned is None:
            return None
        day = reading.date or reading.mentioned or day
    elif clock is None:
        return None
    if clock is None:
        if day == local.date():
            return None
        return Moment(datetime.combine(day, time(8), place).astimezone(UTC), timed=False)
    moment = datetime.combine(day, clock, place)
    if moment <= local:
        if rest:
            return None
        moment = _next(moment, local, clock)
    return Moment(moment.astimezone(UTC), timed=True)


def _next(moment: datetime, local: datetime, clock: time) -> datetime:
    """Give the next time a bare clock time comes round: 3 said at 13:00 means 15:00, 9 said at 13:00 means tomorrow."""
    if clock.hour < 8:
        later = moment + timedelta(hours=12)
        if later > local:
            return later
    return moment + timedelta(days=1)


def _span(words: str) -> timedelta | None:
    if found := _SPAN_EN.search(words):
        count, article, unit = found.groups()
        number = float(count) if count else 0.5 if "half" in article.lower() else 1.0
        return timedelta(minutes=number) if unit.lower().startswith("m") else timedelta(hours=number)
    if found := _SPAN_ZH.search(words):
        count, spelled, half, unit = found.groups()
        number = 0.5 if half else float(count) if count else float(_chinese(spelled))
        return timedelta(minutes=number) if unit == "分钟" else timedelta(hours=number)
    return None


def _clock(words: str) -> tuple[time | None, str]:
    if found := _TIME_ZH.search(words):
        part, hour_text, minutes, half, quarter, three = found.groups()
        hour = _chinese(hour_text)
        minute = int(minutes) if minutes else 30 if half else 15 if quarter else 45 if three else 0
        if part in ("下午", "傍晚", "晚上", "今晚") and hour < 12:
            hour += 12
        return _time(hour, minute), (words[: found.start()] + words[found.end() :]).strip(" ,，")
    for found in _TIME_EN.finditer(words):
        hour_text, minutes, half_day = found.groups()
        bare = minutes is None and half_day is None
        if (
            bare
            and found.group(0).strip() != words
            and not re.search(r"\bat\s", found.group(0))
            and not words.endswith(found.group(0).strip())
        ):
            continue
        hour = int(hour_text)
        if half_day and half_day.lower().startswith("p") and hour < 12:
            hour += 12
        if half_day and half_day.lower().startswith("a") and hour == 12:
            hour = 0
        clock = _time(hour, int(minutes or 0))
        if clock is not None:
            return clock, (words[: found.start()] + words[found.end() :]).strip(" ,")
    for name, clock in _PARTS.items():
        if name in words.lower():
            return clock, re.sub(name, "", words, flags=re.IGNORECASE).replace("in the", "").strip(" ,")
    return None, words


def _time(hour: int, minute: int) -> time | None:
    return time(hour, minute) if hour < 24 and minute < 60 else None


def _chinese(text: str) -> int:
    if text.isdigit():
        return int(text)
    return sum(_DIGITS[char] for char in text)
