"""Practice: every invented customer can be met with a full score in both languages, and nothing real is ever touched."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

import pytest
from textual.pilot import Pilot

from domain.i18n import LANGUAGES, Language, use_language
from domain.practice import personas
from domain.practice.persona import PersonaError, parse_persona
from domain.scripts import shipped_scripts
from domain.scripts.model import KINDS, OBJECTIONS
from screens.practice import ScoreScreen
from tests.screens.conftest import Driven
from tests.support.desks import OpenDesk
from tests.support.places import text_of
from tui.practice.app import PracticeApp

GOOD: dict[str, Sequence[str]] = {
    # the keys of a good call, after the customer was chosen; = is typed, | says it in English or in Chinese
    "pays_now": ["d", "1", "1", "1", "1", "1", "enter", "enter"],
    "payday": ["d", "i", "a", "1", "k", "d", "1", "1", "=in 6 days|6天后", "enter", "enter"],
    "part_and_rest": [
        *("d", "1", "1", "1", "1", "3", "1", "=cash flow|资金周转", "enter", "1"),
        *("=300 today and the rest in 10 days|今天先还1200，剩下的10天后还", "enter", "enter"),
    ],
    "third_party": ["d", "k", "c", "k", "2", "1", "1"],
    "dispute": ["d", "1", "1", "1", "k", "5", "1", "=slip of 9 September|九月九号退货单", "enter"],
    "angry": ["d", "k", "9", "k", "i", "a", "1", "2", "=in 3 days|三天后", "enter", "enter"],
    "hardship": ["d", "1", "1", "1", "1", "k", "a", "1", "1", "=lost the job, son ill|失业，孩子生病", "enter"],
    "cash_flow": [
        *("d", "1", "1", "1", "1", "4", "k", "1", "1", "1"),
        *("=half tomorrow and half in 14 days|明天一半，14天后一半", "enter", "enter"),
    ],
    "not_the_customer": ["d", "1", "3", "1", "1"],
}


def left_in(folder: Path) -> list[Path]:
    return list(folder.iterdir())


def screen_name(pilot: Pilot[None]) -> str:
    return type(pilot.app.screen).__name__


async def play(pilot: Pilot[None], language: Language, keys: Sequence[str]) -> None:
    for key in keys:
        if key.startswith("="):
            said = key[1:].split("|")
            await pilot.press(*("space" if char == " " else char for char in said[-1 if language == "zh" else 0]))
        else:
            await pilot.press(key)
        await pilot.pause()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("persona", [each.id for each in personas()])
async def test_a_good_call_gets_the_full_score(persona: str, language: Language) -> None:
    use_language(language)
    async with PracticeApp().run_test(size=(100, 30)) as pilot:
        await pilot.pause()
        number = 1 + [each.id for each in personas()].index(persona)
        await play(pilot, language, [str(number), *GOOD[persona]])
        await pilot.pause()
        shown = text_of(pilot.app)
        assert isinstance(pilot.app.screen, ScoreScreen), shown
        assert "100 %" in shown
        assert "✗" not in shown


BAD = {
    "the debt named before identity": (
        "pays_now",
        ["d", "p", "=today", "enter", "enter"],
        "secret identity disclosure stages recap",
    ),
    "another day than the customer said": (
        "angry",
        ["d", "k", "9", "k", "i", "a", "1", "2", "=tomorrow", "enter", "enter"],
        "promise",
    ),
    "the objection not met": ("angry", ["d", "1", "1", "1", "1", "2", "=in 3 days", "enter", "enter"], "objection"),
    "more offered than needed": (
        "part_and_rest",
        ["d", "i", "a", "1", "3", "3", "2", "1", "=300 today and the rest in 10 days", "enter", "enter"],
        "ladder",
    ),
    "a stranger taken for the customer": ("third_party", ["d", "i", "o", "4", "8"], "stranger result stages objection"),
    "somebody who cannot prove it believed": ("not_the_customer", ["d", "1", "1", "n"], "stranger result stages"),
    "hung up on": ("hardship", ["d", "n"], "identity disclosure stages result objection"),
}


@pytest.mark.parametrize("name", BAD)
async def test_what_went_wrong_is_said(name: str) -> None:
    persona, keys, wrong = BAD[name]
    async with PracticeApp().run_test(size=(100, 30)) as pilot:
        await pilot.pause()
        number = 1 + [each.id for each in personas()].index(persona)
        await play(pilot, "en", [str(number), *keys])
        await pilot.pause()
        screen = pilot.app.screen
        assert isinstance(screen, ScoreScreen), text_of(pilot.app)
        marks = screen._result.marks
        assert {each.id.split(":")[0] for each in marks if not each.good} == set(wrong.split())
        assert all(each.advice for each in marks if not each.good)
        assert "100 %" not in text_of(pilot.app)


async def test_the_customer_answers_each_step(driven: Driven) -> None:
    async with PracticeApp().run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        shown = text_of(pilot.app)
        assert all(each.title["en"] in shown for each in personas()), "the whole list is in sight on a small screen"
        await pilot.press("1", "d")
        await pilot.pause()
        assert "Customer: Yes, this is Nora speaking." in text_of(pilot.app)
        assert "nothing is kept" in text_of(pilot.app) or "practice" in text_of(pilot.app)
        await pilot.press("1")
        await pilot.pause()
        assert "Tanner Street" in text_of(pilot.app)


async def test_again_and_back_to_the_list_and_out(driven: Driven) -> None:
    app = PracticeApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await play(pilot, "en", ["9", *GOOD["not_the_customer"]])
        await play(pilot, "en", ["r"])
        assert screen_name(pilot) == "CallScreen"
        await play(pilot, "en", [*GOOD["not_the_customer"], "enter"])
        assert screen_name(pilot) == "PracticeScreen"
        assert "100 %" in text_of(app)
        await play(pilot, "en", ["1", "d", "escape", "escape"])
        assert screen_name(pilot) == "PracticeScreen", "a rehearsal may be left"
        await pilot.press("escape")
        await pilot.pause()
    assert app.return_code == 0


async def test_practice_inside_the_application_touches_nothing_real(
    driven: Driven, opened: OpenDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = [fact.id for fact in opened.outbox.unsent()]
    names = [row.customer for row in opened.desk.queue().today]
    dialled: list[str] = []

    def ring(*given: object) -> str:
        dialled.append(str(given))
        return ""

    monkeypatch.setattr("tui.dialing.dial", ring)
    async with driven() as pilot:
        await play(pilot, "en", ["f4", "1", *GOOD["pays_now"]])
        await pilot.pause()
        shown = text_of(pilot.app)
        assert "100 %" in shown
        assert not any(name in shown for name in names)
        await play(pilot, "en", ["u", "f5", "f4"])
        assert screen_name(pilot) == "ScoreScreen", "undo and sync reach nothing real from here"
        await play(pilot, "en", ["enter", "escape"])
        assert screen_name(pilot) == "QueueScreen"
        assert [fact.id for fact in opened.outbox.unsent()] == before
        assert not opened.desk._calls.call
        assert dialled == []
        await play(pilot, "en", ["enter", "d"])
        assert opened.desk.call is not None, "the real work goes on"
        assert len(dialled) == 1
        await play(pilot, "en", ["f4"])
        assert screen_name(pilot) == "CallScreen", "not while a real call is in hand"


async def test_house_scripts_are_rehearsed(driven: Driven, opened: OpenDesk) -> None:
    from domain.scripts import shipped_texts

    own = shipped_texts()["consumer-first.toml"].replace("May I speak with", "Would it be possible to speak with")
    opened.receive_document("scripts", {"texts": [own]}, ver=1)
    async with driven() as pilot:
        await play(pilot, "en", ["f4", "1", "d"])
        assert "Would it be possible" in text_of(pilot.app)


async def test_nothing_stays_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    async with PracticeApp().run_test() as pilot:
        await pilot.pause()
        await play(pilot, "en", ["1", "d", "i"])
        assert left_in(tmp_path)
    assert left_in(tmp_path) == []


async def test_the_language_can_be_switched_everywhere() -> None:
    async with PracticeApp().run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.press("f9")
        await pilot.pause()
        assert "忘记还款" in text_of(pilot.app)
        await play(pilot, "zh", ["9", *GOOD["not_the_customer"], "f9"])
        assert "cannot prove it" in text_of(pilot.app)


def test_personas_speak_of_stages_and_objections_there_are() -> None:
    assert len(personas()) >= 6
    stages = {stage.id for script in shipped_scripts() for stage in script.stages}
    for each in personas():
        assert {reply.at for reply in each.replies} <= stages | set(KINDS)
        assert set(each.way) <= stages
        assert set(each.objections) <= set(OBJECTIONS)
        assert all(words.strip() for reply in each.replies for words in reply.says.values())


@pytest.mark.parametrize("text", ["", "id = 1", "x = ", 'id = "a"\nreply = 3'])
def test_a_broken_customer_is_refused(text: str) -> None:
    with pytest.raises(PersonaError):
        parse_persona(text)
