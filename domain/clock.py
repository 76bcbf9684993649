"""Instants: where they come from and how they are written.

An instant is an aware ``datetime`` in UTC with whole milliseconds; on the wire it is RFC 3339 with exactly three
decimals and ``Z``. A day is a ``date`` and says nothing about a zone.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Final, Protocol
from zoneinfo import ZoneInfo

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)
_TWO_DIGITS: Final = tuple(f"{number:02}" for number in range(60))
_THREE_DIGITS: Final = tuple(f"{number:03}" for number in range(1000))
STEP: Final = timedelta(seconds=1)
"""How far two clocks may run apart from one look to the next before one of them was set."""


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
class SteadyClock:
    """A machine's clock that does not follow when it is set back while the program runs.

    How much time really passes is told by ``monotonic`` (seconds, from any beginning), which nobody can set; it may stand
    still while the machine sleeps. A clock that falls behind it by more than :data:`STEP` was set back, and goes on
    from where it was. One that gets ahead was set forward, or the machine slept: that is followed, and so this clock may
    be ahead of the truth (see :class:`ProvenClock`). ``ahead`` is how far it is ahead of the machine's clock by now; a
    program that is started anew has none of it.
    """

    base: Clock
    monotonic: Callable[[], float] = time.monotonic
    ahead: timedelta = timedelta()
    _last: tuple[datetime, float] | None = field(default=None, repr=False)

    def now(self) -> datetime:
        """Tell the instant, as if nobody had ever set the clock back."""
        instant, elapsed = self.base.now() + self.ahead, self.monotonic()
        if self._last is not None:
            then, before = self._last
            expected = then + timedelta(seconds=elapsed - before)
            if expected - instant > STEP:
                self.ahead += expected - instant
                instant = expected
        self._last = (instant, elapsed)
        return whole_milliseconds(instant)


@dataclass(slots=True)
class CorrectedClock:
    """The machine's clock plus the measured distance to the server's, so that a wrong laptop clock bends no rule."""

    base: Clock
    offset: timedelta = timedelta()

    def now(self) -> datetime:
        """Tell the instant as the server would."""
        return whole_milliseconds(self.base.now() + self.offset)


@dataclass(slots=True)
class ProvenClock:
    """An instant that is never ahead of the truth, whatever is done to the machine's clock: for what must not end early.

    It is what the server ``said`` last plus what ``monotonic`` counted since. That counter may stand still while the
    machine sleeps, and knows nothing of the time before the program was started: both only make this clock late.
    """

    said: datetime | None = None
    monotonic: Callable[[], float] = time.monotonic
    _heard_s: float = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Count from now on."""
        self._heard_s = self.monotonic()

    def hear(self, said: datetime | None) -> None:
        """Go on from what the server says; the same word once more is no news.

        An earlier instant counts too: an answer that was long on its way makes this clock late, and a server whose own
        clock was put right is followed.
        """
        if said is not None and said != self.said:
            self.said, self._heard_s = said, self.monotonic()

    def now(self) -> datetime:
        """Tell the instant that has certainly been reached; the beginning of time while no server was ever heard."""
        if self.said is None:
            return EPOCH
        return whole_milliseconds(self.said + timedelta(seconds=self.monotonic() - self._heard_s))


@dataclass(frozen=True, slots=True)
class FixedClock:
    """A clock that stands still, for reproducible answers."""

    instant: datetime

    def now(self) -> datetime:
        """Tell the one instant."""
        return self.instant


def whole_milliseconds(instant: datetime) -> datetime:
    """Cut what is finer than a millisecond, as the wire does."""
    if instant.tzinfo is UTC and instant.microsecond % 1000 == 0:
        return instant  # as almost every one is; making it again would take eight times as long as looking
    return instant.astimezone(UTC).replace(microsecond=instant.microsecond // 1000 * 1000)


def format_instant(instant: datetime) -> str:
    """Write an instant as the wire has it: ``2026-11-14T09:31:07.412Z``."""
    if instant.tzinfo is not UTC:
        instant = instant.astimezone(UTC)
    # A quarter of what isoformat takes, which asks the zone for its distance; documents are made of these.
    year, two = instant.year, _TWO_DIGITS
    return (
        f"{year if year > 999 else f'{year:04}'}-{two[instant.month]}-{two[instant.day]}"
        f"T{two[instant.hour]}:{two[instant.minute]}:{two[instant.second]}.{_THREE_DIGITS[instant.microsecond // 1000]}Z"
    )


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
    return (instant - EPOCH) // _MILLISECOND


def from_milliseconds(count: int) -> datetime:
    """Give the instant ``count`` milliseconds after 1970-01-01 UTC."""
    return EPOCH + timedelta(milliseconds=count)


def day_in(instant: datetime, zone: str) -> date:
    """Tell which calendar day it is in ``zone`` (an IANA name) at ``instant``."""
    return instant.astimezone(ZoneInfo(zone)).date()
