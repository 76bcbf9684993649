"""An agent off-line whose clock is set forward: the last owner's machine may still call, so they may not yet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from data.ports import INDEXES
from data.position import Contact
from data.profile import Settings
from data.session import Session
from data.store import Key, Store
from domain.canonical import to_plain
from domain.case.model import Case, Hold
from domain.gate import Answer
from domain.ids import IdSource
from domain.wire import AgentInfo, ChangesPage, DeviceState, Entry, SessionAnswer
from tests.support.people import ME, NOW, Story
from tui.opening import OpenProfile

SERVER = "http://127.0.0.1:9"
KEY = Key(bytes(32))
HOUR = timedelta(hours=1)


@dataclass
class Wall:
    """The machine's clock, which anybody can set."""

    instant: datetime = NOW

    def now(self) -> datetime:
        return self.instant


class Laptop:
    """An open profile on a machine whose clock the test sets; time itself hardly passes."""

    def __init__(self, folder: Path, wall: Wall) -> None:
        self.folder, self.wall = folder, wall
        self.start()

    def start(self) -> None:
        store = Store.open(self.folder, KEY, indexes=INDEXES)
        session = Session(store, IdSource(self.wall), SERVER)
        agent = AgentInfo(ME, "wang", "王芳", "agent", "Team East")
        session.opened(SessionAnswer("token", NOW + 12 * HOUR, agent, session.device_id, "deposit", "e1"))
        self.profile = OpenProfile(KEY, store, session, SERVER, "wang", None, Settings())

    def hear(self, said: datetime, *entries: Entry) -> None:
        """Let a page of the feed arrive, as the sync takes it in: the server's time first, then the documents."""
        replica = self.profile.replica
        head = replica.memory.position.seq + len(entries)
        page = ChangesPage("e1", f"c{head}", head, False, False, [], list(entries), 14400, DeviceState(0))
        offset = (said - self.wall.now()) // timedelta(milliseconds=1)
        contact = Contact(said, said, said + 4 * HOUR, offset, 20, "e1", said=said)
        replica.correct(contact)
        replica.apply_page(page, replica.memory.position.cursor, contact)

    def case(self) -> Case:
        case = self.profile.desk.case("c-held")
        assert case is not None
        return case

    def gate(self) -> Answer:
        return self.profile.desk.gate(self.case())

    def in_queue(self) -> bool:
        return "c-held" in {row.case_id for row in self.profile.desk.queue().today}


@pytest.fixture
def wall(monkeypatch: pytest.MonkeyPatch) -> Wall:
    wall = Wall()
    monkeypatch.setattr("tui.opening.SystemClock", lambda: wall)
    return wall


@pytest.fixture
def held(tmp_path: Path, wall: Wall) -> Iterator[Laptop]:
    laptop = Laptop(tmp_path / "store", wall)
    case = replace(Story("c-held", "李建国").case(), hold=Hold("Ben", NOW + HOUR))
    laptop.hear(NOW, Entry(1, "put", "case:c-held", 1, to_plain(case)))
    yield laptop
    laptop.profile.store.close()


def test_the_hold_stands_until_the_server_is_heard(held: Laptop, wall: Wall) -> None:
    assert held.gate().text == "may be called by Ben until 11:00"
    wall.instant += 2 * HOUR
    refused = held.gate()
    assert (refused.allowed, refused.rule_id, refused.alternative) == (False, "hold", "Sync, then call.")
    assert not held.in_queue()
    assert held.profile.desk.gate_at(held.case(), held.profile.desk.now()).rule_id == "hold"
    held.hear(NOW + timedelta(minutes=59))
    assert held.gate().rule_id == "hold", "the server says that it is not time yet"
    held.hear(NOW + HOUR)
    assert held.gate().allowed
    assert held.in_queue()


def test_a_start_without_the_server_proves_nothing_either(held: Laptop, wall: Wall) -> None:
    held.profile.store.close()
    wall.instant += 2 * HOUR
    held.start()
    assert held.gate().rule_id == "hold"
    assert not held.in_queue()
    held.hear(NOW + 2 * HOUR)
    assert held.gate().allowed


def test_what_the_server_has_said_is_still_known_after_a_start(held: Laptop, wall: Wall) -> None:
    held.hear(NOW + HOUR)
    held.profile.store.close()
    wall.instant += HOUR
    held.start()
    assert held.gate().allowed


def test_a_later_instant_is_judged_as_if_the_server_were_heard_then(held: Laptop) -> None:
    desk = held.profile.desk
    assert desk.gate_at(held.case(), NOW + HOUR).allowed
    assert desk.gate_at(held.case(), NOW + HOUR - timedelta(minutes=1)).rule_id == "hold"
