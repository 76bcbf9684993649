"""The stop flags that stand in a team: why somebody must not be contacted."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from sqlalchemy import select

from domain.case.model import Case
from domain.clock import format_instant
from domain.supervision import StopItem, StopPage
from server import typed
from server.database.engine import Transaction
from server.database.schema import CASE, FACT, USER
from server.database.supervision_tables import CASE_FIGURE

_MARK: Final = "~"
_MOST_CASES: Final = 5_000


def list_stops(transaction: Transaction, team: str, limit: int, kind: str | None, after: str | None) -> StopPage:
    """Give the flags by case, page by page; those of closed cases too, for a recalled case may come back."""
    last_case, _, last_fact = (after or "").partition(_MARK)
    query = (
        select(CASE.c.id, CASE.c.doc, USER.c.login)
        .join(CASE_FIGURE, CASE_FIGURE.c.case_id == CASE.c.id)
        .outerjoin(USER, USER.c.id == CASE.c.owner_id)
        .where(CASE_FIGURE.c.team == team, CASE_FIGURE.c.stopped == 1, CASE.c.id >= last_case)
        .order_by(CASE.c.id)
        .limit(_MOST_CASES)
    )
    found: list[StopItem] = []
    for row in transaction.connection.execute(query):
        case = typed.decode(row.doc, Case)
        for stop in sorted(case.stops, key=lambda each: each.fact):
            if stop.lifted_by is None and kind in (None, stop.kind) and (row.id, stop.fact) > (last_case, last_fact):
                item = StopItem(
                    fact=stop.fact,
                    kind=stop.kind,
                    case=row.id,
                    at=format_instant(stop.at),
                    customer=case.customer.name,
                    number=stop.number,
                    channel=stop.channel,
                    owner_login=row.login,
                )
                found.append(item)
    authors = _authors(transaction, found[:limit])
    page = [
        replace(item, author=authors[item.fact][0], author_name=authors[item.fact][1]) if item.fact in authors else item
        for item in found[:limit]
    ]
    more = len(found) > limit
    return StopPage(page, f"{page[-1].case}{_MARK}{page[-1].fact}" if more else None)


def _authors(transaction: Transaction, items: list[StopItem]) -> dict[str, tuple[str | None, str | None]]:
    query = select(FACT.c.id, FACT.c.author, FACT.c.author_name).where(
        FACT.c.case_id.in_(sorted({item.case for item in items})), FACT.c.id.in_(sorted({item.fact for item in items}))
    )
    return {row.id: (row.author, row.author_name) for row in transaction.connection.execute(query)}
