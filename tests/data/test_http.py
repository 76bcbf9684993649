"""The HTTP client: answers and failures are values, bodies are compressed and bounded, nothing travels in the clear."""

from __future__ import annotations

import gzip
import json
import logging
import ssl
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from data import http
from data.address import UnsafeAddressError, checked_address
from data.answers import Answer, Failure
from data.http import ServerClient
from data.pages import text_of
from data.pokes import Poke, RevokeHint
from data.secret import Secret
from domain.canonical import canonical_bytes
from domain.wire import ChangesPage, LoginRequest, PushAnswer

KEY = Secret("t0ken")
PAGE: dict[str, Any] = {
    "epoch": "e7",
    "cursor": "c1",
    "head": 1,
    "more": False,
    "reset": False,
    "revoked": [],
    "entries": [],
    "lease_s": 14400,
    "device": {"received_through": 0},
}


class SteppingClock:
    """Each look at it is a second later."""

    def __init__(self) -> None:
        self.instant = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)

    def now(self) -> datetime:
        self.instant += timedelta(seconds=1)
        return self.instant


def client_for(respond: Callable[[httpx.Request], httpx.Response]) -> ServerClient:
    return ServerClient("https://duecall.test", transport=httpx.MockTransport(respond), clock=SteppingClock())


def answering(status: int = 200, body: Any = None, **headers: str) -> ServerClient:
    content = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
    return client_for(lambda _request: httpx.Response(status, content=content, headers=headers))


@pytest.mark.parametrize(
    "address",
    [
        "http://duecall.example.com",
        "http://192.168.1.20:8000",
        "http://127.0.0.1.example.com",
        "http://localhost.example.com",
        "ftp://duecall.example.com",
        "duecall.example.com",
        "https://",
        "https://user:pw@duecall.example.com",
        "https://duecall.example.com/?q=1",
        "https://[::1",
        "https://duecall.example.com:port",
        "",
    ],
)
def test_unsafe_addresses_are_refused_with_a_sentence(address: str) -> None:
    with pytest.raises(UnsafeAddressError) as raised:
        ServerClient(address)
    assert str(raised.value).endswith((".", ".com"))


@pytest.mark.parametrize(
    "address", ["https://duecall.example.com", "http://127.0.0.1:8000", "http://[::1]:8000", "http://localhost:8000"]
)
def test_safe_addresses_are_taken(address: str) -> None:
    assert checked_address(f" {address}/ ") == address


def test_authorities_are_read_where_tls_is_spoken_and_nowhere_else(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    made = ssl.create_default_context

    def counted(*arguments: Any, **named: Any) -> ssl.SSLContext:
        read.append("authorities")
        return made(*arguments, **named)

    monkeypatch.setattr(ssl, "create_default_context", counted)
    assert ServerClient("http://127.0.0.1:8080")._opened().trust_env is False
    assert read == []
    assert ServerClient("https://duecall.example")._opened().trust_env is True
    assert read


def test_tls_on_a_plain_address_would_be_refused() -> None:
    """No authority is known there, so no certificate is good enough, whoever shows it."""
    transport: Any = ServerClient("http://127.0.0.1:8080")._opened()._transport
    context: ssl.SSLContext = transport._pool._ssl_context
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)
    assert context.get_ca_certs() == []


async def test_facts_travel_in_the_characters_they_were_captured_in() -> None:
    seen: list[httpx.Request] = []

    def respond(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json={"received_through": 2, "missing": [], "results": []})

    events = [canonical_bytes({"seq": 1, "data": {"text": "等工资"}}).decode(), '{"seq":2}']
    client = client_for(respond)
    answer = await client.push("dev", events, KEY)
    await client.aclose()
    assert isinstance(answer, Answer)
    assert answer.value == PushAnswer(2, [], [])
    assert seen[0].content.decode() == '{"device_id":"dev","events":[' + ",".join(events) + "]}"
    assert seen[0].headers["Authorization"] == "Bearer t0ken"
    assert seen[0].headers["Content-Type"] == "application/json"


@pytest.mark.parametrize(("size", "packed"), [(1000, False), (1100, True), (400_000, True)])
async def test_bodies_above_a_kibibyte_are_compressed(size: int, packed: bool) -> None:
    seen: list[httpx.Request] = []

    def respond(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json={})

    client = client_for(respond)
    await client.put_import("i1", b"x" * size, "text/csv", {"as_of": "2026-11-01"}, KEY)
    await client.aclose()
    (request,) = seen
    assert (request.headers.get("Content-Encoding") == "gzip") is packed
    content = gzip.decompress(request.content) if packed else request.content
    assert content == b"x" * size
    assert request.headers["Content-Type"] == "text/csv"
    assert request.url.params["as_of"] == "2026-11-01"


async def test_an_inflated_answer_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "MAX_ANSWER", 100_000)
    client = answering(200, gzip.compress(b" " * 200_000 + json.dumps(PAGE).encode()), **{"Content-Encoding": "gzip"})
    failure = await client.changes(None, 100, KEY)
    assert isinstance(failure, Failure)
    assert failure.kind == "protocol"


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (httpx.ConnectError("x"), "network"),
        (httpx.ReadError("x"), "network"),
        (httpx.RemoteProtocolError("x"), "network"),
        (httpx.ReadTimeout("x"), "timeout"),
        (httpx.ConnectTimeout("x"), "timeout"),
        (httpx.DecodingError("x"), "protocol"),
    ],
)
async def test_what_a_network_does_is_a_value(error: Exception, kind: str) -> None:
    def respond(_request: httpx.Request) -> httpx.Response:
        raise error

    failure = await client_for(respond).hello()
    assert isinstance(failure, Failure)
    assert failure.kind == kind
    assert failure.sentence.endswith(".")


@pytest.mark.parametrize(
    ("value", "seconds"),
    [("120", 120.0), ("Fri, 20 Nov 2026 04:02:02 GMT", 120.0), ("Fri, 20 Nov 2020 04:00:00 GMT", 0.0), ("soon", None)],
)
async def test_retry_after_is_read_in_both_forms(value: str, seconds: float | None) -> None:
    failure = await answering(503, b"<html>", **{"Retry-After": value}).hello()
    assert isinstance(failure, Failure)
    assert (failure.kind, failure.status, failure.retry_after) == ("status", 503, seconds)


async def test_a_problem_is_read_and_timed() -> None:
    problem = {"type": "/problems/malformed", "title": "Bad\x1b[2J event", "status": 400, "detail": "no"}
    failure = await answering(400, problem, **{"Server-Time": "1795150800000"}).hello()
    assert isinstance(failure, Failure)
    assert (failure.problem, failure.title) == ("/problems/malformed", "Bad[2J event")
    assert failure.timing is not None
    assert failure.timing.server_time == datetime(2026, 11, 20, 5, 0, tzinfo=UTC)
    assert failure.timing.received_at - failure.timing.sent_at == timedelta(seconds=1)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{",
        b"\xff\xfe",
        b"[" * 200_000,
        {**PAGE, "head": "1"},
        {**PAGE, "entries": [{"seq": 1, "op": "erase", "key": "case:1", "ver": 1}]},
        {**PAGE, "entries": [{"seq": 1, "op": "put", "key": "case:1", "ver": 1}]},
        {name: value for name, value in PAGE.items() if name != "cursor"},
    ],
)
async def test_what_is_not_the_protocol_is_a_failure_and_not_a_page(body: Any) -> None:
    failure = await answering(200, body).changes("c", 100, KEY)
    assert isinstance(failure, Failure)
    assert failure.kind == "protocol"


def _document(page: ChangesPage) -> Any:
    return json.loads(text_of(page.entries[0]) or "")


async def test_text_is_cleaned_where_it_is_decoded() -> None:
    body = {"customer": {"name": "Zoe\x1b]52;c;YQ==\x07 \u202eZ"}, "more\u200b": ["a\r\nb\u2028c", 1.5, None]}
    entry = {"seq": 1, "op": "put", "key": "case:1", "ver": 1, "body": body, "extra": 1}
    answer = await answering(200, {**PAGE, "entries": [entry], "novel": True}).changes(None, 100, KEY)
    assert isinstance(answer, Answer)
    assert isinstance(answer.value, ChangesPage)
    assert _document(answer.value) == {"customer": {"name": "Zoe]52;c;YQ== Z"}, "more": ["a\nb\nc", 1.5, None]}


async def test_half_characters_in_one_name_do_not_hold_up_the_page() -> None:
    entry = b'{"seq":1,"op":"put","key":"case:1","ver":1,"body":{"name":"a\\ud800b"}}'
    raw = json.dumps(PAGE).encode().replace(b'"entries": []', b'"entries": [' + entry + b"]")
    answer = await answering(200, raw).changes(None, 100, KEY)
    assert isinstance(answer, Answer)
    assert _document(answer.value) == {"name": "a\ufffdb"}


async def test_flags_of_a_later_server_do_not_hold_up_an_acknowledgement() -> None:
    results = [{"id": "f1", "status": "accepted", "flags": ["late", "from-the-future"], "key": "case:1", "ver": 3}]
    answer = await answering(200, {"received_through": 1, "missing": [], "results": results}).push("d", ["{}"], KEY)
    assert isinstance(answer, Answer)
    assert answer.value.results[0].flags == ["late"]


async def test_passwords_and_tokens_do_not_show() -> None:
    request = LoginRequest("wang", "hunter2", "0197", None)
    assert "hunter2" not in repr(request)
    assert repr(KEY) == "***"
    answer = await answering(200, {"items": ["Ondine Marchetti"]}).get("/v1/cases", KEY, {"q": "Ondine"})
    assert "Ondine" not in repr(answer)


async def test_searches_are_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        await answering(200, {}).cases(KEY, {"q": "Ondine"})
    assert "Ondine" not in caplog.text


async def test_a_redirect_is_not_followed() -> None:
    failure = await answering(307, None, Location="http://elsewhere.test/").hello()
    assert isinstance(failure, Failure)
    assert failure.status == 307


async def test_no_case_to_draw_is_an_answer() -> None:
    answer = await answering(204).next_case(KEY)
    assert isinstance(answer, Answer)
    assert answer.value is None


async def test_etags_come_and_go() -> None:
    seen: list[httpx.Request] = []

    def respond(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json={"days": 30}, headers={"ETag": '"7"'})

    client = client_for(respond)
    read = await client.get("/v1/policy", KEY)
    assert isinstance(read, Answer)
    await client.put("/v1/policy", {"days": 31}, KEY, if_match=read.etag)
    assert seen[1].headers["If-Match"] == '"7"'
    assert seen[1].content == b'{"days":31}'


class Lines(httpx.AsyncByteStream):
    """A stream that arrives in pieces and then breaks off, or ends."""

    def __init__(self, pieces: list[bytes], error: Exception | None = None) -> None:
        self._pieces, self._error = pieces, error

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self._pieces:
            yield piece
        if self._error is not None:
            raise self._error


@pytest.mark.parametrize(("error", "kind"), [(None, "network"), (httpx.ReadTimeout("x"), "timeout")])
async def test_the_stream_gives_hints_and_its_end(error: Exception | None, kind: str) -> None:
    pieces = [
        b": keep-alive\n\nevent: poke\nda",
        b'ta: {"head": 12}\n\nevent: revoke\ndata: {"keys": ["case:42", 7]}\n\n',
        b'event: news\ndata: {}\n\nevent: poke\ndata: nonsense\n\ndata: {"head": 1}\n\n',
    ]
    client = client_for(lambda _request: httpx.Response(200, stream=Lines(pieces, error)))
    got = [hint async for hint in client.stream(KEY)]
    assert [hint for hint in got if hint is not None][:2] == [Poke(12), RevokeHint(("case:42",))]
    last = got[-1]
    assert isinstance(last, Failure)
    assert last.kind == kind
    assert len([hint for hint in got if hint is not None]) == 3


async def test_a_stream_that_is_not_there_is_a_failure() -> None:
    (failure,) = [hint async for hint in answering(404).stream(KEY)]
    assert isinstance(failure, Failure)
    assert failure.status == 404


def test_importing_the_client_does_not_import_httpx() -> None:
    code = "import sys, data.sync.driver, data.session; sys.exit('httpx' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
