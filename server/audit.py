"""The audit trail: who did what to which case, device or person. It carries ids and counts, never names or notes."""

from __future__ import annotations

from domain.canonical import canonical_bytes
from server.database.engine import Transaction
from server.database.trail import Line


def record(
    transaction: Transaction, actor: str, action: str, subject: str, team: str | None = None, **detail: object
) -> None:
    """Write one line of the trail in the transaction that does the deed, so that neither exists without the other.

    The line is chained to the ones before it when the transaction ends (:mod:`server.database.trail`).
    """
    transaction.trail.append(
        Line(transaction.ids.new(), transaction.now_ms, actor, action, subject, team, canonical_bytes(detail))
    )
