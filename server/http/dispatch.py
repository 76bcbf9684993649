"""How a request becomes an answer: limits, rights, body, work in a thread, compressed reply."""

from __future__ import annotations

import functools
import gzip
from collections.abc import Callable
from typing import Final

from anyio import CapacityLimiter, to_thread
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from domain.i18n import Language, guess_language, spoken_in, tr
from domain.wire import PROTOCOL_HEADER, PROTOCOL_MAX, PROTOCOL_MIN
from server.database.engine import Busy
from server.http.auth import admit
from server.http.bodies import read_body
from server.http.problem import BAD_PARAMETER, MEDIA_TYPE, PROTOCOL_UNSUPPORTED, TOO_LARGE, UNAVAILABLE, Refusal
from server.http.routing import Call, Endpoint, Reply, encode
from server.http.telling import MEDIA_TYPE as LINES
from server.http.telling import Teller, told
from server.people.sessions import Caller
from server.services import Services
from server.steps import silent

COMPRESS_ABOVE: Final = 1024
"""Answers longer than this many bytes are compressed for clients that accept it."""

_LEVEL: Final = 1  # a page of 500 case documents: half of level 5's time for a tenth more bytes
_FILE_LANE: Final = 2
_PROVIDER_LANE: Final = 4


class Lanes:
    """The pools of threads: checking passwords or reading a file must not keep the others from the database."""

    def __init__(self, services: Services) -> None:
        self._sizes = {
            "database": services.settings.threads,
            "password": services.settings.password_threads,
            "file": _FILE_LANE,
            "provider": _PROVIDER_LANE,
        }
        self._limiters: dict[str, CapacityLimiter] = {}

    def limiter(self, lane: str) -> CapacityLimiter:
        """Give a lane's limiter; it belongs to the running event loop."""
        if lane not in self._limiters:
            self._limiters[lane] = CapacityLimiter(self._sizes[lane])
        return self._limiters[lane]


def make_route(endpoint: Endpoint, services: Services, lanes: Lanes) -> Route:
    """Make Starlette's route for an endpoint."""

    async def answer(request: Request) -> Response:
        request.scope["duecall.route"] = endpoint.path
        with spoken_in(spoken_by(request)):
            try:
                return await _serve(endpoint, services, lanes, request)
            except Refusal as refusal:
                services.metrics.count_problem(refusal.kind.name)
                return problem_response(refusal, request.headers.get("accept-encoding", ""))
            except Busy:
                return problem_response(_busy())

    return Route(endpoint.path, answer, methods=[endpoint.method], name=f"{endpoint.method} {endpoint.path}")


async def _serve(endpoint: Endpoint, services: Services, lanes: Lanes, request: Request) -> Response:
    if any("\0" in value for value in (*request.query_params.values(), *request.path_params.values())):
        raise Refusal(BAD_PARAMETER, "The address holds a NUL character.")
    in_thread = functools.partial(to_thread.run_sync, limiter=lanes.limiter("database"))
    _check_protocol(endpoint, request.headers.get(PROTOCOL_HEADER))
    authorization = request.headers.get("authorization")
    caller: Caller | None = None
    if endpoint.roles is not None:
        caller = await in_thread(functools.partial(admit, services.database, endpoint, authorization))
        request.scope["duecall.caller"] = caller
    if endpoint.stream is not None:
        assert caller is not None
        return await endpoint.stream(request, services, caller)
    body = await _body(endpoint, request)
    teller = Teller() if endpoint.tells and LINES in request.headers.get("accept", "") else None
    call = Call(
        services=services,
        path=request.path_params,
        query=request.query_params,
        headers=request.headers,
        body=body,
        address=request.client.host if request.client else "",
        somebody=caller,
        tell=silent if teller is None else teller.step,
    )
    if teller is not None:
        answer = functools.partial(_reply, endpoint, call, spoken_by(request))
        lines = told(answer, teller, lanes.limiter(endpoint.lane))
        return StreamingResponse(lines, 200, {"X-Accel-Buffering": "no"}, LINES)
    work: Callable[[], Response] = functools.partial(_work, endpoint, call)
    return await to_thread.run_sync(work, limiter=lanes.limiter(endpoint.lane))


def _check_protocol(endpoint: Endpoint, spoken: str | None) -> None:
    if spoken is None or not endpoint.versioned:
        return
    known = range(PROTOCOL_MIN, PROTOCOL_MAX + 1)
    if not (spoken.isascii() and spoken.isdecimal() and len(spoken) < 10 and int(spoken) in known):
        raise Refusal(
            PROTOCOL_UNSUPPORTED,
            f"This server speaks versions {PROTOCOL_MIN} to {PROTOCOL_MAX} of the protocol; update the client.",
            extra={"min": PROTOCOL_MIN, "max": PROTOCOL_MAX},
            headers={"Upgrade": f"duecall/{PROTOCOL_MAX}"},
        )


async def _body(endpoint: Endpoint, request: Request) -> bytes:
    limit = endpoint.limit if endpoint.takes is not None else 0
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > limit + COMPRESS_ABOVE and endpoint.takes is None:
        raise Refusal(TOO_LARGE, "This endpoint takes no body.")
    if endpoint.takes is None:
        return b""
    return await read_body(request, limit)


def spoken_by(request: Request) -> Language:
    """Tell which of our languages a client prefers (RFC 9110 §12.5.4); what it does not name is English."""
    return guess_language(request.headers.get("accept-language", "").split(",")[0].strip())


def _reply(endpoint: Endpoint, call: Call, language: Language) -> Reply:
    """Do the work for a client that is told how far it is; the problem of a refusal is the last thing it is told."""
    assert endpoint.handle is not None
    with spoken_in(language):
        try:
            return endpoint.handle(call)
        except Refusal as refusal:
            call.services.metrics.count_problem(refusal.kind.name)
            return Reply(refusal.body(), refusal.kind.status)
        except Busy:
            return Reply(_busy().body(), UNAVAILABLE.status)


def _busy() -> Refusal:
    return Refusal(UNAVAILABLE, tr("Send the same request again in a moment."), headers={"Retry-After": "2"})


def _work(endpoint: Endpoint, call: Call) -> Response:
    assert endpoint.handle is not None
    reply = endpoint.handle(call)
    return to_response(reply, call.headers.get("accept-encoding", ""))


def to_response(reply: Reply, accepted: str) -> Response:
    """Encode a reply, compressed where it is long enough and the client can read it."""
    content = reply.encoded()
    headers = dict(reply.headers)
    if len(content) > COMPRESS_ABOVE:
        headers["Vary"] = "Accept-Encoding"
        if _accepts_gzip(accepted):
            content = gzip.compress(content, _LEVEL, mtime=0)
            headers["Content-Encoding"] = "gzip"
    media_type = reply.media_type if content else None
    return Response(content, reply.status, headers, media_type)


def problem_response(refusal: Refusal, accepted: str = "") -> Response:
    """Make the answer for a refused request."""
    reply = Reply(encode(refusal.body()), refusal.kind.status, refusal.headers, MEDIA_TYPE)
    return to_response(reply, accepted)


def _accepts_gzip(accepted: str) -> bool:
    for part in accepted.lower().split(","):
        coding, _, parameter = part.partition(";")
        if coding.strip() in ("gzip", "*"):
            return parameter.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False
