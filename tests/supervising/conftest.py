"""Seeded databases, made once, and servers on copies of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from domain.i18n import use_language
from tests.support.supervised import SupervisedServer, seeded, supervised


@pytest.fixture(scope="session")
def weeks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a database with three weeks of an English team's work."""
    return seeded(tmp_path_factory.mktemp("seeded"))


@pytest.fixture
def server(tmp_path: Path, weeks: Path) -> Iterator[SupervisedServer]:
    """Give a running server on a copy of it."""
    with supervised(tmp_path / "server", weeks) as running:
        yield running


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    use_language("en")
    yield
    use_language("en")
