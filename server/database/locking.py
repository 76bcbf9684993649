"""Locking rows, in one order everywhere: the device, the cases sorted by id, the feed heads sorted by agent.

One statement locks many rows in their order. Where PostgreSQL spreads its tables over nodes (Citus) it can lock rows of
one node at a time, so several rows are several statements there; they travel together and cost one round trip. On SQLite a
writer is alone and nothing has to be locked.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Column, Connection, bindparam, select

from server.database import postgres
from server.database.arrays import among


def lock_rows(connection: Connection, column: Column[Any], values: Iterable[str]) -> None:
    """Lock the rows whose ``column``, the one the table is distributed by, has one of the values; smallest first.

    What they hold has to be read by a statement that begins afterwards.
    """
    wanted = sorted(set(values))
    if not wanted or connection.dialect.name == "sqlite":
        return
    if postgres.is_spread(connection):
        query = select(column).where(column == bindparam("one")).with_for_update()
        connection.execute(query, [{"one": value} for value in wanted])
    else:  # sorted before they are locked: by their bytes, as Python sorts text
        ordered = select(column).where(among(column, "values")).order_by(column).with_for_update()
        connection.execute(ordered, {"values": wanted}).all()


def lock_if_free(connection: Connection, column: Column[Any], value: str) -> bool:
    """Lock one row unless somebody else has; tell whether it is locked now."""
    query = select(column).where(column == value).with_for_update(skip_locked=True)
    return connection.execute(query).first() is not None
