"""What stood in each ageing stage at the end of a day, and who went from which stage to which within a month."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy import func, select, update

from domain.case.reading import stage
from server.database.engine import Database, Transaction
from server.database.supervision_tables import AGEING_DAY, CASE_FIGURE, JOB, ROLL_MONTH
from server.database.upsert import upsert

_MONTH: Final = "month"
SETTLED: Final = "settled"
"""The stage of those who are not owed by any more."""


def take_snapshots(database: Database) -> None:
    """Write down how yesterday ended and, on the first days of a month, how the last one did."""
    database.write(_snapshot)


def ageing(transaction: Transaction, team: str | None, day: date) -> dict[tuple[str, str, str, str], list[int]]:
    """Count open cases and what they owe by team, segment, stage and currency as they stand on ``day``."""
    figure = CASE_FIGURE.c
    query = (
        select(figure.team, figure.segment, figure.oldest_due, figure.currency)
        .add_columns(func.count().label("cases"), func.sum(figure.owed).label("owed"))
        .where(figure.closed.is_(None))
        .group_by(figure.team, figure.segment, figure.oldest_due, figure.currency)
    )
    if team is not None:
        query = query.where(figure.team == team)
    found: defaultdict[tuple[str, str, str, str], list[int]] = defaultdict(lambda: [0, 0])
    for row in transaction.connection.execute(query):
        entry = found[row.team, row.segment, _stage(row, day), row.currency]
        entry[0] += row.cases
        entry[1] += int(row.owed)
    return dict(found)


def rolls(transaction: Transaction, team: str | None, day: date) -> Counter[tuple[str, str, str, str]]:
    """Count cases by team, segment, the stage at the beginning of the month and the one they stand in on ``day``."""
    figure = CASE_FIGURE.c
    query = (
        select(figure.team, figure.segment, figure.month_stage, figure.oldest_due, figure.closed)
        .add_columns(func.count().label("cases"))
        .where(figure.month_stage.is_not(None), figure.month_stage != SETTLED)
        .group_by(figure.team, figure.segment, figure.month_stage, figure.oldest_due, figure.closed)
    )
    if team is not None:
        query = query.where(figure.team == team)
    found: Counter[tuple[str, str, str, str]] = Counter()
    for row in transaction.connection.execute(query):
        to = SETTLED if row.closed is not None else _stage(row, day)
        found[row.team, row.segment, row.month_stage, to] += row.cases
    return found


def _snapshot(transaction: Transaction) -> None:
    today = transaction.now.date()
    yesterday = today - timedelta(days=1)
    rows = [
        {
            "team": team,
            "day": yesterday.toordinal(),
            "segment": segment,
            "stage": name,
            "currency": currency,
            "cases": cases,
            "owed": owed,
        }
        for (team, segment, name, currency), (cases, owed) in sorted(ageing(transaction, None, yesterday).items())
    ]
    upsert(transaction.connection, AGEING_DAY, rows)
    _turn_the_month(transaction, today)


def _turn_the_month(transaction: Transaction, today: date) -> None:
    """Keep last month's rolls and begin anew, once a month."""
    month = today.replace(day=1)
    known = transaction.connection.execute(select(JOB.c.done).where(JOB.c.name == _MONTH)).scalar()
    if known == month.isoformat():
        return
    if known is not None:
        last = date.fromisoformat(known)
        rows = [
            {
                "team": team,
                "month": last.toordinal(),
                "segment": segment,
                "stage_from": before,
                "stage_to": after,
                "cases": cases,
            }
            for (team, segment, before, after), cases in sorted(
                rolls(transaction, None, month - timedelta(days=1)).items()
            )
        ]
        upsert(transaction.connection, ROLL_MONTH, rows)
    _begin_month(transaction, month)
    upsert(transaction.connection, JOB, [{"name": _MONTH, "done": month.isoformat(), "holder": "", "until_ms": 0}])


def _begin_month(transaction: Transaction, first: date) -> None:
    figure = CASE_FIGURE.c
    pairs = transaction.connection.execute(
        select(figure.segment, figure.oldest_due).where(figure.closed.is_(None)).distinct()
    ).all()
    for row in pairs:
        same_due = figure.oldest_due.is_(None) if row.oldest_due is None else figure.oldest_due == row.oldest_due
        transaction.connection.execute(
            update(CASE_FIGURE)
            .where(figure.segment == row.segment, same_due, figure.closed.is_(None))
            .values(month_stage=_stage(row, first))
        )
    transaction.connection.execute(update(CASE_FIGURE).where(figure.closed.is_not(None)).values(month_stage=SETTLED))


def _stage(row: Any, day: date) -> str:
    days = 0 if row.oldest_due is None else max(0, day.toordinal() - row.oldest_due)
    return stage(days, row.segment)
