"""Hints over a real connection: they come at once, from other processes within two seconds, and end with the session."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
import uvicorn

from server.database.engine import Database, Transaction
from server.documents import POLICY, Document, current, replace
from tests.support.server_world import Machine, World


class _Server(uvicorn.Server):
    """Uvicorn, saying when it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.listening.set()


@dataclass
class Live:
    """The world's application behind a real socket, its event loop in a thread of its own."""

    world: World
    address: str
    server: uvicorn.Server

    @asynccontextmanager
    async def stream(self, machine: Machine) -> AsyncIterator[AsyncIterator[tuple[str, Any]]]:
        """Open the stream; gives what comes as (event, data), and comments as ("", text)."""
        async with (
            httpx.AsyncClient(timeout=10) as client,
            client.stream("GET", f"{self.address}/v1/stream", headers=machine.headers) as response,
        ):
            assert response.status_code == 200
            assert response.headers["content-type"].startswith("text/event-stream")
            assert "content-encoding" not in response.headers
            yield _events(response)


async def _events(response: httpx.Response) -> AsyncIterator[tuple[str, Any]]:
    event = ""
    async for line in response.aiter_lines():
        name, _, value = line.partition(": ")
        if name == "event":
            event = value
        elif name == "data":
            yield event, json.loads(value)
        elif line.startswith(":"):
            yield "", line


async def following(stream: AsyncIterator[tuple[str, Any]]) -> tuple[str, Any]:
    """Wait for the next thing that comes, two seconds at most."""
    async with asyncio.timeout(2):
        return await anext(stream)


async def ended(stream: AsyncIterator[tuple[str, Any]]) -> None:
    """Wait until the server ends the stream, two seconds at most."""
    async with asyncio.timeout(2):
        async for _ in stream:
            pass


@pytest.fixture
async def live(world: World) -> AsyncIterator[Live]:
    config = uvicorn.Config(world.app, port=0, log_config=None, lifespan="on", timeout_graceful_shutdown=1)
    server = _Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    assert await asyncio.to_thread(server.listening.wait, 10)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield Live(world, f"http://127.0.0.1:{port}", server)
    server.should_exit = True
    await asyncio.to_thread(thread.join, 10)
    assert not thread.is_alive()


@pytest.fixture
async def anna(world: World) -> Machine:
    world.add_case("c1", "anna")
    return await world.login("anna")


async def test_stream_says_where_the_feed_stands_and_when_it_moves(live: Live, anna: Machine) -> None:
    async with live.stream(anna) as stream:
        assert await following(stream) == ("poke", {"head": 3})
        await anna.results(anna.event("c1", "note.added", {"text": "x"}))
        assert await following(stream) == ("poke", {"head": 4})


async def test_reassignment_revokes_before_it_pokes(live: Live, anna: Machine, world: World) -> None:
    sue, ben = await world.login("sue"), await world.login("ben")
    async with live.stream(anna) as annas, live.stream(ben) as bens:
        await following(annas)
        await following(bens)
        await world.reassign(sue, "r1", cases=["c1"], to="ben")
        assert await following(annas) == ("revoke", {"keys": ["case:c1"]})
        assert await following(annas) == ("poke", {"head": 4})
        assert await following(bens) == ("poke", {"head": 3})


async def test_what_another_process_wrote_is_noticed_within_two_seconds(
    live: Live, anna: Machine, world: World
) -> None:
    async with live.stream(anna) as stream:
        await following(stream)
        other = Database(world.settings, world.clock)
        await asyncio.to_thread(other.write, lambda transaction: _touch_policy(transaction, world))
        event = await following(stream)
        assert event == ("poke", {"head": 4})
        other.close()


def _touch_policy(transaction: Transaction, world: World) -> Document:
    document = current(transaction, POLICY)
    return replace(transaction, POLICY, json.loads(document.body), "*", world.people["sue"].id)


async def test_supervisor_is_told_when_any_feed_of_the_team_moves(live: Live, anna: Machine, world: World) -> None:
    sue = await world.login("sue")
    async with live.stream(sue) as stream:
        _, before = await following(stream)
        await anna.results(anna.event("c1", "note.added", {"text": "x"}))
        event, after = await following(stream)
        assert event == "poke"
        assert after["head"] == before["head"] + 1


async def test_stream_of_another_team_stays_silent(live: Live, anna: Machine, world: World) -> None:
    tom = await world.login("tom")
    async with live.stream(tom) as stream:
        await following(stream)
        await anna.results(anna.event("c1", "note.added", {"text": "x"}))
        with pytest.raises(TimeoutError):
            await following(stream)


async def test_stopping_the_server_ends_streams_at_once(live: Live, anna: Machine) -> None:
    async with live.stream(anna) as stream:
        await following(stream)
        live.world.services.hub.close_soon()
        with pytest.raises(StopAsyncIteration):
            await following(stream)


class TestSignsOfLife:
    """With a comment every tenth of a second instead of every fifteen."""

    @pytest.fixture
    async def world(self, new_world: Callable[..., World]) -> AsyncIterator[World]:
        made = new_world(stream_comment_s=0.1)
        yield made
        await made.close()

    async def test_comment_shows_that_the_connection_lives(self, live: Live, anna: Machine) -> None:
        async with live.stream(anna) as stream:
            await following(stream)
            assert (await following(stream))[0] == ""
            assert (await following(stream))[0] == ""

    async def test_logging_out_ends_the_stream(self, live: Live, anna: Machine, world: World) -> None:
        async with live.stream(anna) as stream:
            await following(stream)
            await world.client.delete("/v1/sessions/current", headers=anna.headers)
            await ended(stream)

    async def test_end_of_the_session_ends_the_stream(self, live: Live, anna: Machine, world: World) -> None:
        async with live.stream(anna) as stream:
            await following(stream)
            world.clock.advance(hours=12)
            await ended(stream)

    async def test_streams_are_counted(self, live: Live, anna: Machine, world: World) -> None:
        async with live.stream(anna) as stream:
            await following(stream)
            assert "duecall_streams 1" in (await world.client.get("/metrics")).text
            await world.client.delete("/v1/sessions/current", headers=anna.headers)
            await ended(stream)
        assert "duecall_streams 0" in (await world.client.get("/metrics")).text
