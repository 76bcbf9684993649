"""What the engine does with sessions, keys and the stream; the store below it is the real one, the network is the test."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from data.answers import Failure
from data.sync import effects as do
from data.sync import inputs as on
from domain.facts.payloads import NoteAdded
from tests.support.exchange import (
    accept,
    answer_hello,
    answer_pull,
    capture,
    fail_pull,
    fail_push,
    read_once,
    status,
    wait,
)

if TYPE_CHECKING:
    from tests.data.conftest import Bench, Feed


@pytest.fixture
def ready(bench: Bench, feed: Feed) -> Bench:
    return read_once(bench, feed)


# --- sessions and keys -------------------------------------------------------------------------------------------


def test_without_a_session_facts_go_up_with_the_deposit_key(ready: Bench) -> None:
    capture(ready, "a")
    fail_push(ready, status(401))
    assert ready.engine.status().state == "login"
    assert any(isinstance(each, do.AskLogin) for each in ready.others)
    sent = ready.sent()
    assert sent is not None
    assert (sent.seqs, sent.key) == ((1,), "deposit")
    accept(ready)
    assert ready.engine.status().unsent == 0
    assert ready.fetched() is None


def test_a_deposit_key_the_server_does_not_know_ends_in_waiting_for_a_login(ready: Bench) -> None:
    capture(ready, "a")
    fail_push(ready, status(401))
    fail_push(ready, status(401))
    assert ready.requests == {}
    wait(ready, 86_400)
    assert ready.sent() is None
    ready.tell(on.LoggedIn(deposit=False))
    sent = ready.sent()
    assert sent is not None
    assert (sent.seqs, sent.key) == ((1,), "session")


def test_login_is_asked_for_once(ready: Bench) -> None:
    ready.tell(on.Poked(2))
    fail_pull(ready, status(401))
    capture(ready, "a")
    fail_push(ready, status(401))
    assert sum(isinstance(each, do.AskLogin) for each in ready.others) == 1
    assert ready.replica.cases.ids() == {"42"}, "everything is kept until then"


def test_an_answer_to_the_last_session_does_not_end_the_next_one(ready: Bench) -> None:
    capture(ready, "a")
    ready.tell(on.Poked(2))
    ready.tell(on.LoggedIn(deposit=True))
    fail_push(ready, status(401))
    fail_pull(ready, status(401))
    assert not any(isinstance(each, do.AskLogin) for each in ready.others)
    sent = ready.sent()
    assert sent is not None
    assert (sent.seqs, sent.key) == ((1,), "session")
    fail_push(ready, status(401))
    assert ready.engine.status().state == "login", "this one showed the new session's key"


def test_whoever_logs_out_is_not_asked_to_log_in(ready: Bench) -> None:
    ready.tell(on.LoggedOut())
    assert not any(isinstance(each, do.AskLogin) for each in ready.others)
    assert ready.engine.status().state == "login"
    capture(ready, "a")
    sent = ready.sent()
    assert sent is not None
    assert sent.key == "deposit"


def test_a_login_may_tell_of_another_history(ready: Bench) -> None:
    capture(ready, "a")
    ready.tell(on.LoggedIn(deposit=True, epoch="e8"))
    accept(ready)
    assert ready.engine.status().unsent == 1, "it was in custody of a history that is gone"
    assert ready.fetched() is not None


def test_starting_without_a_session_asks_for_a_login_and_hands_over_facts(bench: Bench) -> None:
    bench.replica.outbox.append(NoteAdded("a"), "42")
    bench.start(session=False, deposit=True)
    assert bench.fetched() is None
    assert bench.sent() is not None
    assert bench.engine.status().state == "login"
    assert any(isinstance(each, do.AskLogin) for each in bench.others)


def test_forbidden_keeps_everything_and_goes_on_handing_over(ready: Bench) -> None:
    ready.tell(on.Poked(2))
    fail_pull(ready, status(403))
    assert ready.engine.status().state == "forbidden"
    assert ready.replica.cases.ids() == {"42"}
    capture(ready, "a")
    accept(ready)
    assert ready.engine.status().unsent == 0


# --- protocol and stream -----------------------------------------------------------------------------------------


def test_no_common_protocol_stops_both_ways_and_keeps_everything(bench: Bench) -> None:
    bench.start()
    answer_hello(bench, lowest=2, highest=3)
    bench.requests.clear()
    capture(bench, "a")
    assert bench.engine.status().state == "update"
    assert bench.sent() is None
    bench.tell(on.Nudged())
    answer_hello(bench)
    assert bench.engine.state.compatible


def test_the_stream_is_opened_again_and_its_loss_costs_only_time(bench: Bench, feed: Feed) -> None:
    bench.listen = True
    bench.boot()
    bench.start()
    answer_hello(bench)
    answer_pull(bench, feed.page(feed.put(1, "42", 3)))
    stream = next(each for each in bench.requests.values() if isinstance(each, do.OpenStream))
    bench.tell(on.StreamOpened(stream.request))
    answer_pull(bench, feed.page(head=1))
    assert bench.wake_after == pytest.approx(300)
    del bench.requests[stream.request]
    bench.tell(on.StreamLost(stream.request, Failure("network")))
    assert bench.wake_after is not None
    assert bench.wake_after <= 20
    wait(bench)
    assert any(isinstance(each, do.OpenStream) for each in bench.requests.values())
