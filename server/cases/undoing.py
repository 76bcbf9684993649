"""Taking reassignments back, and the list of them."""

from __future__ import annotations

from typing import Any

import msgspec
from sqlalchemy import delete, select, update

from domain.canonical import canonical_bytes, digest
from domain.clock import format_instant, from_milliseconds
from domain.supervision import ReassignmentLine, ReassignmentPage, ReassignmentRequest, UndoRequest
from server.cases.loads import loads
from server.cases.planning import Draft, Planned, active_agents, rows_of
from server.cases.reassigning import (
    Kind,
    NoSuchReassignment,
    carry_out,
    counts_of,
    known_answer,
    moved_cases,
    preview_of,
    write_plan,
)
from server.database.engine import Database, Transaction
from server.database.schema import PENDING_MOVE, REASSIGNED, REASSIGNMENT, USER
from server.people.sessions import Caller

_SUFFIX = "~undo"


def undo(database: Database, caller: Caller, reassignment: str, request: UndoRequest, kind: Kind = "undo") -> bytes:
    """Give back every case that is still where a reassignment put it; answer like a reassignment.

    What still waited for a call stays where it is. A former owner whose account is closed gets nothing back: those
    cases go to the pool. Raises :class:`server.cases.reassigning.NoSuchReassignment`.
    """
    back = reassignment + _SUFFIX
    order = ReassignmentRequest(cases=[], reason=request.reason, dry_run=request.dry_run)
    if request.dry_run:
        with database.reading() as transaction:
            draft = _draft(transaction, caller.team, reassignment)
            return preview_of(transaction, caller.team, back, draft, loads(transaction, caller.team))
    asked = digest(canonical_bytes(["undo", reassignment]))

    def plan(transaction: Transaction) -> bytes | None:
        known = known_answer(transaction, caller, back, asked)
        if known is not None:
            return known or None
        draft = _draft(transaction, caller.team, reassignment)
        _forget_what_waits(transaction, reassignment)
        before = loads(transaction, caller.team)
        write_plan(transaction, caller, back, order, asked, draft, before, kind)
        transaction.connection.execute(
            update(REASSIGNMENT).where(REASSIGNMENT.c.id == reassignment).values(undone_by=back)
        )
        return None

    answer = database.write(plan)
    return answer if answer is not None else carry_out(database, caller, back, order)


def _draft(transaction: Transaction, team: str, reassignment: str) -> Draft:
    known = transaction.connection.execute(
        select(REASSIGNMENT.c.id).where(REASSIGNMENT.c.id == reassignment, REASSIGNMENT.c.team == team)
    ).first()
    if known is None:
        raise NoSuchReassignment
    moves = {each.case: each for each in moved_cases(transaction, reassignment) if each.status == "moved"}
    here = {person.id for person in active_agents(transaction, team)}
    draft = Draft()
    for row in rows_of(transaction, team, moves):
        move = moves[row.case_id]
        if row.owner_id != move.target:
            continue  # somebody has moved it since
        back = move.source if move.source in here else None
        draft.planned.append(Planned(row.case_id, back, row.owner_id, row.currency, row.owed))
    return draft


def _forget_what_waits(transaction: Transaction, reassignment: str) -> None:
    transaction.connection.execute(delete(PENDING_MOVE).where(PENDING_MOVE.c.reassignment_id == reassignment))
    transaction.connection.execute(
        update(REASSIGNED)
        .where(REASSIGNED.c.reassignment_id == reassignment, REASSIGNED.c.status.in_(("waiting", "planned")))
        .values(status="unchanged")
    )


def list_reassignments(transaction: Transaction, team: str, before: str | None, limit: int) -> ReassignmentPage:
    """Give a team's reassignments, newest first; ``before`` is what the last page ended with."""
    query = (
        select(REASSIGNMENT, USER.c.name.label("actor_name"))
        .outerjoin(USER, USER.c.id == REASSIGNMENT.c.asked_by)
        .where(REASSIGNMENT.c.team == team)
        .order_by(REASSIGNMENT.c.at_ms.desc(), REASSIGNMENT.c.id.desc())
        .limit(limit + 1)
    )
    if before is not None:
        at_text, _, last = before.partition("~")
        at_ms = int(at_text) if at_text.isdecimal() else 0
        query = query.where(
            (REASSIGNMENT.c.at_ms < at_ms) | ((REASSIGNMENT.c.at_ms == at_ms) & (REASSIGNMENT.c.id < last))
        )
    rows = transaction.connection.execute(query).all()
    counts = counts_of(transaction, [row.id for row in rows[:limit]])
    lines = [_line(row, counts[row.id]) for row in rows[:limit]]
    more = rows[limit - 1] if len(rows) > limit else None
    return ReassignmentPage(lines, None if more is None else f"{more.at_ms}~{more.id}")


def _line(row: Any, counts: dict[str, int]) -> ReassignmentLine:
    options: dict[str, Any] = msgspec.json.decode(row.options)
    return ReassignmentLine(
        id=row.id,
        at=format_instant(from_milliseconds(row.at_ms)),
        actor=row.asked_by,
        kind=row.kind,
        state="running" if row.answer is None else "done",
        counts=counts,
        strategy=options.get("strategy"),
        to=options.get("to"),
        reason=options.get("reason"),
        actor_name=row.actor_name,
        undone_by=row.undone_by,
    )
