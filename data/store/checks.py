"""Is the store whole, encrypted, private and durable? What ``duecall doctor`` asks of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import apsw

from data.files import open_to_others
from data.store.connection import CIPHER, Database
from data.store.errors import StoreError
from data.store.rows import tables_of
from domain.i18n import tr
from domain.records import dataclass

_PLAIN_MAGIC: Final = b"SQLite format 3\x00"
_DURABLE: Final = {"journal_mode": "wal", "synchronous": 2, "secure_delete": 1}


@dataclass(frozen=True, slots=True)
class Finding:
    """The answer to one question; ``name`` is stable, ``detail`` is a translated sentence without personal data."""

    name: str
    ok: bool
    detail: str


def check_store(folder: Path, database: Database) -> list[Finding]:
    """Ask everything; a damaged store is a finding, not an error. Reads the whole file, so it takes its time."""
    return [
        _integrity(database),
        _documents(database),
        _encryption(database),
        _durability(database),
        _privacy(folder),
    ]


def _integrity(database: Database) -> Finding:
    """Read every page in use, and with it its authentication tag."""
    try:
        faults = [str(fault) for (fault,) in database.execute("PRAGMA integrity_check") if fault != "ok"]
    except (StoreError, apsw.Error) as error:
        faults = [type(error).__name__]
    if faults:
        text = tr("{n} faults in the store's file; keep the folder, what the server confirmed is safe there")
        return Finding("store.integrity", ok=False, detail=text.format(n=len(faults)))
    return Finding("store.integrity", ok=True, detail=tr("every page is intact and authentic"))


def _documents(database: Database) -> Finding:
    try:
        unreadable = sum(rows.count_unreadable() for _, rows in tables_of(database))
    except (StoreError, apsw.Error):
        return Finding("store.documents", ok=False, detail=tr("the documents cannot be read"))
    if unreadable:
        text = tr("{n} documents cannot be read").format(n=unreadable)
        return Finding("store.documents", ok=False, detail=text)
    return Finding("store.documents", ok=True, detail=tr("every document can be read"))


def _encryption(database: Database) -> Finding:
    with database.path.open("rb") as file:
        plain = file.read(len(_PLAIN_MAGIC)) == _PLAIN_MAGIC
    if plain or database.execute("PRAGMA cipher") != [(CIPHER,)]:
        return Finding("store.encryption", ok=False, detail=tr("the store is not encrypted; wipe it and log in again"))
    return Finding("store.encryption", ok=True, detail=tr("encrypted with ChaCha20-Poly1305"))


def _durability(database: Database) -> Finding:
    differing = [name for name, value in _DURABLE.items() if database.execute(f"PRAGMA {name}") != [(value,)]]
    if differing:
        text = tr("a setting is not in force: {names}").format(names=", ".join(differing))
        return Finding("store.durability", ok=False, detail=text)
    return Finding("store.durability", ok=True, detail=tr("each save is on the disk before it is called saved"))


def _privacy(folder: Path) -> Finding:
    exposed = [path.name for path in _with_contents(folder) if open_to_others(path)]
    if exposed:
        text = tr("others on this computer may open: {names}; close and open duecall to mend it")
        return Finding("store.privacy", ok=False, detail=text.format(names=", ".join(exposed)))
    return Finding("store.privacy", ok=True, detail=tr("only your account on this computer can open the files"))


def _with_contents(folder: Path) -> Iterator[Path]:
    yield folder
    yield from sorted(folder.iterdir())
