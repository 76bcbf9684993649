"""Two pushes under way: when the second one starts, and that whatever happens to one is that one's alone."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from data.answers import Failure
from data.sync import effects as do
from data.sync import inputs as on
from data.sync.pulling import REST_BESIDE_BACKLOG
from domain.facts.payloads import DisclosureRead
from domain.wire import DeviceState, EventResult, PushAnswer

if TYPE_CHECKING:
    from tests.data.conftest import Bench, Feed

NETWORK = Failure("network")


status = partial(Failure, "status")


def capture(bench: Bench, cases: str) -> None:
    """Capture a fact for each letter, of the case of that letter."""
    with bench.device.store.transaction():
        for case_id in cases:
            bench.replica.outbox.append(DisclosureRead(name=case_id), case_id)
    bench.tell(on.FactCaptured())


def seqs(bench: Bench) -> list[tuple[int, ...]]:
    """What is under way."""
    return [each.seqs for each in bench.flights()]


def unsent(bench: Bench) -> list[int]:
    return [kept.seq for kept in bench.replica.outbox.unsent()]


def answer_to(bench: Bench, sent: do.SendEvents, **more: Any) -> PushAnswer:
    """What the server says to this request when it takes everything."""
    kept = {each.seq: each for each in bench.replica.outbox.unsent()}
    results = [EventResult(kept[seq].id, "accepted", key=f"case:{kept[seq].case_id}", ver=4) for seq in sent.seqs]
    fields: dict[str, Any] = {"received_through": 0, "missing": [], "results": results}
    return PushAnswer(**(fields | more))


def accept(bench: Bench, which: int = 0, **more: Any) -> None:
    sent = bench.flights()[which]
    del bench.requests[sent.request]
    bench.tell(on.PushAnswered(sent.request, answer_to(bench, sent, **more), bench.timing()))


def fail(bench: Bench, failure: Failure, which: int = 0) -> None:
    sent = bench.flights()[which]
    del bench.requests[sent.request]
    bench.tell(on.PushFailed(sent.request, failure))


@pytest.fixture
def ready(bench: Bench, feed: Feed) -> Bench:
    """An engine that has read six cases and may send two facts at once."""
    bench.start()
    bench.answer_hello(most=2)
    bench.answer_pull(feed.page(*(feed.put(seq, case_id, 3) for seq, case_id in enumerate("abcdef", 1))))
    assert bench.engine.status().state == "synced"
    return bench


# --- when the second one starts ----------------------------------------------------------------------------------


def test_of_a_backlog_two_batches_are_under_way_and_never_three(ready: Bench) -> None:
    capture(ready, "aabbccdd")
    assert seqs(ready) == [(1, 2), (3, 4)]
    accept(ready)
    assert seqs(ready) == [(3, 4), (5, 6)]
    accept(ready)
    accept(ready)
    assert seqs(ready) == [(7, 8)]
    accept(ready)
    assert unsent(ready) == []


def test_what_is_captured_on_an_ordinary_day_goes_one_request_after_the_other(bench: Bench) -> None:
    bench.start()
    bench.answer_hello(most=6)
    capture(bench, "a")
    capture(bench, "bc")
    assert seqs(bench) == [(1,)], "two facts are not worth a request beside this one"
    capture(bench, "d")
    assert seqs(bench) == [(1,), (2, 3, 4)]


def test_a_batch_that_is_large_in_bytes_is_worth_a_request_too(bench: Bench) -> None:
    bench.start()
    bench.answer_hello(most=500)
    for case_id in "ab":
        for _ in range(3):
            bench.replica.outbox.append(DisclosureRead(name="x" * 200_000), case_id)
    bench.tell(on.FactCaptured())
    assert seqs(bench) == [(1, 2, 3, 4, 5)]
    accept(bench)
    assert seqs(bench) == [(6,)]
    for case_id in "cddd":
        bench.replica.outbox.append(DisclosureRead(name="x" * 200_000), case_id)
    bench.tell(on.FactCaptured())
    assert seqs(bench) == [(6,), (7, 8, 9, 10)]


def test_what_is_said_of_one_case_goes_up_in_the_order_in_which_it_was_said(ready: Bench) -> None:
    capture(ready, "abacbddc")
    assert seqs(ready) == [(1, 2), (4, 6)], "the third and the fifth are of cases that are under way"
    accept(ready)
    assert seqs(ready) == [(4, 6), (3, 5)]
    accept(ready)
    accept(ready)
    assert seqs(ready) == [(7, 8)]


def test_with_one_case_alone_there_is_nothing_to_send_beside(ready: Bench) -> None:
    capture(ready, "aaaaaa")
    assert seqs(ready) == [(1, 2)]


def test_before_the_server_s_history_is_known_there_is_one(bench: Bench) -> None:
    bench.start()
    capture(bench, "ab" * 500)
    assert len(seqs(bench)) == 1
    bench.answer_hello(most=2)
    assert len(seqs(bench)) == 1, "it left before that, and will be repeated"


def test_a_login_between_two_requests_keeps_them_apart(ready: Bench) -> None:
    ready.tell(on.LoggedOut())
    capture(ready, "aa")
    assert [each.key for each in ready.flights()] == ["deposit"]
    ready.tell(on.LoggedIn(deposit=True, epoch="e7"))
    capture(ready, "bbcc")
    assert seqs(ready) == [(1, 2)]
    accept(ready)
    assert [each.key for each in ready.flights()] == ["session", "session"]


def test_what_the_server_would_not_take_is_offered_with_nothing_beside_it(ready: Bench) -> None:
    capture(ready, "a")
    fail(ready, status(400))
    ready.tell(on.Nudged())
    assert seqs(ready) == [(1,)]
    capture(ready, "bbcc")
    assert seqs(ready) == [(1,)]
    accept(ready)
    assert seqs(ready) == [(2, 3), (4, 5)]


def test_the_echo_rests_while_two_are_under_way_and_is_read_beside_the_last(bench: Bench, feed: Feed) -> None:
    bench.start()
    bench.answer_hello(most=2)
    bench.answer_pull(feed.page(feed.put(1, "a", 3)))
    capture(bench, "aabbcc")
    accept(bench)
    assert seqs(bench) == [(3, 4), (5, 6)]
    assert bench.fetched() is None, "nothing waits any more, but it would be read again for the other one"
    accept(bench)
    assert seqs(bench) == [(5, 6)]
    assert bench.fetched() is not None


# --- each answer is its own request's ----------------------------------------------------------------------------


def test_the_second_s_answer_may_come_first(ready: Bench) -> None:
    capture(ready, "aabbccdd")
    accept(ready, 1, missing=[1, 2])
    assert unsent(ready) == [1, 2, 5, 6, 7, 8]
    assert seqs(ready) == [(1, 2), (5, 6)]
    accept(ready, 0, received_through=4)
    assert unsent(ready) == [5, 6, 7, 8]


def test_an_answer_from_before_the_other_was_served_brings_nothing_back(ready: Bench) -> None:
    """The server took the second first; the answer that says so is overtaken by the answer to the first."""
    capture(ready, "aabb")
    accept(ready, 0, received_through=4)
    accept(ready, 0, received_through=0, missing=[1, 2])
    assert unsent(ready) == []
    assert seqs(ready) == []


def test_what_was_acknowledged_before_both_left_and_is_missing_now_is_offered_again(ready: Bench) -> None:
    capture(ready, "e")
    accept(ready, received_through=1)
    capture(ready, "aabb")
    accept(ready, 1, received_through=0, missing=[1, 2, 3])
    assert unsent(ready) == [1, 2, 3], "two of them are under way"
    assert seqs(ready) == [(2, 3), (1,)]


def test_a_page_proves_no_loss_while_a_request_is_under_way(ready: Bench, feed: Feed) -> None:
    capture(ready, "aabb")
    accept(ready, 1, received_through=4)
    ready.wait(REST_BESIDE_BACKLOG.total_seconds())
    ready.answer_pull(feed.page(head=6, device=DeviceState(0)))
    assert unsent(ready) == [1, 2]


@pytest.mark.parametrize("which", [0, 1])
def test_an_answer_to_the_one_that_was_given_up_changes_nothing(ready: Bench, which: int) -> None:
    capture(ready, "aabb")
    sent = ready.flights()[which]
    answer = answer_to(ready, sent)
    fail(ready, NETWORK, which)
    before = ready.engine.state
    ready.tell(on.PushAnswered(sent.request, answer, ready.timing()))
    assert ready.engine.state == before
    assert unsent(ready) == [1, 2, 3, 4]


@pytest.mark.parametrize("which", [0, 1])
def test_a_full_disk_leads_to_repeating_exactly_that_one(ready: Bench, which: int) -> None:
    capture(ready, "aabb")
    sent = ready.flights()[which]
    del ready.requests[sent.request]
    ready.engine.handle(on.PushAnswered(sent.request, answer_to(ready, sent), ready.timing()))
    ready.tell(on.StoreFailed(sent.request))
    assert ready.engine.status().state == "trouble"
    ready.wait(2)
    assert len(seqs(ready)) == 1, "one at a time while something is wrong"
    accept(ready)
    assert seqs(ready) == [sent.seqs]
    accept(ready)
    assert unsent(ready) == []


# --- trouble -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("failure", [NETWORK, Failure("timeout"), status(500), status(503), Failure("protocol")])
@pytest.mark.parametrize("which", [0, 1])
def test_in_trouble_one_goes_at_a_time_and_exactly_what_failed(ready: Bench, failure: Failure, which: int) -> None:
    capture(ready, "aabbccddee")
    failed = seqs(ready)[which]
    fail(ready, failure, which)
    ready.wait(901)
    assert len(seqs(ready)) == 1, "the other is still under way"
    accept(ready)
    ready.wait(0)
    assert seqs(ready) == [failed]
    accept(ready)
    assert len(seqs(ready)) == 2, "nothing is wrong any more"


def test_both_failing_counts_as_one_failure_and_both_are_repeated(ready: Bench) -> None:
    capture(ready, "aabbcc")
    fail(ready, NETWORK)
    fail(ready, NETWORK)
    assert ready.engine.state.push.failures == 1
    assert unsent(ready) == [1, 2, 3, 4, 5, 6]
    ready.tell(on.Nudged())
    first = seqs(ready)
    accept(ready)
    assert sorted(first + seqs(ready)) == [(1, 2), (3, 4)]


@pytest.mark.parametrize("then", [None, NETWORK, status(500)])
def test_what_the_server_asked_to_wait_is_waited_whatever_the_other_comes_to(
    ready: Bench, then: Failure | None
) -> None:
    capture(ready, "aabbcc")
    fail(ready, status(503, retry_after=300))
    if then is None:
        accept(ready)
    else:
        fail(ready, then)
    ready.wait(299)
    assert seqs(ready) == []
    ready.wait(60)
    assert len(seqs(ready)) == 1


def test_the_other_s_success_ends_a_wait_for_the_network(ready: Bench) -> None:
    capture(ready, "aabbcc")
    fail(ready, NETWORK)
    accept(ready)
    assert seqs(ready) == [(1, 2)]


@pytest.mark.parametrize("which", [0, 1])
def test_a_session_that_ended_gives_back_exactly_that_one_s_facts(ready: Bench, which: int) -> None:
    capture(ready, "aabbcc")
    failed = seqs(ready)[which]
    fail(ready, status(401), which)
    assert ready.engine.status().state == "login"
    assert ready.engine.state.push.groups == (failed,)
    assert len(seqs(ready)) == 1
    accept(ready)
    assert [(each.seqs, each.key) for each in ready.flights()] == [(failed, "deposit")]
    accept(ready)
    accept(ready)
    assert unsent(ready) == []


def test_both_refused_for_the_session_go_again_with_the_deposit_key(ready: Bench) -> None:
    capture(ready, "aabb")
    fail(ready, status(401))
    fail(ready, status(401))
    assert sum(isinstance(each, do.AskLogin) for each in ready.others) == 1
    gone = []
    while ready.flights():
        assert [each.key for each in ready.flights()] == ["deposit"]
        gone += seqs(ready)
        accept(ready)
    assert sorted(gone) == [(1, 2), (3, 4)]
    assert unsent(ready) == []


def test_another_history_makes_both_answers_worthless_and_both_are_repeated(ready: Bench, feed: Feed) -> None:
    capture(ready, "aabb")
    ready.tell(on.Poked(9))
    ready.wait(REST_BESIDE_BACKLOG.total_seconds())
    ready.answer_pull(feed.page(feed.put(1, "a", 2), epoch="e8", reset=True, cursor="n1"))
    accept(ready, received_through=2)
    assert unsent(ready) == [1, 2, 3, 4]
    assert seqs(ready) == [(3, 4)]
    accept(ready, received_through=4)
    assert unsent(ready) == [1, 2, 3, 4]
    gone = []
    while ready.flights():
        assert len(ready.flights()) == 1
        gone += seqs(ready)
        accept(ready)
    assert sorted(gone) == [(1, 2), (3, 4)]
    assert unsent(ready) == []


@pytest.mark.parametrize("which", [0, 1])
def test_a_malformed_batch_is_split_once_the_other_is_through(ready: Bench, which: int) -> None:
    capture(ready, "aabbcc")
    one, other = seqs(ready)[which]
    fail(ready, status(400), which)
    assert len(seqs(ready)) == 1
    accept(ready)
    assert seqs(ready) == [(one,)]
    fail(ready, status(400))
    assert seqs(ready) == [(other,)], "half of it is no reason to send two at once"
    accept(ready)
    assert seqs(ready) == [(5, 6)]
    accept(ready)
    assert unsent(ready) == [one]
    assert ready.engine.status().refused == 1


def test_until_a_refusal_is_marked_nothing_goes(bench: Bench) -> None:
    bench.start()
    bench.answer_hello(most=1)
    capture(bench, "abcd")
    first, second = bench.flights()
    effects = bench.engine.handle(on.PushFailed(first.request, status(400)))
    assert [each.seq for each in effects if isinstance(each, do.MarkRefused)] == [1]
    del bench.requests[first.request], bench.requests[second.request]
    bench.tell(on.PushAnswered(second.request, answer_to(bench, second), bench.timing()))
    assert seqs(bench) == []
    bench.replica.refuse(1, 400, "malformed")
    bench.tell(on.RefusalMarked(first.request))
    assert seqs(bench)[0] == (3,)


def test_an_answer_that_names_no_fact_is_no_acknowledgement_of_either(ready: Bench) -> None:
    capture(ready, "aabb")
    accept(ready, results=[])
    assert unsent(ready) == [1, 2, 3, 4]
    assert ready.engine.state.push.groups == ((1, 2),)
    assert seqs(ready) == [(3, 4)]


# --- the end -----------------------------------------------------------------------------------------------------


def test_stopping_gives_up_both_and_loses_nothing(ready: Bench) -> None:
    capture(ready, "aabbcc")
    ready.tell(on.Stopped())
    ready.requests.clear()
    ready.start()
    gone = []
    while ready.flights():
        gone += [seq for each in seqs(ready) for seq in each]
        accept(ready)
    assert sorted(gone) == [1, 2, 3, 4, 5, 6]
    assert unsent(ready) == []


def test_a_crash_with_two_under_way_offers_both_again(ready: Bench) -> None:
    capture(ready, "aabb")
    ready.boot()
    ready.start()
    ready.answer_hello(most=2)
    assert sorted(seq for each in seqs(ready) for seq in each) == [1, 2, 3, 4]
