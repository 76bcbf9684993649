"""Transactions: how they begin, how they end durably, and when they are tried again.

**Nothing is answered before its transaction is durable.** SQLite runs in WAL with ``synchronous=FULL``; a writing
transaction begins with ``BEGIN IMMEDIATE``, so that it waits for its turn at the start and never fails half-way because
another process wrote in between. On PostgreSQL writers lock what they change, in one order everywhere; where two meet in
another order the database breaks one up, and that one is run again from the start. ``synchronous_commit=off`` is refused.
"""

from __future__ import annotations

import logging
import random
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, TypeVar

from sqlalchemy import Connection, Engine, create_engine
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolEmpty

from domain.clock import Clock, milliseconds
from domain.ids import IdSource
from server.database import postgres, sqlite
from server.database.memory import Memory, Stamp
from server.database.trail import Line, append_to_chains
from server.settings import Settings

T = TypeVar("T")

_ATTEMPTS: Final = 8
"""How often a transaction is run when the database breaks it up."""

_PAUSE_S: Final = 0.01
"""Transactions that met are run again after a random pause of up to this, doubled each time."""

_REMEMBERED: Final = 20_000
"""How many facts of cases a process remembers, some 5 KB each: what the devices that push now are working on."""

_TRY_AGAIN: Final = frozenset({"40001", "40P01", "23505"})
"""SQLSTATE of serialization failure, deadlock, and of two transactions inserting the same key at once."""

_log = logging.getLogger("duecall.server.database")


class Busy(Exception):  # noqa: N818 - a state of the database, not a defect
    """The database cannot be used now, or other transactions take too long; the same request may succeed in a moment."""


@dataclass(slots=True)
class Transaction:
    """One transaction: its connection, its instant, and whose feeds it touched."""

    connection: Connection
    now: datetime
    ids: IdSource
    touched: set[str] = field(default_factory=set)
    trail: list[Line] = field(default_factory=list)
    """What the audit trail gains. It is chained last, when every other lock is held."""
    memory: Memory = field(default_factory=lambda: Memory(0))
    """What the process remembers of rows; it is asked only about rows this transaction has locked."""
    learnt: list[tuple[str, Stamp, Any, int]] = field(default_factory=list)
    """What the process remembers once this is durable, as :meth:`server.database.memory.Memory.keep` takes it."""

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
        self.memory = Memory(_REMEMBERED)
        self.on_commit: list[Callable[[set[str]], None]] = []
        self._writing = self.engine.execution_options(writing=True)
        one_state = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True} if self.is_shared else {}
        self._reading = self.engine.execution_options(**one_state)

    @property
    def is_shared(self) -> bool:
        """Tell whether other servers may use the database too, which an SQLite file of our own is not meant for."""
        return self.engine.dialect.name != "sqlite"

    def check(self) -> None:
        """Look whether the database keeps what it acknowledges. Raises :class:`server.database.postgres.NotDurable`."""
        if self.is_shared:
            with self.engine.connect() as connection:
                postgres.check_server(connection)

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        """Open a transaction that writes nothing and sees one state of the database. Raises :class:`Busy`."""
        try:
            with self._reading.connect() as connection:
                yield Transaction(connection, self.clock.now(), self.ids)
        except PoolEmpty as problem:
            raise Busy from problem
        except DBAPIError as problem:
            if self._is_away(problem):
                raise Busy from problem
            raise

    def write(self, work: Callable[[Transaction], T]) -> T:
        """Run ``work`` in one transaction and return its result once that is durable.

        ``work`` may run more than once, so it must keep its effects inside the transaction. Raises :class:`Busy` when
        the database stays locked or away, also when it went away in the commit: whether that happened is not known
        then. Raises whatever ``work`` raises, after rolling back.
        """
        for attempt in range(1, _ATTEMPTS + 1):
            committing = False
            try:
                with self._writing.connect() as connection:
                    transaction = Transaction(connection, self.clock.now(), self.ids, memory=self.memory)
                    with connection.begin():
                        if self.is_shared:
                            postgres.check_session(connection)
                        result = work(transaction)
                        append_to_chains(connection, transaction.trail)
                        committing = True
            except (PoolEmpty, postgres.NotDurable) as problem:
                if isinstance(problem, postgres.NotDurable):
                    _log.error("nothing is written: the database would lose it", extra={"setting": problem.setting})
                raise Busy from problem
            except DBAPIError as problem:
                went_away = self._is_away(problem)
                if went_away and (committing or attempt > 1 or not problem.connection_invalidated):
                    raise Busy from problem
                if not went_away and (attempt == _ATTEMPTS or not _worth_another_try(problem)):
                    raise
                _log.info("transaction run again", extra={"attempt": attempt})
            else:
                self.memory.keep(transaction.learnt)
                if transaction.touched:
                    for listener in self.on_commit:
                        listener(transaction.touched)
                return result
            time.sleep(random.uniform(0, _PAUSE_S * 2**attempt))  # noqa: S311 - so that the same two do not meet again
        raise AssertionError("unreachable")  # pragma: no cover

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()

    def _is_away(self, problem: DBAPIError) -> bool:
        return postgres.is_away(problem) if self.is_shared else _is_locked(problem)


def make_engine(settings: Settings) -> Engine:
    """Make the engine for a URL, set up as its database needs it."""
    url = postgres.address(settings.database)
    own_file = url.get_backend_name() == "sqlite"
    engine = create_engine(
        url,
        hide_parameters=True,
        pool_size=settings.threads,
        max_overflow=4,
        pool_timeout=settings.busy_s,
        **(sqlite.options(settings.busy_s) if own_file else postgres.options()),
    )
    if own_file:
        sqlite.prepare(engine)
    return engine


def _is_locked(problem: DBAPIError) -> bool:
    code: Any = getattr(problem.orig, "sqlite_errorname", "")
    return isinstance(problem, OperationalError) and str(code).startswith(("SQLITE_BUSY", "SQLITE_LOCKED"))


def _worth_another_try(problem: DBAPIError) -> bool:
    if isinstance(problem, IntegrityError) and isinstance(problem.orig, sqlite3.Error):
        return False  # one writer at a time: here it is a defect, not a race
    return getattr(problem.orig, "sqlstate", None) in _TRY_AGAIN
