"""What the agent has marked: cases pinned to the top, skipped for today, put away until a time; a goal of their own."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import date, datetime
from typing import Final

from data.ports import DocumentStore
from domain.clock import format_instant, parse_instant
from domain.formats import clock_time
from domain.i18n import tr
from domain.policy import Policy
from domain.queue import Queue, QueueRow
from screens.ports import Refused, Saved

_KEY = "marks"
_MOST_CALLS: Final = 999


class Marks:
    """Kept on this machine's disk; nobody else's queue knows them, and no case loses its next action by them."""

    def __init__(self, store: DocumentStore) -> None:
        self._table = store.table("desk")
        self.pinned: set[str] = set()
        self._skipped: dict[str, date] = {}
        self._away: dict[str, datetime] = {}
        self.goal: int | None = None
        kept = self._table.get_key(_KEY)
        if kept is not None:
            self.pinned = set(kept["pinned"])
            self._skipped = {case_id: date.fromisoformat(day) for case_id, day in kept["skipped"].items()}
            self._away = {case_id: parse_instant(until) for case_id, until in kept.get("away", {}).items()}
            self.goal = kept.get("goal")

    def toggle_pin(self, case_id: str) -> bool:
        """Pin a case, or let it go; tells whether it is pinned now. A pinned case is not away any more."""
        self.pinned ^= {case_id}
        self._away.pop(case_id, None)
        self._keep()
        return case_id in self.pinned

    def read_goal(self, text: str, policy: Policy) -> Saved | Refused:
        """Take a figure as the goal of calls a day; nothing gives the house's back."""
        if not policy.own_goal:
            words = tr("The goal is the house's: {n} calls a day. Your supervisor changes it.")
            return Refused(words.format(n=policy.daily_goal), "house_goal")
        plain = text.strip()
        if plain and not (plain.isdecimal() and 0 < int(plain) <= _MOST_CALLS):
            return Refused(tr("A goal is a number of calls from 1 to {n}.").format(n=_MOST_CALLS), "no_goal")
        self.goal = int(plain) if plain else None
        self._keep()
        words = (
            tr("goal of your own: {own} calls a day; the house's is {n}")
            if plain
            else tr("the house's goal: {n} calls a day")
        )
        return Saved(words.format(own=plain, n=policy.daily_goal))

    def skip(self, case_id: str, day: date) -> None:
        """Remember that a case was skipped on a day."""
        self._skipped[case_id] = day
        self._keep()

    def put_away(self, case_id: str, until: datetime) -> None:
        """Put a case away until an instant."""
        self._away[case_id] = until
        self.pinned.discard(case_id)
        self._keep()

    def skipped_on(self, day: date) -> Collection[str]:
        """Name the cases skipped on a day."""
        return [case_id for case_id, marked in self._skipped.items() if marked == day]

    def arrange(self, queue: Queue, now: datetime) -> Queue:
        """Move what is put away out of today's calls; it is listed below with the time it comes back."""
        if not any(until > now for until in self._away.values()):
            return queue
        here = [row for row in queue.today if self._away.get(row.case_id, now) <= now]
        away = [self._held(row) for row in queue.today if self._away.get(row.case_id, now) > now]
        held = sorted([*queue.not_now, *away], key=lambda row: (row.next_allowed is None, row.next_allowed or now))
        return Queue(tuple(here), tuple(held))

    def _held(self, row: QueueRow) -> QueueRow:
        until = self._away[row.case_id]
        words = tr("put away until {time}: {why}").format(time=clock_time(until, row.zone or "UTC"), why=row.why)
        return replace(row, why=words, next_allowed=until)

    def _keep(self) -> None:
        document = {
            "pinned": sorted(self.pinned),
            "skipped": {case_id: day.isoformat() for case_id, day in self._skipped.items()},
            "away": {case_id: format_instant(until) for case_id, until in self._away.items()},
            "goal": self.goal,
        }
        self._table.put(_KEY, document)
