"""The promise line by keys: moving the date, plans, the pay day, a promise that stands, what needs approval, means."""

from __future__ import annotations

from textual.pilot import Pilot

from domain.facts import payloads as p
from tests.screens.conftest import Driven
from tests.support.desks import OpenDesk
from tests.support.people import NOW, Story, promise
from tests.support.places import text_of

CASE = "c-callback"


async def press(pilot: Pilot[None], *script: str) -> None:
    for key in script:
        if key.startswith("="):
            await pilot.press(*("space" if char == " " else char for char in key[1:]))
        else:
            await pilot.press(key)
        await pilot.pause()


def payloads(opened: OpenDesk, case_id: str = CASE) -> list[object]:
    return [fact.payload for fact in opened.outbox.pending(case_id)]


def with_promise(opened: OpenDesk) -> None:
    """Let the customer who is called first have promised already."""
    story = Story(CASE, "陈晓梅", open=320_000)
    story.call("promise", NOW.replace(day=20), talk=30)
    story.add(promise(320_000, NOW.date().replace(day=27)), NOW.replace(day=20))
    story.add(p.CallbackSet(due=NOW), NOW.replace(day=23))
    opened.receive([story.case()], ver=2)


async def test_keys_move_the_date_a_day_a_week_and_to_the_end_of_the_month(driven: Driven) -> None:
    async with driven() as pilot:
        await press(pilot, "enter", "d", "p", "=friday")
        assert "Fri 27 Nov 2026" in text_of(pilot.app)
        for key, day in (
            ("up", "Sat 28 Nov 2026"),
            ("down", "Fri 27 Nov 2026"),
            ("pageup", "Fri 4 Dec 2026"),
            ("pagedown", "Fri 27 Nov 2026"),
            ("f2", "Mon 30 Nov 2026"),
            ("f2", "Thu 31 Dec 2026"),
        ):
            await press(pilot, key)
            assert day in text_of(pilot.app), key


async def test_the_date_is_never_moved_before_the_customers_today(driven: Driven) -> None:
    async with driven() as pilot:
        await press(pilot, "enter", "d", "p", "=today", "down", "pagedown")
        assert "Tue 24 Nov 2026, today" in text_of(pilot.app)


async def test_the_pay_day_is_asked_once_and_kept_with_the_customer(driven: Driven, opened: OpenDesk) -> None:
    async with driven() as pilot:
        await press(pilot, "enter", "d", "p", "=payday", "enter")
        assert "day of the month they are paid" in text_of(pilot.app)
        await press(pilot, "=32", "enter")
        assert "from 1 to 31" in text_of(pilot.app)
        await press(pilot, "backspace", "backspace", "=25th", "enter")
        assert "Wed 25 Nov 2026" in text_of(pilot.app)
        given = [each for each in payloads(opened) if isinstance(each, p.ReasonGiven)]
        assert [(each.code, each.income_day) for each in given] == [("", 25)]
        case = opened.book.case(CASE)
        assert case is not None
        assert (case.customer.pay_day, case.reason) == (25, None)
        await press(pilot, "f3")
        assert "Fri 25 Dec 2026" in text_of(pilot.app)


async def test_a_plan_shows_every_date_and_amount(driven: Driven, opened: OpenDesk) -> None:
    async with driven((80, 24)) as pilot:
        await press(pilot, "enter", "d", "p", "=end of month", "shift+tab", "=4")
        seen = text_of(pilot.app)
        for words in ("Mon 30 Nov", "Thu 31 Dec", "Sun 31 Jan", "Sun 28 Feb", "¥800.00", "every month"):
            assert words in seen
        assert "2 payments fall on days off" in seen
        await press(pilot, "f6")
        assert "Mon 14 Dec" in text_of(pilot.app)
        await press(pilot, "f6")
        assert "Mon 7 Dec" in text_of(pilot.app)
        await press(pilot, "enter")
        assert "then ¥800.00 on Mon 7 Dec" in text_of(pilot.app)
        await press(pilot, "enter")
        made = next(each for each in payloads(opened) if isinstance(each, p.PromiseMade))
        assert [part.due.day for part in made.parts] == [30, 7, 14, 21]
        assert not made.needs_approval


async def test_days_off_of_a_plan_move_to_the_working_day_before(driven: Driven) -> None:
    async with driven() as pilot:
        await press(pilot, "enter", "d", "p", "=sunday", "shift+tab", "=2", "tab")
        assert "Sun 29 Nov" in text_of(pilot.app)
        await press(pilot, "tab")
        seen = text_of(pilot.app)
        assert "Tue 29 Dec" in seen
        assert "days off" not in seen


async def test_a_first_payment_and_round_ones_after_it(driven: Driven, opened: OpenDesk) -> None:
    async with driven() as pilot:
        await press(pilot, "enter", "d", "p", "=friday", "shift+tab", "=4", "ctrl+t", "f6", "f6")
        await press(pilot, "tab", "tab", "=1000")
        seen = text_of(pilot.app)
        assert "¥1,000.00" in seen
        assert "¥733.00" in seen
        assert "¥734.00" in seen
        assert opened.desk.draft(CASE)["promise.first"] == "1000"


async def test_what_exceeds_the_agents_authority_waits_for_a_supervisor(driven: Driven, opened: OpenDesk) -> None:
    async with driven() as pilot:
        await press(pilot, "enter", "d", "p", "=in 40 days")
        assert "a supervisor has to approve it" in text_of(pilot.app)
        await press(pilot, "enter", "enter")
        assert "a supervisor has to approve it" in text_of(pilot.app)
        asked = [each for each in payloads(opened) if isinstance(each, p.ApprovalAsked)]
        assert [each.what for each in asked] == ["horizon"]
        standing = opened.desk.standing_promise(CASE)
        assert standing is not None
        assert standing.state == "pending_approval"


async def test_a_promise_that_stands_asks_whether_it_is_changed(driven: Driven, opened: OpenDesk) -> None:
    with_promise(opened)
    async with driven() as pilot:
        await press(pilot, "enter", "d", "p")
        seen = text_of(pilot.app)
        assert "A promise stands: ¥3,200.00 due Fri 27 Nov" in seen
        await press(pilot, "a", "=monday", "enter", "enter")
        changed = [each for each in payloads(opened) if isinstance(each, p.PromiseAmended)]
        assert [part.due.day for part in changed[0].parts] == [30]
        case = opened.book.case(CASE)
        assert case is not None
        assert [(each.ended, each.last_due.day) for each in case.promises] == [(None, 30)]


async def test_a_promise_that_stands_is_replaced_when_asked_to(driven: Driven, opened: OpenDesk) -> None:
    with_promise(opened)
    async with driven() as pilot:
        await press(pilot, "enter", "d", "p", "r", "=monday", "enter", "enter")
        case = opened.book.case(CASE)
        assert case is not None
        assert [each.ended for each in case.promises] == ["superseded", None]
        assert case.reviews == ()


async def test_withdrawing_needs_a_reason_and_can_be_undone(driven: Driven, opened: OpenDesk) -> None:
    with_promise(opened)
    async with driven() as pilot:
        await press(pilot, "enter", "d", "p", "w", "enter")
        assert "needs a reason" in text_of(pilot.app)
        await press(pilot, "=lost the job", "enter")
        assert "withdrawn" in text_of(pilot.app)
        assert opened.desk.standing_promise(CASE) is None
        gone = [each for each in payloads(opened) if isinstance(each, p.PromiseWithdrawn)]
        assert [each.reason for each in gone] == ["lost the job"]
        await press(pilot, "u")
        assert opened.desk.standing_promise(CASE) is not None


async def test_a_promise_is_shown_as_frozen_while_a_dispute_waits(driven: Driven, opened: OpenDesk) -> None:
    with_promise(opened)
    async with driven() as pilot:
        await press(pilot, "enter", "d", "D", "=wrong amount", "enter")
        case = opened.book.case(CASE)
        assert case is not None
        standing = opened.desk.standing_promise(CASE)
        assert standing is not None
        assert standing.state == "frozen"


async def test_means_propose_plans_and_fill_the_promise(driven: Driven, opened: OpenDesk) -> None:
    async with driven() as pilot:
        await press(pilot, "enter", "d", "y")
        await press(pilot, "=3000", "enter", "=10", "enter", "=1500", "enter", "=100")
        seen = text_of(pilot.app)
        assert "left of a month: ¥1,400.00" in seen
        assert "3 payments of ¥1,066.00, the last ¥1,068.00" in seen
        assert "quickest" in seen
        await press(pilot, "enter", "down", "enter")
        assert "4 payments, ¥3,200.00: first Thu 10 Dec 2026" in text_of(pilot.app)
        note = next(each for each in payloads(opened) if isinstance(each, p.NoteAdded))
        assert note.sheet is not None
        assert (note.sheet.income, note.sheet.pay_day, note.sheet.left) == (300_000, 10, 140_000)
        case = opened.book.case(CASE)
        assert case is not None
        assert case.sheet == note.sheet
        assert case.customer.pay_day == 10


async def test_means_that_do_not_suffice_offer_no_plan(driven: Driven) -> None:
    async with driven() as pilot:
        await press(pilot, "enter", "d", "y", "=1000", "enter", "enter", "=1500")
        seen = text_of(pilot.app)
        assert "left of a month: -¥500.00" in seen
        assert "hardship help" in seen
        assert "quickest" not in seen


async def test_what_was_chosen_survives_leaving_the_line(driven: Driven, opened: OpenDesk) -> None:
    async with driven() as pilot:
        await press(pilot, "enter", "d", "p", "=friday", "f7", "shift+tab", "=3", "f6", "escape", "p")
        seen = text_of(pilot.app)
        assert "every two weeks" in seen
        assert "card" in seen
        assert opened.desk.draft(CASE)["promise.count"] == "3"


async def test_a_maybe_is_no_promise_until_the_customer_says_yes(driven: Driven, opened: OpenDesk) -> None:
    async with driven() as pilot:
        await press(pilot, "enter", "d", "p", "=maybe friday", "enter")
        seen = text_of(pilot.app)
        assert "No promise yet" in seen
        assert "→ Fri 27 Nov, when they say yes (Tab)" in seen
        assert not any(isinstance(each, p.PromiseMade) for each in payloads(opened))
        await press(pilot, "tab")
        assert "= Fri 27 Nov 2026, in 3 days" in text_of(pilot.app)
