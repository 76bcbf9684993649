"""A store on disk, as every test of it needs one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from data.store import Key, KeyCost, Store

INDEXES = {"cases": ["state", "customer.city", "state, due", "amount"]}


@pytest.fixture
def key() -> Key:
    return Key.random()


@pytest.fixture
def cheap() -> KeyCost:
    """The least Argon2id does: tests derive many keys and guard nothing with them."""
    return KeyCost(passes=1, memory_kib=8, lanes=1)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "profile"


@pytest.fixture
def store(folder: Path, key: Key) -> Iterator[Store]:
    with Store.open(folder, key, indexes=INDEXES) as opened:
        yield opened
