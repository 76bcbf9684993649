"""Who does a piece of work that must be done once, whatever the number of server processes.

A row a job says how far it has come and until when somebody is at it. Whoever changes that row first has the work; a
process that dies leaves it for the others when its time is up. No advisory lock and no leader is needed for that.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import update

from server.database.engine import Transaction
from server.database.supervision_tables import JOB
from server.database.upsert import insert_missing

_TIME_MS: Final = 10 * 60_000
"""How long a process may be at a job before another one takes it over; the jobs can be run twice without harm."""


def claim(transaction: Transaction, job: str, due: str, holder: str) -> bool:
    """Take a job for oneself unless it is done up to ``due`` or somebody is at it."""
    insert_missing(transaction.connection, JOB, [{"name": job, "done": "", "holder": "", "until_ms": 0}])
    taken = transaction.connection.execute(
        update(JOB)
        .where(JOB.c.name == job, JOB.c.done < due, JOB.c.until_ms <= transaction.now_ms)
        .values(holder=holder, until_ms=transaction.now_ms + _TIME_MS)
    )
    return taken.rowcount == 1


def finish(transaction: Transaction, job: str, due: str, holder: str) -> None:
    """Say that a job is done up to ``due``; one that was taken over meanwhile is its new holder's to say."""
    transaction.connection.execute(
        update(JOB).where(JOB.c.name == job, JOB.c.holder == holder).values(done=due, until_ms=0)
    )
