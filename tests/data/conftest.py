"""A device as the tests of the client's side of the sync need it: the real store, a clock that only moves when told."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from data.kept import Author
from data.ports import INDEXES
from data.position import Contact
from data.replica import Replica
from data.store import Key, Store
from domain.canonical import to_plain
from domain.case.model import Case, Customer
from domain.facts.payloads import Debt, Phone
from domain.ids import IdSource
from domain.wire import ChangesPage, DeviceState, Entry

DEVICE = "0197a000-0000-7000-8000-000000000001"
NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)


@dataclass
class MovableClock:
    """The machine's clock, moved by the test."""

    instant: datetime = NOON

    def now(self) -> datetime:
        return self.instant

    def pass_by(self, seconds: float) -> None:
        self.instant += timedelta(seconds=seconds)


@dataclass
class Device:
    """One device with its store; ``restart`` forgets everything that is only in memory."""

    store: Store
    clock: MovableClock
    ids: IdSource
    author: Author = field(default_factory=lambda: Author("agent-7", "Wang Fang", DEVICE))
    replica: Replica = field(init=False)

    def __post_init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        self.replica = Replica(self.store, lambda: self.author, self.clock, self.ids)

    def apply(self, page: ChangesPage, asked: str | None = None) -> None:
        self.replica.apply_page(page, asked, Contact(epoch=page.epoch))

    def everything(self) -> str:
        """All documents of all tables as text, to look for what must not be there."""
        return repr({name: list(self.store.db.table(name)) for name in sorted(self.store.db.tables())})


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "store", Key(bytes(32)), indexes=INDEXES) as opened:
        yield opened


@pytest.fixture
def device(store: Store) -> Device:
    clock = MovableClock()
    return Device(store, clock, IdSource(clock, random.Random(7).getrandbits))


def case_body(case_id: str, name: str = "Lin Yue", **changes: Any) -> dict[str, Any]:
    """A case document as the server writes it."""
    case = Case(
        id=case_id,
        customer=Customer(name, id=f"K-{case_id}"),
        owner="agent-7",
        currency="CNY",
        debts=(Debt("d1", 125_000, "CNY"),),
        phones=(Phone("+8613812345678", zones=("Asia/Shanghai",)),),
    )
    body: dict[str, Any] = to_plain(case)
    return body | changes


def put(seq: int, case_id: str, ver: int, **changes: Any) -> Entry:
    return Entry(seq, "put", f"case:{case_id}", ver, case_body(case_id, **changes))


def remove(seq: int, case_id: str, ver: int) -> Entry:
    return Entry(seq, "remove", f"case:{case_id}", ver, reason="reassigned")


def page(*entries: Entry, **changes: Any) -> ChangesPage:
    """A page of changes; what is not given is what a page at the head has."""
    head = max((entry.seq for entry in entries), default=0)
    fields: dict[str, Any] = {
        "epoch": "e7",
        "cursor": f"c{head}",
        "head": head,
        "more": False,
        "reset": False,
        "revoked": [],
        "entries": list(entries),
        "lease_s": 14400,
        "device": DeviceState(0),
    }
    return ChangesPage(**(fields | changes))


class Feed:
    """The makers of pages and entries, for tests that take them as a fixture."""

    page = staticmethod(page)
    put = staticmethod(put)
    remove = staticmethod(remove)
    body = staticmethod(case_body)


@pytest.fixture
def feed() -> Feed:
    return Feed()
