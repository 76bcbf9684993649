"""The key in the system's keyring: remembered, refused, forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends import fail, null
from keyring.errors import PasswordDeleteError

from data.store import Key, KeyCost, Store, recall_key, remember_key, unlock


class Drawer(KeyringBackend):
    """A keyring that works, in memory: those of the platforms need a desktop."""

    priority = 1

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # keyring has no annotations
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if self.kept.pop((service, username), None) is None:
            raise PasswordDeleteError("not there")


class Broken(Drawer):
    """A keyring with errors of its own kind, as those over D-Bus have."""

    def get_password(self, service: str, username: str) -> str | None:
        raise ConnectionResetError("the bus is gone")


@pytest.fixture(autouse=True)
def drawer() -> Iterator[Drawer]:
    before, drawer = keyring.get_keyring(), Drawer()
    keyring.set_keyring(drawer)
    yield drawer
    keyring.set_keyring(before)


def test_a_remembered_key_opens_the_store(folder: Path, cheap: KeyCost, drawer: Drawer) -> None:
    key = unlock(folder, "password", cost=cheap)
    assert recall_key(folder) is None
    assert remember_key(folder, key)
    assert recall_key(folder) == key
    ((service, _),) = drawer.kept
    assert service == "duecall"


def test_a_key_of_an_older_password_is_not_used(folder: Path, cheap: KeyCost) -> None:
    key = unlock(folder, "password", cost=cheap)
    remember_key(folder, key)
    with Store.open(folder, key) as store:
        new = store.change_password("new", cheap)
    assert recall_key(folder) is None
    assert not remember_key(folder, key)
    assert remember_key(folder, new)


def test_wiping_forgets_the_key(folder: Path, cheap: KeyCost, drawer: Drawer) -> None:
    key = unlock(folder, "password", cost=cheap)
    remember_key(folder, key)
    Store.open(folder, key).wipe()
    assert drawer.kept == {}
    assert recall_key(folder) is None


@pytest.mark.parametrize("backend", [fail.Keyring, null.Keyring, Broken])
def test_without_a_working_keyring_the_password_is_asked_for(
    folder: Path, cheap: KeyCost, backend: type[KeyringBackend]
) -> None:
    keyring.set_keyring(backend())
    key = unlock(folder, "password", cost=cheap)
    assert not remember_key(folder, key)
    assert recall_key(folder) is None
    Store.open(folder, key).wipe()


def test_a_keyring_that_gives_nonsense_is_not_trusted(folder: Path, cheap: KeyCost, drawer: Drawer) -> None:
    key = unlock(folder, "password", cost=cheap)
    remember_key(folder, key)
    for nonsense in ("", "zz", Key.random().to_text()):
        for entry in drawer.kept:
            drawer.kept[entry] = nonsense
        assert recall_key(folder) is None
