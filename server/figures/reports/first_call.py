"""First-call resolution: how often the first conversation with the right party settled the matter."""

from __future__ import annotations

from typing import Final

from sqlalchemy import exists, func, or_, select, text

from domain.figures import formulas
from server.database.engine import Transaction
from server.database.supervision_tables import CASE_FIGURE, PROMISE_PART
from server.figures.reports.asked import Asked, Cell, Table, day_text

_STANDING: Final = ("open", "kept")


def first_call(transaction: Transaction, asked: Asked) -> Table:
    """Give, by the day cases were first reached, how many needed no other call: paid up, or promised and not broken."""
    figure, part = CASE_FIGURE.c, PROMISE_PART.c
    promised = exists().where(part.case_id == figure.case_id, part.state.in_(_STANDING))
    settled = (figure.last_attempt_ms <= figure.first_contact_ms) & or_(promised, figure.cured_ms.is_not(None))
    reached = asked.opened_day(figure.first_contact_ms).label("day")
    query = (
        select(reached, func.count().label("reached"), func.count().filter(settled).label("resolved"))
        .where(
            figure.team == asked.team,
            figure.first_contact_ms >= asked.first_ms,
            figure.first_contact_ms < asked.end_ms,
            *((figure.owner_id == asked.agent,) if asked.agent is not None else ()),
            *((figure.currency == asked.currency,) if asked.currency is not None else ()),
        )
        .group_by(text("day"))
        .order_by(text("day"))
    )
    found = [(row.day, row.reached, row.resolved) for row in transaction.connection.execute(query)]
    rows: list[list[Cell]] = [
        [day_text(day), cases, resolved, formulas.first_call_resolution(resolved, cases)]
        for day, cases, resolved in found
    ]
    total, done = sum(cases for _, cases, _ in found), sum(resolved for *_, resolved in found)
    return Table(
        (("day", "day"), ("contacted", "count"), ("resolved", "count"), ("rate", "rate")),
        rows,
        {"contacted": total, "resolved": done, "rate": formulas.first_call_resolution(done, total)},
    )
