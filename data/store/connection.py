"""One encrypted SQLite connection: pragmas, transactions and the catalogue of tables.

**One caller at a time.** The connection is guarded by a re-entrant lock, so the application's thread and a worker
thread may both use the store; each statement, and each transaction as a whole, waits for the other. On one event
loop that lock cannot tell two tasks apart, therefore **a transaction must not span an await**: a statement from
another task inside somebody's open transaction raises ``RuntimeError`` instead of joining, and perhaps being rolled
back with, a change it knows nothing about.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any, Final

import apsw

from data.files import make_private_file, sync_folder
from data.store.errors import StoreError, StoreTooNew, in_our_words, meaning_of
from data.store.keys import Key

SCHEMA_VERSION: Final = 1
CIPHER: Final = "chacha20"

Row = tuple[Any, ...]

# EXCLUSIVE before WAL keeps the WAL's index in this process's memory: no third file, no shared memory on odd disks.
# The WAL is cut back to the limit after a checkpoint, so that one large page of changes does not stay for ever.
_PRAGMAS: Final = (
    ("locking_mode", "exclusive"),
    ("journal_mode", "wal"),
    ("synchronous", "full"),
    ("secure_delete", "on"),
    ("temp_store", "memory"),
    ("journal_size_limit", 4 * 1024 * 1024),
    ("cache_size", -8 * 1024),
    ("cell_size_check", "on"),
    ("trusted_schema", "off"),
)
_SCHEMA: Final = "CREATE TABLE IF NOT EXISTS catalog (number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT"


class Database:
    """An open database file of documents, and the only way to it.

    A committed transaction is on the disk when the call returns: every commit syncs the write-ahead log.
    """

    def __init__(self, path: Path, key: Key, vfs: str | None = None) -> None:
        self.path = path
        self.rewinds = 0
        """How often something was taken back or replaced as a whole: what was read before may be wrong since."""
        self._vfs = vfs
        self._guard = threading.RLock()
        self._depth = 0
        self._owner: object = None
        self._numbers: dict[str, int] = {}
        self._connection = self._opened(path, key)

    def close(self) -> None:
        """Checkpoint and close; closing twice is harmless."""
        with self._guard, in_our_words():
            self._connection.close()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep every other thread out for the length of the block."""
        with self._guard:
            yield

    def switch(self, path: Path, key: Key) -> None:
        """Close this file and go on with another one that holds the same documents."""
        with self._guard:
            self._connection.close()
            self._connection = self._opened(path, key)
            self.path = path

    def execute(self, sql: str, bindings: tuple[Any, ...] = ()) -> list[Row]:
        """Run one statement and give all its rows."""
        with self._guard:
            self._admit()
            try:
                return list(self._connection.execute(sql, bindings))
            except apsw.Error as error:
                meaning = meaning_of(error)
                if meaning is None:
                    raise
                raise meaning from error

    def execute_many(self, sql: str, bindings: Iterable[tuple[Any, ...]]) -> None:
        """Run one statement that gives no rows with each of the bindings; to be called inside a transaction."""
        with self._guard, in_our_words():
            self._admit()
            self._connection.executemany(sql, bindings)

    def each(self, sql: str, bindings: tuple[Any, ...] = ()) -> Generator[Row, None, None]:
        """Run one statement and give its rows one by one; finish or close the iterator before changing anything."""
        with self._guard, in_our_words():
            self._admit()
            with closing(self._connection.execute(sql, bindings)) as cursor:
                yield from cursor

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Make everything inside one durable change, or nothing at all when an exception leaves the block.

        Inside another one, it becomes part of that: it can be taken back alone, and is durable when the outermost
        one ends. Errors: :class:`DiskFull` and the other store errors, with nothing changed.
        """
        with self._guard:
            depth = self._depth
            if depth == 0:
                self._owner = _current_task()
            self.execute("BEGIN IMMEDIATE" if depth == 0 else f"SAVEPOINT level_{depth}")
            self._depth = depth + 1
            try:
                yield
                self.execute("COMMIT" if depth == 0 else f"RELEASE level_{depth}")
            except BaseException:
                self._roll_back(depth)
                raise
            finally:
                self._depth = depth

    def number_of(self, table: str) -> int | None:
        """Give the number under which the documents of ``table`` are kept, or nothing before its first write."""
        number = self._numbers.get(table)
        if number is None:
            rows = self.execute("SELECT number FROM catalog WHERE name = ?", (table,))
            if not rows:
                return None
            number = self._numbers[table] = rows[0][0]
        return number

    def create_table(self, table: str) -> int:
        """Make room for the documents of ``table`` and give its number."""
        with self.transaction():
            ((number,),) = self.execute("INSERT INTO catalog (name) VALUES (?) RETURNING number", (table,))
            self.execute(
                f"CREATE TABLE documents_{number} (id INTEGER PRIMARY KEY, key TEXT UNIQUE, body TEXT NOT NULL) STRICT"
            )
        self._numbers[table] = number
        return int(number)

    def drop_table(self, table: str) -> None:
        """Remove ``table`` with its documents and indexes, if it is there."""
        with self.transaction():
            number = self.number_of(table)
            if number is None:
                return
            self.execute(f"DROP TABLE documents_{number}")
            self.execute("DELETE FROM catalog WHERE number = ?", (number,))
            self.rewound()

    def tables(self) -> list[str]:
        """Name the tables in the order in which they were first written."""
        return [name for (name,) in self.execute("SELECT name FROM catalog ORDER BY number")]

    def rewound(self) -> None:
        """Note that what was known about tables and documents may no longer hold."""
        self.rewinds += 1
        self._numbers.clear()

    def _opened(self, path: Path, key: Key) -> apsw.Connection:
        """Open and prove the key by reading; a new file is created private, since the WAL copies its rights."""
        make_private_file(path)
        sync_folder(path.parent)
        flags = apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_CREATE | apsw.SQLITE_OPEN_URI
        with in_our_words():
            connection = apsw.Connection(str(path), flags=flags, vfs=self._vfs)
            try:
                connection.config(apsw.SQLITE_DBCONFIG_DEFENSIVE, 1)
                connection.pragma("cipher", CIPHER)
                connection.pragma("key", key.page_key())
                for name, value in _PRAGMAS:
                    connection.pragma(name, value)
                _bring_up_to_date(connection)
                _empty_log(connection)
            except BaseException:
                connection.close()
                raise
        return connection

    def _admit(self) -> None:
        """Refuse statements that would land in a transaction that is not the caller's, or no longer there."""
        if not self._depth:
            return
        if not self._connection.in_transaction:
            # After some failures (no room, no memory) SQLite takes the whole transaction back by itself. What
            # follows in the same block would then be saved piecemeal.
            raise StoreError
        if _current_task() is not self._owner:
            raise RuntimeError("a transaction of the store must not span an await")

    def _roll_back(self, depth: int) -> None:
        """Take back what this level did. SQLite may have done so already, which is not a second failure."""
        self.rewound()
        if not self._connection.in_transaction:
            return
        with suppress(apsw.Error):
            if depth == 0:
                self._connection.execute("ROLLBACK")
            else:
                self._connection.execute(f"ROLLBACK TO level_{depth}")
                self._connection.execute(f"RELEASE level_{depth}")


def _bring_up_to_date(connection: apsw.Connection) -> None:
    """Create the catalogue in a new file; refuse the file of a later version."""
    version = connection.pragma("user_version")
    if version > SCHEMA_VERSION:
        raise StoreTooNew
    if version < SCHEMA_VERSION:
        with connection:
            connection.execute(_SCHEMA)
            connection.pragma("user_version", SCHEMA_VERSION)


def _empty_log(connection: apsw.Connection) -> None:
    """Leave nothing in the log of what a program that died was about to write: it may be of a case that is given away.

    A disk without room refuses; then everything can be used all the same, and the next start tries again.
    """
    with suppress(apsw.FullError, apsw.IOError):
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


def _current_task() -> object:
    """Name the running asyncio task, or nothing outside an event loop; never imports asyncio by itself."""
    asyncio = sys.modules.get("asyncio")
    if asyncio is None:
        return None
    try:
        return asyncio.current_task()
    except RuntimeError:
        return None
