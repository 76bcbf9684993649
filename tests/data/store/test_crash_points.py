"""Every write, truncation and sync of a working day, cut there: what was saved is there, what was revoked is not.

The day is sixty facts, acknowledgements, pages of the feed and cases taken away, on the real store. At each of its steps the
machine dies in several ways: the program alone, or the power, with nothing, everything or some sectors kept of what was
not synced. One run is encrypted as always; the other is not, so that there is something to see in the files.
``DUECALL_CRASH_STEP`` says to look at every n-th step only; 1 looks at all.
"""

from __future__ import annotations

import os
import random
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from data.kept import Author
from data.ports import INDEXES
from data.position import Contact
from data.replica import Replica
from data.store import Key, Store
from domain.facts.payloads import DisclosureRead, NoteAdded
from domain.wire import ChangesPage, DeviceState, Entry, EventResult
from tests.support.disk import Drive, File, Luck, MemoryDisk, Operation, change

FACTS = 60
STEP = int(os.environ.get("DUECALL_CRASH_STEP", "2"))
IN_MEMORY = Path("/dev/shm")
FOLDER = Path("profile")
DATABASE = "store-1.db"
WAYS: tuple[Luck | None, ...] = (None, "nothing", "everything", "torn", "torn")
"""The program killed, then the power cut."""


class Readable(Key):
    """No encryption: every byte can be searched."""

    def page_key(self) -> str:
        return ""


@dataclass(frozen=True, slots=True)
class Promise:
    """What the program had said by then: facts that are saved, words that are gone."""

    saved: frozenset[str]
    gone: frozenset[str]


@pytest.fixture(scope="module")
def disk() -> MemoryDisk:
    return MemoryDisk("crashpoints")


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """Give a folder for header and lock, in memory where there is such: thousands of openings wear out a disk."""
    base = IN_MEMORY / tmp_path.name if IN_MEMORY.is_dir() else tmp_path
    base.mkdir(exist_ok=True)
    yield base / FOLDER
    shutil.rmtree(base, ignore_errors=True)


def customer(case: int) -> str:
    return f"Zwiebelfisch{case:03d}"


def words(number: int) -> str:
    return f"Kauderwelsch{number:03d}"


class Day:
    """The working day, on a drive whose tape runs along."""

    def __init__(self, disk: MemoryDisk, folder: Path, key: Key) -> None:
        self.drive = disk.drive(folder)
        self.drive.tape = []
        self.said: list[tuple[int, Promise]] = []
        self.saved: set[str] = set()
        self.gone: set[str] = set()
        self.head = 0
        self.notes: dict[int, list[str]] = {}
        with Store.open(folder, key, indexes=INDEXES, vfs=disk.layer) as store:
            self.replica = Replica(store, lambda: Author("agent-7", None, "d1"))
            self.work()
        self.tape = self.drive.tape

    def say(self) -> None:
        """Note what holds from here on."""
        assert self.drive.tape is not None
        self.said.append((len(self.drive.tape), Promise(frozenset(self.saved), frozenset(self.gone))))

    def page(self, op: str, case: int) -> None:
        self.head += 1
        body = {"id": str(case), "customer": {"name": customer(case)}, "pad": customer(case) * 40}
        entry = Entry(
            self.head, "put" if op == "put" else "remove", f"case:{case}", self.head, body if op == "put" else None
        )
        page = ChangesPage("e1", f"c{self.head}", self.head, False, False, [], [entry], 14400, DeviceState(0))
        self.replica.apply_page(page, f"c{self.head - 1}" if self.head > 1 else None, Contact(epoch="e1"))

    def work(self) -> None:
        for case in range(1, 5):
            self.page("put", case)
        for number in range(FACTS):
            case = 1 + number % 4
            if number in (22, 45):  # the first and the second case are given to somebody else
                taken = 1 if number == 22 else 2
                self.page("remove", taken)
                self.gone |= {customer(taken), *self.notes.pop(taken, ())}
                self.say()
            payload = NoteAdded(words(number)) if number % 2 else DisclosureRead(name=f"text {number}")
            fact = self.replica.outbox.append(payload, str(case))
            self.saved.add(fact.id)
            self.say()
            if number % 5 == 4:
                self.acknowledge()
            if number % 7 == 0:
                self.replica.drafts.save(str(case), {"note": words(1000 + number)})
        assert self.saved

    def acknowledge(self) -> None:
        unsent = self.replica.outbox.unsent()
        for kept in unsent:
            note = kept.event["data"].get("text")
            if note is not None:
                self.notes.setdefault(int(kept.case_id), []).append(note)
        results = [EventResult(kept.id, "accepted", [], f"case:{kept.case_id}", self.head + 1) for kept in unsent]
        self.replica.mark(results, Contact(epoch="e1"))

    def steps(self) -> Iterator[tuple[Drive, Promise]]:
        """Give the drive before the first step and after each one, with what had been said by then."""
        drive, said = Drive(), list(self.said)
        promise = Promise(frozenset(), frozenset())
        for number, step in enumerate(self.tape):
            if isinstance(step, Operation):
                drive.files.setdefault(step.file, File())
                change(drive.files[step.file].seen, step)
                drive.unsynced.append(step)
            elif step[0] == "sync":
                drive.sync(step[1])
            else:
                drive.delete(step[1])
            while said and said[0][0] <= number + 1:
                promise = said.pop(0)[1]
            yield drive, promise


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("kind", [Key, Readable])
def test_every_step_of_a_day_may_be_the_last(disk: MemoryDisk, folder: Path, kind: type[Key]) -> None:
    key = kind(bytes(32))
    day = Day(disk, folder, key)
    chance = random.Random("crash points")
    states = scanned = 0
    for number, (drive, promise) in enumerate(day.steps()):
        if number % STEP:
            continue
        for luck in WAYS:
            found = drive.killed() if luck is None else drive.cut(luck, chance)
            disk.replace(folder, found)
            with Store.open(folder, key, indexes=INDEXES, vfs=disk.layer) as store:
                replica = Replica(store, lambda: Author("agent-7", None, "d1"))
                there = {row["id"] for name in ("outbox", "sent") for row in store.table(name).all()}
                where = f"after step {number}, {luck or 'killed'}"
                assert promise.saved <= there, f"a saved fact is missing {where}"
                assert len(there) <= len(promise.saved) + 1
                assert [kept.seq for kept in replica.outbox.unsent()] == sorted(
                    kept.seq for kept in replica.outbox.unsent()
                )
                if luck == "torn":
                    assert store._database.execute("PRAGMA integrity_check") == [("ok",)], where
                if kind is Readable:
                    content = b"".join(bytes(file.seen) for file in disk.drive(folder).files.values())
                    left = [word for word in promise.gone if word.encode() in content]
                    assert not left, f"{left} can still be read {where}"
                    scanned += 1
            states += 1
    sys.stderr.write(f"{kind.__name__}: {len(day.tape)} steps, {states} states opened, {scanned} searched\n")
    assert states > 2_500 // STEP
    assert key.page_key() == "" or not any(
        word.encode() in bytes(file.seen)
        for word in ("Zwiebelfisch", "Kauderwelsch")
        for file in day.drive.files.values()
    )
