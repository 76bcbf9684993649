"""What the facts of a case say of its past, kept up as facts are added.

Documents carry only the newest attempts, and reading all facts of a case again for every new one would cost more the
longer the case has been worked.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Final

from domain.facts import Fact
from domain.facts.payloads import (
    AccountStated,
    AttemptStarted,
    CallbackCleared,
    CallbackSet,
    CaseAssigned,
    FactRetracted,
)

if TYPE_CHECKING:
    from server.facts.stored import StoredFact

_WORK: Final = frozenset(
    {"attempt.started", "attempt.ended", "promise.made", "promise.amended", "note.added", "callback.set"}
)
"""What counts as having worked a case."""

CHANGES_CALLBACKS: Final = frozenset({CallbackSet, CallbackCleared, FactRetracted})
"""The payloads that decide which call-backs stood at an instant."""


@dataclass(slots=True)
class Past:
    """When what happened first and last. It is changed in place, so whoever adds to it must be its only holder.

    ``callbacks`` are the facts that set one, cleared one or took something back. ``worked`` says by author when they worked
    the case last, ``placed`` by currency the most the ledger has ever said was open: what there was to collect.
    """

    opened: datetime | None = None
    assigned: datetime | None = None
    attempts: int = 0
    first_attempt: datetime | None = None
    last_attempt: datetime | None = None
    last_attempt_by: str | None = None
    callbacks: list[Fact] = field(default_factory=list, repr=False)
    worked: dict[str, datetime] = field(default_factory=dict)
    placed: dict[str, int] = field(default_factory=dict)

    def add(self, facts: Iterable[StoredFact]) -> Past:
        """Take in facts that were not among those before, in the order they came; answer itself."""
        for stored in facts:
            fact = stored.fact
            at, payload = fact.at, fact.payload
            self.opened = at if self.opened is None else min(self.opened, at)
            if fact.type in _WORK:
                before = self.worked.get(fact.author)
                self.worked[fact.author] = at if before is None else max(before, at)
            if isinstance(payload, AttemptStarted):
                self._add_attempt(payload, at, fact.author)
            elif type(payload) in CHANGES_CALLBACKS:
                self.callbacks.append(fact)
            elif isinstance(payload, CaseAssigned):
                self.assigned = at if self.assigned is None else max(self.assigned, at)
            elif isinstance(payload, AccountStated):
                for currency in {debt.currency for debt in payload.debts}:
                    stated = sum(debt.open for debt in payload.debts if debt.currency == currency)
                    self.placed[currency] = max(self.placed.get(currency, stated), stated)
        return self

    def _add_attempt(self, attempt: AttemptStarted, at: datetime, author: str) -> None:
        if attempt.channel != "call":
            return
        self.attempts += 1
        self.first_attempt = at if self.first_attempt is None else min(self.first_attempt, at)
        if self.last_attempt is None or at >= self.last_attempt:
            self.last_attempt, self.last_attempt_by = at, author
