"""Deciding: a supervisor's word becomes a fact of the case, and may be taken back within a day by whoever said it."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import delete, select, update

from domain.case.undoing import DECISION_WINDOW
from domain.facts.payloads import ApprovalAsked, ApprovalDecided, FactRetracted
from domain.i18n import tr
from domain.ids import digest_id
from domain.supervision import ReviewDecided, ReviewDecision
from domain.text import clean_line
from server.audit import record
from server.cases.casework import Casework
from server.cases.open_case import OpenCase
from server.database.engine import Transaction
from server.database.schema import DEED, EVENT, QUARANTINE, USER
from server.facts.retaking import retake
from server.facts.stored import Author, StoredFact
from server.notices import tell_of_decision
from server.people.sessions import Caller
from server.reviews.changing import KIND, CannotDecide, restated, restated_id, version_kept

REVIEW: Final = "review"
"""What decisions are remembered as, so that the same one again answers the same."""

_LONGEST_REASON: Final = 1000
_ACCEPTABLE: Final = frozenset({"no-such-case", "device-revoked"})
_CONCURRENT: Final = "concurrent-promises"


class NothingToDecide(Exception):  # noqa: N818 - it answers a request, it reports no malfunction
    """There is no such review, or it is not the caller's: the two are not told apart."""


def decide(transaction: Transaction, caller: Caller, epoch: str, fact: str, decision: ReviewDecision) -> ReviewDecided:
    """Write a supervisor's decision. Raises :class:`NothingToDecide` and :class:`CannotDecide`."""
    query = (
        select(QUARANTINE)
        .join(USER, USER.c.id == QUARANTINE.c.author)
        .where(QUARANTINE.c.event_id == fact, QUARANTINE.c.decided.is_(None), USER.c.team == caller.team)
    )
    row = transaction.connection.execute(query).first()
    if row is not None:
        return _decide_apart(transaction, caller, epoch, row, decision)
    return _decide_on_case(transaction, caller, fact, decision)


def lift_stop(transaction: Transaction, caller: Caller, fact: str, reason: str) -> ReviewDecided:
    """Lift a stop flag for a reason that stays on the case. Raises :class:`NothingToDecide` and :class:`CannotDecide`."""
    casework = Casework(transaction)
    case = _case_of(casework, caller, fact)
    if not any(stop.fact == fact and stop.lifted_by is None for stop in case.folded.stops):
        raise NothingToDecide
    words = clean_line(reason)[:_LONGEST_REASON]
    if not words:
        raise CannotDecide(tr("A stop flag is only lifted with a reason."))
    _say(casework, case, caller, fact, ApprovalDecided(fact, approved=True, reason=words))
    ver = casework.finish()[case.id]
    record(transaction, caller.id, "stop.lifted", case.id, caller.team, fact=fact)
    return ReviewDecided(fact, approved=True, case=case.id, ver=ver)


def take_back(transaction: Transaction, caller: Caller, fact: str) -> ReviewDecided:
    """Take a decision of the caller's own back; the same again changes nothing.

    Raises :class:`NothingToDecide` and :class:`CannotDecide`.
    """
    casework = Casework(transaction)
    case = _case_of(casework, caller, fact)
    decisions = _decisions(case, fact)
    if not decisions:
        raise NothingToDecide
    newest = decisions[-1].fact
    assert isinstance(newest.payload, ApprovalDecided)
    gone = _taken_back(case)
    if newest.id in gone:
        return ReviewDecided(fact, newest.payload.approved, case.id, case.ver, undone=True)
    if newest.author != caller.id or transaction.now - newest.at > DECISION_WINDOW:
        raise CannotDecide(tr("A decision is taken back within 24 hours by whoever made it; decide anew on the case."))
    author = Author(caller.id, caller.name)
    again = restated_id(fact, len(decisions) - 1)
    said = [stored for stored in case.existing if stored.fact.id == again]
    for stored in (*_decisions_at(case, fact, newest.at), *said):
        casework.state(case, FactRetracted(stored.fact.id), digest_id("f", "undo", stored.fact.id), author)
    transaction.connection.execute(delete(DEED).where(DEED.c.kind == REVIEW, DEED.c.id == fact))
    ver = casework.finish()[case.id]
    record(transaction, caller.id, "decision.taken_back", case.id, caller.team, fact=fact)
    return ReviewDecided(fact, newest.payload.approved, case.id, ver, undone=True)


def _decide_apart(
    transaction: Transaction, caller: Caller, epoch: str, row: Any, decision: ReviewDecision
) -> ReviewDecided:
    if decision.approved:
        if row.reason not in _ACCEPTABLE:
            raise CannotDecide(tr("This event cannot become part of a case; it can only be dismissed."))
        if not retake(transaction, row, epoch, vouched_for_by=caller.team):
            raise CannotDecide(tr("Your team has no such case; the event can only be dismissed."))
    transaction.connection.execute(
        update(QUARANTINE)
        .where(QUARANTINE.c.event_id == row.event_id, QUARANTINE.c.digest == row.digest)
        .values(decided="accepted" if decision.approved else "dismissed")
    )
    action = "event.accepted" if decision.approved else "event.dismissed"
    record(transaction, caller.id, action, row.event_id, caller.team, case=row.case_id, reason=row.reason)
    return ReviewDecided(row.event_id, decision.approved, row.case_id)


def _decide_on_case(transaction: Transaction, caller: Caller, fact: str, decision: ReviewDecision) -> ReviewDecided:
    casework = Casework(transaction)
    case = _case_of(casework, caller, fact)
    review = next((each for each in case.folded.reviews if each.fact == fact and each.decided_by is None), None)
    if review is None:
        raise NothingToDecide
    approved = decision.approved
    if review.kind == _CONCURRENT and decision.keep is not None:
        approved = _is_kept(case, fact, decision.keep)
    if review.kind == KIND and decision.keep is not None:
        approved = version_kept(case, fact, decision.keep)
    reason = clean_line(decision.reason)[:_LONGEST_REASON] if decision.reason else None
    if review.kind == KIND and approved:
        again = restated_id(fact, len(_decisions(case, fact)))
        casework.state(case, restated(case, fact, reason), again, Author(caller.id, caller.name))
    for base in (fact, *_promises_asked_for(case, fact)):
        _say(casework, case, caller, fact, ApprovalDecided(base, approved, reason))
    asker = _asker(case, fact)
    ver = casework.finish(holding=[] if asker is None else [asker])[case.id]
    if asker is not None:
        notice = digest_id("n", "decided", fact, str(len(_decisions(case, fact))))
        tell_of_decision(transaction, caller, notice, asker, case.id, reason, approved=approved)
    record(transaction, caller.id, "review.decided", case.id, caller.team, fact=fact, approved=approved)
    return ReviewDecided(fact, approved, case.id, ver)


def _asker(case: OpenCase, fact: str) -> str | None:
    """Give the agent who asked for the approval that a fact is; nobody for other reviews."""
    for stored in case.existing:
        if stored.fact.id == fact and isinstance(stored.fact.payload, ApprovalAsked):
            return stored.fact.author
    return None


def _case_of(casework: Casework, caller: Caller, fact: str) -> OpenCase:
    key = casework.transaction.connection.execute(select(EVENT.c.case_key).where(EVENT.c.id == fact)).scalar()
    case_id = (key or "").removeprefix("case:")
    case = casework.open([case_id]).get(case_id)
    if case is None or case.team != caller.team:
        raise NothingToDecide
    return case


def _say(casework: Casework, case: OpenCase, caller: Caller, fact: str, decided: ApprovalDecided) -> None:
    """Add the supervisor's word; what was decided and taken back before makes it another fact."""
    round_number = sum(
        isinstance(stored.fact.payload, ApprovalDecided) and stored.fact.payload.base == decided.base
        for stored in case.existing
    )
    words = [fact, decided.base] + ([str(round_number)] if round_number else [])
    casework.state(case, decided, digest_id("f", "review", *words), Author(caller.id, caller.name))


def _is_kept(case: OpenCase, fact: str, keep: str) -> bool:
    standing = {promise.id: promise.fact for promise in case.folded.promises if promise.ended is None}
    if keep not in standing:
        raise CannotDecide(tr("The promise to keep does not stand on this case any more."))
    return standing[keep] == fact


def _decisions(case: OpenCase, base: str) -> list[StoredFact]:
    found = [
        stored
        for stored in case.existing
        if isinstance(stored.fact.payload, ApprovalDecided) and stored.fact.payload.base == base
    ]
    return sorted(found, key=lambda stored: (stored.fact.at, stored.fact.id))


def _decisions_at(case: OpenCase, fact: str, at: object) -> list[StoredFact]:
    """Give the decision on a review and what was said about its promise in the same breath."""
    bases = (fact, *_promises_asked_for(case, fact))
    received = {stored.received_ms for stored in _decisions(case, fact) if stored.fact.at == at}
    return [stored for base in bases for stored in _decisions(case, base) if stored.received_ms in received]


def _taken_back(case: OpenCase) -> set[str]:
    return {stored.fact.payload.base for stored in case.existing if isinstance(stored.fact.payload, FactRetracted)}


def _promises_asked_for(case: OpenCase, fact: str) -> list[str]:
    """Name the facts of the promises that an approval was asked for: the decision is about them too."""
    asked = next((stored.fact.payload for stored in case.existing if stored.fact.id == fact), None)
    if not isinstance(asked, ApprovalAsked):
        return []
    return [promise.fact for promise in case.folded.promises if promise.id == asked.promise_id and promise.fact != fact]
