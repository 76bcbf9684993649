"""The team at the desk: capacity and skills, somebody away and back, cases that stay where they are."""

from __future__ import annotations

from datetime import date

import pytest

from domain.supervision import AgentProfile
from screens.ports import Refused
from screens.supervisor.cases import CasesScreen
from screens.supervisor.team import TeamScreen
from screens.supervisor.team_words import TypedDays, read_days, read_profile, read_until
from screens.widgets.linetable import LineTable
from tests.support.supervised import SupervisedServer, at_the_desk, press, until

TUESDAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("text", "first", "last", "reason"),
    [
        ("today", TUESDAY, None, None),
        ("today - fri, flu", TUESDAY, date(2026, 11, 27), "flu"),
        ("2026-12-01 - 2026-12-05", date(2026, 12, 1), date(2026, 12, 5), None),
        ("mon to wed; training, two days", date(2026, 11, 30), date(2026, 12, 2), "training, two days"),
        ("明天至下周五，年假", date(2026, 11, 25), date(2026, 12, 4), "年假"),
    ],
)
def test_days_are_read_as_people_write_them(text: str, first: date, last: date | None, reason: str | None) -> None:
    assert read_days(text, TUESDAY) == TypedDays(first, last, reason)


@pytest.mark.parametrize("text", ["", "whenever", "fri - whenever", "fri - 2026-11-20", ", why"])
def test_what_is_no_day_is_said_and_changes_nothing(text: str) -> None:
    assert isinstance(read_days(text, TUESDAY), Refused)
    if not text.startswith("fri"):
        assert isinstance(read_until(text, TUESDAY), Refused)


def shown(table: LineTable) -> str:
    return " ".join(cell.text for cell in table.rows[0].cells)


def test_two_letters_are_a_language_and_the_rest_skills() -> None:
    assert read_profile("ZH, en  business 法务", AgentProfile(5)) == AgentProfile(5, ["zh", "en"], ["business", "法务"])
    assert read_profile("  ", AgentProfile(5, ["zh"], ["legal"])) == AgentProfile(5)


async def test_capacity_and_skills_are_set_and_taken_back(server: SupervisedServer) -> None:
    async with at_the_desk(server) as pilot:
        await until(pilot, "Anna Reed")
        await press(pilot, "m")
        await until(pilot, "no limit")
        await press(pilot, "c", "=many", "enter")
        await until(pilot, "is no number of cases")
        await press(pilot, "c", "=40", "enter")
        await until(pilot, "room for")
        await press(pilot, "s", "=en night", "enter")
        await until(pilot, "en night · u undoes")
        screen = pilot.app.screen
        assert isinstance(screen, TeamScreen)
        table = screen.query_one(LineTable)
        await until(pilot, lambda: "en night" in shown(table))
        await press(pilot, "u")
        await until(pilot, lambda: "en night" not in shown(table))
        await until(pilot, "taken back")
        assert "40" in shown(table), "only the last change is taken back"


async def test_an_absent_agents_work_is_spread_and_given_back(server: SupervisedServer) -> None:
    async with at_the_desk(server) as pilot:
        await until(pilot, "Anna Reed")
        await press(pilot, "m")
        await until(pilot, "no limit")
        screen = pilot.app.screen
        assert isinstance(screen, TeamScreen)
        table = screen.query_one(LineTable)
        cases = table.rows[0].cells[1].text
        assert int(cases) > 0
        await press(pilot, "a", "=today - fri, flu", "enter")
        await until(pilot, "How is the work of")
        await press(pilot, "1")
        await until(pilot, "would move")
        await press(pilot, "y")
        await until(pilot, "with others")
        await until(pilot, lambda: table.rows[0].cells[1].text == "0")
        await until(pilot, "Absences, newest first")
        await press(pilot, "e")
        await until(pilot, "is back;")
        await until(pilot, lambda: table.rows[0].cells[1].text == cases)


async def test_an_absence_nobody_confirmed_moves_nothing(server: SupervisedServer) -> None:
    async with at_the_desk(server) as pilot:
        await until(pilot, "Anna Reed")
        await press(pilot, "m")
        await until(pilot, "no limit")
        await press(pilot, "a", "=today", "enter")
        await until(pilot, "How is the work of")
        await press(pilot, "1")
        await until(pilot, "would move")
        await press(pilot, "n")
        await press(pilot, "e")
        await until(pilot, "Nobody is away here")


async def test_cases_on_hold_stay_until_they_are_let_go(server: SupervisedServer) -> None:
    async with at_the_desk(server) as pilot:
        await until(pilot, "Anna Reed")
        await press(pilot, "f")
        await until(pilot, lambda: isinstance(pilot.app.screen, CasesScreen))
        await until(pilot, "Timeline")
        await press(pilot, "space", "space", "h")
        await until(pilot, "Until when")
        await press(pilot, "=fri, waits for the credit note", "enter")
        await until(pilot, "2 cases stay until Fri 27 Nov")
        await press(pilot, "escape")
        await until(pilot, "Anna Reed")
        await press(pilot, "h")
        await until(pilot, "waits for the credit note")
        await press(pilot, "u")
        await until(pilot, "2 cases may be moved again")
        await until(pilot, "No case is held")
