"""Taking up events again that an older server did not understand: they were kept as bytes for the day one does."""

from __future__ import annotations

import functools
from typing import Any, Final

from sqlalchemy import select, update

from domain.canonical import digest
from domain.clock import from_milliseconds
from domain.facts import CLIENT_TYPES
from server import typed
from server.audit import record
from server.database.engine import Database, Transaction
from server.database.schema import QUARANTINE
from server.facts.envelope import Envelope, Received
from server.facts.intake import Intake
from server.facts.quarantine import Reason
from server.people.directory import find
from server.people.sessions import Caller

_REASONS: Final[tuple[Reason, ...]] = ("unknown-type", "undecodable")
_UNDERSTOOD: Final = "understood"


def take_up_again(database: Database, epoch: str) -> int:
    """Add what this server understands of the events kept apart; answer how many those were.

    Each keeps the instant it was received at and the answer it got then.
    """
    query = select(QUARANTINE.c.event_id, QUARANTINE.c.digest).where(
        QUARANTINE.c.decided.is_(None), QUARANTINE.c.reason.in_(_REASONS), QUARANTINE.c.type.in_(sorted(CLIENT_TYPES))
    )
    with database.reading() as transaction:
        waiting = transaction.connection.execute(query.order_by(QUARANTINE.c.received_ms, QUARANTINE.c.event_id)).all()
    return sum(
        database.write(functools.partial(_take_up, event_id=event_id, event_digest=event_digest, epoch=epoch))
        for event_id, event_digest in waiting
    )


def _take_up(transaction: Transaction, *, event_id: str, event_digest: str, epoch: str) -> bool:
    here = (
        QUARANTINE.c.event_id == event_id,
        QUARANTINE.c.digest == event_digest,
        QUARANTINE.c.decided.is_(None),
    )
    row = transaction.connection.execute(select(QUARANTINE).where(*here).with_for_update()).first()
    if row is None or not retake(transaction, row, epoch):
        return False
    transaction.connection.execute(update(QUARANTINE).where(*here).values(decided=_UNDERSTOOD))
    record(transaction, "server", "event.understood", row.event_id)
    return True


def retake(transaction: Transaction, row: Any, epoch: str, vouched_for_by: str | None = None) -> bool:
    """Add the event of a row of the quarantine to its case; answer whether that could be done."""
    author = find(transaction, row.author)
    if author is None:
        return False
    envelope = typed.decode(row.body, Envelope)
    received = Received(envelope, bytes(row.body), digest(bytes(row.body)))
    caller = Caller(author.id, author.name, author.role, author.team, row.device_id, True, "")
    return Intake(transaction, caller, epoch, from_milliseconds(row.received_ms)).take_up(received, vouched_for_by)
