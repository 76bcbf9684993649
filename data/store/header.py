"""``store.json``: what must be known before the store can be opened. Nothing in it is secret or personal."""

from __future__ import annotations

import json
import uuid
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from data.files import make_private_folder, write_atomically
from data.store.errors import NoStore, StoreDamaged, StoreTooNew, WrongPassword, in_our_words
from data.store.keys import STANDARD_COST, Key, KeyCost, derive_key, new_salt
from data.store.lock import ProfileLock
from domain.records import dataclass

HEADER_NAME: Final = "store.json"
LOCK_NAME: Final = "store.lock"
FORMAT: Final = 1


@dataclass(frozen=True, slots=True)
class Header:
    """How one store is opened.

    ``generation`` counts password changes and names the database file, so that replacing this one small file
    switches key and database together. ``ready`` says that the database has been created: from then on a missing
    database is a loss and not a first start. ``salt`` and ``cost`` are absent when no password opens the store.
    """

    store_id: str
    generation: int
    ready: bool
    fingerprint: str
    salt: bytes | None = None
    cost: KeyCost | None = None

    @classmethod
    def first(cls, key: Key, salt: bytes | None = None, cost: KeyCost | None = None) -> Header:
        """Describe a store that is about to be created."""
        return cls(uuid.uuid4().hex, 1, ready=False, fingerprint=key.fingerprint(), salt=salt, cost=cost)

    def following(self, key: Key, salt: bytes, cost: KeyCost) -> Header:
        """Describe the same store under a new password."""
        return replace(
            self, generation=self.generation + 1, fingerprint=key.fingerprint(), salt=salt, cost=cost, ready=True
        )

    def database_path(self, folder: Path) -> Path:
        """Name the database file this header belongs to."""
        return folder / f"store-{self.generation}.db"


def read_header(folder: Path) -> Header | None:
    """Read ``store.json``; nothing when there is none, :class:`StoreDamaged` when it cannot be understood."""
    try:
        text = (folder / HEADER_NAME).read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    except UnicodeDecodeError as error:
        raise StoreDamaged from error
    try:
        fields = json.loads(text)
        if fields["format"] > FORMAT:
            raise StoreTooNew
        return _decoded(fields)
    except (ValueError, TypeError, KeyError) as error:
        raise StoreDamaged from error


def write_header(folder: Path, header: Header) -> None:
    """Replace ``store.json`` in one step."""
    fields: dict[str, Any] = {
        "format": FORMAT,
        "store_id": header.store_id,
        "generation": header.generation,
        "ready": header.ready,
        "fingerprint": header.fingerprint,
        "password": None,
    }
    if header.salt is not None and header.cost is not None:
        fields["password"] = {
            "kdf": "argon2id",
            "salt": header.salt.hex(),
            "passes": header.cost.passes,
            "memory_kib": header.cost.memory_kib,
            "lanes": header.cost.lanes,
        }
    write_atomically(folder / HEADER_NAME, json.dumps(fields, indent=1).encode())


@in_our_words()
def unlock(folder: Path, password: str, *, create: bool = True, cost: KeyCost = STANDARD_COST) -> Key:
    """Turn a password into the key of the store in ``folder``; slow on purpose, so call it off the screen's thread.

    The first password typed in an empty folder becomes the store's, unless ``create`` is off. Errors:
    :class:`WrongPassword` (nothing counts attempts and nothing is deleted), :class:`NoStore`,
    :class:`StoreDamaged`, :class:`StoreTooNew`, :class:`StoreUnwritable`.
    """
    header = _begun(folder)
    if header is None:
        if not create:
            raise NoStore
        header = _choose_password(folder, password, cost)
    if header.salt is None or header.cost is None:
        raise WrongPassword
    key = derive_key(password, header.salt, header.cost)
    if not key.fits(header.fingerprint):
        raise WrongPassword
    return key


def _begun(folder: Path) -> Header | None:
    """Read the header of a store that holds or may hold something; one without a database protects nothing yet."""
    header = read_header(folder)
    if header is None or not (header.ready or header.database_path(folder).exists()):
        return None
    return header


def _choose_password(folder: Path, password: str, cost: KeyCost) -> Header:
    """Make ``password`` the one of this still empty store, unless another program's first start came before."""
    salt = new_salt()
    chosen = Header.first(derive_key(password, salt, cost), salt, cost)
    make_private_folder(folder)
    lock = ProfileLock.acquire(folder / LOCK_NAME)
    try:
        earlier = _begun(folder)
        if earlier is None:
            write_header(folder, chosen)
    finally:
        lock.release()
    return earlier or chosen


def _decoded(fields: dict[str, Any]) -> Header:
    """Check every field: this file is the one thing in the folder that is not authenticated."""
    password = fields["password"]
    salt, cost = None, None
    if password is not None:
        if password["kdf"] != "argon2id":
            raise ValueError("unknown way to derive the key")
        salt = bytes.fromhex(password["salt"])
        cost = KeyCost(int(password["passes"]), int(password["memory_kib"]), int(password["lanes"]))
    return Header(
        store_id=uuid.UUID(fields["store_id"]).hex,
        generation=int(fields["generation"]),
        ready=bool(fields["ready"]),
        fingerprint=bytes.fromhex(fields["fingerprint"]).hex(),
        salt=salt,
        cost=cost,
    )
