"""Reviews: what waits for a supervisor, on cases and in quarantine, and what is decided about it."""

from __future__ import annotations

from typing import Any, Final

import msgspec
from sqlalchemy import select, update

from domain.case.model import Case
from domain.clock import format_instant, from_milliseconds
from domain.facts.payloads import ApprovalAsked, ApprovalDecided
from domain.ids import digest_id
from domain.supervision import ReviewDecided, ReviewDecision, ReviewItem, ReviewPage
from domain.text import clean_line, clean_tree
from server.audit import record
from server.cases.casework import Casework, OpenCase
from server.database.engine import Transaction
from server.database.schema import CASE, EVENT, FACT, QUARANTINE, USER
from server.facts.retaking import retake
from server.facts.stored import Author
from server.people.sessions import Caller

_LONGEST_REASON: Final = 1000
_ACCEPTABLE: Final = frozenset({"no-such-case", "device-revoked"})


class NothingToDecide(Exception):  # noqa: N818 - it answers a request, it reports no malfunction
    """There is no such review, or it is not the caller's: the two are not told apart."""


class CannotAccept(ValueError):  # noqa: N818 - it answers a request, it reports no malfunction
    """The event cannot be accepted as it is; the message is one sentence."""


def list_reviews(transaction: Transaction, team: str, limit: int) -> ReviewPage:
    """Give what waits in a team, oldest first, at most ``limit`` of cases and as many of the quarantine."""
    on_cases = _on_cases(transaction, team, limit)
    apart = _kept_apart(transaction, team, limit)
    items = sorted([*on_cases, *apart], key=lambda item: (item.at, item.fact))
    return ReviewPage(items[:limit], len(on_cases) >= limit or len(apart) >= limit or len(items) > limit)


def decide(transaction: Transaction, caller: Caller, epoch: str, fact: str, decision: ReviewDecision) -> ReviewDecided:
    """Write a supervisor's decision. Raises :class:`NothingToDecide` and :class:`CannotAccept`."""
    query = (
        select(QUARANTINE)
        .join(USER, USER.c.id == QUARANTINE.c.author)
        .where(QUARANTINE.c.event_id == fact, QUARANTINE.c.decided.is_(None), USER.c.team == caller.team)
    )
    row = transaction.connection.execute(query).first()
    if row is not None:
        return _decide_apart(transaction, caller, epoch, row, decision)
    return _decide_on_case(transaction, caller, fact, decision)


def _on_cases(transaction: Transaction, team: str, limit: int) -> list[ReviewItem]:
    query = select(CASE.c.doc).where(CASE.c.team == team, CASE.c.waiting > 0).order_by(CASE.c.id).limit(limit)
    cases = [msgspec.json.decode(doc, type=Case) for doc in transaction.connection.execute(query).scalars()]
    found = [(case.id, review) for case in cases for review in case.reviews if review.decided_by is None]
    authors = {
        (row.case_id, row.id): row
        for row in transaction.connection.execute(
            select(FACT.c.case_id, FACT.c.id, FACT.c.author, FACT.c.author_name).where(
                FACT.c.case_id.in_(sorted({case_id for case_id, _ in found})),
                FACT.c.id.in_(sorted({review.fact for _, review in found})),
            )
        )
    }
    return [
        ReviewItem(
            fact=review.fact,
            kind=review.kind,
            case=case_id,
            at=format_instant(review.at),
            author=authors[case_id, review.fact].author,
            author_name=authors[case_id, review.fact].author_name,
        )
        for case_id, review in found
    ]


def _kept_apart(transaction: Transaction, team: str, limit: int) -> list[ReviewItem]:
    query = (
        select(QUARANTINE, USER.c.name.label("author_name"))
        .join(USER, USER.c.id == QUARANTINE.c.author)
        .where(QUARANTINE.c.decided.is_(None), USER.c.team == team)
        .order_by(QUARANTINE.c.received_ms, QUARANTINE.c.event_id)
        .limit(limit)
    )
    return [
        ReviewItem(
            fact=row.event_id,
            kind=row.kind,
            case=row.case_id,
            at=format_instant(from_milliseconds(row.received_ms)),
            author=row.author,
            author_name=row.author_name,
            reason=row.reason,
            event=_shown(row.body),
        )
        for row in transaction.connection.execute(query)
    ]


def _shown(body: bytes) -> dict[str, Any]:
    """Give an event as it came, made harmless to show; numbers that are not whole become text."""
    event: Any = clean_tree(msgspec.json.decode(body))
    shown = _without_floats(event)
    assert isinstance(shown, dict)
    return shown


def _without_floats(value: object) -> object:
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, dict):
        return {name: _without_floats(item) for name, item in value.items()}
    return [_without_floats(item) for item in value] if isinstance(value, list) else value


def _decide_apart(
    transaction: Transaction, caller: Caller, epoch: str, row: Any, decision: ReviewDecision
) -> ReviewDecided:
    if decision.approved:
        if row.reason not in _ACCEPTABLE:
            raise CannotAccept("This event cannot become part of a case; it can only be dismissed.")
        if not retake(transaction, row, epoch, vouched_for_by=caller.team):
            raise CannotAccept("Your team has no such case; the event can only be dismissed.")
    transaction.connection.execute(
        update(QUARANTINE)
        .where(QUARANTINE.c.event_id == row.event_id, QUARANTINE.c.digest == row.digest)
        .values(decided="accepted" if decision.approved else "dismissed")
    )
    action = "event.accepted" if decision.approved else "event.dismissed"
    record(transaction, caller.id, action, row.event_id, caller.team, case=row.case_id, reason=row.reason)
    return ReviewDecided(row.event_id, decision.approved, row.case_id)


def _decide_on_case(transaction: Transaction, caller: Caller, fact: str, decision: ReviewDecision) -> ReviewDecided:
    key = transaction.connection.execute(select(EVENT.c.case_key).where(EVENT.c.id == fact)).scalar()
    case_id = (key or "").removeprefix("case:")
    casework = Casework(transaction)
    case = casework.open([case_id]).get(case_id)
    if case is None or case.team != caller.team:
        raise NothingToDecide
    if not any(review.fact == fact and review.decided_by is None for review in case.folded.reviews):
        raise NothingToDecide
    reason = clean_line(decision.reason)[:_LONGEST_REASON] if decision.reason else None
    author = Author(caller.id, caller.name)
    for base in (fact, *_promises_asked_for(case, fact)):
        decided = ApprovalDecided(base, decision.approved, reason)
        casework.state(case, decided, digest_id("f", "review", fact, base), author)
    ver = casework.finish()[case_id]
    record(transaction, caller.id, "review.decided", case_id, caller.team, fact=fact, approved=decision.approved)
    return ReviewDecided(fact, decision.approved, case_id, ver)


def _promises_asked_for(case: OpenCase, fact: str) -> list[str]:
    """Name the facts of the promises that an approval was asked for: the decision is about them too."""
    asked = next((stored.fact.payload for stored in case.existing if stored.fact.id == fact), None)
    if not isinstance(asked, ApprovalAsked):
        return []
    return [promise.fact for promise in case.folded.promises if promise.id == asked.promise_id and promise.fact != fact]
