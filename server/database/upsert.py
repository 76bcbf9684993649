"""``INSERT … ON CONFLICT``, which SQLite and PostgreSQL spell alike and SQLAlchemy keeps in two places."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite

Rows = Sequence[Mapping[str, Any]]


def upsert(connection: Connection, table: Table, rows: Rows) -> None:
    """Insert rows; where the primary key exists already, every other column given takes the new value."""
    if not rows:
        return
    connection.execute(_upsert(connection.dialect.name, table, tuple(rows[0])), list(rows))


@functools.lru_cache(maxsize=128)
def _upsert(dialect: str, table: Table, columns: tuple[str, ...]) -> sqlite.Insert | postgresql.Insert:
    keys = [column.name for column in table.primary_key]
    statement = insert_for(dialect, table)
    changed = {name: statement.excluded[name] for name in columns if name not in keys}
    return statement.on_conflict_do_update(index_elements=keys, set_=changed)


def insert_missing(connection: Connection, table: Table, rows: Rows) -> None:
    """Insert the rows whose primary key does not exist yet and leave the others as they are."""
    if rows:
        connection.execute(_insert_missing(connection.dialect.name, table), list(rows))


@functools.lru_cache(maxsize=64)
def _insert_missing(dialect: str, table: Table) -> sqlite.Insert | postgresql.Insert:
    keys = [column.name for column in table.primary_key]
    return insert_for(dialect, table).on_conflict_do_nothing(index_elements=keys)


def insert_for(dialect: str, table: Table) -> sqlite.Insert | postgresql.Insert:
    """Give the ``INSERT`` of a database, for a caller that has more to say about what exists already.

    Putting a statement together takes several times as long as sending it: callers keep what they make of it.
    """
    return sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)


def insert_of(connection: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    """Give the ``INSERT`` of the database at hand."""
    return insert_for(connection.dialect.name, table)
