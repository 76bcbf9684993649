"""Taking back what the server or a supervisor said: such a fact is left out of the case as if it had never been stated.

An import that is undone, or a decision that is taken back, may have been overlaid by much else since. Leaving the fact out
and folding everything else gives exactly the case there would have been, which undoing it step by step could not promise.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from domain.facts import Fact
from domain.facts import payloads as p

DECISION_WINDOW: Final = timedelta(hours=24)
"""How long supervisors may take a decision of their own back."""

_SERVERS_OWN: Final = (p.AccountStated, p.ContactsStated, p.CaseAssigned, p.CaseClosed, p.CaseRecalled)


def taken_back(facts: Iterable[Fact]) -> frozenset[str]:
    """Name the facts that somebody with the right to it has taken back altogether."""
    known = list(facts)
    retractions = [(fact, fact.payload) for fact in known if isinstance(fact.payload, p.FactRetracted)]
    if not retractions:
        return frozenset()
    by_id = {fact.id: fact for fact in known}
    return frozenset(
        retracted.base
        for fact, retracted in retractions
        if (base := by_id.get(retracted.base)) is not None and _may(fact, base)
    )


def _may(retraction: Fact, base: Fact) -> bool:
    if isinstance(base.payload, _SERVERS_OWN):
        return retraction.author == "server"
    if isinstance(base.payload, p.ApprovalDecided):
        own = retraction.author == base.author and retraction.at - base.at <= DECISION_WINDOW
        return own or retraction.author == "server"
    return False
