"""The audit trail: who did what to which case, device or person. It carries ids and counts, never names or notes."""

from __future__ import annotations

from sqlalchemy import insert

from domain.canonical import canonical_bytes
from server.database.engine import Transaction
from server.database.schema import AUDIT


def record(
    transaction: Transaction, actor: str, action: str, subject: str, team: str | None = None, **detail: object
) -> None:
    """Write one line of the trail in the transaction that does the deed, so that neither exists without the other."""
    transaction.connection.execute(
        insert(AUDIT).values(
            id=transaction.ids.new(),
            at_ms=transaction.now_ms,
            actor=actor,
            action=action,
            subject=subject,
            team=team,
            detail=canonical_bytes(detail),
        )
    )
