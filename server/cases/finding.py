"""Finding cases: the conditions a supervisor's filter stands for."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, false, select

from domain.supervision import CaseFilter
from domain.text import fold as searchable
from server.database.engine import Transaction
from server.database.schema import CASE, USER
from server.people.directory import normal_login

_ESCAPE = "\\"


def conditions(transaction: Transaction, team: str, wanted: CaseFilter, closed: bool | None) -> ColumnElement[bool]:
    """Give what a case of ``team`` must fulfil; ``closed`` is ``None`` where both open and closed ones are meant."""
    found: list[ColumnElement[bool]] = [CASE.c.team == team]
    if closed is not None:
        found.append(CASE.c.closed.is_not(None) if closed else CASE.c.closed.is_(None))
    if wanted.owner is not None:
        owner = agent_id(transaction, team, wanted.owner)
        found.append(false() if owner is None else CASE.c.owner_id == owner)  # nobody's cases are not the pool
    if wanted.unassigned:
        found.append(CASE.c.owner_id.is_(None))
    if wanted.currency is not None:
        found.append(CASE.c.currency == wanted.currency)
    today = transaction.now.date().toordinal()
    if wanted.min_days is not None:
        found.append(CASE.c.oldest_due <= today - wanted.min_days)
    if wanted.max_days is not None:
        found.append(CASE.c.oldest_due >= today - wanted.max_days)
    found += [contains(CASE.c.search, word) for word in searchable(wanted.q or "").split()]
    return and_(*found)


def agent_id(transaction: Transaction, team: str, who: str, *, active: bool = False) -> str | None:
    """Find an agent of a team by id or login; ``active`` leaves out closed accounts."""
    query = select(USER.c.id).where(
        (USER.c.id == who) | (USER.c.login == normal_login(who)), USER.c.team == team, USER.c.role == "agent"
    )
    if active:
        query = query.where(USER.c.active == 1)
    return transaction.connection.execute(query).scalar()


def contains(column: ColumnElement[str], text: str) -> ColumnElement[bool]:
    """Give the condition that ``text`` stands somewhere in a column, literally."""
    return column.like(f"%{_literal(text)}%", escape=_ESCAPE)


def _literal(word: str) -> str:
    return word.replace(_ESCAPE, _ESCAPE * 2).replace("%", r"\%").replace("_", r"\_")
