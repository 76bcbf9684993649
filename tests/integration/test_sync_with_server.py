"""The client's sync against the project's own server: real sockets, a network that is cut, a server that is restored."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import sqlite3
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from data.answers import Failure
from data.checks import check_profile
from data.kept import NewFact
from domain.facts.payloads import AttemptEnded, AttemptStarted, NoteAdded, PromiseMade, PromisePart
from domain.wire import MAX_EVENTS
from server.database.schema import EVENT, FACT
from server.founding import begin_new_history
from tests.support.laptops import Laptop, Meeting, RunningClock, Served, Unreliable
from tests.support.processes import Network
from tests.support.server_world import PASSWORD, World


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
    made = World(folder, {"stream_tick_s": 0.05}, RunningClock(), populated)
    for number in range(3):
        made.add_case(f"c{number}", "anna")
    return made


@pytest.fixture
def served(world: World) -> Iterator[Served]:
    server = Served(world)
    yield server
    server.stop()


@pytest.fixture
def network(served: Served) -> Iterator[Network]:
    between = Network(f"http://127.0.0.1:{served.port}")
    yield between
    between.close()


@pytest.fixture
def laptop(tmp_path: Path, network: Network) -> Iterator[Laptop]:
    machine = Laptop(tmp_path / "laptop", network.address)
    yield machine
    machine.store.close()


def on_server(world: World, kind: str = "note.added") -> list[str]:
    """The ids of the facts of one kind the server has."""
    with world.services.database.reading() as transaction:
        rows = transaction.connection.execute(select(FACT.c.id).where(FACT.c.type == kind).order_by(FACT.c.id))
        return list(rows.scalars())


def back_up(world: World, folder: Path) -> Path:
    """Copy the server's database as it is now."""
    copy = folder / "backup.db"
    with (
        contextlib.closing(sqlite3.connect(world.folder / "server.db")) as source,
        contextlib.closing(sqlite3.connect(copy)) as target,
    ):
        source.backup(target)
    return copy


def promise(number: int) -> PromiseMade:
    parts = (PromisePart(date.today() + timedelta(days=5), 125_000),)  # noqa: DTZ011 - any day ahead will do
    return PromiseMade(f"p{number}", "CNY", parts, method="transfer")


async def test_one_round_hands_over_and_reads(world: World, laptop: Laptop) -> None:
    await laptop.login()
    first = await laptop.driver.once()
    assert (first["pushed"], first["revoked"], first["unsent"]) == (0, 0, 0)
    assert laptop.replica.cases.ids() == {"c0", "c1", "c2"}
    assert laptop.replica.cases.policy() is not None
    assert laptop.replica.cases.scripts() is not None
    call = laptop.replica.outbox.append(AttemptStarted("+8613800138000"), "c1")
    laptop.replica.outbox.append(promise(1), "c1")
    laptop.replica.outbox.append(AttemptEnded(call.id, "promise"), "c1")
    second = await laptop.driver.once()
    assert (second["pushed"], second["unsent"]) == (3, 0)
    assert second["pulled"] >= 1
    assert second["head"] > first["head"]
    case = laptop.replica.cases.case("c1")
    assert case is not None
    assert [each.id for each in case.promises] == ["p1"]
    assert case.attempts[-1].code == "promise"
    assert laptop.replica.outbox.pending("c1") == (), "the server's word has taken the place of what lay on top"
    assert on_server(world, "promise.made") != []
    outcome = laptop.driver.outcome
    assert outcome is not None
    assert outcome.state == "synced"
    assert outcome.lease_until is not None
    assert outcome.lease_until > datetime.now(UTC)
    assert laptop.sound()


async def test_a_cut_network_loses_nothing_and_doubles_nothing(world: World, laptop: Laptop, network: Network) -> None:
    await laptop.login()
    async with laptop.running():
        await laptop.until(lambda: laptop.driver.status.state == "synced")
        network.cut()
        facts = [laptop.replica.outbox.append(NoteAdded(f"note {number}"), "c0").id for number in range(5)]
        await laptop.until(lambda: laptop.driver.status.state == "offline")
        assert laptop.driver.status.unsent == 5
        assert laptop.driver.status.offline_since is not None
        assert on_server(world) == []
        network.restore()
        laptop.driver.nudge()
        await laptop.until(lambda: laptop.driver.status.state == "synced")
    assert on_server(world) == sorted(facts)
    assert laptop.driver.status.unsent == 0
    assert laptop.sound()


async def test_of_a_backlog_the_server_has_two_requests_at_once(world: World, served: Served, tmp_path: Path) -> None:
    cases = [f"busy{number:02}" for number in range(16)]
    for case_id in cases:
        world.add_case(case_id, "anna")
    meeting = Meeting()
    laptop = Laptop(tmp_path / "laptop", f"http://127.0.0.1:{served.port}", meeting)
    await laptop.login()
    await laptop.driver.once()
    notes = [NewFact(case_id, NoteAdded("said off line")) for case_id in cases for _ in range(MAX_EVENTS // 10)]
    facts = [fact.id for fact in laptop.replica.outbox.capture(notes)]
    assert len(facts) > 1.5 * MAX_EVENTS
    async with laptop.running():
        await laptop.until(lambda: laptop.driver.status.state == "synced" and not laptop.driver.status.unsent)
    assert len(meeting.served) == 2, "the first answer came back when the server had answered both"
    assert on_server(world) == sorted(facts)
    assert laptop.sound()
    laptop.store.close()


async def test_answers_lost_on_the_way_back_double_nothing(world: World, served: Served, tmp_path: Path) -> None:
    unreliable = Unreliable()
    laptop = Laptop(tmp_path / "laptop", f"http://127.0.0.1:{served.port}", unreliable)
    await laptop.login()
    await laptop.driver.once()
    fact = laptop.replica.outbox.append(NoteAdded("said once"), "c0")
    unreliable.lose_answers = 9
    lost = await laptop.driver.once()
    assert (lost["pushed"], lost["unsent"]) == (0, 1)
    assert on_server(world) == [fact.id], "the server had done it"
    unreliable.lose_answers = 0
    laptop.boot()
    again = await laptop.driver.once()
    assert (again["pushed"], again["unsent"]) == (1, 0)
    assert on_server(world) == [fact.id]
    case = laptop.replica.cases.case("c0")
    assert case is not None
    assert [moment.fact for moment in case.timeline].count(fact.id) == 1
    laptop.store.close()


async def test_a_case_taken_away_is_gone_at_once_and_without_a_trace(world: World, laptop: Laptop) -> None:
    await laptop.login()
    sue = await world.login("sue")
    async with laptop.running():
        await laptop.until(lambda: laptop.driver.status.state == "synced")
        await laptop.until(lambda: world.services.metrics.streams == 1)
        laptop.replica.outbox.append(NoteAdded("is at her mother's until Friday"), "c1")
        laptop.replica.drafts.save("c1", {"note": "half a sentence about the mother"})
        await laptop.until(lambda: laptop.driver.status.unsent == 0)
        began = asyncio.get_running_loop().time()
        await world.reassign(sue, "r1", cases=["c1"], to="ben", mode="now")
        await laptop.until(lambda: laptop.replica.cases.case("c1") is None)
        await laptop.until(lambda: "case:c1" not in laptop.replica.cases.versions)
        assert asyncio.get_running_loop().time() - began < 2, "invariant: off the screen within two seconds"
    kept = laptop.everything()
    assert [text for text in ("Customer c1", "mother", "half a sentence") if text in kept] == []
    assert laptop.replica.cases.ids() == {"c0", "c2"}
    assert laptop.sound()


async def test_what_was_captured_off_line_for_a_case_taken_away_still_goes_up(
    world: World, laptop: Laptop, network: Network
) -> None:
    await laptop.login()
    await laptop.driver.once()
    network.cut()
    fact = laptop.replica.outbox.append(NoteAdded("captured in the tunnel"), "c1")
    await world.reassign(await world.login("sue"), "r1", cases=["c1"], to="ben", mode="now")
    network.restore()
    done = await laptop.driver.once()
    assert (done["pushed"], done["revoked"], done["unsent"]) == (1, 1, 0)
    assert on_server(world) == [fact.id]
    assert "captured in the tunnel" not in laptop.everything()


async def test_a_restored_server_gets_everything_again(
    world: World, served: Served, laptop: Laptop, tmp_path: Path
) -> None:
    await laptop.login()
    await laptop.driver.once()
    early = laptop.replica.outbox.append(promise(1), "c0")
    await laptop.driver.once()
    backup = back_up(world, tmp_path)
    late = laptop.replica.outbox.append(promise(2), "c1")
    await laptop.driver.once()
    assert on_server(world, "promise.made") == sorted([early.id, late.id])
    before = laptop.replica.memory.position
    served.stop()
    folder = tmp_path / "restored"
    folder.mkdir()
    restored = World(folder, {}, RunningClock(), backup)
    restored.write(begin_new_history)
    restored.services.database.close()
    again = World(folder, {}, RunningClock())
    server = Served(again, served.port)
    assert on_server(again, "promise.made") == [early.id]
    try:
        done = await laptop.driver.once()
        assert done["unsent"] == 0
        assert on_server(again, "promise.made") == sorted([early.id, late.id])
        assert laptop.replica.memory.position.epoch != before.epoch
        assert laptop.replica.cases.ids() == {"c0", "c1", "c2"}
        case = laptop.replica.cases.case("c1")
        assert case is not None
        assert [each.id for each in case.promises] == ["p2"]
        assert laptop.sound()
    finally:
        server.stop()


async def test_a_server_file_put_back_without_a_word_gets_everything_again(
    world: World, served: Served, laptop: Laptop, tmp_path: Path
) -> None:
    await laptop.login()
    await laptop.driver.once()
    backup = back_up(world, tmp_path)
    facts = [laptop.replica.outbox.append(NoteAdded(f"{number}"), "c0").id for number in range(3)]
    await laptop.driver.once()
    served.stop()
    folder = tmp_path / "put back"
    folder.mkdir()
    shutil.copy(backup, folder / "server.db")
    again = World(folder, {}, RunningClock())
    server = Served(again, served.port)
    try:
        assert on_server(again) == []
        done = await laptop.driver.once()
        assert done["unsent"] == 0
        assert on_server(again) == sorted(facts)
        assert laptop.replica.cases.ids() == {"c0", "c1", "c2"}
    finally:
        server.stop()


async def test_a_session_that_has_ended_asks_for_a_login_and_hands_over_meanwhile(world: World, laptop: Laptop) -> None:
    await laptop.login()
    await laptop.driver.once()
    world.clock.advance(hours=13)
    async with laptop.running():
        await laptop.until(lambda: laptop.logins_asked == 1)
        assert laptop.driver.status.state == "login"
        fact = laptop.replica.outbox.append(NoteAdded("with the deposit key"), "c0")
        await laptop.until(lambda: laptop.driver.status.unsent == 0)
        assert on_server(world) == [fact.id]
        await laptop.login()
        await laptop.until(lambda: laptop.driver.status.state == "synced")
    assert laptop.logins_asked == 1
    offset = laptop.replica.clock.offset
    assert abs(offset - timedelta(hours=13)) < timedelta(seconds=60), "the clocks' distance was measured"


async def test_a_malformed_fact_is_isolated_and_the_others_go_up(world: World, laptop: Laptop) -> None:
    await laptop.login()
    await laptop.driver.once()
    good = [laptop.replica.outbox.append(NoteAdded(f"{number}"), "c0").id for number in range(20)]
    laptop.replica.outbox.append(NoteAdded("to nobody"), "x" * 500)
    good += [laptop.replica.outbox.append(NoteAdded(f"{number}"), "c1").id for number in range(20)]
    done = await laptop.driver.once()
    assert (done["pushed"], done["unsent"]) == (40, 1)
    assert on_server(world) == sorted(good)
    outcome = laptop.driver.outcome
    assert outcome is not None
    assert (outcome.state, outcome.refused, outcome.problem) == ("refused", 1, "urn:duecall:problem:malformed")
    assert [finding.name for finding in check_profile(laptop.store, laptop.replica) if not finding.ok] == [
        "outbox.refused"
    ]


async def test_a_fact_for_an_unknown_case_is_kept_by_the_server_and_shown_as_under_review(
    world: World, laptop: Laptop
) -> None:
    await laptop.login()
    await laptop.driver.once()
    laptop.replica.outbox.append(NoteAdded("whose case is this"), "no-such-case")
    done = await laptop.driver.once()
    assert (done["pushed"], done["unsent"]) == (1, 0)


async def test_two_machines_of_one_agent_agree(world: World, laptop: Laptop, network: Network, tmp_path: Path) -> None:
    other = Laptop(tmp_path / "other", network.address)
    await laptop.login()
    await other.login()
    for machine in (laptop, other):
        await machine.driver.once()
    laptop.replica.outbox.append(promise(1), "c0")
    other.replica.outbox.append(NoteAdded("from the other machine"), "c0")
    for machine in (laptop, other, laptop):
        await machine.driver.once()
    assert laptop.replica.cases.case("c0") == other.replica.cases.case("c0")
    other.store.close()


async def test_somebody_else_s_login_on_this_store_is_refused(laptop: Laptop) -> None:
    await laptop.login()
    refused = await laptop.driver.login("ben", PASSWORD)
    assert isinstance(refused, Failure)
    assert refused.status == 403
    assert laptop.session.agent is not None
    assert laptop.session.agent.login == "anna"
    assert laptop.session.token is not None


async def test_after_logging_out_facts_still_go_up_and_nothing_comes_down(world: World, laptop: Laptop) -> None:
    await laptop.login()
    await laptop.driver.once()
    await laptop.driver.logout()
    assert laptop.session.token is None
    laptop.replica.outbox.append(NoteAdded("on the way out"), "c0")
    done = await laptop.driver.once()
    assert (done["pushed"], done["pulled"], done["unsent"]) == (1, 0, 0)


async def test_an_agent_s_day_off_line_goes_up_in_batches(world: World, laptop: Laptop) -> None:
    await laptop.login()
    await laptop.driver.once()
    with laptop.store.transaction():
        for number in range(1200):
            laptop.replica.outbox.append(NoteAdded(f"note {number}"), f"c{number % 3}")
    done = await laptop.driver.once()
    assert (done["pushed"], done["unsent"]) == (1200, 0)
    with world.services.database.reading() as transaction:
        assert transaction.connection.execute(select(func.count()).select_from(EVENT)).scalar_one() == 1200
    contact = laptop.replica.memory.contact
    assert contact.received_through == 1200
    assert laptop.sound()
