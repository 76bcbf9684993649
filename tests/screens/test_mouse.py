"""A whole call by mouse: rows, footer, answers, choices and buttons do on a click what their keys do; the wheel scrolls."""

from __future__ import annotations

from rich.cells import cell_len
from textual import events
from textual.pilot import Pilot

from domain.facts import payloads as p
from screens.call import CallScreen
from screens.widgets.linelist import LineList
from screens.widgets.queuelist import QueueList
from tests.screens.conftest import Driven
from tests.screens.test_agent_day import payloads, press
from tests.support.desks import OpenDesk
from tests.support.people import NOW, Story
from tests.support.places import text_of


def place_of(pilot: Pilot[None], words: str, *, first: bool = False) -> tuple[int, int]:
    """Find words on the screen: the lowest ones, since the footer lies below everything, or the first."""
    rows = text_of(pilot.app).splitlines()
    found = [y for y, row in enumerate(rows) if words in row]
    assert found, f"{words} is not on the screen:\n" + "\n".join(rows)
    y = found[0 if first else -1]
    return cell_len(rows[y][: rows[y].rindex(words)]) + 1, y


async def click(pilot: Pilot[None], words: str, *, first: bool = False) -> None:
    assert await pilot.click(offset=place_of(pilot, words, first=first))
    await pilot.pause()


async def wheel(pilot: Pilot[None], words: str, times: int) -> None:
    """Turn the wheel over words."""
    x, y = place_of(pilot, words, first=True)
    for _ in range(times):
        pilot.app.post_message(events.MouseScrollDown(None, x, y, 0, 1, 0, False, False, False, screen_x=x, screen_y=y))
    await pilot.pause()


async def test_a_call_from_the_row_to_the_wrap_up(driven: Driven, opened: OpenDesk) -> None:
    async with driven((80, 24)) as pilot:
        await click(pilot, "李建国", first=True)
        row = pilot.app.screen.query_one(QueueList).selected
        assert row is not None
        assert row.case_id == "c-broken"
        await click(pilot, "李建国", first=True)
        assert isinstance(pilot.app.screen, CallScreen)
        await click(pilot, "Dial")
        assert opened.desk.call is not None
        await click(pilot, "是本人")
        await click(pilot, "Identity")
        assert any(isinstance(each, p.IdentityChecked) for each in payloads(opened, "c-broken"))
        await click(pilot, "Outcome")
        await click(pilot, "no contact")
        await click(pilot, "busy")
        ended = next(each for each in payloads(opened, "c-broken") if isinstance(each, p.AttemptEnded))
        assert ended.code == "busy"
        screen = pilot.app.screen
        assert isinstance(screen, CallScreen)
        assert screen.case_id != "c-broken"


async def test_a_promise_is_moved_and_saved(driven: Driven, opened: OpenDesk) -> None:
    async with driven((80, 24)) as pilot:
        await press(pilot, ["enter", "d", "i", "a"])
        await click(pilot, "Promise")
        await press(pilot, ["=thursday"])
        assert "Thu 26 Nov" in text_of(pilot.app)
        await click(pilot, "week")
        assert "Thu 3 Dec" in text_of(pilot.app)
        await click(pilot, "bank transfer")
        assert "card" in text_of(pilot.app)
        await press(pilot, ["enter"])
        await click(pilot, "Read out, then")
        made = next(each for each in payloads(opened, "c-callback") if isinstance(each, p.PromiseMade))
        assert (made.parts[0].due.isoformat(), made.method) == ("2026-12-03", "card")


async def test_a_promise_that_stands_is_replaced(driven: Driven, opened: OpenDesk) -> None:
    async with driven((100, 30)) as pilot:
        await press(pilot, ["slash", "=Harbor", "enter", "enter", "d"])
        await click(pilot, "Promise")
        await click(pilot, "replace it")
        assert "PgUp/PgDn" in text_of(pilot.app)


async def test_a_reason_is_one_click(driven: Driven, opened: OpenDesk) -> None:
    async with driven((100, 30)) as pilot:
        await press(pilot, ["enter", "d", "r"])
        await click(pilot, "wages paid late")
        given = [each.code for each in payloads(opened, "c-callback") if isinstance(each, p.ReasonGiven)]
        assert given == ["payroll_late"]


async def test_the_wheel_scrolls_the_queue(driven: Driven, opened: OpenDesk) -> None:
    opened.receive([Story(f"c-{number:03d}", f"Kunde {number:03d}").case() for number in range(60)])
    async with driven((80, 24)) as pilot:
        queue = pilot.app.screen.query_one(QueueList)
        await wheel(pilot, "call-back 10:05", 6)
        assert queue.scroll_offset.y > 0
        assert "call-back 10:05" not in "\n".join(text_of(pilot.app).splitlines()[:10])


async def test_the_file_goes_by_clicks_and_scrolls(driven: Driven, opened: OpenDesk) -> None:
    long = Story("c-long", "Klara Lang")
    for number in range(50):
        long.add(p.NoteAdded(f"note {number:02d}"), NOW.replace(day=1, minute=number))
    opened.receive([long.case()])
    async with driven((80, 24)) as pilot:
        await press(pilot, ["slash", "=Klara", "enter", "v"])
        await click(pilot, "Show")
        assert any(isinstance(each, p.FileViewed) for each in payloads(opened, "c-long"))
        await click(pilot, "History")
        assert "note 49" in text_of(pilot.app)
        lines = pilot.app.screen.query_one(LineList)
        await wheel(pilot, "note 45", 8)
        assert lines.scroll_offset.y > 0
        await click(pilot, "Back")
        assert "Today's calls" in text_of(pilot.app)


async def test_practice_is_chosen_and_left(driven: Driven, opened: OpenDesk) -> None:
    async with driven((80, 24)) as pilot:
        await press(pilot, ["f4"])
        await click(pilot, "leaves the practice")
        assert "Today's calls" in text_of(pilot.app)
        await press(pilot, ["f4"])
        first = next(row for row in text_of(pilot.app).splitlines() if row.strip().startswith("1 "))
        await click(pilot, first.split("1 ", 1)[1].strip()[:8])
        assert isinstance(pilot.app.screen, CallScreen)
        await press(pilot, ["d", "n"])
        await click(pilot, "goes to the customers")
        assert "Invented customers" in text_of(pilot.app)
        assert opened.outbox.count_unsent() == 0
