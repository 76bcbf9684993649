"""A backup is restored: the server begins a new history, nobody calls what somebody else may be calling, nothing is lost."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from domain.case.gating import may_call_case
from domain.facts.payloads import NoteAdded
from domain.gate import Answer
from domain.policy import Policy
from server.database.schema import FACT
from server.documents import current_policy
from tests.support.laptops import Laptop, RunningClock, Served
from tests.support.processes import environment
from tests.support.server_world import World


@pytest.fixture(scope="module")
def populated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = World(tmp_path_factory.mktemp("populated"), clock=RunningClock())
    made.populate()
    made.services.database.close()
    return made.folder / "server.db"


@pytest.fixture
def world(tmp_path: Path, populated: Path) -> World:
    folder = tmp_path / "server"
    folder.mkdir()
    made = World(folder, {}, RunningClock(), populated)
    made.add_case("c1", "anna")
    made.add_case("c2", "ben")
    made.add_case("c3", "anna")
    return made


@pytest.fixture
def laptops(tmp_path: Path, world: World) -> Iterator[tuple[Served, Laptop, Laptop]]:
    served = Served(world)
    address = f"http://127.0.0.1:{served.port}"
    anna, ben = Laptop(tmp_path / "anna", address), Laptop(tmp_path / "ben", address)
    yield served, anna, ben
    anna.store.close()
    ben.store.close()


def command(folder: Path, *words: str) -> str:
    """Give one of the server's commands to the real program."""
    url = f"sqlite:///{(folder / 'server.db').as_posix()}"
    done = subprocess.run(
        [sys.executable, "-m", "tui.main", "server", *words, "--db", url],
        capture_output=True,
        encoding="utf-8",
        env=environment(folder / "home"),
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def gate(laptop: Laptop, case_id: str, **later: float) -> Answer:
    """Ask the laptop's own gate; hours do not matter here, only who may call."""
    case = laptop.replica.cases.case(case_id)
    document = laptop.replica.cases.policy()
    assert case is not None
    assert document is not None
    from server import typed

    policy = typed.convert(document.body, Policy)
    now = laptop.replica.clock.now() + timedelta(**later)
    contact = laptop.replica.memory.contact
    until = contact.lease_until if contact.lease_holds(now) else now - timedelta(seconds=1)
    if later:
        until = now + timedelta(hours=1)  # a lease renewed meanwhile
    return may_call_case(case, now, policy, phone=case.phones[0], lease_until=until)


@pytest.mark.slow
async def test_backup_restore_new_history(world: World, laptops: tuple[Served, Laptop, Laptop], tmp_path: Path) -> None:
    served, anna, ben = laptops
    for laptop, login in ((anna, "anna"), (ben, "ben")):
        await laptop.login(login)
        await laptop.driver.once()
    restored_folder = tmp_path / "restored"
    restored_folder.mkdir()
    backup = restored_folder / "server.db"
    said = command(world.folder, "backup", str(backup))  # while the server runs
    assert str(backup.stat().st_size) in said
    if sys.platform != "win32":
        assert backup.stat().st_mode & 0o077 == 0

    # after the backup: a note, and the case goes from anna to ben, who then drives into a tunnel
    kept = anna.replica.outbox.append(NoteAdded("written after the backup"), "c3")
    await anna.driver.once()
    sue = await world.login("sue")
    await world.reassign(sue, "r1", cases=["c1"], to="ben", force=True)
    await anna.driver.once()
    await ben.driver.once()
    assert anna.replica.cases.ids() == {"c3"}
    assert ben.replica.cases.ids() == {"c1", "c2"}
    before = anna.replica.memory.position.epoch
    served.stop()

    said = command(restored_folder, "init", "--restored")
    assert "calls may start again at" in said
    again = World(restored_folder, {}, RunningClock())
    server = Served(again, served.port)
    try:
        with again.services.database.reading() as transaction:
            calls_from = current_policy(transaction).calls_from
        assert calls_from is not None
        lease = ben.replica.memory.contact.lease_until
        assert lease is not None
        assert calls_from >= lease, "whoever still calls under the old history has stopped by then"

        await anna.driver.once()
        assert anna.replica.memory.position.epoch not in (before, None)
        assert anna.replica.cases.ids() == {"c1", "c3"}, "as the backup has it"
        with again.services.database.reading() as transaction:
            assert kept.id in transaction.connection.execute(select(FACT.c.id)).scalars().all(), "offered again"
        refused = gate(anna, "c1")
        assert (refused.allowed, refused.code) == (False, "lease")
        assert "restored" in refused.text
        assert refused.next is not None
        assert refused.next >= calls_from
        assert "restored" not in gate(anna, "c1", hours=5).text

        zoe = await again.login("sue")
        pool = await zoe.put("/v1/reassignments/r2", {"cases": ["c1"], "to": None, "force": True})
        assert pool.status_code == 200
        agent = await again.login("anna", "another-laptop")
        drawn = await again.client.post("/v1/cases/next", headers=agent.headers)
        assert drawn.status_code == 204, "nobody draws what may not be called"

        await ben.driver.once()
        assert ben.replica.cases.ids() == {"c2"}
        assert anna.sound()
        assert ben.sound()
    finally:
        server.stop()


async def test_device_that_has_not_read_to_the_policy_has_no_lease(world: World) -> None:
    for number in range(3):
        world.add_case(f"more-{number}", "anna")
    anna = await world.login("anna")
    first = await anna.page(limit=2)
    assert first["more"]
    assert first["lease_s"] == 14400

    from server.founding import begin_new_history

    world.write(begin_new_history)
    restored = World(world.folder, {}, world.clock)
    anna = await restored.login("anna")
    leases, cursor, more = [], None, True
    while more:
        page = await anna.page(cursor, limit=2)
        leases.append(page["lease_s"])
        seen = [entry["body"].get("calls_from") for entry in page["entries"] if entry["key"] == "policy"]
        cursor, more = page["cursor"], page["more"]
    assert leases == [0] * (len(leases) - 1) + [14400]
    assert seen != [], "the policy that says so comes last"
    world.clock.advance(hours=5)
    assert (await anna.page(limit=2))["lease_s"] == 14400


@pytest.mark.slow
def test_calls_may_be_let_start_earlier(world: World) -> None:
    said = command(world.folder, "init", "--restored", "--calls-from", "2026-11-24T09:00:00Z")
    assert "2026-11-24T09:00:00.000Z" in said
