"""Reports about promises: how many were kept, what fell due and what came."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select

from domain.figures import formulas
from server.database.engine import Transaction
from server.database.supervision_tables import PROMISE_PART
from server.figures.reports.asked import Asked, Cell, Table
from server.promises.calendar import DECIDED, calendar


def kept_rate(transaction: Transaction, asked: Asked) -> Table:
    """Give the kept rate of the promises that are decided, by the week their last part fell due."""
    part = PROMISE_PART.c
    query = (
        select(part.last_due, part.currency, part.state, func.count().label("promises"))
        .add_columns(func.sum(part.total).label("total"))
        .where(part.team == asked.team, part.part == 0, part.state.in_(DECIDED))
        .where(part.last_due.between(asked.since.toordinal(), asked.until.toordinal()))
        .group_by(part.last_due, part.currency, part.state)
    )
    if asked.agent is not None:
        query = query.where(part.author == asked.agent)
    if asked.currency is not None:
        query = query.where(part.currency == asked.currency)
    cohorts: defaultdict[tuple[str, str], dict[str, list[int]]] = defaultdict(
        lambda: {each: [0, 0] for each in DECIDED}
    )
    for row in transaction.connection.execute(query):
        due = date.fromordinal(row.last_due)
        sums = cohorts[(due - timedelta(days=due.weekday())).isoformat(), row.currency][row.state]
        sums[0] += row.promises
        sums[1] += int(row.total)
    rows: list[list[Cell]] = [[week, currency, *_kept(sums)] for (week, currency), sums in sorted(cohorts.items())]
    everything = {each: [sum(sums[each][0] for sums in cohorts.values()), 0] for each in DECIDED}
    kept, partly, broken, _, rate, *_ = _kept(everything)
    return Table(
        (
            ("week", "day"),
            ("currency", "text"),
            ("kept", "count"),
            ("partly", "count"),
            ("broken", "count"),
            ("promises", "count"),
            ("rate", "rate"),
            ("promised_value", "money"),
            ("kept_value", "money"),
            ("value_rate", "rate"),
        ),
        rows,
        {"kept": kept, "partly": partly, "broken": broken, "rate": rate},
        ("matured_only",),
    )


def _kept(sums: dict[str, list[int]]) -> tuple[int, int, int, int, int | None, int, int, int | None]:
    (kept, kept_value), (partly, partly_value), (broken, broken_value) = (sums[each] for each in DECIDED)
    value = kept_value + partly_value + broken_value
    rate = formulas.kept_rate(kept, partly, broken)
    by_value = formulas.kept_rate(kept_value, partly_value, broken_value)
    return kept, partly, broken, kept + partly + broken, rate, value, kept_value, by_value


def promised_kept(transaction: Transaction, asked: Asked) -> Table:
    """Give what fell due on each day and what was paid on it."""
    found = calendar(transaction, asked.team, asked.since, asked.until, asked.agent)
    days = [day for day in found.days if asked.currency in (None, day.currency)]
    rows: list[list[Cell]] = [
        [day.day.isoformat(), day.currency, day.parts, day.amount, day.paid, formulas.rate(day.paid, day.amount)]
        for day in days
    ]
    return Table(
        (
            ("day", "day"),
            ("currency", "text"),
            ("promises", "count"),
            ("amount", "money"),
            ("paid", "money"),
            ("rate", "rate"),
        ),
        rows,
        {"promises": sum(day.parts for day in days)},
    )


def kept_by_author(transaction: Transaction, asked: Asked) -> dict[str, int | None]:
    """Give each agent's kept rate by count, over what fell due in the days asked about."""
    part = PROMISE_PART.c
    query = (
        select(part.author, part.state, func.count().label("promises"))
        .where(part.team == asked.team, part.part == 0, part.state.in_(DECIDED))
        .where(part.last_due.between(asked.since.toordinal(), asked.until.toordinal()))
        .group_by(part.author, part.state)
    )
    sums: defaultdict[str, dict[str, Any]] = defaultdict(lambda: dict.fromkeys(DECIDED, 0))
    for row in transaction.connection.execute(query):
        sums[row.author][row.state] = row.promises
    return {
        author: formulas.kept_rate(found["kept"], found["partly_kept"], found["broken"])
        for author, found in sums.items()
    }
