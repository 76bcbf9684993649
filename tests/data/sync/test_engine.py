"""What the engine decides, rule by rule; the store below it is the real one, the network is the test."""

from __future__ import annotations

import dataclasses
from datetime import timedelta
from itertools import groupby
from typing import TYPE_CHECKING, Any

import pytest

from data.answers import Failure
from data.sync import effects as do
from data.sync import inputs as on
from data.sync.pulling import REST_BESIDE_BACKLOG
from data.sync.pushing import MANY_REFUSED
from domain.facts.payloads import NoteAdded
from domain.wire import DeviceState, EventResult, Hello, Limits, ProtocolRange, PushAnswer

if TYPE_CHECKING:
    from tests.data.conftest import Bench, Feed

NETWORK = Failure("network")
TIMEOUT = Failure("timeout")


def status(code: int, **more: Any) -> Failure:
    return Failure("status", code, **more)


def capture(bench: Bench, *texts: str) -> None:
    for text in texts:
        bench.replica.outbox.append(NoteAdded(text), "42")
    bench.tell(on.FactCaptured())


def accept(bench: Bench, ver: int = 4, **more: Any) -> None:
    """Answer the push under way: everything accepted."""
    sent = bench.sent()
    assert sent is not None
    kept = {each.seq: each for each in bench.replica.outbox.unsent()}
    results = [EventResult(kept[seq].id, "accepted", key="case:42", ver=ver) for seq in sent.seqs]
    fields: dict[str, Any] = {"received_through": sent.seqs[-1], "missing": [], "results": results}
    answer = PushAnswer(**(fields | more))
    del bench.requests[sent.request]
    bench.tell(on.PushAnswered(sent.request, answer, bench.timing()))


def fail_push(bench: Bench, failure: Failure) -> None:
    sent = bench.sent()
    assert sent is not None
    del bench.requests[sent.request]
    bench.tell(on.PushFailed(sent.request, failure))


def answer_pull(bench: Bench, page: Any, **timing: int) -> None:
    fetched = bench.fetched()
    assert fetched is not None
    del bench.requests[fetched.request]
    bench.tell(on.PullAnswered(fetched.request, page, bench.timing(**timing)))


def fail_pull(bench: Bench, failure: Failure) -> None:
    fetched = bench.fetched()
    assert fetched is not None
    del bench.requests[fetched.request]
    bench.tell(on.PullFailed(fetched.request, failure))


def answer_hello(bench: Bench, *, lowest: int = 1, highest: int = 1, epoch: str = "e7", **limits: int) -> None:
    hello = next(each for each in bench.requests.values() if isinstance(each, do.SayHello))
    del bench.requests[hello.request]
    says = Hello("", ProtocolRange(lowest, highest), epoch, Limits(**limits), "2026a")
    bench.tell(on.HelloAnswered(hello.request, says, bench.timing()))


def sent_seqs(bench: Bench) -> tuple[int, ...]:
    sent = bench.sent()
    return sent.seqs if sent else ()


def wait(bench: Bench, seconds: float | None = None) -> None:
    """Let the timer run off, or so much time."""
    seconds = bench.wake_after if seconds is None else seconds
    assert seconds is not None
    bench.device.clock.pass_by(seconds + 0.001)
    bench.tell(on.Tick())


@pytest.fixture
def ready(bench: Bench, feed: Feed) -> Bench:
    """An engine that has read the feed once: case 42 is here, nothing is unsent."""
    bench.start()
    answer_hello(bench)
    answer_pull(bench, feed.page(feed.put(1, "42", 3)))
    assert bench.engine.status().state == "synced"
    return bench


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
