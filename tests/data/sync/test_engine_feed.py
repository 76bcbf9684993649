"""What the engine decides on the way down, also where the server has another history; the network is the test."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from data.sync import effects as do
from data.sync import inputs as on
from domain.wire import DeviceState, EventResult, PushAnswer
from tests.support.exchange import (
    accept,
    answer_hello,
    answer_pull,
    capture,
    fail_pull,
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


# --- the feed ----------------------------------------------------------------------------------------------------


def test_pages_are_read_on_until_the_head(ready: Bench, feed: Feed) -> None:
    ready.tell(on.Poked(3))
    answer_pull(ready, feed.page(feed.put(2, "43", 1), more=True, head=3))
    fetched = ready.fetched()
    assert fetched is not None
    assert fetched.cursor == "c2"
    assert ready.engine.status().state == "syncing"
    answer_pull(ready, feed.page(feed.put(3, "44", 1)))
    assert ready.fetched() is None
    assert ready.engine.status().state == "synced"


def test_a_hint_during_a_pull_leads_to_another(ready: Bench, feed: Feed) -> None:
    ready.tell(on.Poked(2))
    ready.tell(on.Poked(3))
    answer_pull(ready, feed.page(feed.put(2, "43", 1)))
    assert ready.fetched() is not None


def test_a_hint_of_what_is_known_costs_nothing(ready: Bench) -> None:
    ready.tell(on.Poked(1))
    assert ready.fetched() is None


def test_without_a_stream_the_feed_is_read_every_twenty_seconds(ready: Bench) -> None:
    assert ready.wake_after == pytest.approx(20)
    wait(ready)
    assert ready.fetched() is not None


def test_a_server_that_promises_more_and_gives_nothing_is_not_flooded(ready: Bench, feed: Feed) -> None:
    ready.tell(on.Poked(9))
    answer_pull(ready, feed.page(more=True, cursor="c1", head=9))
    assert ready.fetched() is None
    assert ready.engine.status().state == "busy"


def test_a_cursor_the_server_calls_malformed_leads_to_reading_from_the_start(ready: Bench, feed: Feed) -> None:
    ready.tell(on.Poked(2))
    fail_pull(ready, status(400))
    wait(ready)
    fetched = ready.fetched()
    assert fetched is not None
    assert fetched.cursor is None
    answer_pull(ready, feed.page(feed.put(2, "43", 1)))
    assert ready.replica.cases.ids() == {"43"}


def test_after_a_push_the_feed_is_read_for_what_it_made(ready: Bench, feed: Feed) -> None:
    capture(ready, "a")
    accept(ready, ver=4)
    assert ready.replica.outbox.pending("42") != ()
    answer_pull(ready, feed.page(feed.put(2, "42", 4), device=DeviceState(1)))
    assert ready.replica.outbox.pending("42") == ()


def test_a_revocation_hint_hides_at_once_and_asks_the_feed(ready: Bench, feed: Feed) -> None:
    ready.tell(on.RevokeHinted(("case:42",)))
    assert ready.replica.cases.case("42") is None
    answer_pull(ready, feed.page(feed.remove(2, "42", 4)))
    assert ready.replica.cases.ids() == frozenset()


def test_what_is_hidden_stays_so_until_the_head_is_reached(ready: Bench, feed: Feed) -> None:
    ready.tell(on.RevokeHinted(("case:42",)))
    answer_pull(ready, feed.page(feed.put(2, "43", 1), more=True, head=3))
    assert ready.replica.cases.case("42") is None
    answer_pull(ready, feed.page(head=3, cursor="c3"))
    assert ready.replica.cases.case("42") is not None, "a hint is not the feed's word"


def test_a_page_asked_for_before_the_acknowledgement_settles_nothing(ready: Bench, feed: Feed) -> None:
    ready.tell(on.Poked(2))
    capture(ready, "a")
    accept(ready, ver=4)
    answer_pull(ready, feed.page(feed.put(2, "42", 4), device=DeviceState(1)))
    assert ready.replica.outbox.pending("42") != ()
    answer_pull(ready, feed.page(head=2, device=DeviceState(1)))
    assert ready.replica.outbox.pending("42") == ()


def test_a_disk_that_refuses_a_page_leads_to_asking_for_it_again(ready: Bench, feed: Feed) -> None:
    ready.tell(on.Poked(2))
    fetched = ready.fetched()
    assert fetched is not None
    del ready.requests[fetched.request]
    effects = ready.engine.handle(on.PullAnswered(fetched.request, feed.page(feed.put(2, "43", 1)), ready.timing()))
    assert any(isinstance(each, do.ApplyPage) for each in effects)
    ready.tell(on.StoreFailed(fetched.request))
    assert ready.engine.status().state == "trouble"
    wait(ready)
    again = ready.fetched()
    assert again is not None
    assert again.cursor == "c1"
    answer_pull(ready, feed.page(feed.put(2, "43", 1)))
    assert ready.replica.cases.ids() == {"42", "43"}


def test_a_disk_that_refuses_an_acknowledgement_leads_to_offering_again(ready: Bench) -> None:
    capture(ready, "a")
    sent = ready.sent()
    assert sent is not None
    result = EventResult(ready.replica.outbox.unsent()[0].id, "accepted", key="case:42", ver=4)
    del ready.requests[sent.request]
    ready.engine.handle(on.PushAnswered(sent.request, PushAnswer(1, [], [result]), ready.timing()))
    ready.tell(on.StoreFailed(sent.request))
    assert ready.engine.status().unsent == 1
    wait(ready)
    assert sent_seqs(ready) == (1,)


# --- other histories of the server -------------------------------------------------------------------------------


def test_a_restored_server_is_offered_every_kept_fact_again(ready: Bench, feed: Feed) -> None:
    capture(ready, "a")
    accept(ready)
    capture(ready, "b")
    accept(ready)
    answer_pull(ready, feed.page(feed.put(1, "42", 2), epoch="e8", reset=True, cursor="n1"))
    assert ready.engine.status().unsent == 2
    ready.tell(on.FactCaptured())
    assert sent_seqs(ready) == (1, 2)


def test_an_acknowledgement_of_a_history_that_is_gone_does_not_count(ready: Bench, feed: Feed) -> None:
    capture(ready, "a")
    ready.tell(on.Poked(2))
    answer_pull(ready, feed.page(feed.put(1, "42", 2), epoch="e8", reset=True, cursor="n1"))
    accept(ready)
    assert ready.engine.status().unsent == 1
    assert sent_seqs(ready) == (1,)
    accept(ready)
    assert ready.engine.status().unsent == 0


def test_a_server_that_lost_facts_without_a_word_is_given_them_again_but_not_for_ever(ready: Bench, feed: Feed) -> None:
    capture(ready, "a", "b")
    accept(ready)
    answer_pull(ready, feed.page(head=1, device=DeviceState(2)))
    ready.tell(on.Poked(5))
    answer_pull(ready, feed.page(head=5, device=DeviceState(1)))
    assert sent_seqs(ready) == (2,)
    accept(ready)
    answer_pull(ready, feed.page(head=5, device=DeviceState(1)))
    assert ready.engine.status().unsent == 0
    wait(ready, 3601)
    answer_hello_if_asked(ready)
    answer_pull(ready, feed.page(head=5, device=DeviceState(1)))
    assert sent_seqs(ready) == (2,)


def answer_hello_if_asked(bench: Bench) -> None:
    if any(isinstance(each, do.SayHello) for each in bench.requests.values()):
        answer_hello(bench)


def test_facts_the_server_names_as_missing_are_offered_again(ready: Bench) -> None:
    capture(ready, "a")
    accept(ready)
    capture(ready, "b")
    accept(ready, received_through=0, missing=[1])
    assert sent_seqs(ready) == (1,)


def test_a_pull_from_before_the_acknowledgement_proves_no_loss(ready: Bench, feed: Feed) -> None:
    ready.tell(on.Poked(2))
    capture(ready, "a")
    accept(ready)
    answer_pull(ready, feed.page(head=1, device=DeviceState(0)))
    assert ready.engine.status().unsent == 0


def test_a_device_set_back_raises_an_alarm(ready: Bench, feed: Feed) -> None:
    ready.tell(on.Poked(2))
    answer_pull(ready, feed.page(head=1, device=DeviceState(57)))
    assert do.RaiseAlarm("set-back") in ready.others
    assert ready.replica.outbox.head.seq == 57
