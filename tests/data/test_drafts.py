"""Drafts: what was typed is there again after a crash."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.data.conftest import Device


def test_a_draft_survives_a_restart(device: Device) -> None:
    device.replica.drafts.save("42", {"note": "等工资\x1b[2J到账", "amount": ""}, call="call-1")
    device.restart()
    draft = device.replica.drafts.of("42")
    assert draft is not None
    assert (draft.case_id, draft.call, draft.fields) == ("42", "call-1", {"note": "等工资[2J到账"})
    assert draft.at == device.clock.now()
    assert "等工资" not in repr(draft)


def test_the_last_one_typed_comes_first(device: Device) -> None:
    drafts = device.replica.drafts
    for case_id in ("41", "42", "43"):
        drafts.save(case_id, {"note": case_id})
        device.clock.pass_by(1)
    drafts.save("41", {"note": "again"})
    assert [draft.case_id for draft in drafts.all()] == ["41", "43", "42"]


def test_nothing_typed_is_no_draft(device: Device) -> None:
    drafts = device.replica.drafts
    drafts.save("42", {"note": "a"})
    drafts.save("42", {"note": ""})
    assert drafts.of("42") is None
    assert not drafts.discard("42")
    drafts.save("42", {"note": "b"})
    assert drafts.discard("42")
    assert drafts.all() == ()
