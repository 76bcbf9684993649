"""Moving cases: at once, or when the call that is running has ended.

**A running call is not torn away**: a reassignment that may wait is kept until the owner's call ends, at the latest
fifteen minutes after it began.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import bindparam, delete, select, update

from domain.case.model import Case
from domain.clock import milliseconds
from server.audit import record
from server.cases.casework import Casework
from server.cases.open_case import OpenCase
from server.database.arrays import among
from server.database.engine import Database, Transaction
from server.database.schema import PENDING_MOVE, REASSIGNED, USER
from server.database.upsert import upsert

LONGEST_WAIT: Final = timedelta(minutes=15)
"""How long a reassignment waits for a call to end, counted from the call's start."""

_SWEEP_AT_ONCE: Final = 100

# Asked at every request that reads a feed or hands facts over, so these are put together once.
_DUE: Final = select(PENDING_MOVE.c.case_id).where(PENDING_MOVE.c.due_ms <= bindparam("now")).limit(_SWEEP_AT_ONCE)
_WAITING: Final = select(PENDING_MOVE).where(among(PENDING_MOVE.c.case_id, "cases")).order_by(PENDING_MOVE.c.case_id)


def running_call_ends_by(case: Case, owner: str | None, now: datetime) -> datetime | None:
    """Tell until when a call of the owner may be running; ``None`` when none is."""
    started = [
        attempt.at
        for attempt in case.attempts
        if attempt.author == owner
        and attempt.channel == "call"
        and attempt.ended_at is None
        and now - attempt.at < LONGEST_WAIT
    ]
    return max(started, default=None) and max(started) + LONGEST_WAIT


def move(
    casework: Casework,
    case: OpenCase,
    agent: str | None,
    actor: str,
    reassignment: str,
    *,
    forced: bool = False,
    name: str | None = None,
    waiting: bool = True,
) -> None:
    """Give a case to an agent or to the pool, now, and say so in the audit trail.

    ``name`` is looked up where absent; ``waiting`` is false where no other move of the case can be waiting for a call.
    """
    transaction = casework.transaction
    if agent is not None and name is None:
        name = transaction.connection.execute(select(USER.c.name).where(USER.c.id == agent)).scalar()
    former = case.owner
    casework.assign(case, agent, name, reassignment, forced=forced)
    if waiting:
        forget_waiting(transaction, case.id)
    record(
        transaction,
        actor,
        "case.reassigned",
        case.id,
        case.team,
        source=former,
        target=agent,
        reassignment=reassignment,
        forced=forced,
    )


def wait_for_call(
    transaction: Transaction,
    case: OpenCase,
    agent: str | None,
    actor: str,
    reassignment: str,
    until: datetime,
    *,
    forced: bool,
) -> None:
    """Keep a move for when the running call has ended; a newer decision replaces an older one."""
    upsert(
        transaction.connection,
        PENDING_MOVE,
        [
            {
                "case_id": case.id,
                "reassignment_id": reassignment,
                "to_agent": agent,
                "force": int(forced),
                "actor": actor,
                "due_ms": milliseconds(until),
            }
        ],
    )


def forget_waiting(transaction: Transaction, case_id: str) -> None:
    """Drop a move that waits: a newer decision made it void."""
    transaction.connection.execute(delete(PENDING_MOVE).where(PENDING_MOVE.c.case_id == case_id))


def apply_waiting_moves(casework: Casework, cases: Iterable[OpenCase]) -> None:
    """Move those of the cases whose call has ended, or has lasted too long, as was decided for them."""
    by_id = {case.id: case for case in cases}
    transaction = casework.transaction
    for row in transaction.connection.execute(_WAITING, {"cases": sorted(by_id)}).all() if by_id else ():
        case = by_id[row.case_id]
        if row.due_ms > transaction.now_ms and running_call_ends_by(case.folded, case.owner, transaction.now):
            continue
        if case.owner == row.to_agent:
            forget_waiting(transaction, case.id)
        else:
            move(casework, case, row.to_agent, row.actor, row.reassignment_id, forced=bool(row.force))
        transaction.connection.execute(
            update(REASSIGNED)
            .where(REASSIGNED.c.reassignment_id == row.reassignment_id, REASSIGNED.c.case_id == case.id)
            .values(status="moved")
        )


def sweep_waiting_moves(database: Database) -> None:
    """Make the moves whose time is up. Cheap when there are none, so every reader of a feed calls it first."""
    with database.reading() as transaction:
        due = due_moves(transaction)
    if due:
        database.write(lambda transaction: _sweep(transaction, due))


def due_moves(transaction: Transaction) -> list[str]:
    """Name cases whose move has waited long enough."""
    return list(transaction.connection.execute(_DUE, {"now": transaction.now_ms}).scalars())


def _sweep(transaction: Transaction, case_ids: list[str]) -> None:
    casework = Casework(transaction)
    apply_waiting_moves(casework, casework.open(case_ids).values())
    casework.finish()
