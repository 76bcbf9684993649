"""Drawing from the pool: the best case that nobody owns and that may be called now.

**Two agents never draw one case**: the case's row is locked while it is looked at, and it is given away only while nobody
owns it.
"""

from __future__ import annotations

import functools
from datetime import datetime
from typing import Final

import msgspec
from sqlalchemy import case as sql_case
from sqlalchemy import select

from domain.case.gating import may_call_case
from domain.case.model import Case
from domain.case.reading import good_phones
from domain.queue import build_queue
from domain.queue.model import Verdict
from domain.supervision import DrawnCase
from server import typed
from server.audit import record
from server.cases.casework import Casework
from server.database.engine import Database, Transaction
from server.database.locking import lock_if_free
from server.database.schema import CASE
from server.documents import current_policy
from server.people.sessions import Caller

_AT_ONCE: Final = 200
"""How many cases are ranked together, the oldest debts first; the next ones are looked at when none may be called."""

_MOST: Final = 5_000
_ROUNDS: Final = 5


def draw(database: Database, caller: Caller) -> DrawnCase | None:
    """Give the caller the best callable case of the team's pool; ``None`` when there is none."""
    for _ in range(_ROUNDS):  # where others were faster with every case of a round, the pool is looked at anew
        with database.reading() as transaction:
            ranked = _ranked(transaction, caller.team)
        if not ranked:
            return None
        for wait in (False, True):  # a case that somebody else holds is waited for when no other is left
            for case_id in ranked:
                drawn = database.write(functools.partial(_take, caller=caller, case_id=case_id, wait=wait))
                if drawn is not None:
                    return drawn
    return None


def _ranked(transaction: Transaction, team: str) -> list[str]:
    """Rank the pool as the agents' own queues are ranked; what may not be called now is left out."""
    query = (
        select(CASE.c.doc)
        .where(CASE.c.team == team, CASE.c.owner_id.is_(None), CASE.c.closed.is_(None), CASE.c.owed > 0)
        .order_by(sql_case((CASE.c.oldest_due.is_(None), 1), else_=0), CASE.c.oldest_due, CASE.c.owed.desc(), CASE.c.id)
        .limit(_AT_ONCE)
    )
    policy = current_policy(transaction)

    def gate(case: Case, at: datetime) -> Verdict:
        return may_call_case(case, at, policy, phone=next(iter(good_phones(case)), None))

    for offset in range(0, _MOST, _AT_ONCE):
        documents = list(transaction.connection.execute(query.offset(offset)).scalars())
        if not documents:
            break
        cases = [typed.decode(document, Case) for document in documents]
        callable_now = [row.case_id for row in build_queue(cases, transaction.now, policy, gate).today if row.callable]
        if callable_now:
            return callable_now
    return []


def _take(transaction: Transaction, *, caller: Caller, case_id: str, wait: bool) -> DrawnCase | None:
    if not wait and not lock_if_free(transaction.connection, CASE.c.id, case_id):
        return None
    casework = Casework(transaction)
    case = casework.open([case_id]).get(case_id)
    if case is None or case.owner is not None or case.was_closed is not None:
        return None  # somebody was faster
    casework.assign(case, caller.id, caller.name)
    ver = casework.finish()[case_id]
    record(transaction, caller.id, "case.drawn", case_id, caller.team)
    body = transaction.connection.execute(select(CASE.c.doc).where(CASE.c.id == case_id)).scalar_one()
    return DrawnCase(case_id, ver, msgspec.json.decode(body))
