"""A file at the desk: every row in its class, questions asked once, tried, brought in whole, taken back whole."""

from __future__ import annotations

from pathlib import Path

from textual.pilot import Pilot

from screens.supervisor.imports import ImportsScreen
from tests.support.supervised import SupervisedServer, at_the_desk, press, until

LEDGER = """Customer ID,Customer Name,Invoice,Due Date,Open Amount,Currency
K-1,Harbor Street Dental,INV-9001,2026-10-13,1200.50,USD
K-2,"Zoe [/foo] Smith",INV-9002,2026-10-20,300.00,USD
,,,,,
K-3,Oakley Partners,INV-9003,2026-10-25,99.50,USD
Total,,,,1600.00,
"""
AMBIGUOUS = """Customer ID,Customer Name,Invoice,Due Date,Open Amount,Currency
K-1,Harbor Street Dental,INV-9001,03/04/2026,1200.50,USD
K-2,Oakley Partners,INV-9002,05/06/2026,300.00,USD
"""


async def open_file(pilot: Pilot[None], file: Path) -> None:
    """Choose a file as the dialog would give it."""
    await until(pilot, "Anna Reed")
    await press(pilot, "i")
    await until(pilot, "o opens a file")
    await press(pilot, "o")
    await until(pilot, "Which file?")
    await press(pilot, "tab", f"={file}", "enter")


async def test_a_ledger_is_shown_tried_brought_in_and_taken_back(server: SupervisedServer, tmp_path: Path) -> None:
    file = tmp_path / "ledger.csv"
    file.write_text(LEDGER, encoding="utf-8")
    async with at_the_desk(server) as pilot:
        await open_file(pilot, file)
        shown = await until(pilot, "Nothing has been changed yet")
        assert "Zoe [/foo] Smith" in shown
        assert "the file's own total agrees" in shown
        await press(pilot, "c")
        await until(pilot, "brought in:")
        await press(pilot, "u")
        await until(pilot, "taken back")
        await press(pilot, "z")
        await until(pilot, "What came in")
        await until(pilot, "ledger.csv")


async def test_a_question_is_asked_once_and_remembered_under_a_name(server: SupervisedServer, tmp_path: Path) -> None:
    file = tmp_path / "aged.csv"
    file.write_text(AMBIGUOUS, encoding="utf-8")
    async with at_the_desk(server) as pilot:
        await open_file(pilot, file)
        await until(pilot, "Esc leaves everything as it is")
        await press(pilot, "1")
        await until(pilot, "Nothing has been changed yet")
        await press(pilot, "c")
        await until(pilot, "Remember these answers")
        await press(pilot, "=monthly", "enter")
        await until(pilot, "brought in:")
        screen = pilot.app.screen
        assert isinstance(screen, ImportsScreen)
        await press(pilot, "p")
        await until(pilot, "monthly")
