"""How far long work is, told line by line while it goes on, and given up when nobody listens any more.

A client that accepts ``application/x-ndjson`` is answered 200 at once, then one JSON document a line:
``{"stage": "reading", "done": 1200, "total": 9681}`` as the work goes on, and last ``{"status": 200, "body": …}``,
where a refusal has its own status and its problem as the body. A connection that ends before the work has been
committed takes the work back: the next step of it raises :class:`GivenUp`.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from typing import Final

import msgspec
from anyio import CapacityLimiter, to_thread

from server.http.routing import Reply

MEDIA_TYPE: Final = "application/x-ndjson"
"""What a client accepts that wants to be told."""
EVERY_S: Final = 0.1
"""Seconds between two lines: more would only be thrown away by a person's eyes."""


class GivenUp(Exception):  # noqa: N818 - an answer nobody waits for, not a malfunction
    """Whoever asked has gone; what was begun is rolled back."""


class Teller:
    """Carries steps from the thread that works to the connection; the newest one is the only one that counts."""

    def __init__(self) -> None:
        self._newest: tuple[str, int, int] | None = None
        self._gone = threading.Event()

    def step(self, stage: str, done: int, total: int) -> None:
        """Note how far the work is. Raises :class:`GivenUp` when nobody listens any more."""
        if self._gone.is_set():
            raise GivenUp
        self._newest = (stage, done, total)

    def give_up(self) -> None:
        """Have the work end at its next step."""
        self._gone.set()

    def line(self) -> bytes | None:
        """Give the newest step as a line, once."""
        newest, self._newest = self._newest, None
        if newest is None:
            return None
        return msgspec.json.encode(dict(zip(("stage", "done", "total"), newest, strict=True))) + b"\n"


async def told(work: Callable[[], Reply], teller: Teller, limiter: CapacityLimiter) -> AsyncIterator[bytes]:
    """Do the work in a thread and give its lines. ``work`` gives refusals as replies; what it raises is a defect."""
    task = asyncio.create_task(to_thread.run_sync(work, limiter=limiter), name="duecall told work")
    task.add_done_callback(_looked_at)
    try:
        while not task.done():
            await asyncio.wait({task}, timeout=EVERY_S)
            if (line := teller.line()) is not None:
                yield line
        reply = task.result()
        yield b'{"status":%d,"body":%s}\n' % (reply.status, reply.encoded() or b"null")
    finally:
        teller.give_up()


def _looked_at(task: asyncio.Task[Reply]) -> None:
    if not task.cancelled():
        task.exception()  # so that work nobody waited for is not reported as forgotten
