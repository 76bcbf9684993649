"""Putting a case away, colours, progress at the top: what makes a day of 250 calls bearable."""

from __future__ import annotations

import re

import pytest

from domain.facts import payloads as p
from screens.widgets.queuelist import QueueList
from tests.screens.conftest import Driven
from tests.screens.test_agent_day import payloads, press
from tests.support.desks import HandClock, OpenDesk
from tests.support.places import text_of
from tui.themes import THEMES


async def test_a_case_put_away_comes_back_at_its_time(driven: Driven, opened: OpenDesk, clock: HandClock) -> None:
    async with driven() as pilot:
        first = pilot.app.screen.query_one(QueueList).selected
        assert first is not None
        await press(pilot, ["z", "=nonsense", "enter"])
        assert "no time in the future" in text_of(pilot.app)
        await press(pilot, ["escape", "z", "=in 2 hours", "enter"])
        assert "put away until" in text_of(pilot.app)
        queue = opened.desk.queue()
        assert first.case_id not in [row.case_id for row in queue.today]
        held = next(row for row in queue.not_now if row.case_id == first.case_id)
        assert held.next_allowed is not None
        assert [type(each) for each in payloads(opened, first.case_id)] == [p.NoteAdded]
        clock.pass_time(hours=2, minutes=1)
        assert first.case_id in [row.case_id for row in opened.desk.queue().today]


async def test_what_is_put_away_and_pinned_survives_a_restart(driven: Driven, opened: OpenDesk) -> None:
    from tui.desk import AgentDesk

    async with driven() as pilot:
        await press(pilot, ["z", "=in 2 hours", "enter", "p"])
        again = AgentDesk(opened.desk._parts).queue()
        now = opened.desk.queue()
        assert [row.case_id for row in again.today] == [row.case_id for row in now.today]
        assert [row.case_id for row in again.not_now] == [row.case_id for row in now.not_now]
        assert any(row.pinned for row in again.today)


async def test_one_key_goes_through_the_colours(driven: Driven) -> None:
    async with driven() as pilot:
        seen = [pilot.app.theme]
        for _ in range(len(THEMES)):
            await press(pilot, ["f10"])
            seen.append(pilot.app.theme)
        assert seen == [*(theme.name for theme in THEMES), THEMES[0].name]


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_progress_stands_at_the_top_of_queue_and_call(driven: Driven, size: tuple[int, int]) -> None:
    async with driven(size) as pilot:
        assert "0/60" in text_of(pilot.app).splitlines()[0]
        await press(pilot, ["enter", "d", "n"])
        assert "1/60" in text_of(pilot.app).splitlines()[0]


async def test_a_goal_of_ones_own_stands_at_the_top_and_survives_a_restart(driven: Driven, opened: OpenDesk) -> None:
    from tui.desk import AgentDesk

    async with driven() as pilot:
        await press(pilot, ["G", "=zwölf", "enter"])
        assert "number of calls" in text_of(pilot.app)
        await press(pilot, ["escape", "G", "=75", "enter"])
        assert "0/75" in text_of(pilot.app).splitlines()[0]
        assert "the house's is 60" in text_of(pilot.app)
        assert AgentDesk(opened.desk._parts).progress().goal == 75
        await press(pilot, ["G", "enter"])
        assert "0/60" in text_of(pilot.app).splitlines()[0]


async def test_where_the_house_sets_the_goal_nobody_else_does(driven: Driven, opened: OpenDesk) -> None:
    opened.desk.set_goal("75")
    opened.receive_document("policy", {"version": 2, "daily_goal": 40, "own_goal": False}, ver=2)
    async with driven() as pilot:
        assert "0/40" in text_of(pilot.app).splitlines()[0]
        await press(pilot, ["G", "=75", "enter"])
        assert "Your supervisor changes it" in text_of(pilot.app)
        assert "0/40" in text_of(pilot.app).splitlines()[0]


async def test_without_colour_the_words_still_say_it(driven: Driven, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with driven() as pilot:
        seen = text_of(pilot.app)
        assert "broken promise" in seen
        strips = pilot.app.screen._compositor.render_strips()
        colours = {
            style.color.get_truecolor().hex
            for strip in strips
            for segment in strip
            if (style := segment.style) is not None and style.color is not None and segment.text.strip()
        }
        assert all(re.fullmatch(r"#([0-9a-f]{2})\1\1", colour) for colour in colours), colours
