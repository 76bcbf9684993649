"""Decisions: one key decides, what was decided is off the list and on the case, and it can be taken back."""

from __future__ import annotations

from screens.widgets.linetable import LineTable
from tests.support.supervised import SupervisedServer, at_the_desk, press, until


async def test_what_waits_stands_beside_its_case(server: SupervisedServer) -> None:
    async with at_the_desk(server) as pilot:
        await until(pilot, "Anna Reed")
        await press(pilot, "v")
        shown = await until(pilot, "Timeline")
        assert "Decisions" in shown
        assert "settled: calling goes on" in shown


async def test_a_decision_is_made_by_one_key_and_taken_back_by_another(server: SupervisedServer) -> None:
    async with at_the_desk(server) as pilot:
        await until(pilot, "Anna Reed")
        await press(pilot, "v")
        await until(pilot, "hardship")
        table = pilot.app.screen.query_one(LineTable)
        waiting = table.row_count
        assert waiting > 1
        await press(pilot, "y")
        await until(pilot, "decided: yes")
        await until(pilot, lambda: table.row_count == waiting - 1)
        await press(pilot, "u")
        await until(pilot, "it waits again")
        await until(pilot, lambda: table.row_count == waiting)


async def test_a_refusal_may_carry_its_reason(server: SupervisedServer) -> None:
    async with at_the_desk(server) as pilot:
        await until(pilot, "Anna Reed")
        await press(pilot, "a")
        await until(pilot, "approval")
        await press(pilot, "N")
        await until(pilot, "Why no?")
        await press(pilot, "=too many parts", "enter")
        await until(pilot, "decided: no")
        await until(pilot, "Nothing of this kind waits")


async def test_a_question_left_with_escape_decides_nothing(server: SupervisedServer) -> None:
    async with at_the_desk(server) as pilot:
        await until(pilot, "Anna Reed")
        await press(pilot, "a")
        await until(pilot, "approval")
        await press(pilot, "N")
        await until(pilot, "Why no?")
        await press(pilot, "escape")
        shown = await until(pilot, "approval")
        assert "decided" not in shown
