"""A laptop's clock that somebody sets back lengthens no lease: two agents could call one customer for so long."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from domain.clock import CorrectedClock, SteadyClock

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


@dataclass
class Machine:
    """A machine's two ways to tell the time."""

    wall: datetime = NOON
    running_s: float = 100.0

    def now(self) -> datetime:
        return self.wall

    def seconds(self) -> float:
        return self.running_s

    def pass_by(self, seconds: float, *, set_by: float = 0.0, asleep: float = 0.0) -> None:
        self.wall += timedelta(seconds=seconds + asleep + set_by)
        self.running_s += seconds


def test_set_back_while_the_program_runs_it_goes_on_from_where_it_was() -> None:
    machine = Machine()
    clock = SteadyClock(machine, machine.seconds)
    assert clock.now() == NOON
    machine.pass_by(60, set_by=-100)
    assert clock.now() == NOON + timedelta(seconds=60)
    machine.pass_by(60)
    assert clock.now() == NOON + timedelta(seconds=120)
    machine.pass_by(1, set_by=-3600)
    assert clock.now() == NOON + timedelta(seconds=121)
    assert CorrectedClock(clock, timedelta(hours=1)).now() == NOON + timedelta(seconds=121, hours=1)


def test_set_forward_and_sleep_are_followed() -> None:
    machine = Machine()
    clock = SteadyClock(machine, machine.seconds)
    clock.now()
    machine.pass_by(10, asleep=8 * 3600)
    assert clock.now() == NOON + timedelta(seconds=10, hours=8)
    machine.pass_by(10, set_by=300)
    assert clock.now() == NOON + timedelta(seconds=320, hours=8)


def test_two_clocks_that_run_a_little_apart_are_left_alone() -> None:
    machine = Machine()
    clock = SteadyClock(machine, machine.seconds)
    clock.now()
    for _ in range(100):
        machine.pass_by(60, set_by=-0.03)
        clock.now()
    assert clock.now() == machine.wall
