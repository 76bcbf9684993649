"""A case a transaction has locked: what it found, what is added to it, and what the process remembered of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from domain.case.fold import Folding, folding
from domain.case.model import Case
from domain.facts import Fact
from server.cases.spelling import Spellings
from server.facts.stored import StoredFact
from server.figures.past import CHANGES_CALLBACKS, Past


@dataclass(frozen=True, slots=True)
class Remembered:
    """What a process knows of a case at one version: its facts, their fold, their past, and how the document was spelt."""

    facts: list[StoredFact] = field(repr=False)
    folding: Folding = field(repr=False)
    spellings: Spellings = field(repr=False)
    past: Past = field(repr=False)
    ids: set[str] = field(repr=False)


@dataclass(slots=True)
class OpenCase:
    """A case that is locked and may be changed. ``ver`` and the ``was_`` fields are as the transaction found them."""

    id: str
    team: str
    creditor: str
    customer_key: str
    ver: int
    owner: str | None
    was_owner: str | None
    was_closed: str | None
    source: str | None
    existing: list[StoredFact] = field(repr=False)
    added: list[StoredFact] = field(default_factory=list, repr=False)
    revised: list[StoredFact] = field(default_factory=list, repr=False)
    forced: bool = False
    touched: bool = False
    remembered: Remembered | None = field(default=None, repr=False)
    _folding: Folding | None = field(default=None, repr=False)
    _ids: set[str] | None = field(default=None, repr=False)
    _past: Past | None = field(default=None, repr=False)
    _discarded: bool = False

    @property
    def is_new(self) -> bool:
        """Tell whether this transaction creates the case."""
        return self.ver == 0

    @property
    def folded(self) -> Case:
        """The case with everything added so far."""
        return self.folding.case

    @property
    def folding(self) -> Folding:
        """The fold of the case: what was folded before goes on where it can."""
        if self._folding is None:
            if self.remembered is not None and not self.revised:
                self._folding = self.remembered.folding.with_later(stored.fact for stored in self.added)
            if self._folding is None:
                self._folding = folding(self.id, [stored.fact for stored in (*self.existing, *self.added)])
        return self._folding

    @property
    def past(self) -> Past:
        """What all facts say of the case's past. Ask when nothing more will be added: it is worked out once."""
        if self._past is None:
            if self.remembered is not None:
                self._past = self.remembered.past.add(self.added)
            else:
                self._past = Past().add(self.existing).add(self.added)
        return self._past

    @property
    def callbacks_before(self) -> Sequence[Fact]:
        """The facts about call-backs that the transaction found."""
        if self.remembered is not None and self._past is None:
            return self.remembered.past.callbacks
        return [each.fact for each in self.existing if type(each.fact.payload) in CHANGES_CALLBACKS]

    @property
    def ids(self) -> set[str]:
        """The ids of all facts so far."""
        if self._ids is None:
            if self.remembered is not None and not self._discarded:
                self._ids = self.remembered.ids
                self._ids.update(stored.fact.id for stored in self.added)
            else:
                self._ids = {stored.fact.id for stored in (*self.existing, *self.added)}
        return self._ids

    @property
    def seen_by(self) -> str | None:
        """Whose feed showed the case when the transaction found it."""
        return self.was_owner if self.was_closed is None else None

    def add(self, stored: StoredFact) -> None:
        """Add a fact."""
        self.added.append(stored)
        if self._ids is not None:
            self._ids.add(stored.fact.id)
        self._folding = None
        self.touched = True

    def discard(self, stored: StoredFact) -> None:
        """Take a fact back that was added in this transaction."""
        self.added.remove(stored)
        self._ids, self._discarded = None, True
        self._folding = None
        self.touched = bool(self.added)

    def revise(self, stored: StoredFact) -> None:
        """Note that what the server worked out about a known fact has changed."""
        self.revised.append(stored)
        self._folding = None

    def knows(self, fact_id: str) -> bool:
        """Tell whether the case has this fact."""
        return fact_id in self.ids
