"""TinyDB's ``TinyDB`` whose tables are :class:`SqliteTable` and are listed and dropped without reading them."""

from __future__ import annotations

from tinydb import TinyDB

from data.store.connection import Database
from data.store.storage import Indexes, SqliteStorage
from data.store.table import SqliteTable


class DocumentDatabase(TinyDB):
    """The documents of one profile, with TinyDB's interface."""

    table_class = SqliteTable  # type: ignore[assignment]  # TinyDB means any subclass of Table
    default_storage_class = SqliteStorage  # type: ignore[assignment]  # and any subclass of Storage

    def __init__(self, database: Database, indexes: Indexes) -> None:
        self._database = database
        super().__init__(database, indexes)

    def tables(self) -> set[str]:
        """Name the tables that have been written."""
        return set(self._database.tables())

    def drop_table(self, name: str) -> None:
        """Remove a table with its documents; it cannot be undone."""
        self._database.drop_table(name)
        self._tables.pop(name, None)

    def drop_tables(self) -> None:
        """Remove all tables in one transaction; it cannot be undone."""
        with self._database.transaction():
            for name in self._database.tables():
                self._database.drop_table(name)
        self._tables.clear()
