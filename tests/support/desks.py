"""A real desk on a real encrypted store, filled through the same door the network uses."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from pathlib import Path

from data.kept import Author
from data.ports import INDEXES
from data.position import Contact
from data.replica import Replica
from data.store import Store
from data.store.keys import Key
from domain.canonical import to_plain
from domain.case.model import Case
from domain.clock import Clock
from domain.ids import IdSource
from domain.wire import AgentInfo, ChangesPage, DeviceState, Entry
from screens.ports import LineStatus
from tests.support.people import ME, NOW
from tui.desk import AgentDesk, DeskParts

KEY = Key(bytes(range(32)))
DEVICE = "01975c00-0000-7000-8000-000000000001"


class HandClock:
    """A clock that moves when it is told to."""

    def __init__(self, now: datetime = NOW) -> None:
        self.instant = now

    def now(self) -> datetime:
        """Tell the instant."""
        return self.instant

    def pass_time(self, **length: float) -> None:
        """Let time pass."""
        self.instant += timedelta(**length)


class OpenDesk:
    """A desk with everything behind it in reach."""

    def __init__(
        self, folder: Path, clock: Clock, *, lease: timedelta | None = timedelta(hours=4), name: str = "王芳"
    ) -> None:
        self.store = Store.open(folder, KEY, indexes=INDEXES)
        self.replica = Replica(self.store, lambda: Author(ME, name, DEVICE), clock)
        self.clock, self.outbox, self.book = self.replica.clock, self.replica.outbox, self.replica.cases
        self.memory = self.replica.memory
        self.listeners: list[Callable[[], None]] = []
        lease_until = clock.now() + lease if lease is not None else None
        self.desk = AgentDesk(
            DeskParts(
                store=self.store,
                book=self.book,
                outbox=self.outbox,
                drafts=self.replica.drafts,
                clock=self.clock,
                ids=IdSource(self.clock),
                agent=AgentInfo(ME, "wang", name, "agent", "Team East"),
                status=lambda: LineStatus("synced", clock.now(), None, self.outbox.count_unsent(), 0, lease_until),
                nudge=lambda: None,
                lease_until=lambda: lease_until,
                on_status=self._follow,
                cash=lambda: self.memory.cash,
            )
        )

    def _follow(self, listener: Callable[[], None]) -> Callable[[], None]:
        self.listeners.append(listener)
        return lambda: self.listeners.remove(listener)

    def receive(self, cases: Iterable[Case], *, removed: Iterable[str] = (), ver: int = 1) -> None:
        """Apply a page of the feed with these cases."""
        known = self.memory.position.seq
        puts = [
            Entry(known + index, "put", f"case:{case.id}", ver, to_plain(case)) for index, case in enumerate(cases, 1)
        ]
        removes = [
            Entry(known + len(puts) + index, "remove", f"case:{case_id}", ver, None, "reassigned")
            for index, case_id in enumerate(removed, 1)
        ]
        head = known + len(puts) + len(removes)
        page = ChangesPage("e1", f"c{head}", head, False, False, [], [*puts, *removes], 14400, DeviceState(0))
        now = self.clock.now()
        contact = Contact(last_contact=now, last_sync=now, lease_until=now + timedelta(hours=4), epoch="e1")
        self.replica.apply_page(page, self.memory.position.cursor, contact)

    def receive_document(self, key: str, body: dict[str, object], *, ver: int) -> None:
        """Apply a page of the feed with a document of the house."""
        seq = self.memory.position.seq + 1
        page = ChangesPage(
            "e1", f"c{seq}", seq, False, False, [], [Entry(seq, "put", key, ver, body)], 14400, DeviceState(0)
        )
        now = self.clock.now()
        contact = Contact(last_contact=now, last_sync=now, lease_until=now + timedelta(hours=4), epoch="e1")
        self.replica.apply_page(page, self.memory.position.cursor, contact)

    def receive_raw(self, cases: Iterable[Case]) -> None:
        """Apply a page as the network brings it: through the bytes and the decoding boundary."""
        from data.decoding import decode_changes
        from domain.canonical import canonical_bytes

        entries = [
            {"seq": index, "op": "put", "key": f"case:{case.id}", "ver": 1, "body": to_plain(case)}
            for index, case in enumerate(cases, 1)
        ]
        page = {
            "epoch": "e1",
            "cursor": "c1",
            "head": len(entries),
            "more": False,
            "reset": False,
            "revoked": [],
            "entries": entries,
            "lease_s": 14400,
            "device": {"received_through": 0},
        }
        now = self.clock.now()
        contact = Contact(last_contact=now, last_sync=now, lease_until=now + timedelta(hours=4), epoch="e1")
        self.replica.apply_page(decode_changes(canonical_bytes(page)), None, contact)

    def close(self) -> None:
        """Close the store."""
        self.store.close()
