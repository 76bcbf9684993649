"""Rule packs and scripts as texts of the house: begun, checked, published, in force on every machine, removed again."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from domain.case.gating import may_call_case
from domain.gate import PackError, check_own, load_pack, pack_text
from domain.policy import HousePack, PackRule, Policy
from domain.scripts.library import shipped_texts
from screens.ports import Refused
from screens.supervisor.editors import EditorsScreen
from screens.supervisor.house import HouseDocument, Part
from screens.widgets.linetable import LineTable
from tests.support.people import Story
from tests.support.supervised import SupervisedServer, at_the_desk, press, until
from tui.supervising.housetext import without

SHIPPED = pack_text("business-default") or ""
MONDAY = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


def own(name: str = "acme", **words: str) -> HousePack:
    text = SHIPPED.replace('name = "business-default"', f'name = "{name}"')
    for before, after in words.items():
        text = text.replace(before, after)
    return HousePack(name, text)


def test_a_pack_of_the_house_takes_the_place_of_a_shipped_one() -> None:
    assert load_pack("acme", (own(),)).name == "acme"
    stricter = replace(own("business-default"), text=SHIPPED.replace("most = 1", "most = 2", 1))
    assert load_pack("business-default", (stricter,)) != load_pack("business-default")
    assert load_pack("business-default+acme", (own(),)).name == "business-default+acme"
    with pytest.raises(PackError, match="acme"):
        load_pack("acme")


@pytest.mark.parametrize(
    ("pack", "said"),
    [
        (HousePack("Acme!", SHIPPED), "no name of a rule pack"),
        (HousePack("acme", SHIPPED), "says that it is"),
        (HousePack("acme", 'name = "acme"\n'), "title"),
        (HousePack("acme", "not toml ["), "TOML"),
    ],
)
def test_what_is_no_pack_is_said(pack: HousePack, said: str) -> None:
    with pytest.raises(PackError, match=said):
        check_own(pack)


def test_the_gate_goes_by_the_house() -> None:
    story = Story("c-1", "Ash Ltd", segment="business")
    case = story.case()
    phone = case.phones[0] if hasattr(case, "phones") else None
    hours = own(**{"09:00-18:00": "20:00-20:30"})
    usual = Policy(packs=(PackRule("business-default"),))
    ours = replace(usual, packs=(PackRule("acme"),), rule_packs=(hours,))
    assert may_call_case(case, MONDAY, usual, phone=phone).allowed
    refused = may_call_case(case, MONDAY, ours, phone=phone)
    assert (refused.allowed, refused.code) == (False, "window")


async def test_a_rule_pack_is_begun_checked_published_and_removed(server: SupervisedServer) -> None:
    async with at_the_desk(server) as pilot:
        await until(pilot, "Anna Reed")
        await press(pilot, "e")
        await until(pilot, "goals, leases and times")
        screen = pilot.app.screen
        assert isinstance(screen, EditorsScreen)
        table = screen.query_one(LineTable)
        await until(pilot, lambda: any(row.key == "part policy pack/business-default" for row in table.rows))
        table.select("part policy pack/business-default")
        await press(pilot, "a")
        await until(pilot, "What is the new rule pack called?")
        await press(pilot, "=acme", "enter")
        await until(pilot, "Esc or ^S goes back")
        area = pilot.app.screen.query_one("TextArea")
        whole = area.text  # type: ignore[attr-defined]  # a TextArea
        assert 'name = "acme"' in whole
        area.text = "most = nothing\n" + whole  # type: ignore[attr-defined]  # a TextArea
        await press(pilot, "escape")
        await until(pilot, "draft")
        await until(pilot, "cannot be published yet")
        await press(pilot, "b")
        await until(pilot, "Esc or ^S goes back")
        pilot.app.screen.query_one("TextArea").text = whole + "\n"  # type: ignore[attr-defined]  # a TextArea
        await press(pilot, "escape")
        await until(pilot, "nothing that stands in the way")
        await press(pilot, "p")
        await until(pilot, "what for?")
        await press(pilot, "=our own hours", "enter")
        await until(pilot, "published; every agent has it")
        await until(pilot, lambda: "pack/acme" in (table.selected or ""))
        await press(pilot, "D")
        await until(pilot, "for every agent: what for?")
        await press(pilot, "=not needed", "enter")
        await until(pilot, "removed; every agent has it")
        await until(pilot, lambda: all("pack/acme" not in row.key for row in table.rows))


async def test_a_script_is_added_and_removed(server: SupervisedServer) -> None:
    async with at_the_desk(server) as pilot:
        await until(pilot, "Anna Reed")
        await press(pilot, "e")
        await until(pilot, "goals, leases and times")
        table = pilot.app.screen.query_one(LineTable)

        def scripts() -> list[str]:
            return [row.key for row in table.rows if row.key.startswith("part scripts")]

        await until(pilot, lambda: scripts())
        before = scripts()
        table.select(before[-1])
        await press(pilot, "D")
        await until(pilot, "for every agent: what for?")
        await press(pilot, "=not needed", "enter")
        await until(pilot, "removed; every agent has it")
        await until(pilot, lambda: scripts() == before[:-1])
        table.select(before[0])
        await press(pilot, "a")
        await until(pilot, "Esc or ^S goes back")
        removed = shipped_texts()["consumer-third.toml"]
        pilot.app.screen.query_one("TextArea").text = removed  # type: ignore[attr-defined]  # a TextArea
        await press(pilot, "escape")
        await until(pilot, "nothing that stands in the way")
        await press(pilot, "p")
        await until(pilot, "what for?")
        await press(pilot, "=another market", "enter")
        await until(pilot, "published; every agent has it")
        await until(pilot, lambda: scripts() == before)


def test_the_last_script_stays() -> None:
    document = HouseDocument("scripts", {"texts": ["one"]}, '"1"')
    assert isinstance(without(document, Part("scripts", "0", "one", "one")), Refused)
    two = HouseDocument("scripts", {"texts": ["one", "two"]}, '"1"')
    assert without(two, Part("scripts", "0", "one", "one")) == {"texts": ["two"]}
    moved = without(two, Part("scripts", "0", "one", "other"))
    assert isinstance(moved, Refused)
    assert moved.code == "outdated", "what stands at that place now is another text"
