"""Migrations lead from nothing to exactly the tables the code knows."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, Table, inspect, select

from domain.clock import SystemClock
from server.database.engine import Database, make_engine
from server.database.migrate import is_current, upgrade
from server.database.schema import METADATA, STATE
from server.founding import TablesOutdated, open_server, prepare
from server.settings import Settings


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    return make_engine(Settings(database=f"sqlite:///{tmp_path / 'new.db'}"))


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


def test_founding_again_keeps_epoch_and_key(tmp_path: Path) -> None:
    database = Database(Settings(database=f"sqlite:///{tmp_path / 'new.db'}"), SystemClock())
    first = prepare(database)
    assert prepare(database) == first
    with database.reading() as transaction:
        assert len(transaction.connection.execute(select(STATE)).all()) == 2
    database.close()


def test_shared_database_is_not_changed_by_starting_a_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    database = Database(Settings(database=f"sqlite:///{tmp_path / 'new.db'}"), SystemClock())
    monkeypatch.setattr(Database, "is_shared", True)
    with pytest.raises(TablesOutdated):
        open_server(database)
    assert inspect(database.engine).get_table_names() == []
    founded = prepare(database)
    assert open_server(database) == founded
    database.close()


def test_sqlite_is_durable_and_shared(engine: Engine) -> None:
    with engine.connect() as connection:
        pragmas = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 30_000}


@pytest.mark.parametrize("table", METADATA.sorted_tables, ids=lambda table: table.name)
def test_no_table_needs_what_a_distributed_database_lacks(table: Table) -> None:
    """No sequences, no foreign keys over shards, and one unique constraint only, on the small table of people."""
    assert not table.foreign_keys
    keys = list(table.primary_key)
    assert len(keys) > 1 or keys[0].type.python_type is str, "a single number as key would become a sequence"
    assert [column.name for column in table.columns if column.unique] == (["login"] if table.name == "app_user" else [])
