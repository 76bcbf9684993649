"""What the store called saved is there after the power was cut, at whatever write.

A disk that remembers every write lies below the encryption: what is recorded, and later put on a disk again, is what
a real one would hold.
"""

from __future__ import annotations

import random
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import apsw
import pytest

from data.store import Key, Store

SECTOR = 512


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened, in order: to a file, or (``saved``) the promise that a capture is safe."""

    kind: Literal["write", "truncate", "sync", "delete", "saved"]
    file: str = ""
    offset: int = 0
    content: bytes = field(default=b"", repr=False)


def plain_layer() -> str:
    """Name the platform's own file layer, the one without encryption."""
    return apsw.vfs_names()[0].removeprefix("multipleciphers-")


class RecordingDisk(apsw.VFS):
    """The platform's file layer, with a tape running along. Open a store with ``vfs=disk.layer``."""

    def __init__(self) -> None:
        self.base = plain_layer()
        super().__init__("recording", self.base)
        self.tape: list[Event] = []
        self.layer = "multipleciphers-recording"

    def xOpen(self, name: str | apsw.URIFilename | None, flags: list[int]) -> apsw.VFSFile:  # noqa: N802 - SQLite's name
        path = name.filename() if isinstance(name, apsw.URIFilename) else str(name)
        return RecordingFile(self.base, name, flags, Path(path).name, self.tape)

    def xDelete(self, name: str, syncdir: bool) -> None:  # noqa: N802 - SQLite's name
        self.tape.append(Event("delete", Path(name).name))
        super().xDelete(name, syncdir)

    def saved(self, name: str) -> None:
        """Note that the store has just said that ``name`` is safe."""
        self.tape.append(Event("saved", name))


class RecordingFile(apsw.VFSFile):
    """One file of the disk."""

    def __init__(
        self, base: str, name: str | apsw.URIFilename | None, flags: list[int], label: str, tape: list[Event]
    ) -> None:
        super().__init__(base, name, flags)
        self.label = label
        self.tape = tape

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802 - SQLite's name
        self.tape.append(Event("write", self.label, offset, bytes(data)))
        super().xWrite(data, offset)

    def xTruncate(self, newsize: int) -> None:  # noqa: N802 - SQLite's name
        self.tape.append(Event("truncate", self.label, newsize))
        super().xTruncate(newsize)

    def xSync(self, flags: int) -> None:  # noqa: N802 - SQLite's name
        super().xSync(flags)
        self.tape.append(Event("sync", self.label))


Luck = Literal["nothing", "everything", "torn"]
"""What a disk kept of the writes it was never told to sync: none, all, or some sectors of them in any order."""


def disk_after_cut(tape: list[Event], luck: Luck, chance: random.Random) -> dict[str, bytes]:
    """Give the files as they are found when the power comes back after the last event of ``tape``."""
    safe: dict[str, bytearray] = {}
    unsynced: dict[str, list[Event]] = {}
    for event in tape:
        if event.kind in ("write", "truncate"):
            unsynced.setdefault(event.file, []).append(event)
        elif event.kind == "sync":
            for earlier in unsynced.pop(event.file, []):
                _apply(safe, earlier)
        elif event.kind == "delete":
            safe.pop(event.file, None)
            unsynced.pop(event.file, None)
    for events in unsynced.values():
        for event in events:
            if luck == "everything":
                _apply(safe, event)
            elif luck == "torn":
                for part in _sectors(event):
                    if chance.random() < 0.5:
                        _apply(safe, part)
    return {name: bytes(content) for name, content in safe.items()}


def _apply(files: dict[str, bytearray], event: Event) -> None:
    content = files.setdefault(event.file, bytearray())
    if event.kind == "truncate":
        del content[event.offset :]
        return
    end = event.offset + len(event.content)
    if len(content) < end:
        content.extend(bytes(end - len(content)))
    content[event.offset : end] = event.content


def _sectors(event: Event) -> list[Event]:
    """Cut a write at the disk's sector borders."""
    if event.kind != "write":
        return [event]
    parts, position, rest = [], event.offset, event.content
    while rest:
        length = SECTOR - position % SECTOR
        parts.append(Event("write", event.file, position, rest[:length]))
        position, rest = position + length, rest[length:]
    return parts


@pytest.fixture(scope="session")
def disk() -> RecordingDisk:
    """Register the layer once and for good: the encryption above it keeps a pointer to it."""
    return RecordingDisk()


@pytest.fixture
def recorded(disk: RecordingDisk, folder: Path, key: Key) -> list[Event]:
    """Record a store's life: created, captures, a page of changes, a scrub in the middle, removals, closed."""
    disk.tape.clear()
    store = Store.open(folder, key, indexes={"outbox": ["promise"]}, vfs=disk.layer)
    for number in range(9):
        with store.transaction():
            store.table("outbox").insert({"promise": number, "pad": "x" * 900 * (number % 3)}, key=f"fact-{number}")
            store.table("overlay").put("last", {"promise": number})
        disk.saved(f"fact-{number}")
        if number == 3:
            with store.transaction():
                for case in range(30):
                    store.table("cases").put(f"case:{case}", {"pad": "y" * 600})
            disk.saved("page")
        if number == 5:
            store.scrub()
    store.close()
    return list(disk.tape)


@pytest.mark.parametrize("luck", ["nothing", "everything", "torn"])
def test_the_power_may_be_cut_at_any_write(
    recorded: list[Event], folder: Path, key: Key, tmp_path: Path, luck: Luck
) -> None:
    chance = random.Random(luck)
    assert len(recorded) > 60
    for cut in range(1, len(recorded) + 1):
        past = recorded[:cut]
        found = tmp_path / "found"
        found.mkdir()
        shutil.copy(folder / "store.json", found)
        for name, content in disk_after_cut(past, luck, chance).items():
            (found / name).write_bytes(content)
        if not (found / "store-1.db").exists():
            (found / "store-1.db").touch()
        saved = {event.file for event in past if event.kind == "saved"}
        with Store.open(found, key) as store:
            facts = [document.key for document in store.table("outbox")]
            assert saved - {"page"} <= set(facts), f"lost by a cut after event {cut}"
            assert len(facts) <= len(saved - {"page"}) + 1
            assert facts == [f"fact-{number}" for number in range(len(facts))]
            last = store.table("overlay").get_key("last")
            assert (last["promise"] + 1 if last else 0) == len(facts), "a transaction was torn"
            assert len(store.table("cases")) in ((30,) if "page" in saved else (0, 30))
            assert store._database.execute("PRAGMA integrity_check") == [("ok",)]
        shutil.rmtree(found)
