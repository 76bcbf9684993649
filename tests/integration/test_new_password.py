"""The first login with a password somebody else chose: the application asks for a new one and goes on with it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from textual.pilot import Pilot

from data.profile import places
from domain.i18n import use_language
from screens.ports import Refused
from screens.queue import QueueScreen
from screens.unlock import UnlockScreen
from server.people.directory import set_password
from tests.support.laptops import Served
from tests.support.places import text_of
from tests.support.server_world import PASSWORD, World
from tui.app import DuecallApp
from tui.opening import OpenProfile, open_profile
from tui.supervising.app import BoardApp
from tui.supervising.opening import OpenSupervisor, open_supervisor

GIVEN = "given by sue"
CHOSEN = "chosen by anna"


async def until(pilot: Pilot[None], condition: Callable[[], object]) -> None:
    try:
        async with asyncio.timeout(60):
            while not condition():
                await pilot.pause()
                await asyncio.sleep(0.02)
    except TimeoutError:
        raise AssertionError(text_of(pilot.app)) from None


async def type_in(pilot: Pilot[None], text: str) -> None:
    for char in text:
        await pilot.press("space" if char == " " else char)
    await pilot.press("enter")


def given(world: World, login: str) -> None:
    person = world.people[login]
    world.write(lambda t: set_password(t, world.services.passwords, person, GIVEN, person.id, must_change=True))


@pytest.mark.slow
async def test_first_login_with_a_given_password_asks_for_a_new_one(tmp_path: Path) -> None:
    use_language("zh")
    world = World(tmp_path)
    world.populate()
    given(world, "anna")
    served = Served(world)
    where = places({"DUECALL_HOME": str(tmp_path / "home")})
    opened: list[OpenProfile] = []

    async def opener(server: str, login: str, password: str) -> OpenProfile | Refused:
        result = await open_profile(where, server, login, password)
        if isinstance(result, OpenProfile):
            opened.append(result)
        return result

    address = f"http://127.0.0.1:{served.port}"
    app = DuecallApp(opener, first=True, server=address, login="anna", idle_lock_minutes=0)
    try:
        async with app.run_test(size=(80, 24)) as pilot:
            await type_in(pilot, GIVEN)
            await until(pilot, lambda: "anna 的新密码" in text_of(pilot.app))
            await type_in(pilot, CHOSEN)
            await type_in(pilot, "something else")
            await until(pilot, lambda: "两次输入的密码不一致" in text_of(pilot.app))
            await type_in(pilot, "short")
            await type_in(pilot, "short")
            await until(pilot, lambda: "新密码未被接受" in text_of(pilot.app))
            await type_in(pilot, CHOSEN)
            await type_in(pilot, CHOSEN)
            await until(pilot, lambda: isinstance(pilot.app.screen, QueueScreen))
            assert opened[0].unlocks(CHOSEN), "the store is made with the password that was chosen"
            assert not opened[0].unlocks(GIVEN)
    finally:
        use_language("en")
        served.stop()
        world.services.database.close()


@pytest.mark.slow
async def test_esc_goes_back_to_the_door_and_a_supervisor_is_asked_too(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.populate()
    given(world, "sue")
    served = Served(world)

    async def opener(server: str, login: str, password: str) -> OpenSupervisor | Refused:
        return await open_supervisor(tmp_path / "desk", server, login, password)

    app = BoardApp(opener, server=f"http://127.0.0.1:{served.port}", login="sue")
    try:
        async with app.run_test(size=(120, 40)) as pilot:
            await type_in(pilot, GIVEN)
            await until(pilot, lambda: "A new password for sue" in text_of(pilot.app))
            await pilot.press("escape")
            await until(pilot, lambda: isinstance(pilot.app.screen, UnlockScreen))
            assert "nothing was changed" in text_of(pilot.app)
            await type_in(pilot, GIVEN)
            await until(pilot, lambda: "A new password for sue" in text_of(pilot.app))
            await type_in(pilot, PASSWORD + "!")
            await type_in(pilot, PASSWORD + "!")
            await until(pilot, lambda: app.desk is not None)
    finally:
        served.stop()
        world.services.database.close()
