"""Events an older server did not understand: kept as bytes, and added to their case when a server starts that does."""

from __future__ import annotations

from typing import Any

import pytest

from domain.facts import CLIENT_TYPES, PAYLOADS
from tests.support.server_world import World


async def test_event_of_a_newer_client_counts_once_a_server_that_knows_it_starts(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.add_case("c1", "anna")
    anna = await world.login("anna")
    with monkeypatch.context() as older:
        for known in (CLIENT_TYPES, PAYLOADS):
            older.delitem(known, "note.added")
        note = anna.event("c1", "note.added", {"text": "rings at noon"})
        stranger = anna.event("c1", "weather.noted", {"rain": True})
        assert [each["status"] for each in await anna.results(note, stranger)] == ["quarantined", "quarantined"]
        assert notes(await anna.documents()) == []
        world.another()
        assert notes(await anna.documents()) == [], "that one does not know it either"
    world.clock.advance(days=3)
    world.another()
    anna = await world.login("anna")
    assert notes(await anna.documents()) == ["rings at noon"]
    answer = (
        await world.client.post("/v1/events", json={"device_id": anna.device, "events": [note]}, headers=anna.headers)
    ).json()
    assert answer["results"][0]["status"] == "duplicate"
    reviews = (await (await world.login("sue")).get("/v1/reviews")).json()["reviews"]
    assert [(each["kind"], each["fact"]) for each in reviews] == [("quarantined", stranger["id"])]


def notes(documents: dict[str, dict[str, Any]]) -> list[str]:
    timeline = documents["case:c1"].get("timeline", [])
    return [moment["data"]["text"] for moment in timeline if moment["type"] == "note.added"]
