"""Holds: cases a supervisor keeps where they are until a day has passed, whatever is dealt out meanwhile."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import delete, insert, select, update

from domain.canonical import canonical_bytes, digest
from domain.clock import format_instant, from_milliseconds
from domain.i18n import tr
from domain.supervision import HoldAnswer, HoldList, HoldRequest, ReassignmentRequest
from domain.text import clean_line
from server.audit import record
from server.cases.planning import ReassignmentRefused, draft_of
from server.cases.reassigning import IdReused
from server.database.engine import Transaction
from server.database.schema import USER
from server.database.supervision_tables import KEEPING, KEPT_CASE
from server.people.sessions import Caller

_LONGEST_REASON = 500


class NoSuchHold(Exception):  # noqa: N818 - it answers a request, it reports no malfunction
    """There is no such hold, or it is another team's: the two are not told apart."""


def hold_cases(transaction: Transaction, caller: Caller, hold: str, request: HoldRequest) -> HoldAnswer:
    """Keep cases where they are up to the end of a day; the same request again changes nothing.

    Raises :class:`server.cases.reassigning.IdReused`, :class:`server.cases.planning.NothingAllowed` and
    :class:`server.cases.planning.ReassignmentRefused`.
    """
    asked = digest(canonical_bytes([caller.team, request]))
    known = transaction.connection.execute(select(KEEPING.c.digest).where(KEEPING.c.id == hold)).scalar()
    if known is not None and known != asked:
        raise IdReused
    if known is None:
        if request.until < transaction.now.date():
            raise ReassignmentRefused(tr("The day until which the cases stay is already past."))
        wanted = ReassignmentRequest(cases=request.cases, filter=request.filter, held=True)
        draft = draft_of(transaction, caller.team, wanted, {})
        day = request.until.toordinal()
        transaction.connection.execute(
            insert(KEEPING).values(
                id=hold,
                digest=asked,
                team=caller.team,
                until=day,
                cases=len(draft.planned),
                reason=clean_line(request.reason or "")[:_LONGEST_REASON] or None,
                actor=caller.id,
                released=0,
                at_ms=transaction.now_ms,
            )
        )
        rows = [{"case_id": each.case, "keeping_id": hold, "until": day} for each in draft.planned]
        if rows:
            transaction.connection.execute(insert(KEPT_CASE), rows)
        record(transaction, caller.id, "cases.held", hold, caller.team, cases=len(rows), until=request.until)
    return _read(transaction, caller.team, hold)


def release(transaction: Transaction, caller: Caller, hold: str) -> HoldAnswer:
    """Let the cases of a hold go. Raises :class:`NoSuchHold`."""
    answer = _read(transaction, caller.team, hold)
    if not answer.released:
        transaction.connection.execute(update(KEEPING).where(KEEPING.c.id == hold).values(released=1))
        transaction.connection.execute(delete(KEPT_CASE).where(KEPT_CASE.c.keeping_id == hold))
        record(transaction, caller.id, "cases.released", hold, caller.team, cases=answer.cases)
    return _read(transaction, caller.team, hold)


def list_holds(transaction: Transaction, team: str) -> HoldList:
    """Give the holds of a team that stand, the next to end first."""
    standing = (KEEPING.c.released == 0) & (KEEPING.c.until >= transaction.now.date().toordinal())
    query = _query(team).where(standing).order_by(KEEPING.c.until, KEEPING.c.id)
    return HoldList([_answer(row) for row in transaction.connection.execute(query)])


def _read(transaction: Transaction, team: str, hold: str) -> HoldAnswer:
    row = transaction.connection.execute(_query(team).where(KEEPING.c.id == hold)).first()
    if row is None:
        raise NoSuchHold
    return _answer(row)


def _query(team: str) -> Any:
    return (
        select(KEEPING, USER.c.name.label("actor_name"))
        .outerjoin(USER, USER.c.id == KEEPING.c.actor)
        .where(KEEPING.c.team == team)
    )


def _answer(row: Any) -> HoldAnswer:
    return HoldAnswer(
        id=row.id,
        until=date.fromordinal(row.until),
        cases=row.cases,
        at=format_instant(from_milliseconds(row.at_ms)),
        actor=row.actor,
        actor_name=row.actor_name,
        reason=row.reason,
        released=bool(row.released),
    )
