"""A disk that refuses: all or nothing is saved, and the person is told which."""

# ruff: noqa: PT012 - the whole block is what must be taken back

from __future__ import annotations

from pathlib import Path

import apsw
import pytest

from data.store import DiskFull, Key, Store, StoreError, StoreUnwritable


class FailingDisk(apsw.VFS):
    """A disk that refuses to write as soon as it is told to."""

    def __init__(self) -> None:
        self.base = apsw.vfs_names()[0].removeprefix("multipleciphers-")
        super().__init__("failing", self.base)
        self.refusal: type[apsw.Error] | None = None
        self.room = 0
        self.layer = "multipleciphers-failing"

    def xOpen(self, name: str | apsw.URIFilename | None, flags: list[int]) -> apsw.VFSFile:  # noqa: N802 - SQLite's name
        return FailingFile(self, name, flags)


class FailingFile(apsw.VFSFile):
    """One file of the failing disk."""

    def __init__(self, disk: FailingDisk, name: str | apsw.URIFilename | None, flags: list[int]) -> None:
        super().__init__(disk.base, name, flags)
        self.disk = disk

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802 - SQLite's name
        if self.disk.refusal is not None:
            self.disk.room -= len(data)
            if self.disk.room < 0:
                raise self.disk.refusal
        super().xWrite(data, offset)


@pytest.fixture(scope="session")
def registered() -> FailingDisk:
    """Register the layer once and for good: the encryption above it keeps a pointer to it."""
    return FailingDisk()


@pytest.fixture
def failing(registered: FailingDisk) -> FailingDisk:
    registered.refusal = None
    return registered


@pytest.mark.parametrize(("refusal", "expected"), [(apsw.FullError, DiskFull), (apsw.IOError, StoreUnwritable)])
@pytest.mark.parametrize("room", [0, 3000, 9000, 60000])
def test_a_disk_that_refuses_saves_all_or_nothing_and_says_so(
    folder: Path, key: Key, failing: FailingDisk, refusal: type[apsw.Error], expected: type[StoreError], room: int
) -> None:
    with Store.open(folder, key, vfs=failing.layer) as store:
        outbox, overlay = store.table("outbox"), store.table("overlay")
        with store.transaction():
            outbox.insert({"promise": "before"})
            overlay.insert({"promise": "before"})
        failing.refusal, failing.room = refusal, room
        with pytest.raises(expected, match="not saved"), store.transaction():
            outbox.insert({"promise": "lost", "pad": "x" * 70000})
            overlay.insert({"promise": "lost"})
        with pytest.raises(expected):
            outbox.insert({"promise": "lost too", "pad": "x" * 70000})
        assert outbox.all() == overlay.all() == [{"promise": "before"}]
        failing.refusal = None
        with store.transaction():
            outbox.insert({"promise": "after"})
            overlay.insert({"promise": "after"})
        assert [d["promise"] for d in outbox] == ["before", "after"]
    with Store.open(folder, key) as store:
        assert [d["promise"] for d in store.table("overlay")] == ["before", "after"]
        assert all(finding.ok for finding in store.check())


def test_a_disk_full_in_the_middle_cannot_be_swallowed_by_the_block(
    folder: Path, key: Key, failing: FailingDisk
) -> None:
    """SQLite may take the whole transaction back by itself; the rest of the block must not be saved without it."""
    with Store.open(folder, key, vfs=failing.layer) as store:
        store._database.execute("PRAGMA cache_size = 5")
        table = store.table("outbox")
        table.insert({"n": 0})
        failing.refusal, failing.room = apsw.FullError, 20000
        with pytest.raises(StoreError), store.transaction():
            for n in range(1, 200):
                try:
                    table.insert({"n": n, "pad": "x" * 3000})
                except StoreError:
                    failing.refusal = None
        failing.refusal = None
        assert [d["n"] for d in table] == [0]


def test_no_room_for_the_files_at_all(folder: Path, key: Key) -> None:
    folder.parent.mkdir(exist_ok=True)
    folder.write_text("a file where the folder should be")
    with pytest.raises(StoreUnwritable, match="Check the disk"):
        Store.open(folder, key)
