"""Many rows in one statement, with or without ``ON CONFLICT``, on either database.

PostgreSQL is given one array a column and unfolds them (``INSERT … SELECT … FROM unnest(…)``): it reads and plans one
statement instead of one for every row, and what it is sent does not grow with the number of rows. SQLite has no round trip
to save and takes the rows one by one.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

from sqlalchemy import Connection, Insert, Table, bindparam, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.elements import ColumnElement

from server.database.arrays import array_of

Rows = Sequence[Mapping[str, Any]]

Merge = Callable[[Table, Any], Mapping[str, ColumnElement[Any]]]
"""Gives what some columns become where a row exists already, from the table and the new row (``excluded``)."""

_Conflict = Literal["refuse", "ignore", "replace"]


def insert_rows(connection: Connection, table: Table, rows: Rows) -> None:
    """Insert rows none of which exists yet."""
    _write(connection, table, rows, "refuse", None)


def insert_missing(connection: Connection, table: Table, rows: Rows) -> None:
    """Insert the rows whose primary key does not exist yet and leave the others as they are."""
    _write(connection, table, rows, "ignore", None)


def upsert(connection: Connection, table: Table, rows: Rows, merge: Merge | None = None) -> None:
    """Insert rows, no two with the same primary key; where it exists already, the other columns given take the new value.

    ``merge`` says what columns become instead. It is a function of a module: statements are kept by it.
    """
    _write(connection, table, rows, "replace", merge)


def _write(connection: Connection, table: Table, rows: Rows, conflict: _Conflict, merge: Merge | None) -> None:
    if not rows:
        return
    names = tuple(rows[0])
    if connection.dialect.name == "sqlite":
        connection.execute(_one_by_one(table, names, conflict, merge), list(rows))
        return
    columns = {name: [row[name] for row in rows] for name in names}
    connection.execute(_unfolded(table, names, conflict, merge), columns)


@functools.cache
def _one_by_one(table: Table, names: tuple[str, ...], conflict: _Conflict, merge: Merge | None) -> Insert:
    return _deciding(sqlite.insert(table), table, names, conflict, merge)


@functools.cache
def _unfolded(table: Table, names: tuple[str, ...], conflict: _Conflict, merge: Merge | None) -> Insert:
    arrays = [bindparam(name, type_=array_of(table.c[name])) for name in names]
    rows = func.unnest(*arrays).table_valued(*names, name="new_rows").render_derived()
    statement = postgresql.insert(table).from_select(list(names), select(*(rows.c[name] for name in names)))
    return _deciding(statement, table, names, conflict, merge)


def _deciding(statement: Any, table: Table, names: tuple[str, ...], conflict: _Conflict, merge: Merge | None) -> Insert:
    keys = [column.name for column in table.primary_key]
    decided: Insert = statement
    if conflict == "ignore":
        decided = statement.on_conflict_do_nothing(index_elements=keys)
    elif conflict == "replace":
        values: dict[str, Any] = {name: statement.excluded[name] for name in names if name not in keys}
        values |= merge(table, statement.excluded) if merge is not None else {}
        decided = statement.on_conflict_do_update(index_elements=keys, set_=values)
    return decided


def insert_of(connection: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    """Give the ``INSERT`` of the database at hand, for a caller that has more to say about what exists already."""
    return sqlite.insert(table) if connection.dialect.name == "sqlite" else postgresql.insert(table)
