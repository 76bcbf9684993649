"""The way down: when the feed is read again, and what an answer means for the next request."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from data.answers import Failure
from data.sync.pauses import Pause, pause_after, pause_for_store
from domain.wire import ChangesPage

POLL: Final = timedelta(seconds=20)
"""How often the feed is read while no hints come."""
POLL_BESIDE_STREAM: Final = timedelta(minutes=5)
"""How often it is read while they do: a lost hint may cost this much, and the lease is renewed."""

REST_BESIDE_BACKLOG: Final = timedelta(seconds=5)
"""How long the feed rests after it was read to its head while a backlog goes up: nearly all that comes then is its echo, the
same documents again and again."""

_UNKNOWN_CURSOR: Final = frozenset({400, 404, 410, 422})


@dataclass(frozen=True, slots=True)
class Pull:
    """The state of the way down.

    ``request`` is under way with the cursor ``asked``; ``page`` is its answer, being stored. ``wanted`` says that the
    feed should be read at once, ``next_poll`` when it is read anyway, ``caught_up`` that its head has been reached.
    ``from_start`` says that the server could do nothing with the cursor. Until ``rest_until`` nothing is read while a
    backlog goes up, unless for another reason than a hint or an acknowledgement.
    """

    request: int | None = None
    asked: str | None = None
    page: ChangesPage | None = None
    wanted: bool = False
    next_poll: datetime | None = None
    caught_up: bool = False
    rest_until: datetime | None = None
    from_start: bool = False
    failures: int = 0
    pause: Pause | None = None

    def delayed(self, failure: Failure, now: datetime, random: Callable[[], float]) -> Pull:
        """Give the state in which the same is asked again after a while."""
        failures = self.failures + 1
        lost = failure.kind == "status" and failure.status in _UNKNOWN_CURSOR and self.asked is not None
        return replace(
            self,
            request=None,
            page=None,
            wanted=True,
            from_start=self.from_start or lost,
            failures=failures,
            pause=pause_after(failure, failures, now, random),
        )

    def not_stored(self, now: datetime, random: Callable[[], float]) -> Pull:
        """Give the state in which the page is asked for again, since this computer's disk has refused it."""
        failures = self.failures + 1
        pause = pause_for_store(failures, now, random)
        return replace(self, request=None, page=None, wanted=True, failures=failures, pause=pause)

    def applied(self, now: datetime, *, streaming: bool, random: Callable[[], float]) -> Pull:
        """Give the state after the page was stored."""
        assert self.page is not None
        if self.page.more and not self.page.entries and self.page.cursor == self.asked:
            return self.delayed(Failure("protocol", problem="a page without progress"), now, random)
        poll = POLL_BESIDE_STREAM if streaming else POLL
        return replace(
            self,
            request=None,
            page=None,
            wanted=self.wanted or self.page.more,
            next_poll=now + poll,
            caught_up=not self.page.more,
            rest_until=None if self.page.more else now + REST_BESIDE_BACKLOG,
            from_start=False,
            failures=0,
            pause=None,
        )

    def wake(self, *, backlog: bool) -> datetime | None:
        """Tell when the feed is looked at again by itself: never before :meth:`due` agrees."""
        if self.request is not None:
            return None
        if self.pause is None:
            return self.rest_until if self.wanted and self.rest_until else self.next_poll
        if backlog and self.rest_until is not None:
            return max(self.pause.until, self.rest_until)
        return self.pause.until

    def due(self, now: datetime, *, backlog: bool) -> bool:
        """Tell whether the feed should be read now; ``backlog`` says that facts go up, and more of them wait."""
        if self.request is not None or (self.pause is not None and not self.pause.over(now)):
            return False
        if backlog and self.rest_until is not None and self.rest_until - REST_BESIDE_BACKLOG <= now < self.rest_until:
            return False
        if self.wanted or self.next_poll is None:
            return True
        return now >= self.next_poll or now < self.next_poll - POLL_BESIDE_STREAM
