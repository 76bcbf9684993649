"""The door: what is typed while it opens is not lost, and nothing of it shows where it was not meant."""

from __future__ import annotations

import asyncio
from pathlib import Path

from textual import events

from screens.ports import Refused
from tests.screens.conftest import Driven
from tests.screens.test_agent_day import press
from tests.support.desks import HandClock, OpenDesk
from tests.support.people import team
from tests.support.places import Place, text_of
from tui.app import DuecallApp


def shown(app: DuecallApp) -> str:
    return type(app.screen).__name__


class SlowDoor:
    """Opens when it is told to, as deriving a key takes its time."""

    def __init__(self, place: Place, password: str) -> None:
        self.place, self.password = place, password
        self.asked, self.open = asyncio.Event(), asyncio.Event()

    async def __call__(self, _server: str, _login: str, password: str) -> Place | Refused:
        self.asked.set()
        await self.open.wait()
        return self.place if password == self.password else Refused("That is not the password.")


async def test_what_is_typed_while_the_door_opens_reaches_the_queue(tmp_path: Path) -> None:
    opened = OpenDesk(tmp_path / "store", HandClock())
    opened.receive([story.case() for story in team()])
    door = SlowDoor(Place(opened.desk), "secret")
    app = DuecallApp(door, login="wang", idle_lock_minutes=0)
    async with app.run_test(size=(100, 30)) as pilot:
        await press(pilot, ["=secret", "enter"])
        await door.asked.wait()
        await press(pilot, ["down", "enter"])
        assert shown(app) == "UnlockScreen"
        door.open.set()
        for _ in range(200):
            await pilot.pause()
            if shown(app) == "CallScreen" and "李建国" in text_of(app):
                break
        assert shown(app) == "CallScreen", text_of(app)
        assert "李建国" in text_of(app), "the second of the queue, as typed"
    opened.close()


async def test_what_is_typed_at_a_door_that_stays_shut_is_forgotten(tmp_path: Path) -> None:
    opened = OpenDesk(tmp_path / "store", HandClock())
    opened.receive([story.case() for story in team()])
    door = SlowDoor(Place(opened.desk), "secret")
    app = DuecallApp(door, login="wang", idle_lock_minutes=0)
    async with app.run_test(size=(100, 30)) as pilot:
        await press(pilot, ["=wrong", "enter"])
        await door.asked.wait()
        await press(pilot, ["down", "enter"])
        door.open.set()
        for _ in range(200):
            await pilot.pause()
            if "not the password" in text_of(app):
                break
        assert shown(app) == "UnlockScreen"
        await press(pilot, ["=secret", "enter"])
        for _ in range(200):
            await pilot.pause()
            if shown(app) == "QueueScreen":
                break
        assert shown(app) == "QueueScreen", "nothing of what was typed before is pressed now"
    opened.close()


async def test_a_door_that_takes_long_can_still_be_left(tmp_path: Path) -> None:
    opened = OpenDesk(tmp_path / "store", HandClock())
    door = SlowDoor(Place(opened.desk), "secret")
    app = DuecallApp(door, login="wang", idle_lock_minutes=0)
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, ["=secret", "enter"])
        await door.asked.wait()
        await press(pilot, ["ctrl+q"])
        assert not app.is_running or app._exit
    opened.close()


async def test_keys_right_behind_the_password_open_the_locked_screen_and_go_on(driven: Driven) -> None:
    async with driven() as pilot:
        await press(pilot, ["ctrl+l"])
        for key in (*"secret", "enter", "down", "v"):
            pilot.app.post_message(events.Key(key, key if len(key) == 1 else None))
        for _ in range(200):
            await pilot.pause()
            if "Numbers" in text_of(pilot.app):
                break
        assert "Numbers" in text_of(pilot.app), "the customer file of the second case"
        assert "李建国" in text_of(pilot.app)


async def test_server_login_and_password_can_be_typed_in_one_go(tmp_path: Path) -> None:
    asked = []

    async def opener(server: str, login: str, password: str) -> Refused:
        asked.append((server, login, password))
        return Refused("no")

    async with DuecallApp(opener, first=True, idle_lock_minutes=0).run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        for key in (*"https", "enter", *"wang", "enter", *"secret", "enter"):
            pilot.app.post_message(events.Key(key, key if len(key) == 1 else None))
        for _ in range(200):
            await pilot.pause()
            if asked:
                break
        assert asked == [("https", "wang", "secret")]
