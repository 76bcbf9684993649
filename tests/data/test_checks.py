"""The doctor's questions: a healthy device passes, and each kind of damage is found by the question that is for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from data.checks import check_profile
from data.ports import Table
from data.position import Contact
from domain.facts.payloads import AttemptEnded, NoteAdded
from domain.wire import DeviceState, EventResult

if TYPE_CHECKING:
    from tests.data.conftest import Device, Feed


def worked(device: Device, feed: Feed) -> Device:
    """A device with three facts acknowledged and three unsent."""
    device.apply(feed.page(feed.put(1, "42", 3)))
    for number in range(6):
        fact = device.replica.outbox.append(NoteAdded(f"note {number}"), "42")
        if number < 3:
            result = EventResult(fact.id, "accepted", key="case:42", ver=4)
            device.replica.mark([result], device.replica.memory.contact)
    return device


def wrong(device: Device) -> set[str]:
    device.restart()
    return {finding.name for finding in check_profile(device.store, device.replica) if not finding.ok}


def test_a_healthy_device_passes(device: Device, feed: Feed) -> None:
    worked(device, feed)
    findings = check_profile(device.store, device.replica)
    assert [finding for finding in findings if not finding.ok] == []
    assert {"outbox.chain", "outbox.facts", "cases.readable", "feed.position", "store.integrity"} <= {
        finding.name for finding in findings
    }
    assert "note" not in repr(findings)


def test_a_new_device_passes(device: Device) -> None:
    assert wrong(device) == set()


def test_forgetting_what_is_old_leaves_the_device_healthy(device: Device, feed: Feed) -> None:
    worked(device, feed)
    device.clock.pass_by(46 * 86_400)
    assert device.replica.outbox.prune() == 3
    assert wrong(device) == set()


def test_a_device_that_was_set_back_is_healthy_again(device: Device, feed: Feed) -> None:
    worked(device, feed)
    device.apply(feed.page(device=DeviceState(57)), "c1")
    device.replica.outbox.append(NoteAdded("after it"), "42")
    assert wrong(device) == set()


def test_a_taken_away_case_leaves_the_device_healthy(device: Device, feed: Feed) -> None:
    worked(device, feed)
    device.replica.outbox.append(AttemptEnded(code="no_answer"), "42")
    device.replica.drafts.save("42", {"note": "a"})
    device.apply(feed.page(feed.remove(2, "42", 9)), "c1")
    assert wrong(device) == set()


def row(table: Table, key: str) -> dict[str, Any]:
    stored = table.get_key(key)
    assert stored is not None
    return dict(stored)


def lose_an_unsent_fact(device: Device) -> None:
    device.store.table("outbox").delete_key("0000000005")


def lose_a_sent_fact(device: Device) -> None:
    device.store.table("sent").delete_key("0000000002")


def double_a_fact(device: Device) -> None:
    table = device.store.table("sent")
    table.put("copy", row(table, "0000000002"))


def alter_a_fact(device: Device) -> None:
    table = device.store.table("outbox")
    stored = row(table, "0000000005")
    table.put("0000000005", {**stored, "text": stored["text"].replace("note 4", "note 9")})


def break_the_chain(device: Device) -> None:
    table = device.store.table("outbox")
    stored = row(table, "0000000004")
    table.put("0000000004", {**stored, "digest": "sha256:00"})


def spoil_a_case(device: Device) -> None:
    table = device.store.table("documents")
    stored = row(table, "case:42")
    table.put("case:42", {**stored, "text": '{"id":7}'})


def lose_the_cursor(device: Device) -> None:
    table = device.store.table("sync")
    table.put("position", {**row(table, "position"), "cursor": None})


def leave_a_draft_behind(device: Device) -> None:
    device.replica.drafts.save("77", {"note": "a"})


def leave_words_behind(device: Device) -> None:
    table = device.store.table("sent")
    table.put("0000000002", {**row(table, "0000000002"), "case_id": "77"})


def have_a_fact_refused(device: Device) -> None:
    device.replica.refuse(5, 400, "malformed")


def set_the_clock_wrong(device: Device) -> None:
    device.replica.remember(Contact(epoch="e7", offset_ms=-600_000))


@pytest.mark.parametrize(
    ("damage", "found"),
    [
        (lose_an_unsent_fact, {"outbox.chain"}),
        (lose_a_sent_fact, {"outbox.chain"}),
        (double_a_fact, {"outbox.chain"}),
        (alter_a_fact, {"outbox.facts"}),
        (break_the_chain, {"outbox.chain", "outbox.facts"}),
        (spoil_a_case, {"cases.readable"}),
        (lose_the_cursor, {"feed.position"}),
        (leave_a_draft_behind, {"privacy.leftovers"}),
        (leave_words_behind, {"privacy.leftovers"}),
        (have_a_fact_refused, {"outbox.refused"}),
        (set_the_clock_wrong, {"clock"}),
    ],
)
def test_damage_is_found(device: Device, feed: Feed, damage: Callable[[Device], None], found: set[str]) -> None:
    damage(worked(device, feed))
    assert wrong(device) == found


def test_an_unsent_fact_missing_in_memory_is_found(device: Device, feed: Feed) -> None:
    worked(device, feed)
    lose_an_unsent_fact(device)
    findings = {finding.name: finding.ok for finding in check_profile(device.store, device.replica)}
    assert not findings["outbox.unsent"]
