"""Logging in and out, devices and deposit keys, and slowing down whoever guesses."""

from __future__ import annotations

import asyncio
import functools
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from server.database.schema import DEPOSIT_KEY, LOGIN_FAILURE, SESSION, USER
from server.people.directory import PersonRefused, add_user, close_account
from server.people.throttle import begin_try
from server.settings import Argon2Cost, Throttle
from tests.support.server_world import PASSWORD, World

if TYPE_CHECKING:
    import httpx


async def log_in(world: World, login: str, password: str = PASSWORD, device: object = "d1") -> httpx.Response:
    return await world.client.post("/v1/sessions", json={"login": login, "password": password, "device": device})


async def test_login_answers_token_person_device_epoch_and_first_deposit_key(world: World) -> None:
    answer = (await log_in(world, "anna")).json()
    assert answer["agent"] == {
        "id": world.people["anna"].id,
        "login": "anna",
        "name": "Anna",
        "role": "agent",
        "team": "main",
    }
    assert answer["device_id"] == "d1"
    assert answer["epoch"] == world.services.identity.epoch
    assert answer["expires_at"] == "2026-11-24T14:00:00.000Z"
    assert len(answer["token"]) >= 43
    assert len(answer["deposit_key"]) >= 43


async def test_deposit_key_comes_once_and_never_rotates(world: World) -> None:
    first = (await log_in(world, "anna")).json()
    second = (await log_in(world, "anna")).json()
    assert "deposit_key" not in second
    assert first["token"] != second["token"]
    response = await world.client.post(
        "/v1/events",
        json={"device_id": "d1", "events": []},
        headers={"Authorization": f"Bearer {first['deposit_key']}"},
    )
    assert response.status_code == 200


async def test_device_may_be_an_object_with_a_name(world: World) -> None:
    response = await log_in(world, "anna", device={"id": "d7", "name": "Anna's laptop"})
    assert response.status_code == 201
    assert response.json()["device_id"] == "d7"


async def test_login_is_found_in_any_spelling(world: World) -> None:
    assert (await log_in(world, "  ANNA ")).status_code == 201


async def test_no_secret_is_stored(world: World) -> None:
    answer = (await log_in(world, "anna")).json()
    with world.services.database.reading() as transaction:
        stored = [
            *transaction.connection.execute(select(SESSION.c.token_hash)).scalars(),
            *transaction.connection.execute(select(DEPOSIT_KEY.c.key_hash)).scalars(),
            *transaction.connection.execute(select(USER.c.password)).scalars(),
        ]
    raw = b"".join(path.read_bytes() for path in world.folder.iterdir())
    for secret in (answer["token"], answer["deposit_key"], PASSWORD):
        assert secret not in "".join(stored)
        assert secret.encode() not in raw


@pytest.mark.parametrize(("login", "password"), [("anna", "wrong password"), ("nobody", PASSWORD), ("anna", "x" * 300)])
async def test_wrong_password_and_unknown_login_answer_alike(world: World, login: str, password: str) -> None:
    response = await log_in(world, login, password)
    assert response.status_code == 401
    assert response.headers["content-type"] == "application/problem+json"
    assert response.headers["www-authenticate"].startswith("Bearer")
    assert response.json() == {
        "type": "urn:duecall:problem:wrong-credentials",
        "title": "Login or password is wrong",
        "status": 401,
        "detail": "Check the login and the password and try again.",
    }


async def test_unknown_login_costs_a_password_check(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[bool] = []
    check = world.services.passwords.check

    def watched(stored: str | None, password: str) -> bool:
        seen.append(stored is None)
        return check(stored, password)

    monkeypatch.setattr(world.services.passwords, "check", watched)
    await log_in(world, "nobody")
    await log_in(world, "anna", "wrong password")
    assert seen == [True, False]


async def test_another_persons_device_is_refused(world: World) -> None:
    await log_in(world, "anna")
    response = await log_in(world, "ben")
    assert response.status_code == 403
    assert response.json()["type"] == "urn:duecall:problem:device-taken"
    assert (await log_in(world, "ben", device="d2")).status_code == 201


async def test_logout_ends_the_session(world: World) -> None:
    anna = await world.login("anna")
    assert (await world.client.delete("/v1/sessions/current", headers=anna.headers)).status_code == 204
    assert (await anna.get("/v1/changes")).status_code == 401


async def test_session_lasts_twelve_hours(world: World) -> None:
    anna = await world.login("anna")
    world.clock.advance(hours=11, minutes=59)
    assert (await anna.get("/v1/changes")).status_code == 200
    world.clock.advance(minutes=1)
    assert (await anna.get("/v1/changes")).status_code == 401


async def test_closed_account_is_logged_out_but_its_machine_may_still_deposit(world: World) -> None:
    world.add_case("c1", "anna")
    anna = await world.login("anna")
    world.write(lambda transaction: close_account(transaction, world.people["anna"]))
    assert (await anna.get("/v1/changes")).status_code == 401
    assert (await log_in(world, "anna", device="d9")).status_code == 401
    anna.token = anna.deposit_key
    results = await anna.results(anna.event("c1", "note.added", {"text": "written on the train"}))
    assert results[0]["status"] == "accepted"


async def test_guessing_one_login_is_slowed_down_and_forgiven_later(world: World) -> None:
    for _ in range(world.settings.throttle.per_login):
        assert (await log_in(world, "anna", "wrong password")).status_code == 401
    refused = await log_in(world, "anna")
    assert refused.status_code == 429
    assert 0 < int(refused.headers["retry-after"]) <= 15 * 60
    assert (await log_in(world, "ben", device="d2")).status_code == 201, "others from the same address may"
    world.clock.advance(seconds=int(refused.headers["retry-after"]))
    assert (await log_in(world, "anna")).status_code == 201


async def test_guessing_many_logins_from_one_address_is_slowed_down(world: World) -> None:
    for number in range(world.settings.throttle.per_address):
        assert (await log_in(world, f"guess{number}", "wrong password")).status_code == 401
    assert (await log_in(world, "anna")).status_code == 429


async def test_right_password_clears_the_count(world: World) -> None:
    for _ in range(3):
        for _ in range(world.settings.throttle.per_login - 1):
            await log_in(world, "anna", "wrong password")
        assert (await log_in(world, "anna")).status_code == 201


async def test_guesses_at_once_get_no_more_answers_than_one_after_another(world: World) -> None:
    second = world.another(password_threads=4)
    answers = await asyncio.gather(
        *(log_in((world, second)[number % 2], "anna", "wrong password") for number in range(24))
    )
    statuses = Counter(answer.status_code for answer in answers)
    assert statuses == {401: world.settings.throttle.per_login, 429: 24 - world.settings.throttle.per_login}


def test_wrong_passwords_counted_in_threads_are_all_counted(world: World) -> None:
    database, limits = world.services.database, Throttle(per_login=1000, per_address=1000)
    barrier = threading.Barrier(4)

    def guess(number: int) -> None:
        barrier.wait()
        for turn in range(6):
            count = functools.partial(begin_try, limits=limits, login="anna", address=f"192.0.2.{(number + turn) % 4}")
            assert database.write(count) == 0

    with ThreadPoolExecutor(4) as pool:
        for each in [pool.submit(guess, number) for number in range(4)]:
            each.result()
    with database.reading() as transaction:
        counts = transaction.connection.execute(select(LOGIN_FAILURE.c.failures)).scalars().all()
    assert sorted(counts) == [6, 6, 6, 6, 24]


async def test_right_passwords_leave_nothing_counted_against_an_address(world: World) -> None:
    for number in range(3):
        assert (await log_in(world, "anna", device=f"d{number}")).status_code == 201
    with world.services.database.reading() as transaction:
        assert sum(transaction.connection.execute(select(LOGIN_FAILURE.c.failures)).scalars()) == 0


async def test_dearer_hash_replaces_the_old_one_at_login(world: World) -> None:
    dearer = world.another(argon2=Argon2Cost(passes=2, memory_kib=16, lanes=1))
    assert (await log_in(dearer, "anna")).status_code == 201
    with dearer.services.database.reading() as transaction:
        stored = transaction.connection.execute(select(USER.c.password).where(USER.c.login == "anna")).scalar_one()
    assert "m=16,t=2" in stored
    assert (await log_in(dearer, "anna")).status_code == 201
    await dearer.close()


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"login": "anna", "password": PASSWORD},
        {"login": 1, "password": PASSWORD, "device": "d"},
        {"login": "anna", "password": PASSWORD, "device": ""},
        {"login": "anna", "password": PASSWORD, "device": {"name": "no id"}},
        [],
        "anna",
    ],
)
async def test_malformed_login_is_named(world: World, body: object) -> None:
    response = await world.client.post("/v1/sessions", json=body)
    assert response.status_code == 400
    assert response.json()["type"] == "urn:duecall:problem:malformed"


@pytest.mark.parametrize(
    ("login", "role", "password"),
    [("anna", "agent", PASSWORD), ("", "agent", PASSWORD), ("new", "boss", PASSWORD), ("new", "agent", "short")],
)
def test_refused_people(world: World, login: str, role: str, password: str) -> None:
    with pytest.raises(PersonRefused):
        world.write(lambda transaction: add_user(transaction, world.services.passwords, login, role, password))
