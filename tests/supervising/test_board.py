"""The board on a real server: what a supervisor sees first, and what is one key away."""

from __future__ import annotations

import pytest

from domain.i18n import tr, use_language
from screens.supervisor.board import BoardScreen
from screens.supervisor.cases import CasesScreen
from screens.widgets.linetable import LineTable
from tests.support.places import text_of
from tests.support.supervised import SupervisedServer, at_the_desk, press, until


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
async def test_every_agent_has_a_line(server: SupervisedServer, size: tuple[int, int]) -> None:
    async with at_the_desk(server, size) as pilot:
        shown = await until(pilot, "Anna Reed")
        assert "Ben Ortiz" in shown
        assert "Queue" in shown
        assert "Unsent" in shown
        assert isinstance(pilot.app.screen, BoardScreen)
        await until(pilot, "● live")


async def test_it_speaks_chinese_at_once(server: SupervisedServer) -> None:
    async with at_the_desk(server) as pilot:
        await until(pilot, "Anna Reed")
        await press(pilot, "f9")
        use_language("zh")
        shown = await until(pilot, tr("Unsent"))
        assert "Anna Reed" in shown
        assert "Unsent" not in shown


async def test_a_wrong_password_is_said_at_the_door_and_nothing_opens(server: SupervisedServer) -> None:
    async with at_the_desk(server, password=None) as pilot:
        await until(pilot, "Password")
        await press(pilot, "=wrong", "enter")
        await until(pilot, "not right")
        await press(pilot, "=duecall-demo", "enter")
        await until(pilot, "Anna Reed")


async def test_an_agent_does_not_get_in(server: SupervisedServer) -> None:
    server.logins["supervisor"] = "anna"
    async with at_the_desk(server, password=None) as pilot:
        await until(pilot, "Password")
        await press(pilot, "=duecall-demo", "enter")
        shown = await until(pilot, "not a supervisor's")
        assert "Ben Ortiz" not in shown


async def test_a_marked_line_stays_marked_through_a_refresh(server: SupervisedServer) -> None:
    async with at_the_desk(server) as pilot:
        await until(pilot, "Anna Reed")
        await press(pilot, "space", "f5")
        await until(pilot, "◆")
        table = pilot.app.screen.query_one(LineTable)
        assert len(table.marks) == 1
        await press(pilot, "up", "space")
        assert not table.marks


async def test_cases_are_found_by_bounds_and_words(server: SupervisedServer) -> None:
    async with at_the_desk(server) as pilot:
        await until(pilot, "Anna Reed")
        await press(pilot, "f")
        await until(pilot, "60 cases")
        assert isinstance(pilot.app.screen, CasesScreen)
        await press(pilot, "slash", "=days>60", "enter")
        shown = await until(pilot, "days>=61")
        assert "60 cases" not in shown
        await press(pilot, "slash", *["backspace"] * 9, "=days>x", "enter")
        await until(pilot, "A bound is a number")
        await press(pilot, "escape", "escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, BoardScreen))


async def test_the_server_going_away_is_said_and_its_return_too(server: SupervisedServer) -> None:
    async with at_the_desk(server) as pilot:
        await until(pilot, "● live")
        server.served.stop()
        await until(pilot, "○ off-line")
        await press(pilot, "f5")
        await until(pilot, "cannot be reached")
        assert "Anna Reed" in text_of(pilot.app)


async def test_help_lists_every_key_of_the_board(server: SupervisedServer) -> None:
    from screens.commands import bar_text
    from screens.supervisor.commands import commands

    async with at_the_desk(server, (120, 60)) as pilot:
        await until(pilot, "Anna Reed")
        await press(pilot, "question_mark")
        shown = text_of(pilot.app)
        for command in commands("board", "app"):
            assert bar_text(command) in shown
