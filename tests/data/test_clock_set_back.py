"""A machine whose clock was set back while the program ran, and which is started anew without a server."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from data.kept import Author
from data.ports import INDEXES
from data.position import Contact
from data.replica import Replica
from data.store import Key, Store
from domain.clock import SteadyClock
from tests.support.clocks import NOON, Machine

BACK = timedelta(seconds=40)


def started(folder: Path, machine: Machine) -> tuple[Store, Replica]:
    store = Store.open(folder, Key(bytes(32)), indexes=INDEXES)
    clock = SteadyClock(machine, machine.seconds)
    clock.now()
    return store, Replica(store, lambda: Author("a", "Anna", "d1"), clock, monotonic=machine.seconds)


@pytest.mark.parametrize("put_right", [False, True], ids=["set back only", "a clock that was fast"])
def test_the_servers_time_is_known_after_a_start(tmp_path: Path, *, put_right: bool) -> None:
    """Otherwise the corrected clock would be behind by what the clock was set back, and the lease as much longer."""
    machine = Machine(NOON + BACK if put_right else NOON)
    offset_ms = -40_000 if put_right else 0
    store, replica = started(tmp_path, machine)
    machine.pass_by(10, set_by=-BACK.total_seconds())
    replica.clock.now()
    truth = NOON + timedelta(seconds=10)
    contact = Contact(truth, truth, truth + timedelta(hours=4), offset_ms, 20, "e1", said=truth)
    replica.remember(contact)
    replica.correct(contact)
    assert replica.clock.now() == truth
    replica.memory.reload()
    assert replica.memory.contact == contact, "a transaction that is taken back reads it anew"
    store.close()

    machine.pass_by(3600)
    store, replica = started(tmp_path, machine)
    truth += timedelta(hours=1)
    assert replica.clock.now() == truth
    machine.pass_by(3 * 3600 - 1)
    assert replica.memory.contact.lease_holds(replica.clock.now())
    machine.pass_by(1)
    assert not replica.memory.contact.lease_holds(replica.clock.now())
    store.close()
