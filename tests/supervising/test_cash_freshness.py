"""How fresh the payments are stands wherever somebody is judged by them, on both sides of the house."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from domain.freshness import CashState, cash_words
from domain.wire import ChangesPage, DeviceState
from screens.supervisor.board import BoardScreen
from screens.widgets.caseinfo import info_lines
from screens.widgets.filesections import FileView, money_lines
from tests.support.desks import HandClock, OpenDesk
from tests.support.people import team
from tests.support.supervised import SupervisedServer, at_the_desk, press, until

NOW = datetime(2026, 11, 24, 15, 5, tzinfo=UTC)


def test_the_day_is_said_unless_it_is_today() -> None:
    assert cash_words(CashState(), NOW) == "no payments yet"
    today = cash_words(CashState("2026-11-24T15:00:00.000Z", date(2026, 11, 23), "file"), NOW)
    before = cash_words(CashState("2026-11-20T15:00:00.000Z", date(2026, 11, 19), "file"), NOW)
    assert "Nov" not in today
    assert "Nov" in before
    assert cash_words(CashState("gibberish"), NOW) == "no payments yet"


def test_an_agents_machine_keeps_what_the_last_page_said(tmp_path: Path) -> None:
    clock = HandClock()
    office = OpenDesk(tmp_path / "store", clock)
    office.receive([next(each for each in team() if each.case_id == "c-broken").case()])
    assert office.desk.cash == CashState()
    fresh = CashState("2026-11-20T05:40:00.000Z", date(2026, 11, 19), "file")
    page = ChangesPage("e1", "c2", 2, False, False, [], [], 14400, DeviceState(0), fresh)
    office.replica.apply_page(page, office.memory.position.cursor, office.memory.contact)
    assert office.desk.cash == fresh
    office.memory.reload()
    assert office.desk.cash == fresh, "it is stored"
    case = office.desk.case("c-broken")
    assert case is not None
    words = [line.plain for line in info_lines(case, office.desk, office.desk.now())]
    said = cash_words(fresh, office.desk.now())
    assert any(said in line for line in words), "beside the script"
    now, policy = office.desk.now(), office.desk.policy
    view = FileView(case, now, policy, False, office.desk.is_unsent, lambda _phone: "", office.desk.cash)
    assert any(said in line.text for line in money_lines(view)), "in the customer file"
    office.store.close()


@pytest.mark.parametrize(("size", "keys"), [((120, 40), "efdvpg"), ((80, 24), "p")])
async def test_every_screen_that_judges_says_it(server: SupervisedServer, size: tuple[int, int], keys: str) -> None:
    async with at_the_desk(server, size) as pilot:
        await until(pilot, "payments as of")
        for key in keys:
            await press(pilot, "enter" if key == "e" else key)
            await until(pilot, lambda: not isinstance(pilot.app.screen, BoardScreen))
            await until(pilot, "payments as of")
            await press(pilot, "escape")
            await until(pilot, lambda: isinstance(pilot.app.screen, BoardScreen))
