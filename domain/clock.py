"""Instants: where they come from and how they are written.

An instant is an aware ``datetime`` in UTC with whole milliseconds; on the wire it is RFC 3339 with exactly three
decimals and ``Z``. A day is a ``date`` and says nothing about a zone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final, Protocol
from zoneinfo import ZoneInfo

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class Clock(Protocol):
    """Something that knows what time it is."""

    def now(self) -> datetime:
        """Tell the instant, in UTC, with whole milliseconds."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """Tell the machine's instant."""
        return whole_milliseconds(datetime.now(UTC))


@dataclass(slots=True)
class CorrectedClock:
    """The machine's clock plus the measured distance to the server's, so that a wrong laptop clock bends no rule."""

    base: Clock
    offset: timedelta = timedelta()

    def now(self) -> datetime:
        """Tell the instant as the server would."""
        return whole_milliseconds(self.base.now() + self.offset)


@dataclass(frozen=True, slots=True)
class FixedClock:
    """A clock that stands still, for reproducible answers."""

    instant: datetime

    def now(self) -> datetime:
        """Tell the one instant."""
        return self.instant


def whole_milliseconds(instant: datetime) -> datetime:
    """Cut what is finer than a millisecond, as the wire does."""
    return instant.astimezone(UTC).replace(microsecond=instant.microsecond // 1000 * 1000)


def format_instant(instant: datetime) -> str:
    """Write an instant as the wire has it: ``2026-11-14T09:31:07.412Z``."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{instant.microsecond // 1000:03d}Z"


def parse_instant(text: str) -> datetime:
    """Read an RFC 3339 instant with any offset.

    Raises ``ValueError`` when it has no zone or is no instant.
    """
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError("an instant needs a zone")
    return whole_milliseconds(instant)


def milliseconds(instant: datetime) -> int:
    """Count whole milliseconds since 1970-01-01 UTC."""
    return (instant - EPOCH) // timedelta(milliseconds=1)


def from_milliseconds(count: int) -> datetime:
    """Give the instant ``count`` milliseconds after 1970-01-01 UTC."""
    return EPOCH + timedelta(milliseconds=count)


def day_in(instant: datetime, zone: str) -> date:
    """Tell which calendar day it is in ``zone`` (an IANA name) at ``instant``."""
    return instant.astimezone(ZoneInfo(zone)).date()
