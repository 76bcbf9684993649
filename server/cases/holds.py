"""Holds: why a new owner may not call yet.

After a reassignment the former owner's machine may still show the case until it has stored the ``remove`` or its lease
has run out. Until then the new owner's document says ``hold``, so that **at no instant two devices may call one
customer**.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from sqlalchemy import bindparam, delete, func, select

from domain.case import model
from domain.clock import from_milliseconds
from domain.wire import OtherMachine
from server.database.arrays import among
from server.database.engine import Transaction
from server.database.schema import DEVICE, HOLD, USER
from server.people.sessions import Caller

CONTACT_GRAIN_MS: Final = 15_000
"""How much older than the truth the recorded contact of a device may be: it is not written at every poll."""

SLACK_MS: Final = CONTACT_GRAIN_MS + 15_000
"""What is added to a device's lease: the grain above, and the time an answer may travel before the lease counts."""

SILENT_AFTER_MS: Final = 6 * 60_000
"""A machine that works asks at least every five minutes; one that has not been heard from for longer is silent."""

# Asked at every change and every acknowledgement, so these are put together once.
_STANDING: Final = (
    select(HOLD.c.case_id, HOLD.c.agent_id, HOLD.c.until_ms, HOLD.c.forced, HOLD.c.since_ms, USER.c.name)
    .join(USER, USER.c.id == HOLD.c.agent_id)
    .where(among(HOLD.c.case_id, "cases"), HOLD.c.until_ms > bindparam("now"))
)
_HELD_FOR: Final = (
    select(HOLD.c.case_id, HOLD.c.remove_seq).where(HOLD.c.agent_id == bindparam("agent")).order_by(HOLD.c.case_id)
)
_SILENT: Final = (
    select(DEVICE.c.name, DEVICE.c.contact_ms, DEVICE.c.lease_until_ms)
    .where(DEVICE.c.user_id == bindparam("agent"), DEVICE.c.id != bindparam("device"))
    .where(DEVICE.c.lease_until_ms + SLACK_MS > bindparam("now"), DEVICE.c.contact_ms < bindparam("before"))
    .order_by(DEVICE.c.id)
)
_FURTHEST_BEHIND: Final = select(func.min(DEVICE.c.acked_seq)).where(
    DEVICE.c.user_id == bindparam("agent"), DEVICE.c.lease_until_ms + SLACK_MS > bindparam("now")
)


@dataclass(frozen=True, slots=True)
class Hold:
    """Until when the former owner ``agent`` may still be calling.

    ``forced`` ones keep nobody from calling; what the machine may have done since it was heard from, at ``since_ms``, counts
    against the caps.
    """

    agent: str
    name: str = field(repr=False)
    until_ms: int
    since_ms: int = 0
    forced: bool = False

    def on_case(self) -> model.Hold:
        """Give the hold as a case's document shows it."""
        return model.Hold(self.name, from_milliseconds(self.until_ms))

    def as_silence(self) -> model.Silence:
        """Give a forced one as a case's document shows it."""
        return model.Silence(self.name, from_milliseconds(self.since_ms), from_milliseconds(self.until_ms))


def with_holds(case: model.Case, holds: Sequence[Hold], *, forced: bool) -> model.Case:
    """Show on a case the longest hold, and the silent machines of those that were forced; ``forced`` makes all such."""
    keeping = [hold for hold in holds if not (forced or hold.forced)]
    silent = sorted((hold for hold in holds if forced or hold.forced), key=lambda each: each.agent)
    longest = max(keeping, key=lambda each: (each.until_ms, each.agent), default=None)
    return replace(
        case,
        hold=None if longest is None else longest.on_case(),
        silent=tuple(hold.as_silence() for hold in silent),
    )


def leases_of(transaction: Transaction, agents: Iterable[str]) -> dict[str, Hold]:
    """Tell which agents have a device that may still call, and until when."""
    query = (
        select(DEVICE.c.user_id, USER.c.name, func.max(DEVICE.c.lease_until_ms).label("until_ms"))
        .add_columns(func.min(DEVICE.c.contact_ms).label("since_ms"))
        .join(USER, USER.c.id == DEVICE.c.user_id)
        .where(DEVICE.c.user_id.in_(sorted(agents)), DEVICE.c.lease_until_ms + SLACK_MS > transaction.now_ms)
        .group_by(DEVICE.c.user_id, USER.c.name)
    )
    rows = transaction.connection.execute(query)
    return {row.user_id: Hold(row.user_id, row.name, row.until_ms + SLACK_MS, row.since_ms) for row in rows}


def standing_holds(transaction: Transaction, case_ids: Iterable[str]) -> dict[str, list[Hold]]:
    """Give the holds that have not run out, by case."""
    asked = {"cases": sorted(case_ids), "now": transaction.now_ms}
    holds: defaultdict[str, list[Hold]] = defaultdict(list)
    for row in transaction.connection.execute(_STANDING, asked):
        holds[row.case_id].append(Hold(row.agent_id, row.name, row.until_ms, row.since_ms, bool(row.forced)))
    return dict(holds)


def acknowledged(transaction: Transaction, agent: str) -> list[str]:
    """Name the cases held for ``agent`` whose removal every device of theirs that may still call has stored."""
    held = transaction.connection.execute(_HELD_FOR, {"agent": agent}).all()
    if not held:
        return []
    behind = transaction.connection.execute(_FURTHEST_BEHIND, {"agent": agent, "now": transaction.now_ms}).scalar()
    return [case_id for case_id, remove_seq in held if behind is None or remove_seq <= behind]


def stored_by_one(transaction: Transaction, agent: str, position: int) -> list[str]:
    """Name the cases held for ``agent`` whose removal a device that has stored its feed up to ``position`` has stored.

    Whether all their devices have, :func:`acknowledged` tells when that is written down.
    """
    held = transaction.connection.execute(_HELD_FOR, {"agent": agent}).all()
    return [case_id for case_id, remove_seq in held if remove_seq <= position]


def is_waited_for(transaction: Transaction, agent: str) -> bool:
    """Tell whether any case is held until the agent's devices have stored its removal."""
    return transaction.connection.execute(_HELD_FOR, {"agent": agent}).first() is not None


def drop_holds(transaction: Transaction, agent: str, case_ids: Iterable[str]) -> None:
    """Let the cases go; their rows must be locked already."""
    transaction.connection.execute(delete(HOLD).where(HOLD.c.agent_id == agent, HOLD.c.case_id.in_(sorted(case_ids))))


def silent_machines(transaction: Transaction, caller: Caller) -> list[OtherMachine]:
    """Give the caller's other machines that may still call and have not been heard from for a while."""
    now = transaction.now_ms
    asked = {"agent": caller.id, "device": caller.device_id, "now": now, "before": now - SILENT_AFTER_MS}
    return [
        OtherMachine(from_milliseconds(row.contact_ms), from_milliseconds(row.lease_until_ms + SLACK_MS), row.name)
        for row in transaction.connection.execute(_SILENT, asked)
    ]
