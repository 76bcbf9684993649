"""Holds: why a new owner may not call yet.

After a reassignment the former owner's machine may still show the case until it has stored the ``remove`` or its lease
has run out. Until then the new owner's document says ``hold``, so that **at no instant two devices may call one
customer**.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import bindparam, delete, func, select

from domain.case import model
from domain.clock import from_milliseconds
from server.database.engine import Transaction
from server.database.schema import DEVICE, HOLD, USER

CONTACT_GRAIN_MS: Final = 15_000
"""How much older than the truth the recorded contact of a device may be: it is not written at every poll."""

SLACK_MS: Final = CONTACT_GRAIN_MS + 15_000
"""What is added to a device's lease: the grain above, and the time an answer may travel before the lease counts."""


# Asked at every change and every acknowledgement, so these are put together once.
_STANDING: Final = (
    select(HOLD.c.case_id, HOLD.c.agent_id, HOLD.c.until_ms, USER.c.name)
    .join(USER, USER.c.id == HOLD.c.agent_id)
    .where(HOLD.c.case_id.in_(bindparam("cases", expanding=True)), HOLD.c.until_ms > bindparam("now"))
)
_HELD_FOR: Final = (
    select(HOLD.c.case_id, HOLD.c.remove_seq).where(HOLD.c.agent_id == bindparam("agent")).order_by(HOLD.c.case_id)
)
_FURTHEST_BEHIND: Final = select(func.min(DEVICE.c.acked_seq)).where(
    DEVICE.c.user_id == bindparam("agent"), DEVICE.c.lease_until_ms + SLACK_MS > bindparam("now")
)


@dataclass(frozen=True, slots=True)
class Hold:
    """Until when the former owner ``agent`` may still be calling."""

    agent: str
    name: str = field(repr=False)
    until_ms: int

    def on_case(self) -> model.Hold:
        """Give the hold as a case's document shows it."""
        return model.Hold(self.name, from_milliseconds(self.until_ms))


def leases_of(transaction: Transaction, agents: Iterable[str]) -> dict[str, Hold]:
    """Tell which agents have a device that may still call, and until when."""
    query = (
        select(DEVICE.c.user_id, USER.c.name, func.max(DEVICE.c.lease_until_ms).label("until_ms"))
        .join(USER, USER.c.id == DEVICE.c.user_id)
        .where(DEVICE.c.user_id.in_(sorted(agents)), DEVICE.c.lease_until_ms + SLACK_MS > transaction.now_ms)
        .group_by(DEVICE.c.user_id, USER.c.name)
    )
    rows = transaction.connection.execute(query)
    return {row.user_id: Hold(row.user_id, row.name, row.until_ms + SLACK_MS) for row in rows}


def standing_holds(transaction: Transaction, case_ids: Iterable[str]) -> dict[str, list[Hold]]:
    """Give the holds that have not run out, by case."""
    asked = {"cases": sorted(case_ids), "now": transaction.now_ms}
    holds: defaultdict[str, list[Hold]] = defaultdict(list)
    for row in transaction.connection.execute(_STANDING, asked):
        holds[row.case_id].append(Hold(row.agent_id, row.name, row.until_ms))
    return dict(holds)


def acknowledged(transaction: Transaction, agent: str) -> list[str]:
    """Name the cases held for ``agent`` whose removal every device of theirs that may still call has stored."""
    held = transaction.connection.execute(_HELD_FOR, {"agent": agent}).all()
    if not held:
        return []
    behind = transaction.connection.execute(_FURTHEST_BEHIND, {"agent": agent, "now": transaction.now_ms}).scalar()
    return [case_id for case_id, remove_seq in held if behind is None or remove_seq <= behind]


def drop_holds(transaction: Transaction, agent: str, case_ids: Iterable[str]) -> None:
    """Let the cases go; their rows must be locked already."""
    transaction.connection.execute(delete(HOLD).where(HOLD.c.agent_id == agent, HOLD.c.case_id.in_(sorted(case_ids))))
