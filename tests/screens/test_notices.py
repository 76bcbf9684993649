"""Notices on the agent's screen: counted until they are read, shown as they were written, gone when they expire."""

from __future__ import annotations

from datetime import timedelta
from typing import cast

from domain.i18n import use_language
from domain.text import clean_tree
from tests.screens.conftest import Driven
from tests.support.desks import HandClock, OpenDesk
from tests.support.people import HOSTILE, NOW
from tests.support.places import text_of


def notice(number: int, text: str, **other: object) -> dict[str, object]:
    body: dict[str, object] = {
        "id": f"n{number}",
        "kind": "message",
        "at": (NOW - timedelta(minutes=number)).strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        "expires_at": (NOW + timedelta(hours=number)).strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        "text": text,
        "name": "Sue",
    }
    return cast("dict[str, object]", clean_tree(body | other))  # as the network's answers are


async def test_unread_notices_are_counted_until_they_are_looked_at(driven: Driven, opened: OpenDesk) -> None:
    async with driven() as pilot:
        opened.receive_document("notice:n1", notice(1, "The bank is down until 11."), ver=1)
        opened.receive_document("notice:n2", notice(2, "Call [b]Müller[/b] [@click=app.quit]first[/]"), ver=1)
        await pilot.pause()
        assert "^O: 2 notices" in text_of(pilot.app)
        await pilot.press("ctrl+o")
        await pilot.pause()
        shown = text_of(pilot.app)
        assert "The bank is down until 11." in shown
        assert "Call [b]Müller[/b] [@click=app.quit]first[/]" in shown, "as it was written"
        assert shown.index("bank is down") < shown.index("Müller"), "the newest first"
        await pilot.press("escape")
        await pilot.pause()
        assert "notices" not in text_of(pilot.app)
        opened.receive_document("notice:n3", notice(3, "Meeting at noon."), ver=1)
        await pilot.pause()
        assert "^O: 1 notice" in text_of(pilot.app)


async def test_what_the_server_tells_is_said_in_the_language_of_the_screen(driven: Driven, opened: OpenDesk) -> None:
    moved = notice(1, "病假", kind="cases-moved", name=None, cases=["c-7", "c-9"], count=2)
    opened.receive_document("notice:n1", moved, ver=1)
    refused = notice(2, "", kind="approval-decided", cases=["c-8"], count=1, approved=False)
    opened.receive_document("notice:n2", refused, ver=1)
    async with driven() as pilot:
        await pilot.press("ctrl+o")
        await pilot.pause()
        shown = text_of(pilot.app)
        assert "2 cases of yours were moved. Reason: 病假" in shown
        assert "What you asked for on case c-8 was declined." in shown
        await pilot.press("escape")
        await pilot.pause()
        use_language("zh")
        await pilot.press("ctrl+o")
        await pilot.pause()
        assert "您有 2 个案件被转走。原因：病假" in text_of(pilot.app)


async def test_expired_notice_is_not_shown(driven: Driven, opened: OpenDesk, clock: HandClock) -> None:
    opened.receive_document("notice:n1", notice(1, "Only for an hour."), ver=1)
    clock.pass_time(hours=1)
    async with driven() as pilot:
        assert "notice" not in text_of(pilot.app)
        await pilot.press("ctrl+o")
        await pilot.pause()
        assert "Nothing was sent to you." in text_of(pilot.app)


async def test_strange_texts_and_forms_do_no_harm(driven: Driven, opened: OpenDesk) -> None:
    for number, text in enumerate(HOSTILE, 1):
        opened.receive_document(f"notice:n{number}", notice(number, text), ver=1)
    opened.receive_document("notice:strange", {"id": 7, "news": ["of a newer server"]}, ver=1)
    async with driven() as pilot:
        await pilot.press("ctrl+o")
        await pilot.pause()
        shown = text_of(pilot.app)
        assert not any(ord(char) < 0x20 and char != "\n" for char in shown)
        assert opened.book.document("notice:strange") is not None, "kept for a version that knows it"
        assert pilot.app.is_running
