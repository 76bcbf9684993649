"""Transactions: how they begin, how they end durably, and when they are tried again.

**Nothing is answered before its transaction is durable.** SQLite runs in WAL with ``synchronous=FULL``; a writing
transaction begins with ``BEGIN IMMEDIATE``, so that it waits for its turn at the start and never fails half-way because
another process wrote in between. On PostgreSQL two transactions may meet in an order the database breaks up; those are
run again from the start.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.pool import ConnectionPoolEntry

from domain.clock import Clock, milliseconds
from domain.ids import IdSource
from server.database.trail import Line, append_to_chains
from server.settings import Settings

T = TypeVar("T")

_ATTEMPTS: Final = 5
"""How often a transaction is run when the database breaks it up."""

_TRY_AGAIN: Final = frozenset({"40001", "40P01", "23505"})
"""SQLSTATE of serialization failure, deadlock, and of two transactions inserting the same key at once."""

_log = logging.getLogger("duecall.server.database")


class Busy(Exception):  # noqa: N818 - a state of the database, not a defect
    """Other transactions took longer than this one may wait; the same request may succeed in a moment."""


@dataclass(slots=True)
class Transaction:
    """One transaction: its connection, its instant, and whose feeds it touched."""

    connection: Connection
    now: datetime
    ids: IdSource
    touched: set[str] = field(default_factory=set)
    trail: list[Line] = field(default_factory=list)
    """What the audit trail gains. It is chained last, when every other lock is held."""

    @property
    def now_ms(self) -> int:
        """The transaction's instant in milliseconds."""
        return milliseconds(self.now)


class Database:
    """The one way to the tables. Safe to use from many threads; every call takes its own connection."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self.clock = clock
        self.engine = make_engine(settings)
        self.ids = IdSource(clock)
        self.on_commit: list[Callable[[set[str]], None]] = []
        self._writing = self.engine.execution_options(writing=True)

    @property
    def is_shared(self) -> bool:
        """Tell whether other servers may use the database too, which an SQLite file of our own is not meant for."""
        return self.engine.dialect.name != "sqlite"

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        """Open a transaction that writes nothing and sees one state of the database where it can (SQLite)."""
        with self.engine.connect() as connection:
            yield Transaction(connection, self.clock.now(), self.ids)

    def write(self, work: Callable[[Transaction], T]) -> T:
        """Run ``work`` in one transaction and return its result once that is durable.

        ``work`` may run more than once, so it must keep its effects inside the transaction. Raises :class:`Busy` when
        the database stays locked, and whatever ``work`` raises, after rolling back.
        """
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                with self._writing.connect() as connection:
                    transaction = Transaction(connection, self.clock.now(), self.ids)
                    with connection.begin():
                        result = work(transaction)
                        append_to_chains(connection, transaction.trail)
            except DBAPIError as problem:
                if _is_locked(problem):
                    raise Busy from problem
                if attempt == _ATTEMPTS or not _worth_another_try(problem):
                    raise
                _log.info("transaction run again", extra={"attempt": attempt})
            else:
                if transaction.touched:
                    for listener in self.on_commit:
                        listener(transaction.touched)
                return result
        raise AssertionError("unreachable")  # pragma: no cover

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()


def make_engine(settings: Settings) -> Engine:
    """Make the engine for a URL; ``sqlite:///…`` gets its pragmas."""
    engine = create_engine(
        settings.database,
        hide_parameters=True,
        pool_size=settings.threads,
        max_overflow=4,
        pool_timeout=settings.busy_s,
        connect_args={"timeout": settings.busy_s} if settings.database.startswith("sqlite") else {},
    )
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # the driver must not begin transactions by itself
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "cache_size=-16000", "temp_store=MEMORY"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writing = connection.get_execution_options().get("writing", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def _is_locked(problem: DBAPIError) -> bool:
    code: Any = getattr(problem.orig, "sqlite_errorname", "")
    return isinstance(problem, OperationalError) and str(code).startswith(("SQLITE_BUSY", "SQLITE_LOCKED"))


def _worth_another_try(problem: DBAPIError) -> bool:
    if isinstance(problem, IntegrityError) and isinstance(problem.orig, sqlite3.Error):
        return False  # one writer at a time: here it is a defect, not a race
    return getattr(problem.orig, "sqlstate", None) in _TRY_AGAIN
