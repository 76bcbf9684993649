"""Hints for open streams: whose feed has moved, and what was taken from it.

**A lost hint costs latency, never correctness.** One task per process asks for the heads of all listening agents in one
query, twice a second because other processes write too, and at once when this process has written. It then wakes the
streams whose position changed.
"""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from dataclasses import dataclass, field

from anyio import to_thread
from sqlalchemy import and_, or_, select
from sqlalchemy.exc import SQLAlchemyError

from server.cases.moving import sweep_waiting_moves
from server.database.engine import Busy, Database
from server.database.schema import FEED, FEED_HEAD, USER

_log = logging.getLogger("duecall.server.hub")


@dataclass(frozen=True, slots=True)
class Hint:
    """What a listener is told: the feed's head, and the documents taken away since the last hint."""

    head: int
    revoked: tuple[str, ...] = ()


@dataclass(slots=True, eq=False)
class Listener:
    """One open stream. ``watched`` is an agent, or a team's name for a supervisor, whose head is the sum of the team's."""

    watched: str
    is_team: bool
    hints: asyncio.Queue[Hint | None] = field(default_factory=lambda: asyncio.Queue(maxsize=100))

    def tell(self, hint: Hint | None) -> None:
        """Queue a hint; when the reader is far behind, the newest ones are dropped, for the next will say the same."""
        if hint is None or not self.hints.full():
            while self.hints.full():
                self.hints.get_nowait()
            self.hints.put_nowait(hint)


class Hub:
    """All open streams of a process. Used from the event loop only, except :meth:`wake`."""

    def __init__(self, database: Database, tick_s: float) -> None:
        self._database = database
        self._tick_s = tick_s
        self._listeners: set[Listener] = set()
        self._heads: dict[tuple[str, bool], int] = {}
        self._wakened: asyncio.Event | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._closing = False

    def wake(self, _agents: set[str] | None = None) -> None:
        """Look at once, because this process has written. May be called from any thread."""
        loop, wakened = self._loop, self._wakened
        if loop is not None and wakened is not None and self._listeners and not loop.is_closed():
            loop.call_soon_threadsafe(wakened.set)

    async def listen(self, watched: str, *, is_team: bool) -> Listener:
        """Open a stream; its first hint is where the feed stands now."""
        listener = Listener(watched, is_team)
        found = await to_thread.run_sync(self._read_heads, {(watched, is_team)})
        head = found.get((watched, is_team), 0)
        self._heads.setdefault((watched, is_team), head)
        self._listeners.add(listener)
        listener.tell(None if self._closing else Hint(head))
        return listener

    def leave(self, listener: Listener) -> None:
        """Close a stream."""
        self._listeners.discard(listener)
        key = (listener.watched, listener.is_team)
        if not any((each.watched, each.is_team) == key for each in self._listeners):
            self._heads.pop(key, None)

    def close(self) -> None:
        """End every stream, so that the process can stop."""
        self._closing = True
        for listener in self._listeners:
            listener.tell(None)

    def close_soon(self) -> None:
        """End every stream from a signal handler or another thread."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self.close)

    async def run(self) -> None:
        """Look for news until cancelled."""
        self._loop = asyncio.get_running_loop()
        self._wakened = asyncio.Event()
        while True:
            try:
                async with asyncio.timeout(self._tick_s):
                    await self._wakened.wait()
            except TimeoutError:
                pass
            self._wakened.clear()
            if self._listeners:
                try:
                    await self._look()
                except (SQLAlchemyError, Busy):
                    _log.warning("the feeds could not be looked at; the next tick tries again")

    async def _look(self) -> None:
        keys = {(listener.watched, listener.is_team) for listener in self._listeners}
        heads = await to_thread.run_sync(self._read_heads, keys)
        moved = {key: head for key, head in heads.items() if head > self._heads.get(key, 0)}
        if not moved:
            return
        known = {key[0]: self._heads.get(key, 0) for key in moved if not key[1]}
        revoked = await to_thread.run_sync(self._read_revoked, known) if known else {}
        self._heads.update(moved)
        for listener in list(self._listeners):
            key = (listener.watched, listener.is_team)
            if key in moved:
                listener.tell(Hint(moved[key], tuple(revoked.get(listener.watched, ()))))

    def _read_heads(self, keys: set[tuple[str, bool]]) -> dict[tuple[str, bool], int]:
        sweep_waiting_moves(self._database)
        agents = {name for name, is_team in keys if not is_team}
        teams = {name for name, is_team in keys if is_team}
        query = (
            select(FEED_HEAD.c.agent_id, FEED_HEAD.c.head, USER.c.team)
            .join(USER, USER.c.id == FEED_HEAD.c.agent_id)
            .where(or_(FEED_HEAD.c.agent_id.in_(sorted(agents)), USER.c.team.in_(sorted(teams))))
        )
        heads: defaultdict[tuple[str, bool], int] = defaultdict(int)
        with self._database.reading() as transaction:
            for row in transaction.connection.execute(query):
                if row.agent_id in agents:
                    heads[row.agent_id, False] = row.head
                if row.team in teams:
                    heads[row.team, True] += row.head
        return dict(heads)

    def _read_revoked(self, known: dict[str, int]) -> dict[str, list[str]]:
        query = select(FEED.c.agent_id, FEED.c.doc_key).where(
            FEED.c.op == "remove",
            or_(*(and_(FEED.c.agent_id == agent, FEED.c.seq > head) for agent, head in sorted(known.items()))),
        )
        revoked: defaultdict[str, list[str]] = defaultdict(list)
        with self._database.reading() as transaction:
            for row in transaction.connection.execute(query.order_by(FEED.c.agent_id, FEED.c.seq)):
                revoked[row.agent_id].append(row.doc_key)
        return dict(revoked)
