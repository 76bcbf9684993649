"""Locking rows, in one order everywhere: the cases sorted by id, the device, the feed heads sorted by agent.

One statement locks many rows in their order. Where PostgreSQL spreads its tables over nodes (Citus) it can lock rows of
one node at a time, so several rows are several statements there; they travel together and cost one round trip. On SQLite a
writer is alone and nothing has to be locked.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from sqlalchemy import Column, Connection, RowMapping, Select, bindparam, select

from server.database import postgres
from server.database.arrays import among

_CHUNK: Final = 500


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


def read_locked(
    connection: Connection, query: Select[Any], column: Column[Any], name: str, values: Iterable[str]
) -> list[RowMapping]:
    """Lock rows as :func:`lock_rows` does and read them; ``query`` takes the values as ``name`` and gives rows in their order.

    Where one statement may lock them all, the same one reads them: it gives each row as it is once it is locked.
    """
    wanted = sorted(set(values))
    at_once = connection.dialect.name != "sqlite" and not postgres.is_spread(connection)
    if not at_once:
        lock_rows(connection, column, wanted)
    rows: list[RowMapping] = []
    for start in range(0, len(wanted), _CHUNK):
        some = {name: wanted[start : start + _CHUNK]}
        rows.extend(connection.execute(query.with_for_update() if at_once else query, some).mappings())
    return rows


def lock_if_free(connection: Connection, column: Column[Any], value: str) -> bool:
    """Lock one row unless somebody else has; tell whether it is locked now."""
    query = select(column).where(column == value).with_for_update(skip_locked=True)
    return connection.execute(query).first() is not None
