"""Statements sent without waiting: all are done at the end, and what is wrong with one is told as ever."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from domain.clock import SystemClock
from server.database import engine
from server.database.ahead import writing_ahead
from server.database.engine import Busy, Database, Transaction
from server.database.migrate import upgrade
from server.database.schema import STATE
from server.settings import Settings
from tests.support.postgres import Cluster


@pytest.fixture
def database(postgres: Cluster) -> Iterator[Database]:
    postgres.run("CREATE DATABASE ahead")
    made = Database(Settings(database=postgres.url("ahead")), SystemClock())
    upgrade(made.engine)
    yield made
    made.close()
    postgres.run("DROP DATABASE ahead WITH (FORCE)")


def put(transaction: Transaction, name: str, value: str = "x") -> None:
    transaction.connection.execute(insert(STATE).values(name=name, value=value))


def stored(database: Database) -> set[str]:
    with database.reading() as transaction:
        return set(transaction.connection.execute(select(STATE.c.name)).scalars())


def test_what_was_sent_ahead_can_be_read_after_the_block_and_is_there_after_the_commit(database: Database) -> None:
    def work(transaction: Transaction) -> int:
        with writing_ahead(transaction.connection):
            for number in range(300):
                put(transaction, f"n{number}", "x" * 5000)
        return len(transaction.connection.execute(select(STATE.c.name)).all())

    assert database.write(work) == 300
    assert stored(database) == {f"n{number}" for number in range(300)}


@pytest.mark.parametrize("later", [0, 50], ids=["told by the end", "told on the way"])
def test_an_error_is_sqlalchemys_and_undoes_everything(
    database: Database, later: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "_PAUSE_S", 0.0)
    tries: list[int] = []

    def work(transaction: Transaction) -> None:
        tries.append(1)
        put(transaction, "before")
        with writing_ahead(transaction.connection):
            put(transaction, "twice")
            put(transaction, "twice")
            for number in range(later):
                put(transaction, f"after{number}")

    with pytest.raises(IntegrityError) as told:
        database.write(work)
    assert getattr(told.value.orig, "sqlstate", None) == "23505"
    assert len(tries) == 8, "another transaction may have inserted the same key, so it was run again"
    assert stored(database) == set()


def test_an_error_of_our_own_leaves_the_connection_usable(database: Database) -> None:
    def work(transaction: Transaction) -> None:
        with writing_ahead(transaction.connection):
            put(transaction, "begun")
            raise LookupError("nobody")

    for _ in range(6):  # more often than the pool has connections
        with pytest.raises(LookupError):
            database.write(work)
    assert stored(database) == set()


def test_a_database_that_goes_away_meanwhile_is_busy_and_not_a_defect(database: Database, postgres: Cluster) -> None:
    ended: list[Any] = []

    def work(transaction: Transaction) -> None:
        session = transaction.connection.execute(text("SELECT pg_backend_pid()")).scalar()
        with writing_ahead(transaction.connection):
            put(transaction, "lost")
            postgres.run(f"SELECT pg_terminate_backend({session}, 5000)")
            ended.append(session)

    with pytest.raises((Busy, DBAPIError)) as told:
        database.write(work)
    assert isinstance(told.value, Busy), told.value
    assert ended
    assert stored(database) == set(), "the next transaction has a connection that works"
