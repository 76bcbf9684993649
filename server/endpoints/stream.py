"""``GET /v1/stream``: hints as Server-Sent Events. What they hint at comes with ``GET /v1/changes``."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Final

import msgspec
from anyio import to_thread
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from domain.clock import milliseconds
from server.database.engine import Busy
from server.feeds.hub import Hint, Listener
from server.http.routing import Endpoint, only
from server.people.sessions import Caller, is_open
from server.services import Services

_COMMENT: Final = b": still here\n\n"


async def stream(_request: Request, services: Services, caller: Caller) -> Response:
    """Open a stream that says where the feed stands now and whenever it moves.

    Agents follow their own feed; supervisors are told a number that grows whenever any feed of their team moves.
    """
    is_team = caller.role == "supervisor"
    listener = await services.hub.listen(caller.team if is_team else caller.id, is_team=is_team)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(_lines(services, caller, listener), 200, headers, "text/event-stream")


async def _lines(services: Services, caller: Caller, listener: Listener) -> AsyncIterator[bytes]:
    services.metrics.streams += 1
    try:
        while True:
            try:
                async with asyncio.timeout(services.settings.stream_comment_s):
                    hint = await listener.hints.get()
            except TimeoutError:
                if not await to_thread.run_sync(_still_open, services, caller):
                    return
                yield _COMMENT
                continue
            if hint is None:
                return
            yield _written(hint)
    finally:
        services.metrics.streams -= 1
        services.hub.leave(listener)


def _written(hint: Hint) -> bytes:
    text = b""
    if hint.revoked:
        text = b"event: revoke\ndata: " + msgspec.json.encode({"keys": hint.revoked}) + b"\n\n"
    return text + b"event: poke\ndata: " + msgspec.json.encode({"head": hint.head}) + b"\n\n"


def _still_open(services: Services, caller: Caller) -> bool:
    if caller.expires_ms is not None and caller.expires_ms <= milliseconds(services.clock.now()):
        return False
    try:
        with services.database.reading() as transaction:
            return is_open(transaction, caller)
    except Busy:
        return True


ENDPOINT = Endpoint(
    "GET",
    "/v1/stream",
    "Hints that the feed has moved",
    only("agent", "supervisor"),
    stream=stream,
    media_type="text/event-stream",
)
