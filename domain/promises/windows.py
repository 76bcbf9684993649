"""Until when a part of a promise may be paid: the end of its due day plus grace, longer where a freeze stood in the way."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from typing import Final

from domain.case.model import Freeze, Promise
from domain.case.parts import PromisePart, share_debts
from domain.promises.types import PromiseType
from domain.records import dataclass

BREATHING_SPACE_DAYS: Final = 60
"""How long a breathing space lasts (The Debt Respite Scheme (Breathing Space Moratorium and Mental Health Crisis
Moratorium) (England and Wales) Regulations 2020, regulation 26)."""

DayOf = Callable[[datetime], date]
"""The customer's day at an instant."""


@dataclass(frozen=True, slots=True)
class FrozenTime:
    """The days on which a promise is not judged: from ``first`` until ``end``, which is absent while nobody has decided."""

    first: date
    end: date | None


def frozen_times(promise: Promise, freezes: Iterable[Freeze], day_of: DayOf, today: date) -> tuple[FrozenTime, ...]:
    """Give the times a dispute, hardship or breathing space froze a promise, as known on ``today``, earliest first."""
    times = []
    for freeze in freezes:
        first = day_of(freeze.at)
        if first > today or not share_debts(promise.debts, freeze.debts):
            continue
        end = day_of(freeze.resolved_at) if freeze.resolved_at is not None else None
        if freeze.kind == "breathing_space":
            over = first + timedelta(days=BREATHING_SPACE_DAYS)
            end = over if end is None else min(end, over)
        times.append(FrozenTime(first, end if end is not None and end <= today else None))
    return tuple(sorted(times, key=lambda time: (time.first, time.end or date.max)))


def deadline(part: PromisePart, kind: PromiseType, frozen: Iterable[FrozenTime]) -> date | None:
    """Give the last day on which a part may be paid; ``None`` while it is frozen.

    A part whose window would have closed during a freeze has its grace days again from the day the freeze ended.
    """
    grace = timedelta(days=kind.grace_days)
    last = part.due + grace
    for time in frozen:
        if time.first > last:
            break
        if time.end is None:
            return None
        last = max(last, time.end + grace)
    return last
