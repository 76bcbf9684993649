"""The casebook: the server's last word and the outbox on top, and no trace of what was taken away."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from domain.facts.payloads import AttemptEnded, AttemptStarted, NoteAdded, PromiseMade, PromisePart
from domain.wire import Entry, EventResult

if TYPE_CHECKING:
    from tests.data.conftest import Device, Feed


def test_documents_and_cursor_survive_a_restart_together(device: Device, feed: Feed) -> None:
    device.apply(feed.page(feed.put(1, "42", 3), feed.put(2, "43", 1), Entry(3, "put", "policy", 1, {"days": 30})))
    device.restart()
    assert [case.id for case in device.replica.cases.cases()] == ["42", "43"]
    assert device.replica.memory.position.cursor == "c3"
    policy = device.replica.cases.policy()
    assert policy is not None
    assert policy.body == {"days": 30}
    assert device.replica.cases.scripts() is None


def test_fields_of_a_later_server_are_kept_as_they_came(device: Device, feed: Feed) -> None:
    body = feed.body("42") | {"mood": {"score": 12345678901234567890123, "trend": [1.5, None]}}
    device.apply(feed.page(Entry(1, "put", "case:42", 3, body), Entry(2, "put", "memo:1", 1, {"any": "kind"})))
    device.restart()
    stored = device.replica.cases.document("case:42")
    assert stored is not None
    assert stored.body == body
    assert [document.body for document in device.replica.cases.documents("memo")] == [{"any": "kind"}]


@pytest.mark.parametrize(("ver", "name"), [(2, "Lin Yue"), (3, "Lin Yue"), (4, "Newer")])
def test_an_entry_applies_only_if_it_is_newer(device: Device, feed: Feed, ver: int, name: str) -> None:
    device.apply(feed.page(feed.put(1, "42", 3)))
    device.apply(feed.page(feed.put(2, "42", ver, customer={"name": "Newer"})), "c1")
    case = device.replica.cases.case("42")
    assert case is not None
    assert case.customer.name == name


def test_an_older_remove_takes_nothing_away(device: Device, feed: Feed) -> None:
    device.apply(feed.page(feed.put(1, "42", 3)))
    device.apply(feed.page(feed.remove(2, "42", 3)), "c1")
    assert device.replica.cases.ids() == {"42"}
    device.apply(feed.page(feed.remove(3, "42", 4)), "c2")
    assert device.replica.cases.ids() == frozenset()


def test_what_was_captured_is_on_top_until_the_document_shows_it(device: Device, feed: Feed) -> None:
    replica = device.replica
    device.apply(feed.page(feed.put(1, "42", 3)))
    promise = PromiseMade("p1", "CNY", (PromisePart(date(2026, 11, 27), 125_000),))
    fact = replica.outbox.append(promise, "42")

    def promises() -> list[str]:
        case = device.replica.cases.case("42")
        assert case is not None
        assert case in device.replica.cases.cases()
        return [each.id for each in case.promises]

    assert promises() == ["p1"]
    assert replica.cases.ids_with_pending() == {"42"}
    replica.mark([EventResult(fact.id, "accepted", key="case:42", ver=5)], replica.memory.contact)
    assert promises() == ["p1"], "acknowledged, not yet in the document"
    assert replica.cases.ids_with_pending() == frozenset()
    device.restart()
    assert promises() == ["p1"], "nor forgotten by a restart"
    device.apply(feed.page(feed.put(2, "42", 4)), "c1")
    assert promises() == ["p1"], "a document from before it does not count"
    device.apply(feed.page(feed.put(3, "42", 5)), "c2")
    assert promises() == [], "the document has the version: the server has the last word"


def test_an_answer_that_comes_after_its_document_is_settled_with_the_next_page(device: Device, feed: Feed) -> None:
    replica = device.replica
    device.apply(feed.page(feed.put(1, "42", 3)))
    fact = replica.outbox.append(NoteAdded("only here"), "42")
    device.apply(feed.page(feed.put(2, "42", 5)), "c1")
    replica.mark([EventResult(fact.id, "accepted", key="case:42", ver=5)], replica.memory.contact)
    replica.apply_page(feed.page(head=2), "c2", replica.memory.contact, settle=False)
    assert replica.outbox.pending("42") == (fact,), "a page asked for before the answer proves nothing"
    replica.apply_page(feed.page(head=2), "c2", replica.memory.contact)
    assert replica.outbox.pending("42") == ()


def test_an_acknowledgement_by_a_restored_server_does_not_hide_what_was_saved(device: Device, feed: Feed) -> None:
    replica = device.replica
    device.apply(feed.page(feed.put(1, "42", 9)))
    fact = replica.outbox.append(NoteAdded("saved"), "42")
    # the server has been restored a moment ago; its answer does not say so, and its versions are lower
    replica.mark([EventResult(fact.id, "accepted", key="case:42", ver=2)], replica.memory.contact)
    assert replica.outbox.pending("42") == (fact,)
    device.apply(feed.page(feed.put(1, "42", 2), epoch="e8", reset=True), "c1")
    assert replica.outbox.pending("42") == (fact,)
    assert replica.outbox.count_unsent() == 1


def test_listeners_are_told_after_the_transaction_and_once_a_page(device: Device, feed: Feed) -> None:
    replica = device.replica
    told: list[tuple[frozenset[str], int]] = []
    end = replica.cases.subscribe(lambda keys: told.append((keys, replica.memory.position.seq)))
    device.apply(feed.page(feed.put(1, "42", 3), feed.put(2, "43", 1)))
    replica.outbox.append(NoteAdded("a"), "43")
    device.apply(feed.page(feed.put(3, "42", 2)), "c2")
    end()
    device.apply(feed.page(feed.remove(4, "42", 9)), "c3")
    assert told == [(frozenset({"case:42", "case:43"}), 2), (frozenset({"case:43"}), 2)]


def test_a_page_that_cannot_be_stored_changes_nothing(
    device: Device, feed: Feed, monkeypatch: pytest.MonkeyPatch
) -> None:
    device.apply(feed.page(feed.put(1, "42", 3)))
    told: list[frozenset[str]] = []
    device.replica.cases.subscribe(told.append)

    def fail(_position: object) -> None:
        raise OSError(28, "no space left")

    with monkeypatch.context() as patch:
        patch.setattr(device.replica.memory, "move", fail)
        with pytest.raises(OSError, match="no space"):
            device.apply(feed.page(feed.put(2, "43", 1), feed.remove(3, "42", 4)), "c1")
    assert device.replica.cases.ids() == {"42"}
    assert told == []
    device.restart()
    assert device.replica.cases.ids() == {"42"}
    assert device.replica.memory.position.cursor == "c1"


def test_a_taken_away_case_leaves_nothing_personal_but_what_is_unsent(device: Device, feed: Feed) -> None:
    replica = device.replica
    device.apply(feed.page(feed.put(1, "42", 3, customer={"name": "Ondine Marchetti"})))
    told = replica.outbox.append(NoteAdded("rings from her sister's flat"), "42")
    call = replica.outbox.append(AttemptStarted("+8613812345678"), "42")
    ended = replica.outbox.append(AttemptEnded(call.id, "no_answer"), "42")
    replica.mark(
        [EventResult(fact.id, "accepted", key="case:42", ver=4) for fact in (told, call, ended)],
        replica.memory.contact,
    )
    replica.outbox.append(NoteAdded("not handed over yet"), "42")
    replica.drafts.save("42", {"note": "half a sentence"})
    device.apply(feed.page(revoked=["case:42", "case:77"]), "c1")
    kept = device.everything()
    assert [text for text in ("Ondine", "sister", "13812345678", "half a sentence") if text in kept] == []
    assert "not handed over yet" in kept
    assert replica.outbox.count_unsent() == 1
    assert replica.cases.cases() == ()
    assert replica.outbox.reoffer(lambda _seq, _answer: True) == 1, "what is not personal can be offered again"


def test_facts_of_a_case_a_restored_server_takes_away_are_offered_to_it_first(device: Device, feed: Feed) -> None:
    replica = device.replica
    device.apply(feed.page(feed.put(1, "42", 3)))
    told = replica.outbox.append(NoteAdded("rings from her sister's flat"), "42")
    answer = EventResult(told.id, "accepted", key="case:42", ver=4)
    replica.mark([answer], replica.memory.contact)
    restored = feed.page(epoch="e8", reset=True, revoked=["case:42"])
    device.apply(restored, "c1")
    assert replica.cases.cases() == ()
    assert [kept.id for kept in replica.outbox.unsent()] == [told.id], (
        "the backup may be from before it was handed over"
    )
    assert "sister" in device.everything()
    replica.mark([answer], replica.memory.contact)
    assert "sister" not in device.everything()


def test_a_fact_acknowledged_after_its_case_has_gone_leaves_nothing_personal(device: Device, feed: Feed) -> None:
    replica = device.replica
    device.apply(feed.page(feed.put(1, "42", 3)))
    fact = replica.outbox.append(NoteAdded("said at the door"), "42")
    device.apply(feed.page(feed.remove(2, "42", 4)), "c1")
    assert "said at the door" in device.everything()
    replica.mark([EventResult(fact.id, "accepted", ["after-reassignment"], "case:42", 5)], replica.memory.contact)
    assert "said at the door" not in device.everything()


def test_traces_are_scrubbed_even_when_a_crash_came_between(
    device: Device, feed: Feed, monkeypatch: pytest.MonkeyPatch
) -> None:
    device.apply(feed.page(feed.put(1, "42", 3)))
    scrubs: list[int] = []

    def crash() -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(device.store, "scrub", crash)
        with pytest.raises(KeyboardInterrupt):
            device.apply(feed.page(feed.remove(2, "42", 4)), "c1")
    monkeypatch.setattr(device.store, "scrub", lambda: scrubs.append(1))
    device.restart()
    device.restart()
    assert scrubs == [1]


def test_a_hint_hides_a_case_until_the_feed_has_spoken(device: Device, feed: Feed) -> None:
    book = device.replica.cases
    device.apply(feed.page(feed.put(1, "42", 3), feed.put(2, "43", 1)))
    told: list[frozenset[str]] = []
    book.subscribe(told.append)
    book.hide(["case:42", "case:unknown"])
    assert book.ids() == {"43"}
    assert (book.case("42"), book.document("case:42"), [case.id for case in book.cases()]) == (None, None, ["43"])
    device.apply(feed.page(), "c2")
    assert book.ids() == {"42", "43"}
    assert told == [frozenset({"case:42"})] * 2


def test_a_case_this_version_cannot_read_is_kept_and_named(device: Device, feed: Feed) -> None:
    device.apply(feed.page(feed.put(1, "42", 3, debts="many"), feed.put(2, "43", 1)))
    book = device.replica.cases
    assert [case.id for case in book.cases()] == ["43"]
    assert book.unreadable() == ("case:42",)
    assert book.document("case:42") is not None


def test_a_reset_in_pages_sweeps_only_at_its_end_and_survives_a_restart(device: Device, feed: Feed) -> None:
    device.apply(feed.page(feed.put(1, "41", 1), feed.put(2, "42", 1), feed.put(3, "43", 1)))
    device.replica.outbox.append(NoteAdded("unsent"), "41")
    device.apply(feed.page(feed.put(7, "42", 1), reset=True, more=True, head=9, cursor="r7"), "lost")
    assert device.replica.cases.ids() == {"41", "42", "43"}
    device.restart()
    device.apply(feed.page(feed.put(8, "43", 1), reset=True, more=True, head=9, cursor="r8"), "r7")
    assert device.replica.cases.ids() == {"41", "42", "43"}
    device.apply(feed.page(feed.put(9, "44", 1), head=9), "r8")
    assert device.replica.cases.ids() == {"42", "43", "44"}
    assert device.replica.outbox.count_unsent() == 1
    device.restart()
    assert device.replica.cases.ids() == {"42", "43", "44"}
    assert not device.replica.memory.position.sweeping


def test_documents_of_a_restored_server_replace_newer_ones_of_its_lost_history(device: Device, feed: Feed) -> None:
    device.apply(feed.page(feed.put(1, "42", 9)))
    device.apply(feed.page(feed.put(1, "42", 5, customer={"name": "Restored"}), epoch="e8", reset=True), "c1")
    case = device.replica.cases.case("42")
    assert case is not None
    assert case.customer.name == "Restored"
