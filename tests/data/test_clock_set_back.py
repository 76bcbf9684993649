"""A machine whose clock was set back while the program ran, and which is started anew without a server."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from data.kept import Author
from data.ports import INDEXES
from data.position import Contact
from data.replica import Replica
from data.store import Key, Store
from domain.clock import SteadyClock
from tests.support.people import NOW

BACK = timedelta(seconds=40)


@dataclass
class Machine:
    """A clock anybody can set, and a counter nobody can."""

    instant: datetime = NOW
    counted: float = 0.0

    def now(self) -> datetime:
        return self.instant

    def monotonic(self) -> float:
        return self.counted

    def passes(self, seconds: float) -> None:
        self.instant += timedelta(seconds=seconds)
        self.counted += seconds


def started(folder: Path, machine: Machine) -> tuple[Store, Replica]:
    store = Store.open(folder, Key(bytes(32)), indexes=INDEXES)
    clock = SteadyClock(machine, machine.monotonic)
    clock.now()
    return store, Replica(store, lambda: Author("a", "Anna", "d1"), clock, monotonic=machine.monotonic)


@pytest.mark.parametrize("put_right", [False, True], ids=["set back only", "a clock that was fast"])
def test_the_servers_time_is_known_after_a_start(tmp_path: Path, *, put_right: bool) -> None:
    """Otherwise the corrected clock would be behind by what the clock was set back, and the lease as much longer."""
    machine = Machine(NOW + BACK if put_right else NOW)
    offset_ms = -40_000 if put_right else 0
    store, replica = started(tmp_path, machine)
    machine.passes(10)
    machine.instant -= BACK
    replica.clock.now()
    truth = NOW + timedelta(seconds=10)
    contact = Contact(truth, truth, truth + timedelta(hours=4), offset_ms, 20, "e1", said=truth)
    replica.remember(contact)
    replica.correct(contact)
    assert replica.clock.now() == truth
    replica.memory.reload()
    assert replica.memory.contact == contact, "a transaction that is taken back reads it anew"
    store.close()

    machine.passes(3600)
    store, replica = started(tmp_path, machine)
    truth += timedelta(hours=1)
    assert replica.clock.now() == truth
    machine.passes(3 * 3600 - 1)
    assert replica.memory.contact.lease_holds(replica.clock.now())
    machine.passes(1)
    assert not replica.memory.contact.lease_holds(replica.clock.now())
    store.close()
