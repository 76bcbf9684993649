"""The rows of one table: every SQL statement on documents is written here, and nothing else is."""

# ruff: noqa: S608 - the only thing put into a statement's text is the table's number; values are always bound

from __future__ import annotations

import json
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import closing
from typing import Any, Final

import apsw

from data.store.connection import Database
from data.store.pushdown import NOTHING, Narrowing
from domain.records import dataclass

LOWEST_ID: Final = -(2**63)

Row = tuple[int, str | None, str]
"""Id, key if there is one, and the document as JSON text."""


@dataclass(frozen=True, slots=True)
class Rows:
    """The documents of the table with this number, as text."""

    database: Database
    number: int

    def add(self, doc_id: int, key: str | None, body: str) -> None:
        """Add a row, never in the place of another one: ``ValueError`` if the id or the key is taken."""
        sql = f"INSERT INTO documents_{self.number} (id, key, body) VALUES (?, ?, ?)"
        try:
            self.database.execute(sql, (doc_id, key, body))
        except apsw.ConstraintError as error:
            taken = f"key {key}" if str(error).endswith(".key") else f"ID {doc_id}"
            raise ValueError(f"Document with {taken} already exists") from error

    def replace(self, doc_id: int, body: str) -> None:
        """Give the row with this id another body."""
        self.database.execute(f"UPDATE documents_{self.number} SET body = ? WHERE id = ?", (body, doc_id))

    def replace_key(self, key: str, body: str) -> int | None:
        """Give the row under ``key`` another body, and tell its id; nothing when there is no such row."""
        sql = f"UPDATE documents_{self.number} SET body = ? WHERE key = ? RETURNING id"
        return self._first(sql, body, key)

    def remove(self, doc_id: int) -> bool:
        """Remove the row with this id; tell whether there was one."""
        return self._first(f"DELETE FROM documents_{self.number} WHERE id = ? RETURNING id", doc_id) is not None

    def remove_key(self, key: str) -> bool:
        """Remove the row under ``key``; tell whether there was one."""
        return self._first(f"DELETE FROM documents_{self.number} WHERE key = ? RETURNING id", key) is not None

    def put_all(self, rows: Sequence[Row]) -> None:
        """Add rows with keys; where a key is there already, its row gets the new body and stays where it is."""
        sql = (
            f"INSERT INTO documents_{self.number} (id, key, body) VALUES (?, ?, ?) "
            "ON CONFLICT (key) DO UPDATE SET body = excluded.body"
        )
        self.database.execute_many(sql, rows)

    def remove_keys(self, keys: Sequence[str]) -> None:
        """Remove the rows under these keys; those that are not there are passed over."""
        sql = f"DELETE FROM documents_{self.number} WHERE key IN (SELECT value FROM json_each(?))"
        self.database.execute(sql, (json.dumps(list(keys)),))

    def clear(self) -> None:
        """Remove all rows."""
        self.database.execute(f"DELETE FROM documents_{self.number}")

    def become(self, bodies: Mapping[int, str]) -> None:
        """Turn the table into ``bodies``, writing only rows that differ; those that stay keep their keys."""
        before = {doc_id: body for doc_id, _, body in self.all()}
        with self.database.transaction():
            for doc_id in before.keys() - bodies.keys():
                self.remove(doc_id)
            for doc_id, body in bodies.items():
                if doc_id not in before:
                    self.add(doc_id, None, body)
                elif before[doc_id] != body:
                    self.replace(doc_id, body)

    def one(self, doc_id: int) -> Row | None:
        """Give the row with this id."""
        return next(iter(self._select("WHERE id = ?", doc_id)), None)

    def under(self, key: str) -> Row | None:
        """Give the row with this key."""
        return next(iter(self._select("WHERE key = ?", key)), None)

    def among(self, doc_ids: Sequence[int]) -> list[Row]:
        """Give the rows with these ids, in the order of their ids."""
        return self._select("WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id", json.dumps(list(doc_ids)))

    def from_id(self, doc_id: int, limit: int) -> list[Row]:
        """Give up to ``limit`` rows from this id on."""
        return self._select("WHERE id >= ? ORDER BY id LIMIT ?", doc_id, limit)

    def all(self) -> list[Row]:
        """Give every row, in the order of their ids."""
        return self._select("ORDER BY id")

    def keys(self) -> list[str]:
        """Give every key, sorted."""
        sql = f"SELECT key FROM documents_{self.number} WHERE key IS NOT NULL ORDER BY key"
        return [key for (key,) in self.database.execute(sql)]

    def count(self) -> int:
        """Count the rows."""
        return self._first(f"SELECT count(*) FROM documents_{self.number}") or 0

    def count_unreadable(self) -> int:
        """Count the rows that do not hold a JSON document."""
        return self._first(f"SELECT count(*) FROM documents_{self.number} WHERE NOT json_valid(body)") or 0

    def highest_id(self) -> int:
        """Give the highest id in use, 0 in an empty table."""
        return self._first(f"SELECT max(id) FROM documents_{self.number}") or 0

    def perhaps(self, narrowed: Narrowing = NOTHING) -> Generator[Row, None, None]:
        """Give the rows a condition lets through, in the order of their ids, reading no further than asked."""
        with closing(self.database.each(*self.selection(narrowed))) as rows:
            yield from rows

    def selection(self, narrowed: Narrowing) -> tuple[str, tuple[Any, ...]]:
        """Write the SELECT for the rows a condition lets through.

        ``+id`` hides the id from the planner: asked for the order of ids alone, it prefers walking the whole table
        to sorting the few rows an index on a range gives. Behind an equality the index is in that order already.
        """
        where = f" WHERE {narrowed.sql}" if narrowed.sql else ""
        order = "id" if narrowed.pinned or not where else "+id"
        return f"SELECT id, key, body FROM documents_{self.number}{where} ORDER BY {order}", narrowed.bindings

    def _select(self, clause: str, *bindings: Any) -> list[Row]:
        sql = f"SELECT id, key, body FROM documents_{self.number} {clause}"
        return list[Row](self.database.execute(sql, bindings))

    def _first(self, sql: str, *bindings: Any) -> int | None:
        for (value,) in self.database.execute(sql, bindings):
            return None if value is None else int(value)
        return None


def tables_of(database: Database) -> Iterator[tuple[str, Rows]]:
    """Give every table that has been written, by name."""
    for name in database.tables():
        number = database.number_of(name)
        if number is not None:
            yield name, Rows(database, number)
