"""A laptop's clock that somebody sets lengthens no lease, and ends nobody else's: two agents could call one customer."""

from __future__ import annotations

from datetime import timedelta

from domain.clock import EPOCH, CorrectedClock, ProvenClock, SteadyClock
from tests.support.clocks import NOON, Machine


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


def test_what_is_proven_counts_from_what_the_server_said_and_follows_no_clock() -> None:
    machine = Machine()
    proven = ProvenClock(None, machine.seconds)
    assert proven.now() == EPOCH, "nothing is over for somebody who was never told the time"
    proven.hear(NOON)
    machine.pass_by(60, set_by=3600)
    assert proven.now() == NOON + timedelta(seconds=60)
    machine.pass_by(60, set_by=-7200)
    assert proven.now() == NOON + timedelta(seconds=120)
    machine.pass_by(1, asleep=600)
    assert proven.now() == NOON + timedelta(seconds=121), "the truth is later, which nobody can know"


def test_the_same_word_once_more_is_no_news_and_none_at_all_neither() -> None:
    machine = Machine()
    proven = ProvenClock(NOON, machine.seconds)
    machine.pass_by(60)
    proven.hear(NOON)
    proven.hear(None)
    assert proven.now() == NOON + timedelta(seconds=60)
    proven.hear(NOON + timedelta(seconds=20))
    assert proven.now() == NOON + timedelta(seconds=20), "an answer that was long on its way is late, never early"


def test_after_a_start_only_the_time_since_then_is_proven() -> None:
    machine = Machine()
    machine.pass_by(36_000)
    proven = ProvenClock(NOON, machine.seconds)
    machine.pass_by(5)
    assert proven.now() == NOON + timedelta(seconds=5)
