"""What is known of agents' machines: when they were last heard from, and until when they may call."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select

from domain.supervision.board import LeaseState
from server.database.engine import Transaction
from server.database.schema import DEVICE

ONLINE_MS: Final = 60_000
"""A machine that was heard from within so many milliseconds is online."""

_ENDING_MS: Final = 30 * 60_000
"""A lease that ends within so many milliseconds is shown as ending."""


@dataclass(frozen=True, slots=True)
class Contact:
    """One agent's machines taken together: the newest contact, the longest lease, the name of the one heard from last."""

    contact_ms: int | None = None
    lease_until_ms: int | None = None
    name: str | None = None

    def is_online(self, now_ms: int) -> bool:
        """Tell whether a machine was heard from just now."""
        return self.contact_ms is not None and now_ms - self.contact_ms < ONLINE_MS

    def lease(self, now_ms: int) -> LeaseState:
        """Tell whether a machine of theirs may call."""
        if self.lease_until_ms is None:
            return "none"
        if self.lease_until_ms <= now_ms:
            return "over"
        return "held" if self.lease_until_ms - now_ms > _ENDING_MS else "ending"


def contacts(transaction: Transaction, agents: Sequence[str]) -> dict[str, Contact]:
    """Give what is known of the machines of each agent who has one."""
    query = (
        select(DEVICE.c.user_id, DEVICE.c.contact_ms, DEVICE.c.lease_until_ms, DEVICE.c.name, DEVICE.c.id)
        .where(DEVICE.c.user_id.in_(agents))
        .order_by(DEVICE.c.contact_ms, DEVICE.c.id)
    )
    found: dict[str, Contact] = {}
    for row in transaction.connection.execute(query):
        before = found.get(row.user_id, Contact())
        lease = max(before.lease_until_ms or 0, row.lease_until_ms)
        found[row.user_id] = Contact(row.contact_ms, lease, row.name or row.id)
    return found
