"""What the engine says about itself, at every moment; the network is the test."""

from __future__ import annotations

from datetime import timedelta
from itertools import groupby
from typing import TYPE_CHECKING

import pytest

from data.sync import inputs as on
from domain.facts.payloads import NoteAdded
from domain.wire import DeviceState
from tests.support.exchange import (
    NETWORK,
    accept,
    answer_hello,
    answer_pull,
    capture,
    fail_push,
    read_once,
    sent_seqs,
    wait,
)

if TYPE_CHECKING:
    from tests.data.conftest import Bench, Feed


@pytest.fixture
def ready(bench: Bench, feed: Feed) -> Bench:
    return read_once(bench, feed)


# --- what it says about itself -----------------------------------------------------------------------------------


def test_the_status_line_follows_what_happens(bench: Bench, feed: Feed) -> None:
    bench.start()
    answer_hello(bench)
    answer_pull(bench, feed.page(feed.put(1, "42", 3)))
    capture(bench, "a")
    fail_push(bench, NETWORK)
    began = bench.engine.status().offline_since
    assert began == bench.replica.clock.now()
    wait(bench)
    fail_push(bench, NETWORK)
    assert bench.engine.status().offline_since == began
    wait(bench)
    accept(bench)
    answer_pull(bench, feed.page(feed.put(2, "42", 4), device=DeviceState(1)))
    assert bench.engine.status().offline_since is None
    bench.tell(on.Stopped())
    seen = [state for state, _ in groupby(bench.states())]
    assert seen == ["syncing", "synced", "syncing", "offline", "syncing", "synced", "stopped"]


def test_unsent_is_the_outbox_s_own_count_even_before_the_engine_hears_of_it(ready: Bench) -> None:
    ready.replica.outbox.append(NoteAdded("a"), "42")
    assert ready.engine.status().unsent == 1


def test_the_lease_counts_from_when_the_request_left_and_survives_a_restart(ready: Bench, feed: Feed) -> None:
    now = ready.device.clock.now()
    ready.tell(on.Poked(2))
    answer_pull(ready, feed.page(head=1, lease_s=3600), round_trip_ms=800)
    expected = now - timedelta(milliseconds=800) + timedelta(hours=1)
    assert ready.engine.status().lease_until == expected
    ready.boot()
    assert ready.engine.status().lease_until == expected
    contact = ready.replica.memory.contact
    assert contact.lease_holds(now)
    assert not contact.lease_holds(expected)
    assert not contact.lease_holds(now - timedelta(hours=1)), "a clock set back lengthens no lease"


def test_a_push_renews_no_lease(ready: Bench) -> None:
    before = ready.engine.status().lease_until
    ready.device.clock.pass_by(5)
    capture(ready, "a")
    accept(ready)
    assert ready.engine.status().lease_until == before


def test_the_clock_s_offset_is_measured_and_used_for_facts(bench: Bench, feed: Feed) -> None:
    bench.start()
    answer_pull(bench, feed.page(feed.put(1, "42", 3)), ahead_ms=90_000)
    fact = bench.replica.outbox.append(NoteAdded("a"), "42")
    assert fact.at == bench.device.clock.now() + timedelta(seconds=90)
    bench.boot()
    assert bench.replica.clock.offset == timedelta(seconds=90)


def test_stopping_gives_up_requests_and_loses_nothing(ready: Bench) -> None:
    capture(ready, "a")
    ready.tell(on.Stopped())
    assert ready.wake_after is None
    ready.requests.clear()
    ready.start()
    assert sent_seqs(ready) == (1,)
