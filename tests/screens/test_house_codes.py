"""Result codes a house has edited: in the cascade, in the timeline, in the facts."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from domain.canonical import to_plain
from domain.codes import CodeRow, Names, shipped_table
from domain.facts import payloads as p
from domain.policy import Policy
from tests.screens.conftest import Driven
from tests.support.desks import OpenDesk
from tests.support.places import text_of

OWN = CodeRow(
    "doorbell", "no_contact", "b", Names("doorbell rang, hung up", "门铃响后挂断"), ("connected",), hold_days=2
)


async def test_a_code_of_the_house_is_chosen_saved_and_named(driven: Driven, opened: OpenDesk) -> None:
    shipped = shipped_table()
    codes = tuple(
        replace(row, name=Names("line dead", "停机了")) if row.id == "suspended" else row for row in shipped.codes
    )
    policy = Policy(result_codes=replace(shipped, codes=(*(row for row in codes if row.id != "fax"), OWN)))
    opened.receive_document("policy", cast("dict[str, object]", to_plain(policy)), ver=1)
    async with driven() as pilot:
        await pilot.press("enter", "d", "o", "1")
        await pilot.pause()
        shown = text_of(pilot.app)
        assert "doorbell rang" in shown
        assert "line dead" in shown
        assert "fax" not in shown
        await pilot.press("b")
        await pilot.pause()
        ended = [f.payload for f in opened.outbox.pending("c-callback") if isinstance(f.payload, p.AttemptEnded)]
        assert [each.code for each in ended] == ["doorbell"]
        await pilot.press("escape")
        await pilot.pause()
        await pilot.app.open_case("c-callback")  # type: ignore[attr-defined]  # the real application
        await pilot.pause()
        assert "doorbell rang" in text_of(pilot.app)


async def test_a_policy_with_codes_that_harm_is_read_without_them(driven: Driven, opened: OpenDesk) -> None:
    shipped = shipped_table()
    codes = tuple(replace(row, flags=()) if row.id == "cease" else row for row in shipped.codes)
    policy = Policy(result_codes=replace(shipped, codes=codes))
    opened.receive_document("policy", cast("dict[str, object]", to_plain(policy)), ver=1)
    code = opened.desk.policy.catalogue.get("cease")
    assert code is not None
    assert code.has("stops_contact")
