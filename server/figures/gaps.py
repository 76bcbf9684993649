"""Facts a machine has numbered and the server has not received."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from sqlalchemy import func, select

from server.database.engine import Transaction
from server.database.schema import DEVICE, RECEIPT


def missing_facts(transaction: Transaction, agents: Sequence[str]) -> Counter[str]:
    """Count the numbers missing below the highest one received, over all machines of each agent."""
    query = (
        select(
            DEVICE.c.user_id,
            (func.max(RECEIPT.c.seq) - DEVICE.c.received_through - func.count(RECEIPT.c.seq)).label("missing"),
        )
        .join(RECEIPT, (RECEIPT.c.device_id == DEVICE.c.id) & (RECEIPT.c.seq > DEVICE.c.received_through))
        .where(DEVICE.c.user_id.in_(agents))
        .group_by(DEVICE.c.id, DEVICE.c.user_id, DEVICE.c.received_through)
    )
    gaps: Counter[str] = Counter()
    for row in transaction.connection.execute(query):
        gaps[row.user_id] += row.missing
    return gaps
