"""Whose identity was confirmed: the customer's, or that of somebody the customer authorised; one more key at most."""

from __future__ import annotations

from datetime import timedelta

import pytest

from domain.facts import payloads as p
from tests.screens.conftest import Driven
from tests.screens.test_agent_day import payloads, press
from tests.support.desks import OpenDesk
from tests.support.people import NOW, Story
from tests.support.places import text_of


def wife(*, authorised: bool) -> p.PersonNamed:
    phone = p.Phone("+8613900139000", type="mobile", region="CN", zones=("Asia/Shanghai",))
    return p.PersonNamed("x1", "李伟 [/b]", "spouse", (phone,), authorised=authorised)


@pytest.fixture
def family(opened: OpenDesk) -> OpenDesk:
    """Give a case whose customer has authorised somebody."""
    story = Story("c-family", "孙丽")
    story.add(wife(authorised=True), NOW - timedelta(days=3))
    opened.receive([story.case()])
    return opened


OPEN = ["slash", "=孙丽", "enter", "enter", "d"]


def identities(opened: OpenDesk) -> list[tuple[str, bool]]:
    facts = payloads(opened, "c-family")
    return [(each.who, each.passed) for each in facts if isinstance(each, p.IdentityChecked)]


async def test_one_more_key_says_who_was_reached(driven: Driven, family: OpenDesk) -> None:
    async with driven() as pilot:
        await press(pilot, [*OPEN, "i"])
        assert identities(family) == []
        assert "李伟 [/b] · spouse" in text_of(pilot.app)
        await press(pilot, ["2"])
        assert identities(family) == [("x1", True)]
        await press(pilot, ["a", "p", "=next friday", "enter", "enter"])
    promise = next(each for each in payloads(family, "c-family") if isinstance(each, p.PromiseMade))
    assert (promise.promised_by, promise.relation) == ("x1", "spouse")


async def test_the_answer_of_the_script_asks_it_too(driven: Driven, family: OpenDesk) -> None:
    async with driven() as pilot:
        await press(pilot, [*OPEN, "1", "1"])
        assert identities(family) == []
        await press(pilot, ["1"])
        assert identities(family) == [("self", True)]
        await press(pilot, ["i", "2"])
        assert identities(family) == [("self", True), ("x1", True)], "the phone was handed over"


async def test_esc_confirms_nobody_and_a_click_chooses(driven: Driven, family: OpenDesk) -> None:
    async with driven((80, 24)) as pilot:
        await press(pilot, [*OPEN, "i", "escape"])
        assert identities(family) == []
        await press(pilot, ["i"])
        rows = text_of(pilot.app).splitlines()
        y, row = next((y, row) for y, row in enumerate(rows) if "李伟" in row)
        before = row[: row.index("李伟")]
        await pilot.click(offset=(len(before) + sum(ord(char) > 255 for char in before) + 1, y))
        await pilot.pause()
        assert identities(family) == [("x1", True)]


async def test_nobody_is_asked_about_where_only_the_customer_may_be_told(driven: Driven, opened: OpenDesk) -> None:
    story = Story("c-family", "孙丽")
    story.add(wife(authorised=False), NOW - timedelta(days=3))
    opened.receive([story.case()])
    async with driven() as pilot:
        await press(pilot, [*OPEN, "i"])
    assert identities(opened) == [("self", True)]


async def test_a_restart_remembers_who_was_reached(driven: Driven, family: OpenDesk) -> None:
    from tui.desk import AgentDesk

    async with driven() as pilot:
        await press(pilot, [*OPEN, "i", "2"])
    again = AgentDesk(family.desk._parts).call
    assert again is not None
    assert again.position is not None
    assert again.position.who == "x1"
