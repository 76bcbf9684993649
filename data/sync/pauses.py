"""When to try again: exponential backoff with full jitter, and whatever the server asks for, within bounds.

Full jitter ("Exponential Backoff And Jitter", AWS Architecture Blog, 2015): after an outage five hundred machines must
not come back in the same second.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from data.answers import Failure

FIRST_S: Final = 1.0
LONGEST_S: Final = 60.0
SHORTEST_S: Final = 0.25
LONGEST_REFUSAL_S: Final = 15 * 60.0
"""The longest wait after an answer that another try is unlikely to change: forbidden, unknown, not understood."""
LONGEST_RETRY_AFTER_S: Final = 15 * 60.0
"""A server that asks for more is asked again all the same: the number may be a mistake, and facts are waiting."""

Why = Literal["network", "busy", "fault", "forbidden", "refused", "protocol", "store"]


@dataclass(frozen=True, slots=True)
class Pause:
    """A wait from ``since`` to ``until`` by the machine's clock, and why."""

    since: datetime
    until: datetime
    why: Why

    def over(self, now: datetime) -> bool:
        """Tell whether the wait has ended; a clock that was set back ends it too."""
        return now >= self.until or now < self.since


def reason(failure: Failure) -> Why:
    """Sort a failure."""
    if failure.kind in ("network", "timeout"):
        return "network"
    if failure.kind == "protocol" or failure.status is None:
        return "protocol"
    if failure.status in (429, 503):
        return "busy"
    if failure.status == 408 or failure.status >= 500:
        return "fault"
    return "forbidden" if failure.status == 403 else "refused"


def pause_after(failure: Failure, failures: int, now: datetime, random: Callable[[], float]) -> Pause:
    """Give the wait after the ``failures``-th failure in a row; ``random`` gives numbers from 0 up to 1."""
    why = reason(failure)
    longest = LONGEST_REFUSAL_S if why in ("forbidden", "refused", "protocol") else LONGEST_S
    seconds = backoff_s(failures, random, longest)
    if failure.retry_after is not None and why in ("busy", "fault"):
        asked = min(failure.retry_after, LONGEST_RETRY_AFTER_S)
        seconds = asked + random() * max(1.0, asked / 10)  # never earlier than asked, and not all at once
    return Pause(now, now + timedelta(seconds=seconds), why)


def pause_for_store(failures: int, now: datetime, random: Callable[[], float]) -> Pause:
    """Give the wait after this computer's disk has refused."""
    return Pause(now, now + timedelta(seconds=backoff_s(failures, random, LONGEST_S)), "store")


def backoff_s(failures: int, random: Callable[[], float], longest: float = LONGEST_S) -> float:
    """Give the seconds to wait after the ``failures``-th failure in a row."""
    ceiling = min(longest, FIRST_S * 2.0 ** min(failures - 1, 30))
    return max(SHORTEST_S, random() * ceiling)
