"""The script on the call screen: gates, read-out texts, objection cards, the way back, and the same stage after a crash."""

from __future__ import annotations

from pathlib import Path

from textual.pilot import Pilot

from domain.facts import payloads as p
from domain.i18n import use_language
from domain.scripts import shipped_texts
from screens.call import CallScreen
from screens.widgets.capture import CaptureLine
from tests.screens.conftest import Driven
from tests.support.desks import HandClock, OpenDesk
from tests.support.people import team
from tests.support.places import Place, text_of
from tui.app import DuecallApp

CASE = "c-callback"


async def press(pilot: Pilot[None], *keys: str) -> str:
    for key in keys:
        if key.startswith("="):
            await pilot.press(*("space" if char == " " else char for char in key[1:]))
        else:
            await pilot.press(key)
    await pilot.pause()
    return text_of(pilot.app)


def facts(opened: OpenDesk, kind: type) -> list[p.Payload]:
    every = [fact.payload for fact in opened.outbox.pending(CASE) if fact.payload is not None]
    return [each for each in every if isinstance(each, kind)]


def pane(shown: str) -> str:
    """Give the left column: the script, without the timeline beside it."""
    return "\n".join(line.split("▊")[0] for line in shown.splitlines()[1:])


async def test_the_pane_says_where_the_call_is_and_what_comes_next(driven: Driven) -> None:
    async with driven() as pilot:
        shown = await press(pilot, "enter", "d")
        assert "1 Open ▸ 2 Verify" in shown
        assert "陈晓梅本人" in shown
        shown = await press(pilot, "i")
        assert "3 Disclose ▸ 4 State the debt" in shown


async def test_the_debt_is_not_shown_in_the_script_before_both_keys(driven: Driven, opened: OpenDesk) -> None:
    async with driven() as pilot:
        for keys in (["enter", "d"], ["1"], ["1"]):
            assert "3,200" not in pane(await press(pilot, *keys)), keys
        assert "3,200" in pane(await press(pilot, "1"))
        identity = facts(opened, p.IdentityChecked)
        assert identity == [p.IdentityChecked(call=opened.desk.call.id, factors=("birth date", "address"))]  # type: ignore[union-attr]  # a call is running


async def test_each_required_text_is_kept_with_the_hash_of_what_was_shown(driven: Driven, opened: OpenDesk) -> None:
    from domain.canonical import digest

    async with driven() as pilot:
        shown = await press(pilot, "enter", "d")
        said = "您好，我是Harbour Finance的王芳，本次通话将全程录音。"
        assert said in shown.replace("\n", "")
        await press(pilot, "i", "a")
        read = facts(opened, p.DisclosureRead)
        assert [each.name for each in read if isinstance(each, p.DisclosureRead)] == [
            "cn-consumer-credit/recorded",
            "consumer-first/disclose",
        ]
        assert isinstance(read[0], p.DisclosureRead)
        assert read[0].digest == digest(said.encode())
        assert read[0].language == "zh"


async def test_a_wrong_identity_leads_away_from_the_debt(driven: Driven, opened: OpenDesk) -> None:
    async with driven() as pilot:
        shown = await press(pilot, "enter", "d", "1", "3")
        assert "Disclose nothing" in shown
        assert "stranger" in shown
        assert "3,200" not in pane(shown)
        assert [each.passed for each in facts(opened, p.IdentityChecked) if isinstance(each, p.IdentityChecked)] == [
            False
        ]
        shown = await press(pilot, "1")
        assert "10 Wrap-up" in shown
        assert "identity not verified" in shown
        await press(pilot, "1")
        ended = facts(opened, p.AttemptEnded)
        assert [each.code for each in ended if isinstance(each, p.AttemptEnded)] == ["not_verified"]


async def test_the_record_of_the_call_names_the_script_by_hash(driven: Driven, opened: OpenDesk) -> None:
    async with driven() as pilot:
        await press(pilot, "enter", "d", "i", "a", "1", "3", "3", "2", "n")
        started, ended = facts(opened, p.AttemptStarted)[0], facts(opened, p.AttemptEnded)[0]
        assert isinstance(started, p.AttemptStarted)
        assert isinstance(ended, p.AttemptEnded)
        assert (started.script, started.script_version) == ("consumer-first", "2026-11")
        assert started.script_digest is not None
        assert started.script_digest.startswith("sha256:")
        assert ended.script_digest == started.script_digest
        assert ended.stages == ("open", "verify", "disclose", "state", "ask", "probe", "part_now", "instalments")
        assert ended.offers == ("all_today", "part_now", "instalments")


async def test_objections_are_one_key_away_and_back(driven: Driven, opened: OpenDesk) -> None:
    async with driven() as pilot:
        shown = await press(pilot, "enter", "d", "k")
        assert "Objections" in shown
        assert "别再打电话给我" in shown
        assert "after identity" in shown
        shown = await press(pilot, "1")
        assert "identity first" in shown, "this card would give the debt away"
        shown = await press(pilot, "7")
        assert "之后不再拨打这个号码" in shown
        shown = await press(pilot, "escape")
        assert "Objections" in shown
        shown = await press(pilot, "k")
        assert "1 Open ▸ 2 Verify" in shown
        assert opened.desk.call is not None


async def test_letters_of_the_cards_do_nothing_else(driven: Driven, opened: OpenDesk) -> None:
    async with driven() as pilot:
        await press(pilot, "enter", "d", "i", "a", "k", "c")
        screen = pilot.app.screen
        assert isinstance(screen, CallScreen)
        assert screen.query_one(CaptureLine).mode == "closed"
        assert "您是谁" in text_of(pilot.app) or "你是谁" in text_of(pilot.app)
        await press(pilot, "x", "escape", "escape")
        assert "4 State the debt" in text_of(pilot.app)


async def test_a_card_can_lead_on(driven: Driven, opened: OpenDesk) -> None:
    async with driven() as pilot:
        shown = await press(pilot, "enter", "d", "k", "7", "1")
        assert "10 Wrap-up" in shown
        assert "asks us to stop" in shown
        await press(pilot, "1")
        assert facts(opened, p.ConsentWithdrawn)


async def test_f12_opens_the_cards_while_a_line_is_typed_and_goes_back_to_it(driven: Driven) -> None:
    async with driven() as pilot:
        await press(pilot, "enter", "d", "i", "a", "p", "=next", "f12")
        shown = await press(pilot, "d")
        assert "星期几" in shown
        await press(pilot, "f12", "= friday")
        assert "next friday" in text_of(pilot.app)


async def test_the_stage_before_is_one_key_back(driven: Driven) -> None:
    async with driven() as pilot:
        await press(pilot, "enter", "d", "i", "a", "1")
        assert "5 Ask for all of it" in text_of(pilot.app)
        shown = await press(pilot, "backspace")
        assert "4 State the debt" in shown


async def test_a_promise_being_typed_is_the_close_and_its_echo_the_recap(driven: Driven) -> None:
    async with driven() as pilot:
        shown = await press(pilot, "enter", "d", "i", "a", "p", "=next friday")
        assert "8 Close" in shown
        shown = await press(pilot, "enter")
        assert "9 Recap" in shown
        assert "12月4日星期五付¥3,200.00" in pane(shown).replace("\n", "").replace(" ", "")


async def test_what_the_agent_may_grant_stands_beside_each_rung(driven: Driven) -> None:
    async with driven() as pilot:
        shown = await press(pilot, "enter", "d", "i", "a", "1", "3", "3", "2")
        assert "instalments" in shown
        assert "12 payments at most" in shown
        shown = await press(pilot, "2", "2")
        assert "a supervisor decides" in shown


async def test_a_fee_waiver_asks_the_supervisor_and_the_call_goes_on(driven: Driven, opened: OpenDesk) -> None:
    async with driven() as pilot:
        await press(pilot, "enter", "d", "i", "a", "1", "3", "3", "2", "2", "2", "1", "=late fee 80", "enter")
        asked = facts(opened, p.ApprovalAsked)
        assert [(each.what, each.note) for each in asked if isinstance(each, p.ApprovalAsked)] == [
            ("fee_waiver", "late fee 80")
        ]
        assert opened.desk.call is not None
        assert "8 Close" in text_of(pilot.app)


async def test_after_a_crash_the_call_is_at_the_same_stage(tmp_path: Path, clock: HandClock) -> None:
    """Everything is read anew from the disk, as after kill -9."""
    first = OpenDesk(tmp_path / "killed", clock)
    first.receive([story.case() for story in team()])
    place = Place(first.desk)

    async def opener(_server: str, _login: str, _password: str) -> Place:
        return place

    async with DuecallApp(opener, ready=place).run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        await press(pilot, "enter", "d", "i", "a", "1", "3", "3", "2", "t", "=lost keys")
        before = first.desk.call
    first.store.close()
    second = OpenDesk(tmp_path / "killed", clock)
    place = Place(second.desk)
    assert second.desk.call == before
    async with DuecallApp(opener, ready=place).run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        shown = text_of(pilot.app)
        assert "7 Negotiate · instalments" in shown
        assert "lost keys" in shown
        assert "首期不低于¥320.00" in "".join(pane(shown).split())
    second.close()


async def test_scripts_the_server_published_win_and_unusable_ones_say_so(driven: Driven, opened: OpenDesk) -> None:
    own = shipped_texts()["consumer-first.toml"].replace("请问您是$customer本人吗？", "是$customer女士吗？")
    opened.receive_document("scripts", {"texts": [own]}, ver=1)
    async with driven() as pilot:
        shown = await press(pilot, "enter", "d")
        assert "陈晓梅女士吗" in shown
        opened.receive_document("scripts", {"texts": [own.replace("goto = ", "go = ", 1)]}, ver=2)
        await pilot.pause()
        shown = text_of(pilot.app)
        assert "陈晓梅本人" in shown
        assert "cannot be used" in shown


async def test_the_pane_works_on_a_small_screen_in_both_languages(driven: Driven) -> None:
    for language in ("en", "zh"):
        use_language(language)
        async with driven(size=(80, 24)) as pilot:
            shown = await press(pilot, "enter", "d", "k")
            assert "我要投诉" in shown, "the last of the cards is in sight"
            await press(pilot, "k", "i", "a", "1")
            shown = text_of(pilot.app)
            assert "今天全部还清" in shown
            await press(pilot, "o", "1", "1", "escape")


async def test_hostile_names_are_spoken_literally(tmp_path: Path, clock: HandClock) -> None:
    from tests.support.people import HOSTILE, Story

    desk = OpenDesk(tmp_path / "hostile", clock)
    desk.receive_raw([Story(f"c{number}", name).case() for number, name in enumerate(HOSTILE)])
    place = Place(desk.desk)

    async def opener(_server: str, _login: str, _password: str) -> Place:
        return place

    async with DuecallApp(opener, ready=place).run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        for number, _ in enumerate(HOSTILE):
            await pilot.app.open_case(f"c{number}")  # type: ignore[attr-defined]  # the real application
            shown = await press(pilot, "d", "i", "a", "k", "1", "escape", "escape", "n")
            assert "\x1b" not in shown
    desk.close()


async def test_answers_and_cards_can_be_clicked(driven: Driven) -> None:
    from textual.geometry import Offset

    from screens.widgets.scriptpanel import ScriptPanel

    async with driven() as pilot:
        await press(pilot, "enter", "d")
        panel = pilot.app.screen.query_one(ScriptPanel)

        async def click(words: str) -> str:
            lines = text_of(pilot.app).splitlines()
            row = next(number for number, line in enumerate(lines) if words in line.split("▊")[0])
            await pilot.click(offset=Offset(panel.region.x + 7, row))
            await pilot.pause()
            return text_of(pilot.app)

        assert "2 Verify" in await click("是本人")
        await press(pilot, "k")
        assert "之后不再拨打这个号码" in await click("别再打电话给我")
