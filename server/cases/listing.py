"""Lists of cases as a supervisor searches them, page by page in the order of their ids."""

from __future__ import annotations

from typing import Final, Literal

from sqlalchemy import func, select

from domain.clock import format_instant, from_milliseconds
from domain.supervision import CaseFilter, CaseLine, CasePage
from server.cases.finding import conditions
from server.database.engine import Transaction
from server.database.schema import CASE, USER

State = Literal["open", "closed", "all"]

_CLOSED: Final[dict[State, bool | None]] = {"open": False, "closed": True, "all": None}


def list_cases(
    transaction: Transaction, team: str, wanted: CaseFilter, state: State, after: str | None, limit: int
) -> CasePage:
    """Give the cases of a team after the id ``after``, and how many there are in all."""
    matching = conditions(transaction, team, wanted, _CLOSED[state])
    total = transaction.connection.execute(select(func.count()).select_from(CASE).where(matching)).scalar_one()
    query = (
        select(CASE.c.id, CASE.c.ver, CASE.c.customer, CASE.c.customer_id, CASE.c.owner_id, CASE.c.currency)
        .add_columns(CASE.c.owed, CASE.c.oldest_due, CASE.c.closed, CASE.c.updated_ms, USER.c.login)
        .join(USER, USER.c.id == CASE.c.owner_id, isouter=True)
        .where(matching)
        .order_by(CASE.c.id)
        .limit(limit + 1)
    )
    if after is not None:
        query = query.where(CASE.c.id > after)
    rows = transaction.connection.execute(query).all()
    today = transaction.now.date().toordinal()
    lines = [
        CaseLine(
            id=row.id,
            ver=row.ver,
            customer=row.customer,
            customer_id=row.customer_id,
            owner=row.owner_id,
            owner_login=row.login,
            currency=row.currency,
            owed=row.owed,
            days_past_due=max(0, today - row.oldest_due) if row.oldest_due is not None else 0,
            closed=row.closed,
            updated_at=format_instant(from_milliseconds(row.updated_ms)),
        )
        for row in rows[:limit]
    ]
    return CasePage(lines, total, lines[-1].id if len(rows) > limit else None)
