"""A machine's two ways to tell the time: a clock that anybody can set, and a counter that nobody can."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


@dataclass
class Machine:
    """A machine at noon that has run for a while."""

    wall: datetime = NOON
    running_s: float = 100.0

    def now(self) -> datetime:
        return self.wall

    def seconds(self) -> float:
        return self.running_s

    def pass_by(self, seconds: float, *, set_by: float = 0.0, asleep: float = 0.0) -> None:
        self.wall += timedelta(seconds=seconds + asleep + set_by)
        self.running_s += seconds
