"""What only this machine knows, told to the server for the supervisor's board: unsent facts, refusals of the gate, a call.

Nothing depends on it. A report is sent when something in it has changed, at most every few seconds, on a request of its
own beside push and pull; one that is lost is made up for by the next.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Final

from data.answers import Failure
from data.secret import Secret
from domain.records import dataclass

if TYPE_CHECKING:
    from data.http import ServerClient

EVERY_S: Final = 15.0
"""Seconds between two reports at least."""
_WITHOUT: Final = frozenset({403, 404, 405, 422})
"""Answers of a server, or for a login, that takes no reports."""


@dataclass(frozen=True, slots=True)
class Known:
    """What there is to tell. ``refused`` counts the dial gate's refusals of ``day`` by code."""

    unsent: int
    in_call: bool
    day: date
    refused: tuple[tuple[str, int], ...] = ()


class Reporter:
    """Sends reports until it is cancelled.

    ``known`` gives what there is to tell now, ``token`` the session's token while there is one and the server answers.
    """

    def __init__(
        self,
        client: ServerClient,
        token: Callable[[], Secret | None],
        known: Callable[[], Known],
        every_s: float = EVERY_S,
    ) -> None:
        self._client = client
        self._token = token
        self._known = known
        self._every_s = every_s
        self._changed = asyncio.Event()
        self._told: Known | None = None

    def changed(self) -> None:
        """Note that there may be something new to tell."""
        self._changed.set()

    async def run(self) -> None:
        """Tell the server whenever something has changed. Ends by itself where nobody wants to know."""
        self._changed.set()
        while True:
            await self._changed.wait()
            self._changed.clear()
            if not await self._tell():
                return
            await asyncio.sleep(self._every_s)

    async def _tell(self) -> bool:
        token, known = self._token(), self._known()
        if token is None or known == self._told:
            return True
        from domain.supervision import DeviceReport

        report = DeviceReport(known.unsent, known.day, dict(known.refused), known.in_call)
        answer = await self._client.put("/v1/devices/current/report", report, token)
        if not isinstance(answer, Failure):
            self._told = known
            return True
        self._changed.set()  # the same again after the pause
        return answer.status not in _WITHOUT
