"""What a write that was cut short leaves in the files: it may be of a customer who is given to somebody else meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from data.kept import Author
from data.ports import INDEXES
from data.position import Contact
from data.replica import Replica
from data.store import DiskFull, Key, Store, StoreError
from domain.wire import ChangesPage, DeviceState, Entry
from tests.support.disk import MemoryDisk

SECRET = "Zwiebelfisch"


class Readable(Key):
    """No encryption, so that what is left can be seen."""

    def page_key(self) -> str:
        return ""


@pytest.fixture(scope="session")
def disk() -> MemoryDisk:
    return MemoryDisk("leftovers")


@pytest.fixture
def key() -> Key:
    return Readable(bytes(32))


@pytest.fixture
def store(disk: MemoryDisk, folder: Path, key: Key) -> Iterator[Store]:
    with Store.open(folder, key, indexes=INDEXES, vfs=disk.layer) as opened:
        opened.table("drafts").put("first", {"text": "x"})
        yield opened
        disk.drive(folder).detach()


def holds_the_secret(disk: MemoryDisk, folder: Path) -> bool:
    return any(SECRET.encode() in file.seen for file in disk.drive(folder).files.values())


def page(*entries: Entry, head: int) -> ChangesPage:
    return ChangesPage("e1", f"c{head}", head, False, False, [], list(entries), 14400, DeviceState(0))


def test_a_write_the_program_died_in_leaves_nothing_after_the_next_start(
    disk: MemoryDisk, folder: Path, key: Key, store: Store
) -> None:
    drive = disk.drive(folder)
    drive.writes_left = 6
    with pytest.raises(StoreError):
        store.table("drafts").put("case:1", {"text": f"{SECRET} {'y' * 30_000}"})
    found = drive.killed()
    assert SECRET.encode() in found["store-1.db-wal"], "else this test shows nothing"
    drive.detach()
    store.close()
    disk.replace(folder, found)
    with Store.open(folder, key, indexes=INDEXES, vfs=disk.layer) as again:
        assert not holds_the_secret(disk, folder)
        assert again.table("drafts").keys() == ["first"]


def test_a_page_there_was_no_room_for_leaves_nothing_of_a_case_that_went_meanwhile(
    disk: MemoryDisk, folder: Path, store: Store
) -> None:
    replica = Replica(store, lambda: Author("agent-7", None, "d1"))
    body = {"id": "1", "customer": {"name": SECRET}, "pad": SECRET * 2_500}
    drive = disk.drive(folder)
    drive.room = 35_000
    with pytest.raises(DiskFull):
        replica.apply_page(page(Entry(1, "put", "case:1", 1, body), head=1), None, Contact(epoch="e1"))
    assert holds_the_secret(disk, folder), "else this test shows nothing"
    drive.room = None
    removed = Entry(2, "remove", "case:1", 2, reason="reassigned")
    replica.apply_page(page(removed, head=2), None, Contact(epoch="e1"))
    assert not holds_the_secret(disk, folder)
