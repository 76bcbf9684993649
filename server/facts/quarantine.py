"""Quarantine: events kept as bytes because this server does not understand, or must not believe, them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from server.database.engine import Transaction
from server.database.schema import QUARANTINE
from server.database.upsert import insert_missing
from server.facts.envelope import Received
from server.people.sessions import Caller

Reason = Literal[
    "unknown-type",
    "undecodable",
    "no-instant",
    "server-only",
    "not-allowed",
    "no-such-case",
    "unfoldable",
    "device-revoked",
    "other-bytes",
]
"""Why an event is kept apart. ``other-bytes`` is the second of two different events with one id."""


@dataclass(frozen=True, slots=True)
class Kept:
    """One event to keep apart."""

    received: Received
    reason: Reason


def keep(transaction: Transaction, caller: Caller, events: Sequence[Kept]) -> None:
    """Store the bytes; the same bytes under the same id are stored once."""
    insert_missing(
        transaction.connection,
        QUARANTINE,
        [
            {
                "event_id": kept.received.envelope.id,
                "digest": kept.received.digest,
                "kind": "conflict" if kept.reason == "other-bytes" else "quarantined",
                "reason": kept.reason,
                "type": kept.received.envelope.type,
                "case_id": kept.received.envelope.case_id,
                "author": caller.id,
                "device_id": caller.device_id,
                "received_ms": transaction.now_ms,
                "body": kept.received.body,
            }
            for kept in events
        ],
    )
