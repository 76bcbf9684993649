"""The server speaks to people in the language they ask for, and to two people in two languages at once."""

from __future__ import annotations

import asyncio
import json

import pytest

from domain.i18n import language, tr
from tests.support.server_world import Machine, World

LEDGER = b"Customer,Invoice,Due,Open\nAsh,1,03/04/2026,5\nElm,2,05/06/2026,6\n"


@pytest.fixture
async def sue(world: World) -> Machine:
    return await world.login("sue")


async def refused(world: World, sue: Machine, spoken: str) -> dict[str, str]:
    answer = await world.client.put(
        "/v1/imports/i-1", content=b"%PDF-1.4", headers=sue.headers | {"Accept-Language": spoken}
    )
    assert answer.status_code == 422
    problem: dict[str, str] = answer.json()
    return problem


async def test_each_is_answered_in_their_language(world: World, sue: Machine) -> None:
    asked = ("zh-CN,zh;q=0.9", "en", "fr", "") * 3
    answers = await asyncio.gather(*(refused(world, sue, spoken) for spoken in asked))
    for spoken, problem in zip(asked, answers, strict=True):
        words = problem["title"] + problem["detail"]
        assert problem["type"] == "urn:duecall:problem:unprocessable"
        assert ("未导入" in words) is spoken.startswith("zh"), (spoken, words)
    assert language() == "en", "what one is answered in is not what the next one hears"


async def test_steps_come_line_by_line_and_the_answer_last(world: World, sue: Machine) -> None:
    lines = {"Accept": "application/x-ndjson", "Accept-Language": "zh"}
    asked = await world.client.put("/v1/imports/i-2", content=LEDGER, headers=sue.headers | lines)
    assert asked.status_code == 200
    assert asked.headers["content-type"].startswith("application/x-ndjson")
    *_, last = (json.loads(line) for line in asked.text.splitlines())
    assert last["status"] == 422
    assert last["body"]["type"] == "urn:duecall:problem:questions"
    assert "哪" in last["body"]["questions"][0]["text"] or "？" in last["body"]["questions"][0]["text"]
    parameters = {"date_order": "DMY", "currency": "EUR", "assign": "none"}
    done = await world.client.put("/v1/imports/i-2", content=LEDGER, params=parameters, headers=sue.headers | lines)
    *steps, last = (json.loads(line) for line in done.text.splitlines())
    assert (last["status"], last["body"]["applied"]["created"]) == (200, 2)
    assert all(step.keys() == {"stage", "done", "total"} for step in steps)
    again = await world.client.put("/v1/imports/i-2", content=LEDGER, params=parameters, headers=sue.headers)
    assert again.json() == last["body"], "the same request without steps is answered as the first time"
    assert tr("nothing") == "nothing"
