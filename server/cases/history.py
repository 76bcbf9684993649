"""The history of a case beyond what its document carries, in the same words as the document's timeline."""

from __future__ import annotations

from dataclasses import replace

from domain.canonical import to_plain
from domain.case.fold import fold, may_retract
from domain.case.model import Moment
from domain.facts import Fact, order_key
from domain.facts.payloads import FactRetracted
from domain.supervision import HistoryPage
from server.database.engine import Transaction
from server.facts.stored import load_facts


def history_page(transaction: Transaction, case_id: str, before: str | None) -> HistoryPage:
    """Give the moments before the fact ``before`` (the newest ones where it is absent), newest first.

    Raises ``LookupError`` when the case has no such fact.
    """
    facts = sorted((stored.fact for stored in load_facts(transaction, [case_id])[case_id]), key=order_key)
    older = facts
    if before is not None:
        place = next((index for index, fact in enumerate(facts) if fact.id == before), None)
        if place is None:
            raise LookupError("no such fact")
        older = facts[:place]
    # folding a beginning of the facts gives their timeline exactly as a document had it then
    case = fold(case_id, older)
    retracted = _retracted(facts)
    moments = [
        to_plain(replace(moment, retracted=moment.retracted or moment.fact in retracted)) for moment in case.timeline
    ]
    return HistoryPage(case_id, moments[::-1], case.timeline[0].fact if case.older else None)


def _retracted(facts: list[Fact]) -> set[str]:
    """Name the facts that were taken back by somebody who may: their author in time, a supervisor, or the server."""
    by_id = {fact.id: fact for fact in facts}
    found = set()
    for fact in facts:
        if isinstance(fact.payload, FactRetracted):
            base = by_id.get(fact.payload.base)
            if base is None or isinstance(base.payload, FactRetracted) or order_key(base) >= order_key(fact):
                continue
            moment = Moment(base.id, base.at, base.type, base.author, {"what": getattr(base.payload, "what", None)})
            if may_retract(fact, fact.payload, moment):
                found.add(base.id)
    return found
