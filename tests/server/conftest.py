"""Fixtures of the server's tests."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from unittest import mock

import pytest
from sqlalchemy import Engine, event

from server.database import postgres as postgresql
from server.database.engine import Database
from server.founding import prepare
from server.settings import Settings
from tests.support.distributed import Recorder
from tests.support.postgres import Cluster, Reset, cluster
from tests.support.server_world import HandClock, World

RECORDER = Recorder()

NewWorld = Callable[..., World]
"""Makes a world with some settings changed."""


@pytest.fixture(scope="session", autouse=True)
def recorded() -> Iterator[None]:
    """Look at every statement of every test of the server: none may need what a distributed PostgreSQL lacks.

    The servers here take their database for such a one; those that run as processes of their own find that it is not.
    """
    event.listen(Engine, "before_cursor_execute", RECORDER)
    with mock.patch.object(postgresql, "is_spread", return_value=True):
        yield
    event.remove(Engine, "before_cursor_execute", RECORDER)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what the recorder saw, where the tests ran in this process."""
    if RECORDER.seen:
        seen = RECORDER.seen
        terminalreporter.write_line(f"{seen.total()} statements recorded, {len(seen)} different")


@pytest.fixture(scope="session")
def populated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a database file with six people in it, for copying."""
    made = World(tmp_path_factory.mktemp("populated"))
    made.populate()
    made.services.database.close()
    return made.folder / "server.db"


@pytest.fixture(scope="session")
def postgres() -> Iterator[Cluster]:
    """Give a PostgreSQL server that lives as long as this run's tests."""
    with cluster() as made:
        yield made


@pytest.fixture(scope="session")
def populated_postgres(postgres: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Reset:
    """Give a database with six people in it, which can be put back to where it started."""
    postgres.run("CREATE DATABASE populated")
    url = postgres.url("populated")
    database = Database(Settings(database=url), HandClock())
    prepare(database)
    database.close()
    made = World(tmp_path_factory.mktemp("populated"), {"database": url})
    made.populate()
    made.services.database.close()
    return Reset(postgres, "populated")


@pytest.fixture(params=["sqlite", "postgresql"])
def new_world(request: pytest.FixtureRequest, tmp_path: Path) -> NewWorld:
    """Make a server with six people and no cases, once on each kind of database."""
    if request.param == "sqlite":
        template = request.getfixturevalue("populated")
        return lambda **changed: World(tmp_path, changed, template=template)
    reset: Reset = request.getfixturevalue("populated_postgres")
    reset()
    return lambda **changed: World(tmp_path, {"database": reset.url} | changed)


@pytest.fixture
async def world(new_world: NewWorld) -> AsyncIterator[World]:
    """Give a server with six people and no cases."""
    made = new_world()
    yield made
    await made.close()
