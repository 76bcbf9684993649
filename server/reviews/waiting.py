"""What waits for a supervisor, on cases and kept apart from them, each with the case's figures beside it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import select

from domain.canonical import to_plain
from domain.case.model import Case, Promise, Review
from domain.case.reading import balance, days_past_due
from domain.clock import format_instant, from_milliseconds
from domain.supervision import ReviewItem, ReviewPage
from domain.text import clean_tree
from server import typed
from server.cases.finding import agent_id
from server.database.engine import Transaction
from server.database.schema import CASE, FACT, QUARANTINE, USER
from server.database.supervision_tables import CASE_FIGURE
from server.reviews.changing import KIND

_MOST_CASES: Final = 2_000
_CHUNK: Final = 500
_MARK: Final = "~"


def list_reviews(
    transaction: Transaction,
    team: str,
    limit: int,
    kind: str | None = None,
    owner: str | None = None,
    after: str | None = None,
) -> ReviewPage:
    """Give what waits in a team, oldest first; ``kind`` is the part before the colon, ``owner`` an agent."""
    everything = [*_on_cases(transaction, team), *_kept_apart(transaction, team)]
    counts = dict(sorted(Counter(_sort_of(item.kind) for item in everything).items()))
    wanted = everything if kind is None else [item for item in everything if _sort_of(item.kind) == kind]
    if owner is not None:
        agent = agent_id(transaction, team, owner)
        wanted = [item for item in wanted if agent is not None and item.owner == agent]
    wanted.sort(key=_place)
    if after is not None:
        wanted = [item for item in wanted if _MARK.join(_place(item)) > after]
    page = wanted[:limit]
    more = len(wanted) > limit
    return ReviewPage(page, more, counts, _MARK.join(_place(page[-1])) if more else None)


def _sort_of(kind: str) -> str:
    return kind.partition(":")[0]


def _place(item: ReviewItem) -> tuple[str, str]:
    return item.at, item.fact


def _on_cases(transaction: Transaction, team: str) -> list[ReviewItem]:
    query = (
        select(CASE.c.doc, CASE.c.owner_id, USER.c.login)
        .join(CASE_FIGURE, CASE_FIGURE.c.case_id == CASE.c.id)
        .outerjoin(USER, USER.c.id == CASE.c.owner_id)
        .where(CASE_FIGURE.c.team == team, CASE_FIGURE.c.waiting > 0)
        .order_by(CASE.c.id)
        .limit(_MOST_CASES)
    )
    rows = transaction.connection.execute(query).all()
    cases = [(typed.decode(row.doc, Case), row.owner_id, row.login) for row in rows]
    waiting = [
        (case, owner, login, review)
        for case, owner, login in cases
        for review in case.reviews
        if review.decided_by is None
    ]
    facts = _facts(transaction, [(case.id, review.fact) for case, _, _, review in waiting])
    today = transaction.now.date()
    items = []
    for case, owner, login, review in waiting:
        fact = facts.get((case.id, review.fact))
        owed = balance(case, today)
        items.append(
            ReviewItem(
                fact=review.fact,
                kind=review.kind,
                case=case.id,
                at=format_instant(review.at),
                author=None if fact is None else fact.author,
                author_name=None if fact is None else fact.author_name,
                data=None if fact is None else _data(fact.body),
                promises=_promises(case, review, fact),
                customer=case.customer.name,
                currency=case.currency,
                owed=owed.owed,
                overdue=owed.overdue,
                days_past_due=days_past_due(case, today),
                owner=owner,
                owner_login=login,
            )
        )
    return items


def _facts(transaction: Transaction, wanted: Sequence[tuple[str, str]]) -> dict[tuple[str, str], Any]:
    found: dict[tuple[str, str], Any] = {}
    for start in range(0, len(wanted), _CHUNK):
        chunk = wanted[start : start + _CHUNK]
        query = select(FACT.c.case_id, FACT.c.id, FACT.c.author, FACT.c.author_name, FACT.c.body).where(
            FACT.c.case_id.in_(sorted({case for case, _ in chunk})), FACT.c.id.in_(sorted({fact for _, fact in chunk}))
        )
        found.update({(row.case_id, row.id): row for row in transaction.connection.execute(query)})
    return found


def _data(body: bytes) -> dict[str, Any]:
    data = _shown(body).get("data", {})
    return data if isinstance(data, dict) else {}


def _promises(case: Case, review: Review, fact: Any) -> list[dict[str, Any]]:
    """Give the promises a review is about; of two changes at once, what stands now and what would stand instead."""
    shown: list[dict[str, Any]] = [to_plain(promise) for promise in _concerned(case, review.fact, review.kind)]
    if _sort_of(review.kind) != KIND or fact is None:
        return shown
    change = _data(fact.body)
    shown = [promise for promise in shown if promise["id"] == change.get("promise_id")]
    if shown and change.get("parts"):
        shown.append(shown[0] | {"parts": change["parts"], "tip": review.fact, "author_name": fact.author_name})
    return shown


def _concerned(case: Case, fact: str, kind: str) -> list[Promise]:
    if kind.startswith("approval:"):
        return [promise for promise in case.promises if fact in (promise.asked, promise.fact, promise.tip)]
    if _sort_of(kind) in ("concurrent-promises", KIND):
        return [promise for promise in case.promises if promise.ended is None]
    return []


def _kept_apart(transaction: Transaction, team: str) -> list[ReviewItem]:
    query = (
        select(QUARANTINE, USER.c.name.label("author_name"))
        .join(USER, USER.c.id == QUARANTINE.c.author)
        .where(QUARANTINE.c.decided.is_(None), USER.c.team == team)
        .order_by(QUARANTINE.c.received_ms, QUARANTINE.c.event_id)
        .limit(_MOST_CASES)
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
