"""A device as the tests of the client's side of the sync need it: the real store, a clock that only moves when told."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from data.answers import Timing
from data.kept import Author
from data.ports import INDEXES
from data.position import Contact
from data.replica import Replica
from data.store import Key, Store
from data.sync import effects as do
from data.sync import inputs as on
from data.sync.engine import Engine
from domain.canonical import to_plain
from domain.case.model import Case, Customer
from domain.facts.payloads import Debt, Phone
from domain.ids import IdSource
from domain.wire import ChangesPage, DeviceState, Entry, Hello, Limits, ProtocolRange

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


class Crash(Exception):  # noqa: N818 - it is what happens to the program, not a mistake of it
    """The program died between two effects."""


class Bench:
    """An engine on a real replica; changes of the store are made at once, requests wait in ``requests`` for the test."""

    def __init__(self, device: Device, *, listen: bool = False, luck: float = 0.5) -> None:
        self.device = device
        self.listen = listen
        self.luck = luck
        self.requests: dict[int, do.SayHello | do.SendEvents | do.FetchChanges | do.OpenStream] = {}
        self.others: list[do.Effect] = []
        self.wake_after: float | None = None
        self.crash_after: int | None = None
        self.boot()

    def boot(self) -> None:
        """Start anew on what is stored."""
        self.device.restart()
        self.replica = self.device.replica
        position = self.replica.memory.position
        self.engine = Engine(
            self.replica.outbox,
            self.replica.memory.contact,
            position.cursor,
            position.head,
            self.device.clock,
            lambda: self.luck,
            "https://duecall.test",
            listen=self.listen,
        )
        self.requests.clear()

    def start(self, *, session: bool = True, deposit: bool = True) -> None:
        self.tell(on.Started(session, deposit))

    def tell(self, event: on.Input) -> None:
        inputs = deque([event])
        while inputs:
            for effect in self.engine.handle(inputs.popleft()):
                self.replica.correct(self.engine.state.contact)
                answer = self._do(effect)
                if answer is not None:
                    inputs.append(answer)

    def _do(self, effect: do.Effect) -> on.Input | None:
        match effect:
            case do.SayHello() | do.SendEvents() | do.FetchChanges() | do.OpenStream():
                self.requests[effect.request] = effect
                return None
            case do.SetTimer():
                self.wake_after = effect.seconds
                return None
            case do.MarkSent() | do.MarkRefused() | do.ApplyPage() | do.OfferAgain() | do.Remember():
                self._maybe_crash()
                answer = self._change(effect)
                self._maybe_crash()
                return answer
        self.others.append(effect)
        if isinstance(effect, do.HideDocuments):
            self.replica.cases.hide(effect.keys)
        return None

    def _change(self, effect: do.Effect) -> on.Input | None:
        match effect:
            case do.MarkSent():
                marked = self.replica.mark(effect.results, effect.contact)
                return on.Marked(effect.request, tuple(kept.seq for kept in marked))
            case do.MarkRefused():
                self.replica.refuse(effect.seq, effect.status, effect.problem)
                return on.RefusalMarked(effect.request)
            case do.ApplyPage():
                return on.PageApplied(
                    effect.request,
                    self.replica.apply_page(effect.page, effect.asked, effect.contact, settle=effect.settle),
                )
            case do.OfferAgain():
                if effect.above is not None:
                    self.replica.offer_again(effect.above)
                else:
                    self.replica.offer_missing(effect.seqs)
                return on.FactCaptured()
            case do.Remember():
                self.replica.remember(effect.contact)
        return None

    def _maybe_crash(self) -> None:
        if self.crash_after is not None:
            self.crash_after -= 1
            if self.crash_after < 0:
                self.crash_after = None
                raise Crash

    def sent(self) -> do.SendEvents | None:
        """The push under way, the older one of two."""
        return next(iter(self.flights()), None)

    def flights(self) -> list[do.SendEvents]:
        """The pushes under way, the oldest first."""
        return [each for each in self.requests.values() if isinstance(each, do.SendEvents)]

    def fetched(self) -> do.FetchChanges | None:
        """The pull under way."""
        return next((each for each in self.requests.values() if isinstance(each, do.FetchChanges)), None)

    def answer_pull(self, page: ChangesPage) -> None:
        """Let a page arrive."""
        fetched = self.fetched()
        assert fetched is not None
        del self.requests[fetched.request]
        self.tell(on.PullAnswered(fetched.request, page, self.timing()))

    def answer_hello(self, *, most: int) -> None:
        """Let the server say who it is, and that it takes so many facts at once."""
        asked = next(each for each in self.requests.values() if isinstance(each, do.SayHello))
        del self.requests[asked.request]
        says = Hello("", ProtocolRange(1, 1), "e7", Limits(max_events=most), "2026a")
        self.tell(on.HelloAnswered(asked.request, says, self.timing()))

    def wait(self, seconds: float) -> None:
        """Let time pass, and the engine notice."""
        self.device.clock.pass_by(seconds)
        self.tell(on.Tick())

    def timing(self, round_trip_ms: int = 20, ahead_ms: int = 0) -> Timing:
        """An answer that is here now, from a server whose clock is so far ahead."""
        now = self.device.clock.now()
        trip = timedelta(milliseconds=round_trip_ms)
        return Timing(now - trip, now, now - trip / 2 + timedelta(milliseconds=ahead_ms))

    def states(self) -> list[str]:
        """The states the status line went through."""
        return [each.status.state for each in self.others if isinstance(each, do.StatusChanged)]


@pytest.fixture
def bench(device: Device) -> Bench:
    return Bench(device)


class Tools:
    """The classes above, for tests that make several of them."""

    Bench = Bench
    Crash = Crash
    Device = Device
    MovableClock = MovableClock


@pytest.fixture
def tools() -> type[Tools]:
    return Tools
