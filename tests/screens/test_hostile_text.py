"""Names with markup, escapes and bidi characters: shown literally, harmless, on every screen."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.app import App
from textual.pilot import Pilot

from domain.facts import payloads as p
from domain.text import clean
from screens.widgets.queuelist import QueueList
from tests.screens.test_agent_day import press
from tests.support.desks import HandClock, OpenDesk
from tests.support.people import HOSTILE, NOW, Story, promise
from tests.support.places import Place, text_of
from tui.app import DuecallApp


def hostile_story(name: str) -> Story:
    """Put the name everywhere a text from outside can stand."""
    story = Story("c-hostile", name)
    account = p.AccountStated(
        NOW.date(),
        "i",
        name,
        customer_id=name,
        aliases=(name,),
        segment="consumer",
        region="CN",
        debts=(p.Debt("d1", 100_000, "CNY", doc=name, due=NOW.date().replace(month=10)),),
        phones=(p.Phone("+8613800138000", type="mobile", region="CN", zones=("Asia/Shanghai",), label=name),),
    )
    story.facts.clear()
    story.add(account, NOW.replace(month=10), author="server")
    story.add(p.ContactsStated("i", person=name, email=name, address=name), NOW.replace(month=10), author="server")
    story.add(p.NoteAdded(name), NOW.replace(day=1))
    story.add(promise(100, NOW.date().replace(day=20)), NOW.replace(day=2))
    story.add(p.ReasonGiven(name, note=name), NOW.replace(day=3))
    return story


def quiet(opened: OpenDesk) -> DuecallApp:
    place = Place(opened.desk)

    async def opener(_server: str, _login: str, _password: str) -> Place:
        return place

    return DuecallApp(opener, ready=place)


def check(pilot: Pilot[None], name: str) -> None:
    """See that nothing on the screen is a control character, and that the name can be read."""
    shown = text_of(pilot.app)
    bad = [char for char in shown if (ord(char) < 0x20 and char != "\n") or 0x7F <= ord(char) < 0xA0]
    assert not bad
    assert not any(char in shown for char in "\u202a\u202b\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f")
    words = clean(name).strip()[:8]
    assert words.split()[0] in shown


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
@pytest.mark.parametrize("name", HOSTILE)
async def test_every_screen_shows_it_literally(tmp_path: Path, name: str, size: tuple[int, int]) -> None:
    opened = OpenDesk(tmp_path / "s", HandClock())
    opened.receive_raw([hostile_story(name).case()])
    app: App[None] = quiet(opened)
    async with app.run_test(size=size, notifications=True) as pilot:
        await pilot.pause()
        assert "QueueScreen" in repr(pilot.app.screen)
        check(pilot, name)
        await press(pilot, ["w"])
        check(pilot, name)
        await press(pilot, ["enter"])
        assert "CallScreen" in repr(pilot.app.screen)
        check(pilot, name)
        await press(pilot, ["h"])
        check(pilot, name)
        await press(pilot, ["h", "d", "1", "p", "=friday"])
        check(pilot, name)
        await press(pilot, ["escape", "ctrl+p"])
        await press(pilot, ["=13800"])
        await pilot.pause(0.3)
        shown = text_of(pilot.app)
        assert not any(ord(char) < 0x20 and char != "\n" for char in shown)
        await press(pilot, ["escape"])
        assert pilot.app.is_running
        assert pilot.app._exception is None
    opened.close()


async def test_a_click_on_a_name_does_nothing_of_its_own(tmp_path: Path) -> None:
    opened = OpenDesk(tmp_path / "s", HandClock())
    opened.receive_raw([hostile_story("[@click=app.quit]press me[/]").case()])
    app = quiet(opened)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        await pilot.click(QueueList, offset=(8, 1))
        await pilot.pause()
        assert pilot.app.is_running
        assert "[@click=app.quit]press" in text_of(pilot.app)
    opened.close()
