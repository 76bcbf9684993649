"""Machines: who works on them, when they were last heard from, and shutting one out for good.

**A machine that is shut out reads nothing and loses nothing.** Its sessions end with an answer that tells its client to
erase what it shows; its deposit key stays good, for what was captured there before is still owed to the customer's file.
What it claims to have captured afterwards is kept apart for a supervisor.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select, update

from domain.clock import format_instant, from_milliseconds
from domain.supervision import DeviceLine
from server.audit import record
from server.database.engine import Transaction
from server.database.schema import DEVICE, RECEIPT, USER


class NoSuchDevice(Exception):  # noqa: N818 - it answers a request, it reports no malfunction
    """There is no such machine, or it is another team's: the two are not told apart."""


def list_devices(transaction: Transaction, team: str | None = None) -> list[DeviceLine]:
    """List the machines of a team, or all, by their people's logins; the ones heard from last come first."""
    highest = (
        select(RECEIPT.c.device_id, func.max(RECEIPT.c.seq).label("highest"))
        .group_by(RECEIPT.c.device_id)
        .subquery("receipts")
    )
    query = (
        select(DEVICE, USER.c.login, USER.c.name.label("person"), highest.c.highest)
        .join(USER, USER.c.id == DEVICE.c.user_id)
        .outerjoin(highest, highest.c.device_id == DEVICE.c.id)
        .order_by(USER.c.login, DEVICE.c.contact_ms.desc(), DEVICE.c.id)
    )
    if team is not None:
        query = query.where(USER.c.team == team)
    return [_line(row) for row in transaction.connection.execute(query)]


def revoke(transaction: Transaction, device_id: str, actor: str, team: str | None = None) -> None:
    """Shut a machine out; doing it again changes nothing.

    Its lease is left as it is: until that ends somebody may still be looking at its cases. Raises
    :class:`NoSuchDevice`, also for a machine of another team than ``team`` where one is given.
    """
    query = (
        select(USER.c.id, USER.c.team, DEVICE.c.revoked_ms)
        .join(DEVICE, DEVICE.c.user_id == USER.c.id)
        .where(DEVICE.c.id == device_id)
        .with_for_update(of=DEVICE)
    )
    row = transaction.connection.execute(query).first()
    if row is None or team not in (None, row.team):
        raise NoSuchDevice
    if row.revoked_ms is not None:
        return
    transaction.connection.execute(
        update(DEVICE).where(DEVICE.c.id == device_id).values(revoked_ms=transaction.now_ms, revoked_by=actor)
    )
    record(transaction, actor, "device.revoked", device_id, row.team, user=row.id)


def _line(row: Any) -> DeviceLine:
    def instant(milliseconds: int) -> str:
        return format_instant(from_milliseconds(milliseconds))

    return DeviceLine(
        id=row.id,
        user=row.user_id,
        login=row.login,
        person=row.person,
        created_at=instant(row.created_ms),
        last_contact=instant(row.contact_ms),
        lease_until=instant(row.lease_until_ms),
        received_through=row.received_through,
        missing=max(0, (row.highest or 0) - row.received_through),
        name=row.name,
        revoked_at=None if row.revoked_ms is None else instant(row.revoked_ms),
        revoked_by=row.revoked_by,
    )
