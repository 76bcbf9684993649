"""Time that passes only when nothing is left to do: an event loop that jumps from one timer to the next."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from domain.clock import whole_milliseconds

RESOLUTION_S: Final = 1e-6
MOST_AT_ONCE: Final = 20_000
"""So many rounds without any time passing are somebody who asks again and again."""


class Stuck(Exception):  # noqa: N818 - what the simulation found, not a mistake of it
    """Nothing is left to do, and nothing ever will be; or somebody never stops doing something, and no time passes."""


class _Waiting(selectors.BaseSelector):
    """Waits for no file: tells how long the loop would have slept, and lets that time have passed."""

    def __init__(self) -> None:
        self.passed: Callable[[float], None] = lambda _seconds: None
        self._at_once = 0
        self._keys: dict[int, selectors.SelectorKey] = {}

    def register(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        key = self._keys[int(fileobj)] = selectors.SelectorKey(fileobj, int(fileobj), events, data)
        return key

    def unregister(self, fileobj: Any) -> selectors.SelectorKey:
        return self._keys.pop(int(fileobj))

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            raise Stuck
        self._at_once += 1
        if timeout > 0:
            self.passed(timeout)
            self._at_once = 0
        if self._at_once > MOST_AT_ONCE:
            raise Stuck
        return []

    def get_map(self) -> Mapping[Any, selectors.SelectorKey]:
        return self._keys


class VirtualLoop(asyncio.SelectorEventLoop):
    """An asyncio loop in virtual time. ``before_passing`` is called whenever everything due at an instant is done."""

    def __init__(self, start: datetime) -> None:
        self._passed_s = 0.0
        waiting = _Waiting()
        super().__init__(waiting)
        self._clock_resolution = RESOLUTION_S
        waiting.passed = self._pass
        self.start = start
        self.before_passing: Callable[[], None] = lambda: None

    def time(self) -> float:
        """Tell the seconds since the simulation began."""
        return self._passed_s

    def instant(self) -> datetime:
        """Tell the true instant."""
        return whole_milliseconds(self.start + timedelta(seconds=self._passed_s))

    def _pass(self, seconds: float) -> None:
        self.before_passing()
        self._passed_s += seconds


@dataclass(slots=True)
class TrueClock:
    """The server's clock, which is right by definition."""

    loop: VirtualLoop

    def now(self) -> datetime:
        """Tell the true instant."""
        return self.loop.instant()


@dataclass(slots=True)
class LaptopClock:
    """A machine's own clock: ``wrong_by`` from the truth, and set by people now and then."""

    loop: VirtualLoop
    wrong_by: timedelta = field(default_factory=timedelta)

    def now(self) -> datetime:
        """Tell what this machine takes for the instant."""
        return self.loop.instant() + self.wrong_by
