"""Fixtures of the server's tests."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.server_world import World


@pytest.fixture(scope="session")
def populated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a database file with six people in it, for copying."""
    made = World(tmp_path_factory.mktemp("populated"))
    made.populate()
    made.services.database.close()
    return made.folder / "server.db"


@pytest.fixture
async def world(tmp_path: Path, populated: Path) -> AsyncIterator[World]:
    """Give a server with six people and no cases."""
    made = World(tmp_path, template=populated)
    yield made
    await made.close()
