"""The palette jumps to anything: customers by pinyin, digits and invoice, whatever their names contain."""

from __future__ import annotations

import asyncio

import pytest
from textual.pilot import Pilot

from screens.call import CallScreen
from tests.screens.conftest import Driven
from tests.screens.test_agent_day import press
from tests.support.desks import OpenDesk
from tests.support.people import Story
from tests.support.places import text_of


async def shown(pilot: Pilot[None], words: str) -> str:
    """Wait until the palette, which searches on a worker of its own, offers something."""
    async with asyncio.timeout(20):
        while words not in text_of(pilot.app):
            await pilot.pause(0.02)
    return text_of(pilot.app)


@pytest.mark.parametrize(
    ("typed", "name", "case_id"),
    [
        ("sgh", "单国华", "c-shan"),
        ("shanguo", "单国华", "c-shan"),
        ("5550123", "Oakley Partners", "c-night"),
        ("[/foo]", "Zoe [/foo] [@click=app.quit]X", "c-zoe"),
        ("zoe", "Zoe [/foo] [@click=app.quit]X", "c-zoe"),
    ],
)
async def test_a_customer_is_found_and_opened(
    driven: Driven, opened: OpenDesk, typed: str, name: str, case_id: str
) -> None:
    opened.receive(
        [
            Story("c-shan", "单国华").case(),
            Story("c-zoe", "Zoe [/foo] [@click=app.quit]X", phone="+8613799998888").case(),
        ]
    )
    async with driven() as pilot:
        await press(pilot, ["ctrl+p", "=" + typed])
        assert name in await shown(pilot, name)
        await press(pilot, ["enter"])
        screen = pilot.app.screen
        assert isinstance(screen, CallScreen)
        assert screen.case_id == case_id


async def test_the_search_of_the_queue_knows_pinyin_too(driven: Driven, opened: OpenDesk) -> None:
    opened.receive([Story("c-shan", "单国华").case()])
    async with driven() as pilot:
        await press(pilot, ["slash", "=shangh"])
        seen = await shown(pilot, "单国华")
        assert "李建国" not in seen
