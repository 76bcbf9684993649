"""What the author of a fact had seen when writing it.

An author saw fact F if F stood at or below the feed position they had on screen (``seen``), or if their own machine wrote
it earlier. Everything else is concurrent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from domain.case.parts import share_debts
from domain.facts.payloads import PaymentReceived, PaymentReversed, PromiseMade
from domain.wire import Seen
from server.cases.open_case import OpenCase
from server.facts.stored import StoredFact


@dataclass(frozen=True, slots=True)
class Assigned:
    """One time a case was given to an agent: the document's version and its position in the agent's feed."""

    ver: int
    feed_seq: int


@dataclass(frozen=True, slots=True)
class Outlook:
    """One author's view: who they are and when the case was theirs."""

    agent: str
    epoch: str
    assigned: Sequence[Assigned]

    def saw(self, stored: StoredFact, seen: Seen | None) -> bool:
        """Tell whether a stored fact was on the author's screen at ``seen``."""
        if seen is None or seen.epoch != self.epoch:
            return False
        if stored.feed_agent == self.agent and stored.feed_seq is not None and stored.feed_seq <= seen.seq:
            return True
        return any(each.ver >= stored.ver and each.feed_seq <= seen.seq for each in self.assigned)

    def missed_a_payment(self, case: OpenCase, seen: Seen | None) -> bool:
        """Tell whether money had come, or gone back, that the author cannot have known of."""
        if seen is None or seen.epoch != self.epoch:
            return False
        return any(
            isinstance(stored.fact.payload, PaymentReceived | PaymentReversed) and not self.saw(stored, seen)
            for stored in case.existing
        )


def work_out_superseded(case: OpenCase, new: StoredFact, seen: Seen | None, outlook: Outlook) -> None:
    """Fill in which promises a new one replaces, where its author named none: those they had seen.

    A promise that arrives after a later one of the same machine is added to what that later one replaces, so that the
    order of arrival changes nothing.
    """
    made = new.fact.payload
    if not isinstance(made, PromiseMade):
        return
    if not made.supersedes:
        replaced = [
            earlier.promise_id
            for stored in (*case.existing, *case.added)
            if isinstance(earlier := stored.fact.payload, PromiseMade)
            and earlier.promise_id != made.promise_id
            and earlier.currency == made.currency
            and share_debts(earlier.debts, made.debts)
            and (_wrote_before(stored, new) or outlook.saw(stored, seen))
        ]
        if replaced:
            _resolve(new, made, replaced)
    for stored in (*case.existing, *case.added):
        later = stored.fact.payload
        if (
            isinstance(later, PromiseMade)
            and _wrote_before(new, stored)
            and (not later.supersedes or stored.resolved is not None)
            and later.currency == made.currency
            and share_debts(later.debts, made.debts)
            and later.promise_id != made.promise_id
        ):
            _resolve(stored, later, [*later.supersedes, made.promise_id])
            if stored in case.existing:
                case.revise(stored)


def _resolve(stored: StoredFact, made: PromiseMade, replaced: Sequence[str]) -> None:
    names = tuple(sorted(set(replaced)))
    stored.resolved = {"supersedes": list(names)}
    stored.fact = replace(stored.fact, payload=replace(made, supersedes=names))


def _wrote_before(earlier: StoredFact, later: StoredFact) -> bool:
    return (
        earlier.fact.device is not None
        and earlier.fact.device == later.fact.device
        and earlier.seq is not None
        and later.seq is not None
        and earlier.seq < later.seq
    )
