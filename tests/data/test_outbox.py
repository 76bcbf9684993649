"""The outbox: what is captured is durable, chained, offered unchanged, and moved by acknowledgements alone."""

from __future__ import annotations

import json
from datetime import date, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from data.kept import NewFact
from data.outbox import MAX_FACT, FactTooLongError
from domain.canonical import canonical_bytes, digest
from domain.clock import parse_instant
from domain.facts.payloads import AttemptEnded, AttemptStarted, CaseClosed, NoteAdded, PromiseMade, PromisePart
from domain.wire import DeviceState, EventResult

if TYPE_CHECKING:
    from tests.data.conftest import Device, Feed


def accepted(fact_id: str, case_id: str = "42", ver: int = 4) -> EventResult:
    return EventResult(fact_id, "accepted", key=f"case:{case_id}", ver=ver)


def test_numbers_and_digests_form_one_chain_over_restarts(device: Device) -> None:
    for turn in range(3):
        device.replica.outbox.capture([NewFact("42", NoteAdded(f"note {turn}")), NewFact("43", NoteAdded("more"))])
        device.restart()
    events = [json.loads(kept.text) for kept in device.replica.outbox.unsent()]
    assert [event["seq"] for event in events] == [1, 2, 3, 4, 5, 6]
    assert "prev" not in events[0]
    for before, after in pairwise(events):
        assert after["prev"] == digest(canonical_bytes(before))


def test_text_is_the_canonical_spelling_of_the_event(device: Device) -> None:
    device.replica.outbox.append(
        PromiseMade("p1", "CNY", (PromisePart(date(2026, 11, 27), 125_000),), method="transfer"), "42"
    )
    (kept,) = device.replica.outbox.unsent()
    event = json.loads(kept.text)
    assert canonical_bytes(event).decode() == kept.text
    assert event["data"]["parts"] == [{"amount": 125_000, "due": "2026-11-27"}]
    assert event["at"] == "2026-11-20T04:00:00.000Z"


def test_facts_are_given_by_their_numbers_as_long_as_they_are_unsent(device: Device) -> None:
    outbox = device.replica.outbox
    facts = outbox.capture([NewFact("42", NoteAdded(text)) for text in "abc"])
    outbox.mark([accepted(facts[1].id)], "e7", lambda _key: True)
    assert [kept.id for kept in outbox.among_unsent([3, 2, 1, 9])] == [facts[2].id, facts[0].id]


def test_instants_grow_even_when_the_clock_is_set_back(device: Device) -> None:
    outbox = device.replica.outbox
    first = outbox.append(NoteAdded("a"), "42")
    device.clock.pass_by(-3600)
    second, third = outbox.capture([NewFact("42", NoteAdded("b")), NewFact("42", NoteAdded("c"))])
    assert second.at - first.at == timedelta(milliseconds=1)
    assert third.at - second.at == timedelta(milliseconds=1)


def test_facts_carry_the_position_on_screen(device: Device, feed: Feed) -> None:
    outbox = device.replica.outbox
    outbox.append(NoteAdded("before the first page"), "42")
    device.apply(feed.page(feed.put(10442, "42", 3)))
    outbox.append(NoteAdded("after it"), "42")
    before, after = (json.loads(kept.text) for kept in outbox.unsent())
    assert "seen" not in before
    assert after["seen"] == {"epoch": "e7", "seq": 10442}


def test_a_payload_of_the_server_is_refused_and_leaves_no_gap(device: Device) -> None:
    outbox = device.replica.outbox
    with pytest.raises(ValueError, match="server alone"):
        outbox.capture([NewFact("42", NoteAdded("a")), NewFact("42", CaseClosed())])
    assert outbox.count_unsent() == 0
    outbox.append(NoteAdded("a"), "42")
    assert outbox.unsent()[0].seq == 1


def test_too_long_a_text_is_refused_while_it_can_still_be_shortened(device: Device) -> None:
    with pytest.raises(FactTooLongError):
        device.replica.outbox.append(NoteAdded("长" * MAX_FACT), "42")
    assert device.replica.outbox.count_unsent() == 0


def test_text_typed_is_cleaned_and_half_characters_do_not_stop_a_save(device: Device) -> None:
    fact = device.replica.outbox.append(NoteAdded("a\x1b]52;c;aGk=\x07b\ud800c"), "42")
    assert fact.payload == NoteAdded("a]52;c;aGk=b\ufffdc")


def test_the_id_of_a_call_can_be_named_by_the_fact_that_ends_it(device: Device) -> None:
    call = device.ids.new()
    started, ended = device.replica.outbox.capture(
        [NewFact("42", AttemptStarted("+8613812345678"), call), NewFact("42", AttemptEnded(call, "no_answer"))]
    )
    assert started.id == call
    with pytest.raises(ValueError, match="once"):
        device.replica.outbox.append(NoteAdded("again"), "42", fact_id=call)
    assert ended.payload == AttemptEnded(call, "no_answer")


@pytest.mark.parametrize("status", ["accepted", "quarantined", "conflict"])
def test_every_answer_takes_the_fact_out_of_the_unsent_ones(device: Device, feed: Feed, status: str) -> None:
    device.apply(feed.page(feed.put(1, "42", 3)))
    outbox = device.replica.outbox
    fact = outbox.append(NoteAdded("a"), "42")
    result = EventResult(fact.id, status, key="case:42", ver=4)  # type: ignore[arg-type]  # one of the literals
    (marked,) = device.replica.mark([result], device.replica.memory.contact)
    assert marked.id == fact.id
    device.restart()
    assert device.replica.outbox.count_unsent() == 0


def test_an_answer_about_an_unknown_fact_changes_nothing(device: Device) -> None:
    device.replica.outbox.append(NoteAdded("a"), "42")
    assert device.replica.mark([accepted("somebody-else")], device.replica.memory.contact) == ()
    assert device.replica.outbox.count_unsent() == 1


def test_a_duplicate_stands_as_it_did_the_first_time(device: Device, feed: Feed) -> None:
    device.apply(feed.page(feed.put(1, "42", 3)))
    fact = device.replica.outbox.append(NoteAdded("a"), "42")
    result = EventResult(fact.id, "duplicate", first="quarantined")
    device.replica.mark([result], device.replica.memory.contact)
    assert device.replica.outbox.under_review()[fact.id].status == "quarantined"


def test_a_refused_fact_stays_unsent_with_its_problem(device: Device) -> None:
    device.replica.outbox.append(NoteAdded("a"), "42")
    before = device.replica.outbox.unsent()[0]
    device.replica.refuse(1, 400, "malformed")
    device.replica.refuse(1, 413, "too-large")
    device.restart()
    (kept,) = device.replica.outbox.unsent()
    assert kept.refusal is not None
    assert (kept.refusal.status, kept.refusal.problem, kept.refusal.times) == (413, "too-large", 2)
    assert kept.text == before.text
    assert (device.replica.outbox.count_unsent(), device.replica.outbox.count_refused()) == (1, 1)


def test_acknowledged_facts_stay_45_days_and_unsent_ones_for_ever(device: Device, feed: Feed) -> None:
    device.apply(feed.page(feed.put(1, "42", 3)))
    outbox = device.replica.outbox
    sent = outbox.append(NoteAdded("sent"), "42")
    outbox.append(NoteAdded("unsent"), "42")
    device.replica.mark([accepted(sent.id)], device.replica.memory.contact)
    device.clock.pass_by(44 * 86400)
    assert outbox.prune() == 0
    device.clock.pass_by(2 * 86400)
    assert outbox.prune() == 1
    device.restart()
    assert device.replica.outbox.reoffer(lambda _seq, _answer: True) == 0
    assert [kept.fact.payload for kept in device.replica.outbox.unsent()] == [NoteAdded("unsent")]
    device.replica.outbox.append(NoteAdded("next"), "42")
    assert device.replica.outbox.head.seq == 3


def test_another_history_of_the_server_is_offered_everything_again_in_order(device: Device, feed: Feed) -> None:
    device.apply(feed.page(feed.put(1, "42", 3)))
    outbox = device.replica.outbox
    texts = []
    for number in range(3):
        fact = outbox.append(NoteAdded(f"{number}"), "42")
        texts.append(outbox.unsent()[-1].text)
        device.replica.mark([accepted(fact.id)], device.replica.memory.contact)
    outbox.append(NoteAdded("unsent"), "42")
    device.apply(feed.page(feed.put(1, "42", 1), epoch="e8", reset=True))
    device.restart()
    assert [kept.text for kept in device.replica.outbox.unsent()][:3] == texts
    assert device.replica.outbox.count_unsent() == 4


def test_a_device_set_back_does_not_use_numbers_the_server_has(device: Device, feed: Feed) -> None:
    device.apply(feed.page(device=DeviceState(received_through=57)))
    device.replica.outbox.append(NoteAdded("a"), "42")
    device.replica.outbox.append(NoteAdded("b"), "42")
    first, second = (json.loads(kept.text) for kept in device.replica.outbox.unsent())
    assert (first["seq"], "prev" in first, second["seq"], second["prev"]) == (
        58,
        False,
        59,
        digest(canonical_bytes(first)),
    )


def test_a_failed_transaction_leaves_memory_as_the_disk_is(device: Device, monkeypatch: pytest.MonkeyPatch) -> None:
    replica = device.replica
    fact = replica.outbox.append(NoteAdded("a"), "42")

    def fail(_contact: object) -> None:
        raise OSError(28, "no space left")

    monkeypatch.setattr(replica.memory, "remember", fail)
    with pytest.raises(OSError, match="no space"):
        replica.mark([accepted(fact.id)], replica.memory.contact)
    assert replica.outbox.count_unsent() == 1
    device.restart()
    assert device.replica.outbox.count_unsent() == 1


def test_facts_are_known_again_after_a_restart(device: Device, feed: Feed) -> None:
    device.apply(feed.page(feed.put(1, "42", 3)))
    fact = device.replica.outbox.append(AttemptStarted("+8613812345678"), "42")
    device.restart()
    assert device.replica.outbox.pending("42") == (fact,)
    assert fact.at == parse_instant("2026-11-20T04:00:00.000Z")
