"""A machine that a supervisor shuts out: it lets go of every customer, and what was captured on it still arrives."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import delete, select, update

from data.answers import DEVICE_REVOKED, PASSWORD_CHANGE_NEEDED, PROTOCOL_UNSUPPORTED, Failure
from domain.facts.payloads import NoteAdded
from domain.wire import PasswordChange
from server.database.schema import DEPOSIT_KEY, DEVICE, FACT, SESSION
from server.people.devices import revoke
from server.people.directory import set_password
from tests.support.laptops import Laptop, RunningClock, Served
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
    made = World(folder, {"stream_tick_s": 0.05, "stream_comment_s": 0.2}, RunningClock(), populated)
    for number in range(2):
        made.add_case(f"c{number}", "anna")
    return made


@pytest.fixture
def laptop(tmp_path: Path, world: World) -> Iterator[Laptop]:
    server = Served(world)
    machine = Laptop(tmp_path / "laptop", f"http://127.0.0.1:{server.port}")
    yield machine
    machine.store.close()
    server.stop()


def shut_out(world: World, laptop: Laptop) -> None:
    world.write(lambda transaction: revoke(transaction, laptop.session.device_id, "sue"))


def notes_on_server(world: World) -> int:
    with world.services.database.reading() as transaction:
        return len(transaction.connection.execute(select(FACT.c.id).where(FACT.c.type == "note.added")).all())


async def test_next_round_erases_every_customer_and_hands_over_what_is_left(world: World, laptop: Laptop) -> None:
    await laptop.login()
    await laptop.driver.once()
    laptop.replica.outbox.append(NoteAdded("sent before"), "c0")
    await laptop.driver.once()
    laptop.replica.outbox.append(NoteAdded("not sent yet"), "c1")
    assert "Customer c0" in laptop.everything()
    shut_out(world, laptop)

    done = await laptop.driver.once()
    assert (done["pushed"], done["unsent"]) == (1, 0)
    assert notes_on_server(world) == 2
    outcome = laptop.driver.outcome
    assert outcome is not None
    assert outcome.state == "shut-out"
    assert outcome.lease_until is None
    assert laptop.logins_asked == 0, "a login would be refused"
    assert laptop.session.token is None
    for word in ("Customer c0", "Customer c1", "sent before", "not sent yet", "+86138"):
        assert word not in laptop.everything()

    laptop.boot()
    assert laptop.replica.cases.ids() == frozenset()
    assert laptop.sound()
    assert (await laptop.driver.once())["unsent"] == 0


async def test_running_application_learns_of_it_by_itself(world: World, laptop: Laptop) -> None:
    await laptop.login()
    async with laptop.running():
        await laptop.until(lambda: laptop.replica.cases.ids() == {"c0", "c1"})
        shut_out(world, laptop)
        await laptop.until(lambda: laptop.replica.cases.ids() == frozenset())
        await laptop.until(lambda: laptop.driver.status.state == "shut-out")
        long_ago = update(DEVICE).values(revoked_ms=DEVICE.c.revoked_ms - 600_000)
        world.write(lambda transaction: transaction.connection.execute(long_ago))
        laptop.replica.outbox.append(NoteAdded("written afterwards"), "c1")
        await laptop.until(lambda: laptop.replica.outbox.count_unsent() == 0)
    assert notes_on_server(world) == 0, "kept apart for a supervisor"


async def test_session_that_ended_meanwhile_does_not_hide_it(world: World, laptop: Laptop) -> None:
    """With nothing to hand over, the login tells; with something, its answer does."""
    await laptop.login()
    await laptop.driver.once()
    shut_out(world, laptop)
    world.write(lambda transaction: transaction.connection.execute(delete(SESSION)))
    refused = await laptop.driver.login("anna", PASSWORD)
    assert isinstance(refused, Failure)
    assert refused.problem == DEVICE_REVOKED
    assert "new profile" in refused.sentence
    assert laptop.replica.cases.ids() == frozenset()


async def test_deposit_alone_tells_as_well(world: World, laptop: Laptop) -> None:
    await laptop.login()
    await laptop.driver.once()
    laptop.replica.outbox.append(NoteAdded("x"), "c0")
    shut_out(world, laptop)
    world.write(lambda transaction: transaction.connection.execute(delete(SESSION)))
    done = await laptop.driver.once()
    assert (done["pushed"], done["unsent"]) == (1, 0)
    assert "Customer c0" not in laptop.everything()


async def test_lost_first_answer_is_made_good_by_the_next_login(world: World, laptop: Laptop) -> None:
    """The server knows the device and gave it a key; the device has neither seen it."""
    body = {"login": "anna", "password": PASSWORD, "device": laptop.session.device_id}
    assert (await world.client.post("/v1/sessions", json=body)).status_code == 201
    await laptop.login()
    await laptop.driver.once()
    assert laptop.session.deposit_key is not None
    world.write(lambda transaction: transaction.connection.execute(delete(SESSION)))
    laptop.replica.outbox.append(NoteAdded("handed over without a session"), "c0")
    assert (await laptop.driver.once())["unsent"] == 0
    with world.services.database.reading() as transaction:
        assert len(transaction.connection.execute(select(DEPOSIT_KEY)).all()) == 2
        assert len(transaction.connection.execute(select(DEVICE)).all()) == 1


async def test_server_of_another_version_is_told_apart_and_nothing_is_lost(
    world: World, laptop: Laptop, monkeypatch: pytest.MonkeyPatch
) -> None:
    await laptop.login()
    await laptop.driver.once()
    laptop.replica.outbox.append(NoteAdded("x"), "c0")
    with monkeypatch.context() as patched:
        for place in ("server.http.dispatch", "server.endpoints.hello"):
            patched.setattr(f"{place}.PROTOCOL_MIN", 2)
            patched.setattr(f"{place}.PROTOCOL_MAX", 3)
        refused = await laptop.driver.login("anna", PASSWORD)
        assert isinstance(refused, Failure)
        assert (refused.status, refused.problem) == (426, PROTOCOL_UNSUPPORTED)
        assert (refused.extra["min"], refused.extra["max"]) == (2, 3)
        done = await laptop.driver.once()
        assert done["unsent"] == 1
        assert laptop.driver.outcome is not None
        assert laptop.driver.outcome.state == "update"
    assert (await laptop.driver.once())["unsent"] == 0


async def test_reset_password_is_said_in_words_and_replaced(world: World, laptop: Laptop) -> None:
    passwords = world.services.passwords
    world.write(lambda t: set_password(t, passwords, world.people["anna"], "temporary one", "sue", must_change=True))
    refused = await laptop.driver.login("anna", "temporary one")
    assert isinstance(refused, Failure)
    assert refused.problem == PASSWORD_CHANGE_NEEDED
    assert "duecall password" in refused.sentence
    await laptop.client.change_password(PasswordChange("anna", "temporary one", "chosen by anna"))
    assert not isinstance(await laptop.driver.login("anna", "chosen by anna"), Failure)
    assert laptop.session.deposit_key is not None
