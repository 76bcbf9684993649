"""One agent's machine: the real store on a disk that can fail, the real session, outbox, replica and sync driver."""

from __future__ import annotations

import asyncio
import random
import shutil
import tempfile
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Final

from data.answers import Failure
from data.ports import INDEXES
from data.replica import Replica
from data.session import NobodyLoggedInError, Session
from data.store import Key, Store
from data.store.errors import StoreError
from data.sync.driver import SyncDriver
from data.sync.status import SyncStatus
from domain.clock import SteadyClock
from domain.facts import Payload
from domain.ids import IdSource
from domain.wire import Limits
from tests.simulation.central import PASSWORD
from tests.simulation.network import Line, Network
from tests.simulation.record import Record, Violation
from tests.simulation.virtual import LaptopClock, VirtualLoop
from tests.simulation.wire import WiredClient
from tests.support.disk import Drive, Luck, MemoryDisk

FILES: Final = "store-1.db"


class Readable(Key):
    """No encryption, so that the bytes of the files can be searched for what must not be there."""

    def page_key(self) -> str:
        return ""


@cache
def disk() -> MemoryDisk:
    """Give this process's disk."""
    return MemoryDisk("simulated")


@cache
def scratch() -> Path:
    """Give a folder in memory for what a store keeps beside its database: the header and the lock."""
    memory = Path("/dev/shm")
    return Path(tempfile.mkdtemp(prefix="duecall-simulation-", dir=memory if memory.is_dir() else None))


def clean_up() -> None:
    """Remove that folder again."""
    shutil.rmtree(scratch(), ignore_errors=True)
    scratch.cache_clear()


@dataclass(frozen=True, slots=True)
class Saved:
    """A fact the screen called saved: what must reach the server exactly so."""

    id: str
    text: str
    case_id: str
    type: str
    device: str
    words: str | None = None


@dataclass(slots=True)
class Surroundings:
    """What a laptop finds around it."""

    loop: VirtualLoop
    network: Network
    record: Record
    dice: random.Random
    limits: Limits
    on_defect: Callable[[BaseException], None] = field(repr=False)
    on_death: Callable[[Laptop], None] = field(repr=False)


class Laptop:
    """A machine that can be switched off, killed, filled up, copied and set to another time."""

    def __init__(self, name: str, login: str, around: Surroundings, key: Key, listen: bool) -> None:
        self.name = name
        self.login_name = login
        self.around = around
        self.key = key
        self.listen = listen
        self.folder = scratch() / name
        self.clock = LaptopClock(around.loop)
        self.line: Line = around.network.line(name)
        self.client = WiredClient(around.network, self.line, self.clock, around.limits, self.is_on)
        self.saved: dict[str, Saved] = {}
        self.lost_with_a_disk: set[str] = set()
        self.drive: Drive = disk().replace(self.folder, {})
        self._guard()
        self.store: Store | None = None
        self.tasks: set[asyncio.Task[Any]] = set()
        self.running: asyncio.Task[None] | None = None
        self.is_clone = False
        self.boots = 0
        self.set_back_at: tuple[int, datetime] | None = None
        self.changed = True
        self.login_wanted = False
        self.alarms: list[str] = []

    def is_on(self) -> bool:
        """Tell whether the program runs and its machine lives."""
        return self.store is not None and not self.drive.dead

    # --- on and off --------------------------------------------------------------------------------------------

    def boot(self) -> bool:
        """Start the program; when its disk refuses even that, it stays off."""
        assert self.store is None
        self.boots += 1
        dice = random.Random(f"{self.name} {self.boots} {self.around.dice.getrandbits(32)}")
        try:
            self.store = Store.open(self.folder, self.key, indexes=INDEXES, vfs=disk().layer)
            self.steady = SteadyClock(self.clock, self.around.loop.time)
            self.client.machine = self.steady
            self.ids = IdSource(self.steady, dice.getrandbits)
            self.session = Session(self.store, self.ids, self.client.address)
            self.replica = Replica(self.store, self.session.author, self.steady, self.ids, self.around.loop.time)
        except StoreError:
            self.around.record.note(self.name, "cannot start")
            self._close()
            return False
        self.driver = SyncDriver(
            self.replica,
            self.client,
            self.session,
            on_status=self._on_status,
            on_login_needed=self._on_login_needed,
            on_alarm=self.alarms.append,
            clock=self.steady,
            random=dice.random,
            listen=self.listen,
        )
        self.replica.cases.subscribe(self._on_change)
        self.replica.outbox.subscribe(self._on_change)
        self.changed, self.login_wanted = True, False
        self.start_sync()
        return True

    def start_sync(self) -> None:
        """Let the sync run."""
        self.running = self.work(self.driver.run())

    def work(self, what: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Do something beside everything else; a failure nobody foresaw ends the simulation."""
        task = self.around.loop.create_task(what)
        self.tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self.tasks.discard(task)
        failure = None if task.cancelled() else task.exception()
        if failure is None or self.drive.dead:
            return
        self.around.on_defect(failure)

    def quit(self) -> None:
        """End the program as a person does."""
        self._stop()
        self._close()

    def killed(self, power: Luck | None = None, chance: random.Random | None = None) -> None:
        """Let the program die here and now, or the machine with it; what the disk then has is what is left."""
        if power is not None:
            assert chance is not None
            if power == "torn" and self.drive.unsynced:
                self.around.record.fault("writes torn", self.name)
            found = self.drive.cut(power, chance)
        else:
            found = self.drive.killed()
        self.replace_disk(found)

    def replace_disk(self, files: dict[str, bytes]) -> None:
        """Stop without a last word, and find these files at the next start."""
        self.drive.detach()
        self._stop()
        self._close()
        self.drive = disk().replace(self.folder, files)
        if FILES in files:
            (self.folder / FILES).touch()
        self._guard()

    def _guard(self) -> None:
        def when_sqlite_has_let_go() -> None:
            self.around.loop.call_soon(self.around.on_death, self)

        self.drive.on_death = when_sqlite_has_let_go

    def _stop(self) -> None:
        self.running = None
        for task in tuple(self.tasks):
            task.cancel()

    def _close(self) -> None:
        store, self.store = self.store, None
        if store is not None:
            with suppress(StoreError):
                store.close()
        self.changed = True

    # --- what the program says ---------------------------------------------------------------------------------

    def _on_status(self, status: SyncStatus) -> None:
        if self.is_on() and status.unsent != len(self.store_rows("outbox")):
            raise Violation(f"15: the status line says {status.unsent} unsent on {self.name}")

    def _on_login_needed(self) -> None:
        self.login_wanted = True

    def _on_change(self, _what: object) -> None:
        self.changed = True

    def store_rows(self, table: str) -> list[tuple[str, str]]:
        """Read a table past everything that is kept in memory: keys and documents as text."""
        assert self.store is not None
        database = self.store._database
        number = database.number_of(table)
        return [] if number is None else database.execute(f"SELECT key, body FROM documents_{number}")

    # --- the person --------------------------------------------------------------------------------------------

    async def log_in(self) -> None:
        """Log in, whatever comes of it."""
        try:
            answer = await self.driver.login(self.login_name, PASSWORD)
        except StoreError:
            self.login_wanted = True
            return
        if isinstance(answer, Failure):
            self.login_wanted = True
        self.around.record.note(self.name, "logged in" if not isinstance(answer, Failure) else "could not log in")

    async def log_out(self) -> None:
        """Log out; a disk that refuses leaves the session as it was."""
        with suppress(StoreError):
            await self.driver.logout()

    def now(self) -> datetime:
        """Tell the instant this machine goes by."""
        return self.replica.clock.now()

    def capture(self, payload: Payload, case_id: str, words: str | None = None) -> str | None:
        """Save a fact; give its id once the screen would call it saved."""
        try:
            fact = self.replica.outbox.append(payload, case_id)
        except NobodyLoggedInError:
            return None
        except StoreError:
            self.around.record.note(self.name, "could not save")
            return None
        if not self.is_on():
            return None  # it may be there; nobody was told
        kept = next(kept for kept in reversed(self.replica.outbox.unsent()) if kept.id == fact.id)
        self.saved[fact.id] = Saved(fact.id, kept.text, case_id, fact.type, self.session.device_id, words)
        self.around.record.note(self.name, "saved", fact.type, case_id, kept.seq)
        return fact.id

    def lease_ends(self) -> datetime | None:
        """Give the lease as the desk asks for it: by the corrected clock, absent when it does not hold."""
        contact = self.replica.memory.contact
        return contact.lease_until if contact.lease_holds(self.now()) else None

    def ahead_by(self) -> timedelta:
        """Tell how far the corrected clock is ahead of the truth."""
        return self.now() - self.around.loop.instant()
