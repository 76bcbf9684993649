"""The agent's work by keys: queue, call, promise, wrap-up, next case."""

from __future__ import annotations

import pytest
from textual.pilot import Pilot

from domain.facts import payloads as p
from screens.call import CallScreen
from screens.queue import QueueScreen
from tests.screens.conftest import Driven
from tests.support.desks import HandClock, OpenDesk
from tests.support.places import text_of

NO_ANSWER = ["d", "n"]
CALL_BACK = ["d", "c", "=16:30", "enter"]
PROMISE = ["d", "p", "=next friday", "enter", "enter"]
DISPUTE = ["d", "D", "=wrong amount", "enter"]


def keys_of(script: list[str]) -> int:
    """Count the keys that are not typed text."""
    return sum(not key.startswith("=") for key in script)


async def press(pilot: Pilot[None], script: list[str]) -> None:
    for key in script:
        if key.startswith("="):
            await pilot.press(*("space" if char == " " else char for char in key[1:]))
        else:
            await pilot.press(key)
    await pilot.pause()


def payloads(opened: OpenDesk, case_id: str) -> list[object]:
    return [fact.payload for fact in opened.outbox.pending(case_id)]


@pytest.mark.parametrize(
    ("script", "budget", "outcome"),
    [(NO_ANSWER, 2, "no_answer"), (CALL_BACK, 3, "call_back"), (PROMISE, 4, "promise"), (DISPUTE, 3, "dispute")],
)
async def test_keys_from_the_open_case_to_the_next(
    driven: Driven, opened: OpenDesk, script: list[str], budget: int, outcome: str
) -> None:
    async with driven() as pilot:
        await pilot.press("enter")
        await pilot.pause()
        screen = pilot.app.screen
        assert isinstance(screen, CallScreen)
        first = screen.case_id
        await press(pilot, script)
        assert keys_of(script) == budget
        assert isinstance(pilot.app.screen, CallScreen)
        assert pilot.app.screen.case_id != first
        ended = [each for each in payloads(opened, first) if isinstance(each, p.AttemptEnded)]
        assert [each.code for each in ended] == [outcome]


async def test_identity_and_disclosure_are_one_key_each(driven: Driven, opened: OpenDesk) -> None:
    script = ["d", "i", "a", "p", "=next friday", "enter", "enter"]
    assert keys_of(script) == 6
    async with driven() as pilot:
        await pilot.press("enter")
        await press(pilot, script)
        facts = payloads(opened, "c-callback")
        assert any(isinstance(each, p.IdentityChecked) for each in facts)
        assert any(isinstance(each, p.DisclosureRead) and each.digest for each in facts)
        assert any(isinstance(each, p.PromiseMade) for each in facts)


async def test_the_attempt_is_on_disk_before_the_number_is_shown(driven: Driven, opened: OpenDesk) -> None:
    async with driven() as pilot:
        await pilot.press("enter")
        await pilot.pause()
        assert "138 0013 8000" not in text_of(pilot.app)
        assert opened.outbox.count_unsent() == 0
        await pilot.press("d")
        await pilot.pause()
        assert "138 0013 8000" in text_of(pilot.app)
        assert isinstance(payloads(opened, "c-callback")[0], p.AttemptStarted)


async def test_a_promise_is_echoed_with_its_weekday_before_it_is_saved(driven: Driven, opened: OpenDesk) -> None:
    async with driven() as pilot:
        await press(pilot, ["enter", "d", "p", "=next friday"])
        seen = text_of(pilot.app)
        assert "Fri 4 Dec 2026" in seen
        assert "10 days" in seen
        assert not any(isinstance(each, p.PromiseMade) for each in payloads(opened, "c-callback"))


async def test_the_status_counts_every_unsent_fact(driven: Driven, opened: OpenDesk) -> None:
    async with driven() as pilot:
        assert "0 unsent" in text_of(pilot.app)
        await press(pilot, ["enter", *NO_ANSWER])
        await press(pilot, ["escape"])
        assert isinstance(pilot.app.screen, QueueScreen)
        assert f"{opened.outbox.count_unsent()} unsent" in text_of(pilot.app)


async def test_undo_takes_the_promise_back_and_opens_its_case(driven: Driven, opened: OpenDesk) -> None:
    async with driven() as pilot:
        await press(pilot, ["enter", *PROMISE])
        await press(pilot, ["u"])
        screen = pilot.app.screen
        assert isinstance(screen, CallScreen)
        assert screen.case_id == "c-callback"
        case = opened.book.case("c-callback")
        assert case is not None
        assert [promise.ended for promise in case.promises] == ["retracted"]
        assert opened.desk.call is not None, "the call is in hand again"
        assert "next friday" in text_of(pilot.app), "what was typed is back"


async def test_a_refused_call_says_why_and_when(driven: Driven, opened: OpenDesk) -> None:
    async with driven() as pilot:
        await press(pilot, ["f", "enter", "d"])
        assert "May not be called now" in text_of(pilot.app)
        assert opened.outbox.count_unsent() == 0
        assert opened.desk.call is None


async def test_escape_keeps_what_was_typed(driven: Driven, opened: OpenDesk) -> None:
    async with driven() as pilot:
        await press(pilot, ["enter", "d", "t", "=wife answers", "escape", "escape", "escape"])
        assert isinstance(pilot.app.screen, QueueScreen)
        await press(pilot, ["g", "t"])
        assert "wife answers" in text_of(pilot.app)


async def test_a_number_key_answers_the_script(driven: Driven) -> None:
    async with driven() as pilot:
        await press(pilot, ["enter", "d", "1"])
        assert "2 Verify" in text_of(pilot.app)
        assert "出生日期" in text_of(pilot.app)
        assert "¥3,200.00，" not in text_of(pilot.app)
        await press(pilot, ["1", "1"])
        assert "12,860.00" in text_of(pilot.app) or "3,200.00" in text_of(pilot.app)


async def test_an_outcome_takes_its_group_and_its_code(driven: Driven, opened: OpenDesk) -> None:
    async with driven() as pilot:
        await press(pilot, ["enter", "d", "o", "2", "1"])
        case = opened.book.case("c-callback")
        assert case is not None
        assert case.attempts[-1].code == "disconnected"
        assert [each.what for each in case.bad_numbers] == ["disconnected"]


async def test_the_queue_keeps_its_cursor_while_cases_arrive(
    driven: Driven, opened: OpenDesk, clock: HandClock
) -> None:
    from screens.widgets.queuelist import QueueList
    from tests.support.people import NOW, Story

    async with driven() as pilot:
        await press(pilot, ["down", "down"])
        before = pilot.app.screen.query_one(QueueList).selected
        assert before is not None
        urgent = Story("c-urgent", "吴十", open=990_000)
        urgent.call("call_back", NOW.replace(day=23))
        urgent.add(p.CallbackSet(due=NOW), NOW.replace(day=23))
        opened.receive([urgent.case()])
        await pilot.pause()
        after = pilot.app.screen.query_one(QueueList).selected
        assert after is not None
        assert after.case_id == before.case_id
        assert "吴十" in text_of(pilot.app)


async def test_a_case_taken_away_is_blanked_at_once(driven: Driven, opened: OpenDesk) -> None:
    async with driven() as pilot:
        await press(pilot, ["enter", "d"])
        assert "陈晓梅" in text_of(pilot.app)
        opened.receive([], removed=["c-callback"], ver=2)
        await pilot.pause()
        assert "陈晓梅" not in text_of(pilot.app)
        assert "no longer yours" in text_of(pilot.app)


async def test_an_empty_queue_says_what_to_do(tmp_path: object, clock: HandClock) -> None:
    from pathlib import Path

    from tests.support.places import Place
    from tui.app import DuecallApp

    assert isinstance(tmp_path, Path)
    empty = OpenDesk(tmp_path / "empty", clock)
    place = Place(empty.desk)

    async def opener(_server: str, _login: str, _password: str) -> Place:
        return place

    async with DuecallApp(opener, ready=place).run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert "F5" in text_of(pilot.app)
    empty.close()


async def test_search_finds_by_digits_and_by_name(driven: Driven) -> None:
    async with driven() as pilot:
        await press(pilot, ["slash", "=5550123"])
        seen = text_of(pilot.app)
        assert "Oakley" in seen
        assert "赵敏" not in seen


async def test_the_locked_screen_shows_nothing_until_the_password(driven: Driven) -> None:
    async with driven() as pilot:
        await press(pilot, ["ctrl+l"])
        assert "陈晓梅" not in text_of(pilot.app)
        await press(pilot, ["=wrong", "enter"])
        assert "陈晓梅" not in text_of(pilot.app)
        await press(pilot, ["=secret", "enter"])
        assert "陈晓梅" in text_of(pilot.app)


async def test_an_ended_session_asks_for_the_password_and_esc_goes_on_without(driven: Driven, opened: OpenDesk) -> None:
    from dataclasses import replace

    status = opened.desk.status()
    opened.desk._parts = replace(opened.desk._parts, status=lambda: replace(status, state="login"))
    async with driven() as pilot:
        assert "log in again" in text_of(pilot.app)
        await press(pilot, ["f5"])
        assert "Esc goes on without" in text_of(pilot.app)
        await press(pilot, ["escape"])
        assert "Today's calls" in text_of(pilot.app)
        await press(pilot, ["f5", "=wrong", "enter"])
        assert "wrong" in text_of(pilot.app)
        await press(pilot, ["=secret", "enter"])
        assert "Today's calls" in text_of(pilot.app)


async def test_the_keyring_says_what_it_did(driven: Driven) -> None:
    async with driven() as pilot:
        await press(pilot, ["f8"])
        assert "no keyring here" in text_of(pilot.app)


async def test_news_while_a_screen_is_on_its_way_out_harms_nobody(driven: Driven, opened: OpenDesk) -> None:
    """The sync tells of something between Esc and the removal of the call screen: its exchange must not end there."""
    async with driven() as pilot:
        await press(pilot, ["enter", "d", "n"])
        screen = pilot.app.screen
        assert isinstance(screen, CallScreen)
        removed = pilot.app.pop_screen()
        for listener in tuple(opened.listeners):
            listener()
        opened.receive([])
        await removed
        for listener in tuple(opened.listeners):
            listener()
        screen.refresh_case()
        await pilot.pause()
        assert "Today's calls" in text_of(pilot.app)
