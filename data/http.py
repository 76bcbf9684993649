"""The central server over HTTP: the one place that knows httpx, which is imported when a connection is first wanted.

Every method gives an :class:`~data.answers.Answer` or a :class:`~data.answers.Failure`; nothing is raised for what a
network or a server may do. Neither URLs nor bodies are logged: a search holds a customer's name.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import aclosing
from typing import TYPE_CHECKING, Any, Final, TypeVar
from urllib.parse import quote, urlsplit

import msgspec

from data.address import UnsafeAddressError as UnsafeAddressError
from data.address import checked_address, is_loopback
from data.answers import Answer, Failure, Step, Timing
from data.bodies import packed, told
from data.decoding import NotUnderstoodError, convert, decode, decode_changes, decode_push, decode_tree
from data.headers import retry_after, server_time
from data.pokes import Hint, HintReader
from data.secret import Secret
from domain.canonical import canonical_bytes
from domain.clock import Clock, SystemClock
from domain.i18n import language
from domain.wire import (
    PROTOCOL_HEADER,
    PROTOCOL_MAX,
    ChangesPage,
    Hello,
    LoginRequest,
    PasswordChange,
    Problem,
    PushAnswer,
    SessionAnswer,
    SsoDevice,
    SsoInfo,
    SsoLogin,
)

if TYPE_CHECKING:
    import httpx

T = TypeVar("T")

MAX_ANSWER: Final = 64 * 1024 * 1024
"""Most bytes of an answer, inflated: a page of the feed is far smaller, and a runaway must not fill the memory."""
CONNECT_S: Final = 5.0
SILENCE_S: Final = 30.0
WHOLE_S: Final = 120.0
STREAM_SILENCE_S: Final = 45.0
"""The stream sends a comment every 15 s; after three that did not come it counts as broken."""

FOLLOWED_SILENCE_S: Final = 300.0
"""The longest a followed import may say nothing: opening a large workbook has no steps."""

_LINES: Final = "application/x-ndjson"
_JSON: Final = "application/json"
_PROBLEM_MEMBERS: Final = frozenset({"type", "title", "status", "detail", "instance"})


class ServerClient:
    """A connection to one server, used from one event loop; close it with :meth:`aclose`.

    ``transport`` takes the place of the network. ``clock`` is the machine's own: answers carry when they came by it.
    """

    def __init__(
        self, address: str, *, transport: httpx.AsyncBaseTransport | None = None, clock: Clock | None = None
    ) -> None:
        self.address = checked_address(address)
        self._transport = transport
        self._clock = clock or SystemClock()
        self._client: httpx.AsyncClient | None = None

    async def aclose(self) -> None:
        """Close all connections; a later request opens new ones."""
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    # --- sessions and sync -------------------------------------------------------------------------------------

    async def hello(self) -> Answer[Hello] | Failure:
        """Ask who is there: protocol range, limits, time."""
        return await self._ask("GET", "/v1/hello", None, lambda raw: decode(raw, Hello))

    async def login(self, request: LoginRequest) -> Answer[SessionAnswer] | Failure:
        """Begin a session."""
        body = canonical_bytes(request)
        return await self._ask("POST", "/v1/sessions", None, lambda raw: decode(raw, SessionAnswer), body=body)

    async def sso_info(self) -> Answer[SsoInfo] | Failure:
        """Ask where to log in through an identity provider; 404 where there is none."""
        return await self._ask("GET", "/v1/sso", None, lambda raw: decode(raw, SsoInfo))

    async def sso_device(self) -> Answer[SsoDevice] | Failure:
        """Begin a login that another screen finishes."""
        return await self._ask("POST", "/v1/sso/device", None, lambda raw: decode(raw, SsoDevice))

    async def sso_session(self, request: SsoLogin) -> Answer[SessionAnswer | None] | Failure:
        """Begin a session with the provider's word; nothing while nobody has confirmed on the other screen."""
        body = canonical_bytes(request)
        return await self._ask(
            "POST", "/v1/sso/sessions", None, lambda raw: decode(raw, SessionAnswer) if raw else None, body=body
        )

    async def change_password(self, change: PasswordChange) -> Answer[None] | Failure:
        """Replace a password; every session of that login ends."""
        return await self._ask("PUT", "/v1/password", None, _nothing, body=canonical_bytes(change))

    async def logout(self, token: Secret) -> Answer[None] | Failure:
        """End the session."""
        return await self._ask("DELETE", "/v1/sessions/current", token, _nothing)

    async def push(
        self, device: str, events: Sequence[str], key: Secret, on_sent: Callable[[], None] | None = None
    ) -> Answer[PushAnswer] | Failure:
        """Hand facts over, each in the exact characters it was captured in; ``key`` is a token or the deposit key.

        ``on_sent`` is called when the request is on the wire.
        """
        body = '{"device_id":' + msgspec.json.encode(device).decode() + ',"events":[' + ",".join(events) + "]}"
        return await self._ask("POST", "/v1/events", key, decode_push, body=body.encode(), on_sent=on_sent)

    async def changes(self, cursor: str | None, limit: int, token: Secret) -> Answer[ChangesPage] | Failure:
        """Read the own feed from ``cursor``, or from the start."""
        query = {"limit": str(limit)} | ({"cursor": cursor} if cursor is not None else {})
        return await self._ask("GET", "/v1/changes", token, decode_changes, query=query)

    async def stream(self, token: Secret) -> AsyncGenerator[Hint | Failure | None, None]:
        """Give what the server hints at: nothing when the stream begins and for each sign of life, a failure at the end."""
        reader = HintReader()
        client = self._opened()
        import httpx

        timeout = httpx.Timeout(CONNECT_S, read=STREAM_SILENCE_S)
        headers = _authorization(token) | {"Accept": "text/event-stream"}
        url = self.address + "/v1/stream"
        sent_at = self._clock.now()
        try:
            async with client.stream("GET", url, headers=headers, timeout=timeout) as response:
                if response.status_code != 200:
                    timing = Timing(sent_at, self._clock.now(), server_time(response.headers))
                    yield _refusal(response.status_code, response.headers, await _bounded(response), timing)
                    return
                yield None
                async for line in response.aiter_lines():
                    yield reader.feed(line)
        except httpx.TimeoutException:
            yield Failure("timeout")
        except httpx.RequestError:
            yield Failure("network")
        else:
            yield Failure("network", problem="stream ended")

    # --- cases and the supervisor's documents ------------------------------------------------------------------

    async def next_case(self, token: Secret) -> Answer[Any] | Failure:
        """Draw a case from the team's pool; the value is ``None`` when there is none to call."""
        return await self._ask("POST", "/v1/cases/next", token, _tree, body=b"{}")

    async def history(self, case_id: str, token: Secret, before: str | None = None) -> Answer[Any] | Failure:
        """Read older moments of a case than the document carries."""
        query = {"before": before} if before is not None else {}
        return await self.get(f"/v1/cases/{quote(case_id, safe='')}/history", token, query)

    async def cases(self, token: Secret, query: Mapping[str, str]) -> Answer[Any] | Failure:
        """Search all cases, as a supervisor."""
        return await self.get("/v1/cases", token, query)

    async def board(self, token: Secret) -> Answer[Any] | Failure:
        """Read the supervisor's live board."""
        return await self.get("/v1/board", token)

    async def get(self, path: str, token: Secret, query: Mapping[str, str] | None = None) -> Answer[Any] | Failure:
        """Read any other document of the server, cleaned; ``path`` begins with ``/v1/``."""
        return await self._ask("GET", path, token, _tree, query=query)

    async def get_bytes(self, path: str, token: Secret, query: Mapping[str, str]) -> Answer[bytes] | Failure:
        """Read a file of the server as it is, such as a table as CSV; it is not for the screen."""
        return await self._ask("GET", path, token, bytes, query=query, headers={"Accept": "text/csv"})

    async def post(self, path: str, document: object, token: Secret) -> Answer[Any] | Failure:
        """Have the server work something out that changes nothing."""
        return await self._ask("POST", path, token, _tree, body=canonical_bytes(document))

    async def put(
        self, path: str, document: object, token: Secret, *, if_match: str | None = None
    ) -> Answer[Any] | Failure:
        """Write a document; with ``if_match`` only if nobody has changed it since it was read with that ``etag``."""
        headers = {"If-Match": if_match} if if_match is not None else {}
        return await self._ask("PUT", path, token, _tree, body=canonical_bytes(document), headers=headers)

    async def delete(self, path: str, token: Secret) -> Answer[None] | Failure:
        """Take something back; doing so again changes nothing."""
        return await self._ask("DELETE", path, token, _nothing)

    async def put_reassignment(self, change_id: str, document: object, token: Secret) -> Answer[Any] | Failure:
        """Move cases; repeating it with the same id changes nothing."""
        return await self.put(f"/v1/reassignments/{quote(change_id, safe='')}", document, token)

    async def put_payment(self, payment_id: str, document: object, token: Secret) -> Answer[Any] | Failure:
        """Tell of a payment or a reversal; repeating it with the same id changes nothing."""
        return await self.put(f"/v1/payments/{quote(payment_id, safe='')}", document, token)

    async def put_import(
        self, import_id: str, content: bytes, media_type: str, query: Mapping[str, str], token: Secret
    ) -> Answer[Any] | Failure:
        """Hand over an aged-receivables or contacts file as it is; ``query`` says how to read it."""
        path = f"/v1/imports/{quote(import_id, safe='')}"
        headers = {"Content-Type": media_type}
        return await self._ask("PUT", path, token, _tree, query=query, body=content, headers=headers)

    async def follow_import(
        self, import_id: str, content: bytes, query: Mapping[str, str], token: Secret
    ) -> AsyncGenerator[Step | Answer[Any] | Failure, None]:
        """Hand a file over and give how far the server is, step by step, and last what it answers.

        Closing the generator before that takes the import back, unless the server has committed it already.
        """
        client = self._opened()
        import httpx

        compressed, encoding = await packed(content)
        headers = _authorization(token) | encoding | _spoken()
        headers |= {
            "Accept": _LINES,
            "Content-Type": "application/octet-stream",
            "Content-Length": str(len(compressed)),
        }
        url = f"{self.address}/v1/imports/{quote(import_id, safe='')}"
        timeout = httpx.Timeout(FOLLOWED_SILENCE_S, connect=CONNECT_S)
        sent_at = self._clock.now()
        try:
            async with client.stream(
                "PUT", url, params=query, content=compressed, headers=headers, timeout=timeout
            ) as got:
                timing = Timing(sent_at, self._clock.now(), server_time(got.headers))
                if got.status_code != 200:
                    yield _refusal(got.status_code, got.headers, await _bounded(got), timing)
                    return
                async for line in got.aiter_lines():
                    said = _said(line)
                    if isinstance(said, Step):
                        yield said
                        continue
                    status, body = said
                    whole = status == 200
                    yield (
                        Answer(body, timing)
                        if whole
                        else _refusal(status, got.headers, msgspec.json.encode(body), timing)
                    )
                    return
        except httpx.TimeoutException:
            yield Failure("timeout")
        except httpx.TransportError:
            yield Failure("network")
        except (httpx.RequestError, NotUnderstoodError, ValueError, TypeError):
            yield Failure("protocol", problem="undecodable")
        else:
            yield Failure("network", problem="the lines ended")

    # --- requests ----------------------------------------------------------------------------------------------

    async def _ask(
        self,
        method: str,
        path: str,
        key: Secret | None,
        read: Callable[[bytes], T],
        *,
        query: Mapping[str, str] | None = None,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        on_sent: Callable[[], None] | None = None,
    ) -> Answer[T] | Failure:
        client = self._opened()
        import httpx

        sent = _authorization(key) | _spoken() | {"Accept": _JSON}
        if body is not None:
            sent["Content-Type"] = _JSON
            body, encoding = await packed(body)
            sent |= encoding | {"Content-Length": str(len(body))}
        content = body if body is None or on_sent is None else told(body, on_sent)
        sent_at = self._clock.now()
        try:
            async with (
                asyncio.timeout(WHOLE_S),
                client.stream(
                    method, self.address + path, params=query, content=content, headers=sent | dict(headers or {})
                ) as response,
            ):
                raw = await _bounded(response)
        except (httpx.TimeoutException, TimeoutError):
            return Failure("timeout")
        except httpx.TransportError:
            return Failure("network")
        except (httpx.RequestError, NotUnderstoodError):
            return Failure("protocol", problem="undecodable")
        timing = Timing(sent_at, self._clock.now(), server_time(response.headers))
        if not response.is_success:
            return _refusal(response.status_code, response.headers, raw, timing)
        try:
            value = read(raw)
        except NotUnderstoodError as error:
            return Failure("protocol", response.status_code, problem=str(error), timing=timing)
        return Answer(value, timing, response.headers.get("ETag"))

    def _opened(self) -> httpx.AsyncClient:
        """Give the client, made at the first request: importing httpx takes longer than opening the store."""
        if self._client is None:
            import ssl

            import httpx

            for name in ("httpx", "httpcore"):  # they would log URLs and headers
                logging.getLogger(name).setLevel(logging.WARNING)
            plain = urlsplit(self.address).scheme == "http"
            self._client = httpx.AsyncClient(
                # The list of authorities takes 13 ms to read and is of no use on this machine itself, where alone we
                # speak without TLS; a context without any would refuse everybody, should TLS be spoken all the same.
                verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT) if plain else True,
                transport=self._transport,
                timeout=httpx.Timeout(SILENCE_S, connect=CONNECT_S),
                follow_redirects=False,  # a redirect could lead the token elsewhere
                trust_env=not is_loopback(urlsplit(self.address).hostname or ""),
                headers={"User-Agent": "duecall", PROTOCOL_HEADER: str(PROTOCOL_MAX)},
            )
        return self._client


def _authorization(key: Secret | None) -> dict[str, str]:
    return {} if key is None else {"Authorization": f"Bearer {key.reveal()}"}


def _said(line: str) -> Step | tuple[int, Any]:
    """Read a line of a followed request: a step, or last the status and the body."""
    said = decode_tree(line.encode())
    if not isinstance(said, dict):
        raise NotUnderstoodError("lines")
    if "status" in said:
        return int(said["status"]), said.get("body")
    return Step(str(said.get("stage")), int(said.get("done") or 0), int(said.get("total") or 0))


def _spoken() -> dict[str, str]:
    """Ask for the server's sentences in the language that is on the screen."""
    return {"Accept-Language": language()}


async def _bounded(response: httpx.Response) -> bytes:
    """Read the whole answer, inflated, unless it is larger than anything this protocol sends."""
    parts, size = [], 0
    async with aclosing(response.aiter_bytes()) as chunks:  # type: ignore[type-var]  # it is an async generator
        async for chunk in chunks:
            size += len(chunk)
            if size > MAX_ANSWER:
                raise NotUnderstoodError("too large")
            parts.append(chunk)
    return b"".join(parts)


def _refusal(status: int, headers: Mapping[str, str], raw: bytes, timing: Timing) -> Failure:
    """Read why not: the problem's type and title, which hold no personal data."""
    problem = Problem("", "", status)
    extra: dict[str, Any] = {}
    try:
        tree = decode_tree(raw)
        if isinstance(tree, dict):
            known = {name: tree[name] for name in ("type", "title", "detail") if isinstance(tree.get(name), str)}
            extra = {name: value for name, value in tree.items() if name not in _PROBLEM_MEMBERS}
            problem = convert({"type": "", "title": ""} | known | {"status": status}, Problem)
    except NotUnderstoodError:
        pass  # a proxy's page: the status has to do
    return Failure(
        "status",
        status,
        retry_after(headers, timing.server_time or timing.received_at),
        problem.type,
        problem.title,
        timing,
        problem.detail,
        extra,
    )


def _tree(raw: bytes) -> Any:
    return decode_tree(raw) if raw else None


def _nothing(_raw: bytes) -> None:
    return None
