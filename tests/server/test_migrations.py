"""Migrations lead from nothing to exactly the tables the code knows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, Table, inspect, select

from domain.clock import SystemClock
from server.database.distribution import DISTRIBUTION, EVERYWHERE
from server.database.engine import Database, make_engine
from server.database.migrate import is_current, upgrade
from server.database.schema import METADATA, STATE
from server.founding import TablesOutdated, open_server, prepare
from server.settings import Settings
from tests.support.distributed import check_table
from tests.support.postgres import Cluster


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Give the address of a database without tables."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'new.db'}"
        return
    server: Cluster = request.getfixturevalue("postgres")
    server.run("CREATE DATABASE empty")
    yield server.url("empty")
    server.run("DROP DATABASE empty WITH (FORCE)")


@pytest.fixture
def engine(empty: str) -> Iterator[Engine]:
    made = make_engine(Settings(database=empty))
    yield made
    made.dispose()


def test_empty_database_gets_the_tables_of_the_code(engine: Engine) -> None:
    assert not is_current(engine)
    upgrade(engine)
    assert is_current(engine)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []
    assert set(inspect(engine).get_table_names()) == {*METADATA.tables, "alembic_version"}


def test_upgrading_twice_changes_nothing(engine: Engine) -> None:
    upgrade(engine)
    upgrade(engine)
    assert is_current(engine)


def test_founding_again_keeps_epoch_and_key(empty: str) -> None:
    database = Database(Settings(database=empty), SystemClock())
    first = prepare(database)
    assert prepare(database) == first
    with database.reading() as transaction:
        assert len(transaction.connection.execute(select(STATE)).all()) == 2
    database.close()


@pytest.mark.parametrize("empty", ["postgresql"], indirect=True)
def test_shared_database_is_not_changed_by_starting_a_server(empty: str) -> None:
    database = Database(Settings(database=empty), SystemClock())
    with pytest.raises(TablesOutdated):
        open_server(database)
    assert inspect(database.engine).get_table_names() == []
    founded = prepare(database)
    assert open_server(database) == founded
    database.close()


@pytest.mark.parametrize("empty", ["sqlite"], indirect=True)
def test_sqlite_is_durable_and_shared(engine: Engine) -> None:
    with engine.connect() as connection:
        pragmas = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 30_000}


@pytest.mark.parametrize("table", METADATA.sorted_tables, ids=lambda table: table.name)
def test_no_table_needs_what_a_distributed_database_lacks(table: Table) -> None:
    check_table(table)


def test_operations_manual_names_every_table_and_its_column() -> None:
    manual = (Path(__file__).resolve().parents[2] / "docs" / "operations.md").read_text(encoding="utf-8")
    expected = [f"`{table.name}` ({column.name})" for table, column in DISTRIBUTION.items()]
    expected += [f"`{table.name}`" for table in EVERYWHERE]
    assert [each for each in expected if each not in manual] == []


def test_documents_are_compressed_by_the_fast_method(postgres: Cluster) -> None:
    postgres.run("CREATE DATABASE squeezed")
    engine = make_engine(Settings(database=postgres.url("squeezed")))
    upgrade(engine)
    with engine.connect() as connection:
        known = connection.exec_driver_sql(
            "SELECT 'lz4' = ANY(enumvals) FROM pg_settings WHERE name = 'default_toast_compression'"
        )
        method = "SELECT attcompression FROM pg_attribute WHERE attrelid = 'case_file'::regclass AND attname = 'doc'"
        assert connection.exec_driver_sql(method).scalar() == ("l" if known.scalar() else "")
    engine.dispose()
    postgres.run("DROP DATABASE squeezed WITH (FORCE)")
