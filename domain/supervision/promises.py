"""Promises over all cases of a team: what falls due, how it was judged, what cash it lets expect."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """What falls due on a day in one currency (minor units). The parts are counted by how they stand.

    ``open`` waits, ``kept`` is paid, ``partly`` and ``broken`` are what was not or not all paid in time; ``paid`` is what
    has been allocated to them.
    """

    day: date
    currency: str
    parts: int
    amount: int
    paid: int
    open: int = 0
    kept: int = 0
    partly: int = 0
    broken: int = 0
    pending: int = 0


@dataclass(frozen=True, slots=True)
class PromiseCalendar:
    """What ``GET /v1/promises/calendar`` answers, by day."""

    since: date
    until: date
    days: list[CalendarDay]


@dataclass(frozen=True, slots=True)
class PromiseLine:
    """One part of a promise. ``state`` is the promise's; ``author`` made it, ``owner_login`` has the case now."""

    case: str
    promise: str
    customer: str = field(repr=False)
    due: date
    amount: int
    paid: int
    currency: str
    state: str
    part: int
    parts: int
    made_at: str
    author: str
    owner_login: str | None = None


@dataclass(frozen=True, slots=True)
class PromisePage:
    """What ``GET /v1/promises`` answers, by due day; ``next`` is what to ask ``after`` for more."""

    promises: list[PromiseLine]
    total: int
    next: str | None = None


@dataclass(frozen=True, slots=True)
class ForecastDay:
    """The cash to expect on a day in one currency: what is promised, times how much of the promised value is kept."""

    day: date
    currency: str
    promised: int
    expected: int


@dataclass(frozen=True, slots=True)
class CashForecast:
    """What ``GET /v1/promises/forecast`` answers. ``rate`` is the kept rate by value in hundredths of a per cent.

    It is taken over ``matured`` promises whose window ended from ``since`` on; absent where there are none, and then
    nothing is expected.
    """

    days: list[ForecastDay]
    since: date
    matured: int
    rate: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Judged:
    """What ``PUT /v1/judgements/{day}`` answers: the promises looked at, and those whose state changed, by new state."""

    day: date
    judged: int
    changed: dict[str, int]
