"""Rows are locked in one order, by one statement where all lie on one node and by several where they may not."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from unittest import mock

import pytest
from sqlalchemy import Engine, insert, select, update

from domain.clock import SystemClock
from server.database import postgres as postgresql
from server.database.arrays import among
from server.database.engine import Database
from server.database.locking import lock_rows, read_locked
from server.database.migrate import upgrade
from server.database.schema import STATE
from server.settings import Settings
from tests.support.postgres import Cluster
from tests.support.waiting import wait_for_a_waiter

IS_SPREAD = postgresql.is_spread
"""As it is outside of these tests, where servers are told that their database is spread."""

NAMES = ["a", "b", "é", "Z", "中", "z", "\U0001f600", "aa"]


@pytest.fixture
def engine(postgres: Cluster) -> Iterator[Engine]:
    """A database with rows to lock; the recorder is told not to look, as this one is not spread over nodes."""
    postgres.run("CREATE DATABASE locks")
    database = Database(Settings(database=postgres.url("locks")), SystemClock())
    upgrade(database.engine)
    made = database.engine.execution_options(forged=True)
    with made.begin() as connection:
        connection.execute(insert(STATE), [{"name": name, "value": "x"} for name in NAMES])
    yield made
    database.close()
    postgres.run("DROP DATABASE locks WITH (FORCE)")


@pytest.fixture(params=[False, True], ids=["one node", "several nodes"])
def spread(request: pytest.FixtureRequest) -> Iterator[bool]:
    with mock.patch.object(postgresql, "is_spread", return_value=request.param):
        yield request.param


def free(engine: Engine) -> list[str]:
    query = select(STATE.c.name).order_by(STATE.c.name).with_for_update(skip_locked=True)
    with engine.begin() as connection:
        return list(connection.execute(query).scalars())


@pytest.mark.usefixtures("spread")
def test_what_was_asked_for_is_locked_and_nothing_else(engine: Engine) -> None:
    with engine.begin() as connection:
        lock_rows(connection, STATE.c.name, [])
        lock_rows(connection, STATE.c.name, ["中", "a", "nobody", "中"])
        assert free(engine) == sorted(set(NAMES) - {"中", "a"})
    assert free(engine) == sorted(NAMES)


@pytest.mark.usefixtures("spread")
def test_what_is_read_with_its_lock_is_as_it_is_once_it_is_locked(engine: Engine) -> None:
    query = select(STATE.c.name, STATE.c.value).where(among(STATE.c.name, "names")).order_by(STATE.c.name)
    holding, waiting = threading.Event(), threading.Event()
    read: list[tuple[str, str]] = []

    def change() -> None:
        with engine.begin() as connection:
            connection.execute(update(STATE).where(STATE.c.name == "b").values(value="new"))
            holding.set()
            assert waiting.wait(30)
            wait_for_a_waiter(connection)

    def wait_and_read() -> None:
        assert holding.wait(30)
        with engine.begin() as connection:
            waiting.set()
            rows = read_locked(connection, query, STATE.c.name, "names", ["b", "nobody", "a"])
            read.extend((row["name"], row["value"]) for row in rows)
            assert not {"a", "b"} & set(free(engine))

    with ThreadPoolExecutor(2) as pool:
        for each in [pool.submit(change), pool.submit(wait_and_read)]:
            each.result(60)
    assert read == [("a", "x"), ("b", "new")]


@pytest.mark.usefixtures("spread")
def test_rows_are_locked_smallest_first(engine: Engine) -> None:
    """Whoever waits for a row holds all that come before it and none behind: so no two can wait for each other."""
    waited_for = "é"
    holding, begun = threading.Event(), threading.Event()

    def hold() -> None:
        with engine.begin() as connection:
            lock_rows(connection, STATE.c.name, [waited_for])
            holding.set()
            assert begun.wait(30)
            wait_for_a_waiter(connection)
            before = [name for name in sorted(NAMES) if name < waited_for]
            assert free(engine) == [name for name in sorted(NAMES) if name > waited_for], before

    def take_all() -> None:
        assert holding.wait(30)
        with engine.begin() as connection:
            begun.set()
            lock_rows(connection, STATE.c.name, reversed(NAMES))

    with ThreadPoolExecutor(2) as pool:
        for each in [pool.submit(hold), pool.submit(take_all)]:
            each.result(60)


def test_a_database_without_citus_is_one_node(postgres: Cluster) -> None:
    database = Database(Settings(database=postgres.url("postgres")), SystemClock())
    with database.engine.connect() as connection:
        found = connection.exec_driver_sql("SELECT extname FROM pg_extension").scalars().all()
        assert IS_SPREAD(connection) is ("citus" in found) is False
        assert IS_SPREAD(connection) is False
    database.close()
