"""The session: one store, one agent, one device; keys are shown to their server alone and to no log."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from data.answers import Failure
from data.http import ServerClient
from data.secret import Secret
from data.session import NobodyLoggedInError, Session
from data.store import Store
from domain.clock import SystemClock
from domain.ids import IdSource, is_uuid
from domain.wire import AgentInfo

SERVER = "https://duecall.test"


def answer(agent: str = "agent-7", deposit_key: str | None = "dep0sit", token: str = "t0ken") -> dict[str, Any]:
    body: dict[str, Any] = {
        "token": token,
        "expires_at": "2026-11-20T16:00:00.000Z",
        "agent": {"id": agent, "login": "wang", "name": "王\x1b芳", "role": "agent", "team": "east"},
        "device_id": "d",
        "epoch": "e7",
    }
    return body | ({"deposit_key": deposit_key} if deposit_key else {})


def server(respond: Callable[[httpx.Request], Any]) -> ServerClient:
    def handle(request: httpx.Request) -> httpx.Response:
        said = respond(request)
        return said if isinstance(said, httpx.Response) else httpx.Response(201, json=said)

    return ServerClient(SERVER, transport=httpx.MockTransport(handle))


def opened(store: Store, address: str = SERVER) -> Session:
    return Session(store, IdSource(SystemClock()), address)


def test_the_device_s_id_is_made_once(store: Store) -> None:
    first = opened(store).device_id
    assert is_uuid(first)
    assert opened(store).device_id == first


def test_nobody_can_capture_before_the_first_login(store: Store) -> None:
    with pytest.raises(NobodyLoggedInError):
        opened(store).author()


async def test_a_login_is_kept_and_its_password_is_not(store: Store) -> None:
    session = opened(store)
    asked: list[dict[str, Any]] = []

    def respond(request: httpx.Request) -> Any:
        asked.append(json.loads(request.content))
        return answer()

    agent = await session.login(server(respond), "wang", "hunter2")
    assert agent == AgentInfo("agent-7", "wang", "王芳", "agent", "east")
    assert asked[0]["device"] == session.device_id
    again = opened(store)
    assert again.agent == agent
    assert again.token == Secret("t0ken")
    assert again.deposit_key == Secret("dep0sit")
    assert again.expires_at == datetime(2026, 11, 20, 16, 0, tzinfo=UTC)
    assert again.epoch == "e7"
    assert again.author().id == "agent-7"
    assert again.author().device == session.device_id
    assert "hunter2" not in repr(list(store.table("session")))


async def test_a_later_login_keeps_the_deposit_key_of_the_first(store: Store) -> None:
    session = opened(store)
    await session.login(server(lambda _request: answer()), "wang", "x")
    await session.login(server(lambda _request: answer(deposit_key=None, token="second")), "wang", "x")
    assert opened(store).token == Secret("second")
    assert opened(store).deposit_key == Secret("dep0sit")


async def test_keys_are_not_shown_to_another_server(store: Store) -> None:
    await opened(store).login(server(lambda _request: answer()), "wang", "x")
    elsewhere = opened(store, "https://elsewhere.test")
    assert (elsewhere.token, elsewhere.deposit_key, elsewhere.expires_at) == (None, None, None)
    assert elsewhere.agent is not None


async def test_another_agent_is_refused_and_logged_out_again(store: Store) -> None:
    session = opened(store)
    await session.login(server(lambda _request: answer()), "wang", "x")
    asked: list[tuple[str, str | None]] = []

    def respond(request: httpx.Request) -> Any:
        asked.append((request.method, request.headers.get("Authorization")))
        return answer("agent-9", token="other") if request.method == "POST" else httpx.Response(204)

    refused = await session.login(server(respond), "li", "x")
    assert isinstance(refused, Failure)
    assert refused.kind == "other-agent"
    assert refused.sentence
    assert asked[1] == ("DELETE", "Bearer other")
    assert opened(store).token == Secret("t0ken")


async def test_logging_out_forgets_the_token_even_without_a_network(store: Store) -> None:
    def broken(_request: httpx.Request) -> Any:
        raise httpx.ConnectError("no route")

    session = opened(store)
    await session.login(server(lambda _request: answer()), "wang", "x")
    await session.logout(server(broken))
    assert opened(store).token is None
    assert opened(store).deposit_key == Secret("dep0sit")
    assert "t0ken" not in repr(list(store.table("session")))


def test_a_secret_does_not_show() -> None:
    secret = Secret("t0ken")
    assert "t0ken" not in f"{secret} {secret!r} {[secret]}"
    assert secret.reveal() == "t0ken"
    assert secret == Secret("t0ken")
    assert secret != Secret("other")
    assert secret != "t0ken"
    assert hash(secret) == hash(Secret("t0ken"))
