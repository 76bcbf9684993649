"""Finding cases: the conditions a supervisor's filter stands for.

Conditions are asked of the narrow rows of :data:`server.database.supervision_tables.CASE_FIGURE`; only words of a search
need the case's own row.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, FromClause, and_, false, func, or_, select, true

from domain.supervision import CaseFilter
from domain.text import fold as searchable
from server.database.engine import Transaction
from server.database.schema import CASE, USER
from server.database.supervision_tables import CASE_FIGURE, IMPORT_CASE, KEPT_CASE
from server.people.directory import normal_login

_ESCAPE = "\\"
DAY_MS: Final = 24 * 3600 * 1000


@dataclass(frozen=True, slots=True)
class Found:
    """What a filter stands for: from which tables to select, and what must hold."""

    source: FromClause
    condition: ColumnElement[bool]


def matching(transaction: Transaction, team: str, wanted: CaseFilter, closed: bool | None) -> Found:
    """Give what a case of ``team`` must fulfil; ``closed`` is ``None`` where both open and closed ones are meant."""
    condition = and_(*_figures(transaction, team, wanted, closed))
    words = searchable(wanted.q or "").split()
    if not words:
        return Found(CASE_FIGURE, condition)
    joined = CASE_FIGURE.join(CASE, CASE.c.id == CASE_FIGURE.c.case_id)
    return Found(joined, and_(condition, *(contains(CASE.c.search, word) for word in words)))


def _figures(transaction: Transaction, team: str, wanted: CaseFilter, closed: bool | None) -> list[ColumnElement[bool]]:
    figure, now_ms = CASE_FIGURE.c, transaction.now_ms
    found: list[ColumnElement[bool]] = [figure.team == team]
    if closed is not None:
        found.append(figure.closed.is_not(None) if closed else figure.closed.is_(None))
    if wanted.owner is not None:
        owner = agent_id(transaction, team, wanted.owner)
        found.append(false() if owner is None else figure.owner_id == owner)  # nobody's cases are not the pool
    if wanted.unassigned:
        found.append(figure.owner_id.is_(None))
    for column, value in (
        (figure.currency, wanted.currency),
        (figure.bucket, wanted.bucket),
        (figure.segment, wanted.segment),
        (figure.language, wanted.language),
    ):
        if value is not None:
            found.append(column == value)
    today = transaction.now.date().toordinal()
    if wanted.min_days is not None:
        found.append(figure.oldest_due <= today - wanted.min_days)
    if wanted.max_days is not None:
        found.append(figure.oldest_due >= today - wanted.max_days)
    if wanted.min_owed is not None:
        found.append(figure.owed >= wanted.min_owed)
    if wanted.max_owed is not None:
        found.append(figure.owed <= wanted.max_owed)
    if wanted.idle_days is not None:
        found.append(idle_since(now_ms - wanted.idle_days * DAY_MS))
    if wanted.untouched:
        found.append(figure.attempts == 0)
    if wanted.imported is not None:
        found.append(
            figure.case_id.in_(select(IMPORT_CASE.c.case_id).where(IMPORT_CASE.c.import_id == wanted.imported))
        )
    return found


def idle_since(instant_ms: int) -> ColumnElement[bool]:
    """Give the condition that nobody has worked a case, and nobody was given it, since an instant."""
    return func.coalesce(CASE_FIGURE.c.worked_ms, CASE_FIGURE.c.opened_ms) <= instant_ms


def kept_cases(transaction: Transaction) -> Any:
    """Give the query of the cases that a supervisor's hold keeps where they are today."""
    return select(KEPT_CASE.c.case_id).where(KEPT_CASE.c.until >= transaction.now.date().toordinal())


def agent_id(transaction: Transaction, team: str, who: str, *, active: bool = False) -> str | None:
    """Find an agent of a team by id or login; ``active`` leaves out closed accounts."""
    query = select(USER.c.id).where(
        or_(USER.c.id == who, USER.c.login == normal_login(who)), USER.c.team == team, USER.c.role == "agent"
    )
    if active:
        query = query.where(USER.c.active == 1)
    return transaction.connection.execute(query).scalar()


def contains(column: ColumnElement[str], text: str) -> ColumnElement[bool]:
    """Give the condition that ``text`` stands somewhere in a column, literally."""
    return column.like(f"%{_literal(text)}%", escape=_ESCAPE) if text else true()


def _literal(word: str) -> str:
    return word.replace(_ESCAPE, _ESCAPE * 2).replace("%", r"\%").replace("_", r"\_")
