"""Local days as instants: exact through daylight-saving gaps, repeated hours and days that a zone never had."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from domain.gate.pack import Hours

_DAY: Final = timedelta(days=1)
_MINUTE: Final = timedelta(minutes=1)
_SECOND: Final = timedelta(seconds=1)
_REACH: Final = timedelta(hours=26)  # no zone was ever further than that from UTC, the date line's moves included


@lru_cache(maxsize=1024)
def find_zone(name: str) -> ZoneInfo | None:
    """Load an IANA zone once; ``None`` when this machine does not know it."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # ZoneInfoNotFoundError is a KeyError; a folder's name is an OSError
        return None


def local_day(zone: str, instant: datetime) -> date:
    """Tell the calendar day in ``zone`` at ``instant``."""
    return instant.astimezone(_zone(zone)).date()


@lru_cache(maxsize=16384)
def start_of_day(zone: str, day: date) -> datetime:
    """Give the first instant (UTC) at which the calendar in ``zone`` shows ``day`` or a later one."""
    midnight = datetime.combine(day, time(), UTC)
    for begin, end, offset in _segments(zone, day):
        instant = max(begin, midnight - offset)
        if instant < end:
            return instant
    raise AssertionError("segments reach beyond the day")  # pragma: no cover


@lru_cache(maxsize=16384)
def open_intervals(zone: str, day: date, hours: Hours) -> tuple[tuple[datetime, datetime], ...]:
    """Give the instants of ``day`` in ``zone`` whose wall time lies in ``hours`` (minutes 0–1440), in order, merged.

    A wall time that a gap leaves out has no instant; one that is repeated has two, and both are given.
    """
    midnight = datetime.combine(day, time(), UTC)
    found: list[tuple[datetime, datetime]] = []
    for begin, end, offset in _segments(zone, day):
        for first, last in hours:
            opens = max(begin, midnight + first * _MINUTE - offset)
            closes = min(end, midnight + last * _MINUTE - offset)
            if opens < closes:
                found.append((opens, closes))
    merged: list[tuple[datetime, datetime]] = []
    for opens, closes in sorted(found):
        if merged and opens <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(closes, merged[-1][1]))
        else:
            merged.append((opens, closes))
    return tuple(merged)


def _zone(name: str) -> ZoneInfo:
    zone = find_zone(name)
    if zone is None:
        raise ValueError(f"unknown time zone {name!r}")
    return zone


def _segments(zone: str, day: date) -> list[tuple[datetime, datetime, timedelta]]:
    """Cut the instants around ``day`` where the zone's offset changes; each piece has one offset."""
    loaded = _zone(zone)
    midnight = datetime.combine(day, time(), UTC)
    begin, final = midnight - _REACH, midnight + _DAY + _REACH
    last_offset = _offset(loaded, final)
    pieces: list[tuple[datetime, datetime, timedelta]] = []
    while (offset := _offset(loaded, begin)) != last_offset:
        low, high = begin, final  # the offset changes in (low, high]; transitions fall on whole seconds
        while high - low > _SECOND:
            middle = low + (high - low) // (2 * _SECOND) * _SECOND
            if _offset(loaded, middle) == offset:
                low = middle
            else:
                high = middle
        pieces.append((begin, high, offset))
        begin = high
    pieces.append((begin, final, last_offset))
    return pieces


def _offset(zone: ZoneInfo, instant: datetime) -> timedelta:
    offset = instant.astimezone(zone).utcoffset()
    return offset if offset is not None else timedelta()
