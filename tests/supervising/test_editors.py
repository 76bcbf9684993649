"""The editors: a text is checked before it is published, nobody's version is overwritten, and an older one comes back."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from data.answers import Answer
from data.http import ServerClient
from data.secret import Secret
from domain.wire import LoginRequest
from screens.supervisor.editors import EditorsScreen
from server.seed import DEMO_PASSWORD
from tests.support.supervised import SupervisedServer, at_the_desk, press, until
from tui.supervising.owneditor import edited, own_editor


async def somebody_else_publishes(server: SupervisedServer) -> None:
    """Let another supervisor change the policy in the meantime."""
    client = ServerClient(server.address)
    try:
        session = await client.login(LoginRequest("sue", DEMO_PASSWORD, "another-machine"))
        assert isinstance(session, Answer)
        token = Secret(session.value.token)
        policy = await client.get("/v1/policy", token)
        assert isinstance(policy, Answer)
        body = policy.value | {"daily_goal": policy.value["daily_goal"] + 7}
        done = await client.put("/v1/policy", body, token, if_match=policy.etag)
        assert isinstance(done, Answer)
    finally:
        await client.aclose()


async def test_a_rule_is_edited_checked_published_and_brought_back(server: SupervisedServer) -> None:
    async with at_the_desk(server) as pilot:
        await until(pilot, "Anna Reed")
        await press(pilot, "e")
        await until(pilot, "goals, leases and times")
        screen = pilot.app.screen
        assert isinstance(screen, EditorsScreen)
        await until(pilot, "daily_goal = 60")
        await press(pilot, "b")
        await until(pilot, "Esc or ^S goes back")
        area = pilot.app.screen.query_one("TextArea")
        area.text = area.text.replace("daily_goal = 60", "daily_goal = 45")  # type: ignore[attr-defined]  # a TextArea
        await press(pilot, "escape")
        await until(pilot, "draft")
        await press(pilot, "d")
        await until(pilot, "+daily_goal = 45")
        await press(pilot, "p")
        await until(pilot, "what for?")
        await press(pilot, "=fewer calls", "enter")
        await until(pilot, "published; every agent has it")
        await until(pilot, "fewer…")


async def test_two_at_once_and_nothing_is_overwritten(server: SupervisedServer) -> None:
    async with at_the_desk(server) as pilot:
        await until(pilot, "Anna Reed")
        await press(pilot, "e")
        await until(pilot, "daily_goal = 60")
        await press(pilot, "b")
        await until(pilot, "Esc or ^S goes back")
        area = pilot.app.screen.query_one("TextArea")
        area.text = area.text.replace("retry_hours = 4", "retry_hours = 5")  # type: ignore[attr-defined]  # a TextArea
        await press(pilot, "escape")
        await until(pilot, "draft")
        await somebody_else_publishes(server)
        await press(pilot, "p")
        await until(pilot, "what for?")
        await press(pilot, "enter")
        shown = await until(pilot, "What they changed")
        assert "+daily_goal = 67" in shown
        assert "+retry_hours = 5" in shown


@pytest.mark.parametrize("variable", ["VISUAL", "EDITOR"])
def test_the_persons_own_editor_is_run_without_a_shell(tmp_path: Path, variable: str) -> None:
    script = tmp_path / "editor.py"
    script.write_text("import sys\nopen(sys.argv[-1], 'a', encoding='utf-8').write('# added; rm -rf x\\n')\n")
    command = own_editor({variable: f"{sys.executable} {script}"}) if os.name != "nt" else (sys.executable, str(script))
    assert edited(command, "a = 1\n") == "a = 1\n# added; rm -rf x\n"
    assert own_editor({}) == ()
