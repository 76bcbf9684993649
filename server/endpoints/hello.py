"""``GET /v1/hello``: what a client must know before it logs in."""

from __future__ import annotations

import functools
from importlib.metadata import PackageNotFoundError, version

from domain.clock import format_instant
from domain.wire import PROTOCOL_MAX, PROTOCOL_MIN, Hello, Limits, ProtocolRange
from server.http.routing import EVERYBODY, Call, Endpoint, Reply


def hello(call: Call) -> Reply:
    """Answer the clock, the protocol, the epoch and the limits."""
    services = call.services
    return Reply(
        Hello(
            server_time=format_instant(services.clock.now()),
            protocol=ProtocolRange(PROTOCOL_MIN, PROTOCOL_MAX),
            epoch=services.identity.epoch,
            limits=Limits(),
            tzdata=_tzdata(),
            rehearsal=services.settings.rehearsal or None,
        )
    )


@functools.cache
def _tzdata() -> str:
    try:
        return version("tzdata")
    except PackageNotFoundError:
        return "system"


ENDPOINT = Endpoint("GET", "/v1/hello", "Clock, protocol range, epoch and limits", EVERYBODY, hello, gives=Hello)
