"""Bodies: bounded before and after inflation, bounded in depth, compressed both ways."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import AsyncIterator

import pytest

from domain.wire import MAX_BODY
from server.http.bodies import MAX_DEPTH
from tests.support.server_world import Machine, World

pytestmark = pytest.mark.parametrize("new_world", ["sqlite"], indirect=True)  # refused before a database is asked


@pytest.fixture
async def anna(world: World) -> Machine:
    world.add_case("c1", "anna")
    return await world.login("anna")


def batch(machine: Machine, note: str = "x", events: int = 1) -> bytes:
    made = [machine.event("c1", "note.added", {"text": note}) for _ in range(events)]
    return json.dumps({"device_id": machine.device, "events": made}).encode()


async def post(machine: Machine, content: bytes | AsyncIterator[bytes], **headers: str) -> tuple[int, str]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    response = await machine.world.client.post("/v1/events", content=content, headers=machine.headers | named)
    body = response.json()
    return response.status_code, body.get("type", "").rpartition(":")[2]


async def test_compressed_batch_is_taken(anna: Machine) -> None:
    assert await post(anna, gzip.compress(batch(anna, "y" * 5000)), content_encoding="gzip") == (200, "")


async def test_batch_in_several_gzip_members(anna: Machine) -> None:
    body = batch(anna, "y" * 5000)
    members = gzip.compress(body[:100]) + gzip.compress(body[100:])
    assert await post(anna, members, content_encoding="gzip") == (200, "")


async def test_batch_in_chunks_without_a_length(anna: Machine) -> None:
    body = gzip.compress(batch(anna, "y" * 5000))

    async def chunks() -> AsyncIterator[bytes]:
        for start in range(0, len(body), 7):
            yield body[start : start + 7]

    assert await post(anna, chunks(), content_encoding="gzip") == (200, "")


async def test_bomb_is_refused(anna: Machine) -> None:
    bomb = gzip.compress(b" " * (200 * 1024 * 1024))
    assert len(bomb) < 250_000
    assert await post(anna, bomb, content_encoding="gzip") == (413, "too-large")
    assert await post(anna, gzip.compress(bomb), content_encoding="gzip") == (400, "malformed"), "inflated once only"


async def test_body_above_the_limit_is_refused(anna: Machine) -> None:
    assert await post(anna, b" " * MAX_BODY + b"x") == (413, "too-large")
    assert await post(anna, b" " * (MAX_BODY - 2) + b"{}") == (400, "malformed")
    assert await post(anna, gzip.compress(b" " * (MAX_BODY + 1)), content_encoding="gzip") == (413, "too-large")


@pytest.mark.parametrize(
    "body", [b"not gzip", gzip.compress(b"{}" * 5000, mtime=0)[:-20], zlib.compress(b"{}"), b"", b"\x1f\x8b\x08"]
)
async def test_damaged_gzip(anna: Machine, body: bytes) -> None:
    assert await post(anna, body, content_encoding="gzip") == (400, "malformed")


@pytest.mark.parametrize("encoding", ["br", "deflate", "gzip, gzip", "zstd"])
async def test_other_encodings_are_refused(anna: Machine, encoding: str) -> None:
    assert await post(anna, b"{}", content_encoding=encoding) == (415, "unsupported-encoding")


@pytest.mark.parametrize("depth", [MAX_DEPTH + 1, 1_000, 100_000])
@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}")])
async def test_deep_nesting_is_refused(anna: Machine, depth: int, opening: str, closing: str) -> None:
    body = opening * depth + "1" + closing * depth
    assert await post(anna, body.encode()) == (400, "malformed")


async def test_deep_note_with_brackets_in_text_is_fine(anna: Machine) -> None:
    assert await post(anna, batch(anna, '[{"' * 500 + '\\"' * 50)) == (200, "")


# --- answers ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("accepted", "compressed"),
    [("gzip", True), ("br, gzip;q=0.5", True), ("", False), ("gzip;q=0", False), ("br", False)],
)
async def test_long_answers_are_compressed_for_those_who_can_read_it(
    anna: Machine, accepted: str, compressed: bool
) -> None:
    headers = anna.headers | {"Accept-Encoding": accepted}
    response = await anna.world.client.get("/v1/changes", headers=headers)
    assert (response.headers.get("content-encoding") == "gzip") is compressed
    assert response.headers["vary"] == "Accept-Encoding"
    assert response.json()["head"] == 3
    assert (int(response.headers["content-length"]) < len(response.content)) is compressed


async def test_short_answers_are_not(anna: Machine) -> None:
    response = await anna.world.client.get("/v1/hello", headers={"Accept-Encoding": "gzip"})
    assert "content-encoding" not in response.headers


async def test_endpoint_without_a_body_takes_none(anna: Machine) -> None:
    response = await anna.world.client.request(
        "DELETE", "/v1/sessions/current", content=b"x" * 5000, headers=anna.headers
    )
    assert response.status_code == 413
    assert (await anna.get("/v1/changes")).status_code == 200


@pytest.mark.parametrize(
    "path", ["/v1/cases?q=%00", "/v1/cases?after=a%00b", "/v1/cases/a%00/history", "/v1/audit?subject=%00"]
)
async def test_nul_in_an_address_is_refused(world: World, path: str) -> None:
    sue = await world.login("sue")
    response = await world.client.get(path, headers=sue.headers)
    assert response.status_code == 400
    assert response.json()["type"].endswith("bad-parameter")


async def test_nul_in_what_becomes_text_is_refused_and_in_a_note_it_is_kept(world: World, anna: Machine) -> None:
    sue = await world.login("sue")
    for body in ({"cases": ["c\0"], "to": None}, {"cases": ["c1"], "to": "an\0na"}):
        assert (await sue.put("/v1/reassignments/r1", body)).status_code == 400
    login = {"login": "an\0na", "password": "x", "device": "d"}
    assert (await world.client.post("/v1/sessions", json=login)).status_code == 400
    assert (await anna.results(anna.event("c1", "note.added", {"text": "a\0b"})))[0]["status"] == "accepted"
    assert (await anna.documents())["case:c1"]["timeline"][-1]["data"]["text"] == "ab"
