"""The next facts leave before the answer to the last ones is stored: the server has something to do meanwhile."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from data.answers import Failure
from data.sync import effects as do
from data.sync import inputs as on
from domain.facts.payloads import DisclosureRead
from domain.wire import EventResult, PushAnswer

if TYPE_CHECKING:
    from tests.data.conftest import Bench, Feed


def capture(bench: Bench, many: int, case_id: str = "a") -> None:
    with bench.device.store.transaction():
        for _ in range(many):
            bench.replica.outbox.append(DisclosureRead(name=case_id), case_id)
    bench.tell(on.FactCaptured())


def answered(bench: Bench, *, taken: int | None = None, **more: Any) -> tuple[do.Effect, ...]:
    """Let the server answer the oldest request, and give what is to be done: nothing of it is done."""
    sent = bench.flights()[0]
    del bench.requests[sent.request]
    kept = bench.replica.outbox.among_unsent(sent.seqs[:taken])
    results = [EventResult(each.id, "accepted", key=f"case:{each.case_id}", ver=4) for each in kept]
    fields: dict[str, Any] = {"received_through": sent.seqs[-1], "missing": [], "results": results}
    return bench.engine.handle(on.PushAnswered(sent.request, PushAnswer(**(fields | more)), bench.timing()))


def leaving(effects: tuple[do.Effect, ...]) -> list[tuple[int, ...]]:
    """The facts that leave, in effects that come before anything is stored."""
    marked = next(place for place, each in enumerate(effects) if isinstance(each, do.MarkSent))
    assert not any(isinstance(each, do.SendEvents) for each in effects[marked:])
    return [each.seqs for each in effects[:marked] if isinstance(each, do.SendEvents)]


@pytest.fixture
def ready(bench: Bench, feed: Feed) -> Bench:
    bench.start()
    bench.answer_hello(most=2)
    bench.answer_pull(feed.page(*(feed.put(seq, case_id, 3) for seq, case_id in enumerate("ab", 1))))
    return bench


def test_the_next_facts_leave_first_even_of_the_same_case(ready: Bench) -> None:
    capture(ready, 5)
    assert [each.seqs for each in ready.flights()] == [(1, 2)]
    assert leaving(answered(ready)) == [(3, 4)], "and none of those whose answer is being stored"


def test_what_was_captured_meanwhile_leaves_too_however_little(ready: Bench) -> None:
    capture(ready, 1)
    capture(ready, 1)
    assert leaving(answered(ready)) == [(2,)]


def test_a_third_request_waits_for_one_of_two_to_be_answered(ready: Bench) -> None:
    capture(ready, 2, "a")
    capture(ready, 2, "b")
    capture(ready, 6, "a")
    assert [each.seqs for each in ready.flights()] == [(1, 2), (3, 4)]
    assert leaving(answered(ready)) == [(5, 6)]
    assert len(ready.engine.state.push.under_way) == 3, "one being stored, two with the server"
    effects = ready.engine.handle(on.Tick())
    assert not any(isinstance(each, do.SendEvents) for each in effects)


@pytest.mark.parametrize("answer", [{"taken": 1}, {"taken": 0}, {"revoked": True}])
def test_an_answer_that_is_not_plain_is_stored_first(ready: Bench, answer: dict[str, Any]) -> None:
    capture(ready, 6)
    assert leaving(answered(ready, **answer)) == []


def test_after_a_failure_one_goes_after_the_other(ready: Bench) -> None:
    capture(ready, 6)
    sent = ready.flights()[0]
    del ready.requests[sent.request]
    ready.tell(on.PushFailed(sent.request, Failure("network")))
    ready.wait(2)
    assert [each.seqs for each in ready.flights()] == [(1, 2)]
    assert leaving(answered(ready)) == []


def test_when_the_disk_refuses_the_answer_those_are_repeated_and_the_others_go_on(ready: Bench) -> None:
    capture(ready, 6)
    first = ready.flights()[0]
    for effect in answered(ready):
        if isinstance(effect, do.SendEvents):
            ready.requests[effect.request] = effect
    ready.tell(on.StoreFailed(first.request))
    assert [each.seqs for each in ready.flights()] == [(3, 4)]
    assert ready.engine.state.push.groups == ((1, 2),)
    ready.wait(2)
    assert [each.seqs for each in ready.flights()] == [(3, 4)]
    for seqs in ((3, 4), (1, 2), (5, 6)):
        assert [each.seqs for each in ready.flights()] == [seqs]
        sent = ready.flights()[0]
        del ready.requests[sent.request]
        kept = ready.replica.outbox.among_unsent(seqs)
        results = [EventResult(each.id, "accepted", key="case:a", ver=4) for each in kept]
        ready.tell(on.PushAnswered(sent.request, PushAnswer(2, [], results), ready.timing()))
    assert ready.replica.outbox.count_unsent() == 0


def test_stopping_while_an_answer_is_being_stored_loses_nothing(ready: Bench) -> None:
    capture(ready, 6)
    answered(ready)
    ready.tell(on.Stopped())
    assert ready.engine.state.push.groups == ((1, 2), (3, 4))
    assert ready.replica.outbox.count_unsent() == 6


async def test_a_body_tells_when_the_connection_has_taken_it() -> None:
    from data.bodies import told

    gone = asyncio.Event()
    body = told(b"facts", gone.set)
    assert await anext(body) == b"facts"
    assert not gone.is_set()
    assert [part async for part in body] == []
    assert gone.is_set()
