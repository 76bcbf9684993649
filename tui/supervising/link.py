"""The line of a supervisor's desk: what the server says, refusals in words, hints on the stream, asking where there is none."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar

from data.answers import Answer, Failure, Timing
from data.supervision import SupervisorLine
from domain.clock import Clock, CorrectedClock
from domain.i18n import tr
from screens.ports import Refused
from screens.supervisor.ports import Link, LinkState

T = TypeVar("T")

ASKED_EVERY = 5.0
"""Seconds between two looks while the server's stream is not open."""
LIVE_ANYWAY = 30.0
"""Seconds after which a live screen is loaded again without a hint: figures that only time changes."""


class DeskLink:
    """Follows the server and tells listeners when something may have changed."""

    def __init__(self, line: SupervisorLine, clock: Clock) -> None:
        self.line = line
        self.clock = CorrectedClock(clock)
        self._listeners: list[Callable[[], None]] = []
        self._state: LinkState = "asking"
        self._heard: datetime | None = None

    def link(self) -> Link:
        """Tell how the line is."""
        return Link(self._state, self._heard)

    def subscribe(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call ``listener`` when something may have changed."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def tell(self) -> None:
        """Call every listener."""
        for listener in tuple(self._listeners):
            listener()

    async def run(self) -> None:
        """Follow the stream; while it is not there, tell every few seconds. Ends when it is cancelled."""
        while True:
            await self._follow_stream()
            self.tell()
            await asyncio.sleep(ASKED_EVERY)

    async def _follow_stream(self) -> None:
        stream = self.line.hints()
        try:
            while True:
                try:
                    async with asyncio.timeout(LIVE_ANYWAY):
                        hint = await anext(stream)
                except TimeoutError:
                    return  # a generator that was interrupted is over; the next round opens a new one
                except StopAsyncIteration:
                    return
                if isinstance(hint, Failure):
                    self._failed(hint)
                    return
                self._is("live")
                if hint is not None:
                    self.tell()
        finally:
            await stream.aclose()

    def _is(self, state: LinkState) -> None:
        if state != "away":
            self._heard = self.clock.now()
        if state != self._state:
            self._state = state
            self.tell()

    def _failed(self, failure: Failure) -> None:
        if failure.kind in ("network", "timeout"):
            self._is("away")
        elif failure.status == 401:
            self._is("login")
        else:
            self._is("asking")

    def renewed(self) -> None:
        """Note that there is a new session."""
        self._is("asking")

    def taken(self, answer: Answer[T] | Failure) -> T | Refused:
        """Give what was answered, or the refusal in words; either way the line's state is what the answer shows."""
        if isinstance(answer, Answer):
            self._hear(answer.timing)
            if self._state in ("away", "login"):
                self._is("asking")
            return answer.value
        if answer.timing is not None:
            self._hear(answer.timing)
        if answer.kind in ("network", "timeout") or answer.status == 401:
            self._failed(answer)
        return Refused(sentence(answer), answer.problem or answer.kind)

    def _hear(self, timing: Timing) -> None:
        if timing.server_time is not None:
            travelled = (timing.received_at - timing.sent_at) / 2
            offset = timing.server_time + travelled - timing.received_at
            if abs(offset - self.clock.offset) > timedelta(seconds=1):
                self.clock.offset = offset
        self._heard = self.clock.now()


def sentence(failure: Failure) -> str:
    """Say to a supervisor what happened, what is safe and what to do."""
    if failure.kind in ("network", "timeout"):
        return tr("The server cannot be reached; nothing was changed by this. Check the network and press F5.")
    if failure.status == 401:
        return tr("The session has ended; nothing was changed. F5 logs in again.")
    if failure.status == 403:
        return tr("The server does not allow this, or it is no longer there; nothing was changed. F5 shows what is.")
    if failure.status is not None and 400 <= failure.status < 500 and failure.detail:
        return tr("Nothing was changed. The server says: {words}").format(words=failure.detail)
    return failure.sentence
