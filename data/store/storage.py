"""TinyDB's ``Storage`` and ``TinyDB`` over the encrypted database: whole tables, their indexes and their names."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec
from tinydb.storages import Storage

from data.store.connection import Database
from data.store.pushdown import FieldPath, field_expression, field_path
from data.store.rows import Rows, tables_of

Indexes = Mapping[str, Sequence[str]]
"""For each table the fields to index, as ``"state"``, ``"customer.state"``, or several in one: ``"state, due"``."""


def encoded(document: Mapping[str, Any]) -> str:
    """Write a document as JSON text.

    ``ValueError`` for ``NaN`` and infinities, which JSON does not have; ``TypeError`` for values that are not JSON:
    nothing is turned into something else without a word. Text is kept as UTF-8 unless it holds half a surrogate
    pair, which only escapes can carry.
    """
    try:
        if _is_simple(document):
            return _WRITER.encode(dict(document)).decode()
        text = _PLAIN.encode(dict(document))
        text.encode()
    except (UnicodeEncodeError, OverflowError):
        return _ESCAPED.encode(dict(document))
    return text


def decoded(body: str) -> dict[str, Any]:
    """Read a document back from JSON text."""
    document: dict[str, Any]
    try:
        document = _READER.decode(body)
    except msgspec.MsgspecError:  # half a surrogate pair, a number no float holds: read as they were written
        document = json.loads(body)
    return document


def _is_simple(document: Mapping[str, Any]) -> bool:
    """Tell whether there are only simple values in it, and lists of them."""
    others = set(map(type, document.values())) - _SIMPLE
    if others != {list}:
        return not others
    return all(_SIMPLE.issuperset(map(type, value)) for value in document.values() if type(value) is list)


_SIMPLE: Final = frozenset({str, int, bool, type(None)})
_WRITER: Final = msgspec.json.Encoder()
"""Several times as fast, but lax about what JSON does not have; so for documents of simple values alone."""
_READER: Final = msgspec.json.Decoder()
_PLAIN: Final = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))
_ESCAPED: Final = json.JSONEncoder(ensure_ascii=True, allow_nan=False, separators=(",", ":"))


class SqliteStorage(Storage):
    """What TinyDB sees of the database as a whole; single documents go past it, through ``SqliteTable``."""

    def __init__(self, database: Database, indexes: Indexes) -> None:
        self.database = database
        self._indexes = {
            table: {declared: _paths(declared) for declared in declarations} for table, declarations in indexes.items()
        }
        for table in indexes:
            number = database.number_of(table)
            if number is not None:
                self._create_indexes(table, number)

    def indexed_paths(self, table: str) -> frozenset[FieldPath]:
        """Give every field of ``table`` that some index covers."""
        return frozenset(path for paths in self._indexes.get(table, {}).values() for path in paths)

    def rows(self, table: str) -> Rows | None:
        """Give the rows of ``table``, or nothing before its first write."""
        number = self.database.number_of(table)
        return None if number is None else Rows(self.database, number)

    def rows_for_writing(self, table: str) -> Rows:
        """Give the rows of ``table``, which is created with its indexes if this is its first write."""
        rows = self.rows(table)
        if rows is None:
            rows = Rows(self.database, self.database.create_table(table))
            self._create_indexes(table, rows.number)
        return rows

    def _create_indexes(self, table: str, number: int) -> None:
        """Make the indexes of ``table`` what is declared: create what is missing, drop what is no longer wanted."""
        wanted = {f"documents_{number}: {declared}": paths for declared, paths in self._indexes.get(table, {}).items()}
        present = self.database.execute(
            "SELECT name FROM sqlite_schema WHERE type = 'index' AND tbl_name = ? AND sql IS NOT NULL",
            (f"documents_{number}",),
        )
        missing = wanted.keys() - {name for (name,) in present}
        unwanted = {name for (name,) in present} - wanted.keys()
        if not missing and not unwanted:
            return
        with self.database.transaction():
            for name in sorted(unwanted):
                self.database.execute(f'DROP INDEX "{name}"')
            for name in sorted(missing):
                fields = ", ".join(field_expression(path) for path in wanted[name])
                self.database.execute(f'CREATE INDEX "{name}" ON documents_{number} ({fields})')

    def read(self) -> dict[str, dict[str, Any]] | None:
        """Read every document of every table; nothing when no table has ever been written."""
        tables = {
            name: {str(doc_id): decoded(body) for doc_id, _, body in rows.all()}
            for name, rows in tables_of(self.database)
        }
        return tables or None

    def write(self, data: Mapping[str, Mapping[Any, Mapping[str, Any]]]) -> None:
        """Make the database hold exactly ``data``, in one transaction; documents that stay keep their keys."""
        with self.database.transaction():
            for name in self.database.tables():
                if name not in data:
                    self.database.drop_table(name)
            for name, table in data.items():
                bodies = {int(doc_id): encoded(document) for doc_id, document in table.items()}
                self.rows_for_writing(name).become(bodies)
            self.database.rewound()

    def close(self) -> None:
        """Close the database."""
        self.database.close()


def _paths(declared: str) -> tuple[FieldPath, ...]:
    return tuple(field_path(part.strip()) for part in declared.split(","))
