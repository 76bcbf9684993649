"""Lists of cases as a supervisor searches and sorts them, page by page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Final, Literal

from sqlalchemy import ColumnElement, func, or_, select

from domain.clock import format_instant, from_milliseconds
from domain.supervision import CaseFilter, CaseLine, CasePage
from server.cases.finding import matching
from server.database.engine import Transaction
from server.database.schema import CASE, USER
from server.database.supervision_tables import CASE_FIGURE, KEPT_CASE

State = Literal["open", "closed", "all"]
Sort = Literal["id", "owed", "days", "idle", "customer"]

SORTS: Final[tuple[Sort, ...]] = ("id", "owed", "days", "idle", "customer")

_CLOSED: Final[dict[State, bool | None]] = {"open": False, "closed": True, "all": None}
_MARK: Final = "~"
_FIGURES: Final = (
    CASE_FIGURE.c.owner_id,
    CASE_FIGURE.c.closed,
    CASE_FIGURE.c.currency,
    CASE_FIGURE.c.owed,
    CASE_FIGURE.c.overdue,
    CASE_FIGURE.c.oldest_due,
    CASE_FIGURE.c.attempts,
    CASE_FIGURE.c.broken,
    CASE_FIGURE.c.waiting,
    CASE_FIGURE.c.stopped,
    CASE_FIGURE.c.bucket,
    CASE_FIGURE.c.next_ms,
    CASE_FIGURE.c.last_attempt_ms,
    CASE_FIGURE.c.promise_due,
)


class NoSuchPage(ValueError):  # noqa: N818 - it answers a request, it reports no malfunction
    """``after`` is not what an earlier page of the same order gave."""


def list_cases(
    transaction: Transaction,
    team: str,
    wanted: CaseFilter,
    state: State,
    after: str | None,
    limit: int,
    sort: Sort = "id",
) -> CasePage:
    """Give the cases of a team after what the last page ended with, and how many there are in all.

    ``owed`` puts the largest first, ``days`` the oldest, ``idle`` those nobody has worked for longest. Raises
    :class:`NoSuchPage`.
    """
    found = matching(transaction, team, wanted, _CLOSED[state])
    total = transaction.connection.execute(
        select(func.count()).select_from(found.source).where(found.condition)
    ).scalar_one()
    key, descending = _order(sort)
    page = select(CASE_FIGURE.c.case_id, key.label("place")).select_from(found.source).where(found.condition)
    if sort == "customer" and found.source is CASE_FIGURE:
        page = page.join(CASE, CASE.c.id == CASE_FIGURE.c.case_id)
    if after is not None:
        page = page.where(_behind(key, after, sort, descending=descending))
    first = key.desc() if descending else key
    ids = page.order_by(first, CASE_FIGURE.c.case_id).limit(limit + 1)
    rows = transaction.connection.execute(ids).all()
    lines = _lines(transaction, [row.case_id for row in rows[:limit]])
    if len(rows) <= limit:
        return CasePage(lines, total)
    last = rows[limit - 1]
    return CasePage(lines, total, last.case_id if sort == "id" else f"{last.place}{_MARK}{last.case_id}")


def _order(sort: Sort) -> tuple[ColumnElement[Any], bool]:
    if sort == "owed":
        return CASE_FIGURE.c.owed, True
    if sort == "days":
        return func.coalesce(CASE_FIGURE.c.oldest_due, date.max.toordinal()), False
    if sort == "idle":
        return func.coalesce(CASE_FIGURE.c.worked_ms, CASE_FIGURE.c.opened_ms), False
    if sort == "customer":
        return CASE.c.customer, False
    return CASE_FIGURE.c.case_id, False


def _behind(key: ColumnElement[Any], after: str, sort: Sort, *, descending: bool) -> ColumnElement[bool]:
    if sort == "id":
        return CASE_FIGURE.c.case_id > after
    text, _, case_id = after.rpartition(_MARK)
    try:
        value: str | int = text if sort == "customer" else int(text)
    except ValueError:
        raise NoSuchPage from None
    beyond = key < value if descending else key > value
    return or_(beyond, (key == value) & (CASE_FIGURE.c.case_id > case_id))


def _lines(transaction: Transaction, ids: Sequence[str]) -> list[CaseLine]:
    query = (
        select(CASE.c.id, CASE.c.ver, CASE.c.customer, CASE.c.customer_id, CASE.c.updated_ms, USER.c.login, *_FIGURES)
        .select_from(CASE)
        .join(CASE_FIGURE, CASE_FIGURE.c.case_id == CASE.c.id)
        .join(USER, USER.c.id == CASE_FIGURE.c.owner_id, isouter=True)
        .where(CASE.c.id.in_(ids))
    )
    rows = {row.id: row for row in transaction.connection.execute(query)}
    held = _held(transaction, ids)
    today = transaction.now.date().toordinal()
    return [_line(rows[case_id], held.get(case_id), today) for case_id in ids if case_id in rows]


def _line(row: Any, held: int | None, today: int) -> CaseLine:
    return CaseLine(
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
        overdue=row.overdue,
        attempts=row.attempts,
        broken=row.broken,
        waiting=row.waiting,
        stopped=bool(row.stopped),
        bucket=row.bucket,
        next_at=_instant(row.next_ms) if row.bucket is None else None,
        last_attempt_at=_instant(row.last_attempt_ms),
        promise_due=None if row.promise_due is None else date.fromordinal(row.promise_due).isoformat(),
        held_until=None if held is None else date.fromordinal(held).isoformat(),
    )


def _held(transaction: Transaction, ids: Sequence[str]) -> dict[str, int]:
    query = (
        select(KEPT_CASE.c.case_id, func.max(KEPT_CASE.c.until).label("until"))
        .where(KEPT_CASE.c.case_id.in_(ids), KEPT_CASE.c.until >= transaction.now.date().toordinal())
        .group_by(KEPT_CASE.c.case_id)
    )
    return {row.case_id: row.until for row in transaction.connection.execute(query)}


def _instant(at_ms: int | None) -> str | None:
    return None if at_ms is None else format_instant(from_milliseconds(at_ms))
