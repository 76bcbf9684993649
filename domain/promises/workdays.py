"""Days on which money moves: Mondays to Fridays that are no public holiday, and the weekend days worked in exchange."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import field
from datetime import date, timedelta
from typing import Literal

from domain.records import dataclass

Shift = Literal["", "before", "after"]
"""Where a payment goes that falls on a day off: it stays, or the working day before or after."""

_LONGEST_HOLIDAY = 20


def _never(_day: date) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """A customer's working days; ``is_makeup`` knows the weekend days a government declared working days."""

    is_holiday: Callable[[date], bool] = field(default=_never)
    is_makeup: Callable[[date], bool] = field(default=_never)

    def day_off(self, day: date) -> Literal["weekend", "holiday"] | None:
        """Say why a day is none on which money moves."""
        if self.is_makeup(day):
            return None
        if self.is_holiday(day):
            return "holiday"
        return "weekend" if day.weekday() >= 5 else None

    def before(self, day: date, earliest: date) -> date | None:
        """Give the last working day up to ``day``; ``None`` where there is none from ``earliest`` on."""
        while day >= earliest:
            if self.day_off(day) is None:
                return day
            day -= timedelta(days=1)
        return None

    def after(self, day: date) -> date:
        """Give the first working day from ``day`` on."""
        for step in range(_LONGEST_HOLIDAY):
            if self.day_off(day + timedelta(days=step)) is None:
                return day + timedelta(days=step)
        return day

    def shifted(self, day: date, shift: Shift, earliest: date) -> date:
        """Move a day off as asked; where there is no working day before it, it stays."""
        if not shift or self.day_off(day) is None:
            return day
        return self.after(day) if shift == "after" else self.before(day, earliest) or day
