"""``INSERT … ON CONFLICT``, which SQLite and PostgreSQL spell alike and SQLAlchemy keeps in two places."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite

Rows = Sequence[Mapping[str, Any]]


def upsert(connection: Connection, table: Table, rows: Rows) -> None:
    """Insert rows; where the primary key exists already, every other column given takes the new value."""
    if not rows:
        return
    keys = [column.name for column in table.primary_key]
    others = [name for name in rows[0] if name not in keys]
    statement = insert_of(connection, table)
    connection.execute(
        statement.on_conflict_do_update(index_elements=keys, set_={name: statement.excluded[name] for name in others}),
        list(rows),
    )


def insert_missing(connection: Connection, table: Table, rows: Rows) -> None:
    """Insert the rows whose primary key does not exist yet and leave the others as they are."""
    if rows:
        keys = [column.name for column in table.primary_key]
        connection.execute(insert_of(connection, table).on_conflict_do_nothing(index_elements=keys), list(rows))


def insert_of(connection: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    """Give the ``INSERT`` of the database at hand, for a caller that has more to say about what exists already."""
    return sqlite.insert(table) if connection.dialect.name == "sqlite" else postgresql.insert(table)
