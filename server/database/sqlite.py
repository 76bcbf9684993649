"""What an SQLite file needs: a log that is on the disk before an answer leaves, and writers that take turns."""

from __future__ import annotations

import sqlite3
from typing import Any, Final

from sqlalchemy import Connection, Engine, event
from sqlalchemy.pool import ConnectionPoolEntry

from server.database.files import file_of, keep_private

_PRAGMAS: Final = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "cache_size=-16000",
    "temp_store=MEMORY",
)


def options(busy_s: float) -> dict[str, Any]:
    """Give what the driver is told; ``busy_s`` is how many seconds a writer waits for its turn."""
    return {"connect_args": {"timeout": busy_s}}


def prepare(engine: Engine) -> None:
    """Set every connection up, and begin transactions ourselves: a writer waits at the start, never half-way.

    The file is its owner's alone to read, from before its first byte.
    """
    file = file_of(engine.url)
    if file is not None:
        keep_private(file)
    event.listen(engine, "connect", _set_up)
    event.listen(engine, "begin", _begin)


def _set_up(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # the driver must not begin transactions by itself
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Connection) -> None:
    if connection.get_execution_options().get("writing", False):
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:
        connection.connection.cursor().execute("BEGIN")  # takes no lock, so there is no error to be made understood
