"""What the engine decides on the way up, rule by rule; the store below it is the real one, the network is the test."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import pytest

from data.answers import Failure
from data.sync import effects as do
from data.sync import inputs as on
from data.sync.pulling import REST_BESIDE_BACKLOG
from data.sync.pushing import MANY_REFUSED
from domain.facts.payloads import NoteAdded
from domain.wire import EventResult, PushAnswer
from tests.support.exchange import (
    NETWORK,
    TIMEOUT,
    accept,
    answer_hello,
    answer_pull,
    capture,
    fail_pull,
    fail_push,
    read_once,
    sent_seqs,
    status,
    wait,
)

if TYPE_CHECKING:
    from tests.data.conftest import Bench, Feed


@pytest.fixture
def ready(bench: Bench, feed: Feed) -> Bench:
    return read_once(bench, feed)


# --- both ways at once -------------------------------------------------------------------------------------------


def test_facts_go_first_and_neither_way_waits_for_the_other(bench: Bench) -> None:
    bench.replica.outbox.append(NoteAdded("a"), "42")
    bench.start()
    assert [type(each).__name__ for each in bench.requests.values()] == ["SayHello", "SendEvents", "FetchChanges"]


def test_a_fact_goes_up_while_a_pull_hangs(bench: Bench) -> None:
    bench.start()
    assert bench.fetched() is not None
    capture(bench, "a")
    assert sent_seqs(bench) == (1,)


def test_a_pull_goes_on_while_the_push_must_wait(ready: Bench, feed: Feed) -> None:
    capture(ready, "a")
    fail_push(ready, status(503, retry_after=300))
    ready.tell(on.Poked(2))
    answer_pull(ready, feed.page(feed.put(2, "43", 1)))
    assert ready.replica.cases.ids() == {"42", "43"}
    assert sent_seqs(ready) == ()


def test_facts_captured_during_a_push_go_with_the_next(ready: Bench) -> None:
    capture(ready, "a")
    capture(ready, "b", "c")
    assert sent_seqs(ready) == (1,)
    accept(ready)
    assert sent_seqs(ready) == (2, 3)


def test_the_server_s_limits_are_kept(bench: Bench) -> None:
    bench.start()
    answer_hello(bench, max_events=2, max_changes=50)
    capture(bench, "a", "b", "c")
    assert sent_seqs(bench) == (1, 2)
    accept(bench)
    assert sent_seqs(bench) == (3,)


def test_a_batch_is_not_larger_than_the_server_s_limit_of_bytes(bench: Bench) -> None:
    bench.start()
    answer_hello(bench, max_body=3000)
    for text in ("x" * 2000, "y" * 2000, "z" * 9000):
        bench.replica.outbox.append(NoteAdded(text), "42")
    bench.tell(on.FactCaptured())
    for seq in (1, 2, 3):
        assert sent_seqs(bench) == (seq,)
        accept(bench)


# --- retrying ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("failure", [NETWORK, TIMEOUT, status(500), status(502), status(408), Failure("protocol")])
def test_the_same_batch_is_repeated_unchanged(ready: Bench, failure: Failure) -> None:
    capture(ready, "a", "b")
    accept(ready)
    capture(ready, "c", "d")
    fail_push(ready, failure)
    capture(ready, "e")
    assert sent_seqs(ready) == ()
    wait(ready)
    assert sent_seqs(ready) == (3, 4)


def test_waits_grow_with_full_jitter_and_stay_below_a_minute(bench: Bench) -> None:
    bench.start(session=False)
    answer_hello(bench)
    capture(bench, "a")
    bench.luck = 0.999
    waits = []
    for _ in range(9):
        fail_push(bench, NETWORK)
        assert bench.wake_after is not None
        waits.append(bench.wake_after)
        wait(bench)
    assert waits == pytest.approx([1, 2, 4, 8, 16, 32, 60, 60, 60], rel=0.01)
    bench.luck = 0.0
    fail_push(bench, NETWORK)
    assert bench.wake_after == 0.25


@pytest.mark.parametrize(("asked", "least", "most"), [(30, 30, 33.1), (5, 5, 6.1), (86400, 900, 990.1)])
@pytest.mark.parametrize("code", [429, 503])
def test_retry_after_is_honoured_within_bounds(
    ready: Bench, code: int, asked: float, least: float, most: float
) -> None:
    capture(ready, "a")
    ready.luck = 0.999
    fail_push(ready, status(code, retry_after=asked))
    next_try = ready.engine.status().next_try
    assert next_try is not None
    assert least <= (next_try - ready.replica.clock.now()).total_seconds() <= most
    assert ready.engine.status().state == "busy"


def test_a_clock_set_back_ends_a_wait(ready: Bench) -> None:
    capture(ready, "a")
    fail_push(ready, status(503, retry_after=600))
    ready.device.clock.pass_by(-3600)
    ready.tell(on.Tick())
    assert sent_seqs(ready) == (1,)


def test_while_a_backlog_goes_up_its_echo_is_read_now_and_then(bench: Bench, feed: Feed) -> None:
    bench.start()
    answer_hello(bench, max_events=2)
    answer_pull(bench, feed.page(feed.put(1, "42", 3)))
    for text in "abcdefghi":
        bench.replica.outbox.append(NoteAdded(text), "42")
    bench.tell(on.FactCaptured())
    accept(bench)
    assert bench.fetched() is None, "the feed has just been read"
    bench.tell(on.Poked(9))
    wait(bench, REST_BESIDE_BACKLOG.total_seconds() / 2)
    assert bench.fetched() is None
    wait(bench, REST_BESIDE_BACKLOG.total_seconds() / 2)
    answer_pull(bench, feed.page(feed.put(9, "42", 9)))
    accept(bench)
    assert bench.fetched() is None
    bench.tell(on.RevokeHinted(("case:42",)))
    assert bench.fetched() is not None, "what is taken away waits for nothing"
    answer_pull(bench, feed.page(feed.put(10, "42", 10)))
    accept(bench)
    assert bench.fetched() is None
    accept(bench)
    assert sent_seqs(bench) == (9,)
    assert bench.fetched() is not None, "the last of them waits for nothing either"


def test_nobody_asks_the_time_again_and_again_between_the_end_of_a_wait_and_of_a_rest(bench: Bench, feed: Feed) -> None:
    bench.start()
    answer_hello(bench, max_events=1)
    answer_pull(bench, feed.page(feed.put(1, "42", 3)))
    bench.tell(on.Poked(9))
    fail_pull(bench, NETWORK)
    assert bench.wake_after is not None
    waits = bench.wake_after
    rest = REST_BESIDE_BACKLOG.total_seconds()
    assert waits < rest, "shorter than the rest, else this test shows nothing"
    capture(bench, "a", "b", "c")
    bench.device.clock.pass_by(waits)
    bench.tell(on.Tick())
    assert bench.fetched() is None, "facts go up, and the feed has just been read"
    assert bench.wake_after == pytest.approx(rest - waits)
    bench.device.clock.pass_by(bench.wake_after)
    bench.tell(on.Tick())
    assert bench.fetched() is not None


def test_a_nudge_tries_everything_now(ready: Bench) -> None:
    capture(ready, "a")
    fail_push(ready, status(503, retry_after=600))
    ready.tell(on.Nudged())
    assert sent_seqs(ready) == (1,)
    assert ready.fetched() is not None


def test_the_network_being_back_for_one_way_ends_the_other_s_wait(ready: Bench, feed: Feed) -> None:
    capture(ready, "a")
    ready.luck = 0.9
    for _ in range(6):
        fail_push(ready, NETWORK)
        ready.device.clock.pass_by(61)
        ready.tell(on.Tick())
    fail_push(ready, NETWORK)
    assert sent_seqs(ready) == ()
    answer_pull(ready, feed.page(head=1))
    assert sent_seqs(ready) == (1,)


def test_an_answer_to_a_request_given_up_is_passed_over(ready: Bench) -> None:
    capture(ready, "a")
    sent = ready.sent()
    assert sent is not None
    fail_push(ready, TIMEOUT)
    wait(ready)
    before = ready.engine.state
    result = EventResult(ready.replica.outbox.unsent()[0].id, "accepted")
    ready.tell(on.PushAnswered(sent.request, PushAnswer(1, [], [result]), ready.timing()))
    assert dataclasses.replace(ready.engine.state, requests=0) == dataclasses.replace(before, requests=0)


def test_an_answer_that_names_no_fact_is_no_acknowledgement(ready: Bench) -> None:
    capture(ready, "a")
    accept(ready, results=[])
    assert ready.engine.status().unsent == 1
    assert sent_seqs(ready) == ()
    wait(ready)
    assert sent_seqs(ready) == (1,)


def test_a_fact_the_answer_forgets_is_offered_again(ready: Bench) -> None:
    capture(ready, "a", "b")
    fail_push(ready, NETWORK)
    ready.tell(on.Nudged())
    first, second = (kept.id for kept in ready.replica.outbox.unsent())
    accept(ready, results=[EventResult(second, "accepted", key="case:42", ver=4)])
    assert [kept.id for kept in ready.replica.outbox.unsent()] == [first]
    assert sent_seqs(ready) == (1,)


# --- malformed ones ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", [400, 413, 422])
@pytest.mark.parametrize("bad", [1, 4, 7])
def test_bisection_isolates_the_one_bad_fact_and_the_others_go_up(ready: Bench, code: int, bad: int) -> None:
    with ready.device.store.transaction():
        for number in range(1, 8):
            ready.replica.outbox.append(NoteAdded(f"{number}"), "42")
    ready.tell(on.FactCaptured())
    pushes = 0
    while ready.sent():
        pushes += 1
        if bad in sent_seqs(ready):
            fail_push(ready, status(code, problem="/problems/malformed"))
        else:
            accept(ready)
    assert [kept.seq for kept in ready.replica.outbox.unsent()] == [bad]
    (kept,) = ready.replica.outbox.unsent()
    assert kept.refusal is not None
    assert kept.refusal.problem == "/problems/malformed"
    now = ready.engine.status()
    assert (now.unsent, now.refused, now.problem) == (1, 1, "/problems/malformed")
    assert pushes <= 8


def test_the_event_the_server_names_is_tried_alone_first(ready: Bench) -> None:
    capture(ready, *"abcdefgh")
    fail_push(ready, status(400, extra={"index": 5}))
    groups = []
    while ready.sent():
        groups.append(sent_seqs(ready))
        if sent_seqs(ready) == (6,):
            fail_push(ready, status(400, extra={"index": 0}))
        else:
            accept(ready)
    assert groups == [(1, 2, 3, 4, 5), (6,), (7, 8)]
    assert ready.engine.status().refused == 1


@pytest.mark.parametrize("index", [-1, 2, "1", None, 1.0])
def test_a_nonsensical_hint_to_the_event_is_passed_over(ready: Bench, index: object) -> None:
    capture(ready, "a", "b")
    fail_push(ready, status(400, extra={"index": index}))
    assert sent_seqs(ready) == (1,)


def test_a_refused_fact_never_stops_being_offered_alone_and_ever_less_often(ready: Bench, feed: Feed) -> None:
    capture(ready, "bad")
    fail_push(ready, status(400))
    waits = []
    for _ in range(7):
        waited = 0.0
        while not ready.sent():
            if ready.fetched():
                answer_pull(ready, feed.page(head=1))
                continue
            assert ready.wake_after is not None
            waited += ready.wake_after
            wait(ready)
            hellos = [each for each in ready.requests.values() if isinstance(each, do.SayHello)]
            if hellos:
                answer_hello(ready)
        waits.append(round(waited / 60))
        fail_push(ready, status(400))
    assert waits == [15, 30, 60, 120, 240, 480, 720]
    ready.tell(on.Nudged())
    accept(ready)
    assert ready.engine.status().unsent == 0


def test_a_refused_fact_is_not_sent_along_with_others(ready: Bench) -> None:
    capture(ready, "bad")
    fail_push(ready, status(400))
    ready.device.clock.pass_by(3600)
    capture(ready, "good")
    assert sent_seqs(ready) == (2,)
    accept(ready)
    assert sent_seqs(ready) == (1,)


def test_a_server_that_refuses_everything_is_not_flooded(ready: Bench) -> None:
    with ready.device.store.transaction():
        for number in range(100):
            ready.replica.outbox.append(NoteAdded(f"{number}"), "42")
    ready.tell(on.FactCaptured())
    pushes = 0
    while ready.sent():
        pushes += 1
        fail_push(ready, status(400))
    assert ready.replica.outbox.count_refused() == MANY_REFUSED
    assert ready.replica.outbox.count_unsent() == 100
    assert pushes < 30
    assert ready.engine.status().next_try is not None
