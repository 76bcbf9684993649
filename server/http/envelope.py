"""What every answer carries, and what happens to a failure nobody foresaw.

``Server-Time`` is the server's clock in milliseconds since 1970-01-01 UTC, from which clients measure how wrong their
own is; ``Request-Id`` names the request in the logs. Exceptions are logged as type and place, never with their message:
it may quote what somebody typed.
"""

from __future__ import annotations

import logging
import time
import traceback
import uuid
from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from domain.clock import milliseconds
from server.http.dispatch import problem_response
from server.http.problem import INTERNAL, Refusal
from server.services import Services

_log: Final = logging.getLogger("duecall.server.requests")
_FRAMES: Final = 8


class Envelope:
    """Middleware around everything else."""

    def __init__(self, app: ASGIApp, services: Services) -> None:
        self.app = app
        self.services = services

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id = uuid.uuid4().hex
        began = time.perf_counter()
        status = 0

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers["Server-Time"] = str(milliseconds(self.services.clock.now()))
                headers["Request-Id"] = request_id
                headers.setdefault("Cache-Control", "no-store")
                headers["X-Content-Type-Options"] = "nosniff"
            await send(message)

        self.services.metrics.running += 1  # by the event loop alone
        try:
            await self.app(scope, receive, send_with_headers)
        except Exception as failure:  # noqa: BLE001 - the last place where a failure can still be answered
            _log_failure(failure, request_id)
            if status == 0:
                await problem_response(
                    Refusal(INTERNAL, "Send the same request again later; repeating it is harmless.")
                )(scope, receive, send_with_headers)
        finally:
            self.services.metrics.running -= 1
        seconds = time.perf_counter() - began
        route = scope.get("duecall.route", "unknown")
        self.services.metrics.count_request(scope["method"], route, status, seconds)
        caller = scope.get("duecall.caller")
        _log.info(
            "request",
            extra={
                "request_id": request_id,
                "method": scope["method"],
                "route": route,
                "status": status,
                "ms": round(seconds * 1000, 1),
                "user": caller.id if caller else None,
                "device": caller.device_id if caller else None,
            },
        )


def _log_failure(failure: Exception, request_id: str) -> None:
    frames = traceback.extract_tb(failure.__traceback__)[-_FRAMES:]
    cause = failure.__cause__ or failure.__context__
    _log.error(
        "request failed",
        extra={
            "request_id": request_id,
            "failure": type(failure).__name__,
            "cause": type(cause).__name__ if cause else None,
            "at": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames],
        },
    )
