"""Machines: listed for their team, shut out for good, and never robbed of what they captured."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select

from server.database.schema import AUDIT, DEPOSIT_KEY
from server.people.directory import set_password
from server.people.sessions import MOST_KEYS
from tests.support.server_world import PASSWORD, Machine, World


async def log_in(world: World, **more: Any) -> tuple[int, dict[str, Any]]:
    body = {"login": "anna", "password": PASSWORD, "device": "anna-laptop"} | more
    response = await world.client.post("/v1/sessions", json=body)
    return response.status_code, response.json()


async def deposit(machine: Machine, *events: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    response = await machine.world.client.post(
        "/v1/events",
        json={"device_id": machine.device, "events": list(events)},
        headers={"Authorization": f"Bearer {machine.deposit_key}"},
    )
    return response.status_code, response.json()


async def test_supervisor_sees_the_machines_of_the_team(world: World) -> None:
    anna, sue, zoe = [await world.login(login) for login in ("anna", "sue", "zoe")]
    world.add_case("c1", "anna")
    first = anna.event("c1", "note.added", {"text": "x"})
    await anna.push(anna.event("c1", "note.added", {"text": "y"}))
    devices = (await sue.get("/v1/devices")).json()["devices"]
    assert [each["id"] for each in devices] == ["anna-laptop", "sue-laptop"]
    assert (devices[0]["login"], devices[0]["received_through"], devices[0]["missing"]) == ("anna", 0, 2)
    await anna.push(first)
    assert (await sue.get("/v1/devices")).json()["devices"][0]["missing"] == 0
    assert zoe.device not in (await sue.get("/v1/devices")).text


async def test_machine_that_is_shut_out_reads_nothing_and_still_hands_over(world: World) -> None:
    world.add_case("c1", "anna")
    anna, sue = await world.login("anna"), await world.login("sue")
    before = anna.event("c1", "note.added", {"text": "from before"})
    world.clock.advance(minutes=5)
    assert (await world.client.delete("/v1/devices/anna-laptop", headers=sue.headers)).status_code == 204
    assert (await world.client.delete("/v1/devices/anna-laptop", headers=sue.headers)).status_code == 204
    for path in ("/v1/changes", "/v1/stream", "/v1/cases/c1/history"):
        refused = await anna.get(path)
        assert (refused.status_code, refused.json()["type"]) == (401, "urn:duecall:problem:device-revoked")
    status, answer = await log_in(world)
    assert (status, answer["type"]) == (401, "urn:duecall:problem:device-revoked")

    world.clock.advance(minutes=5)
    after = anna.event("c1", "note.added", {"text": "from a thief"})
    status, answer = await deposit(anna, before, after)
    assert (status, answer["revoked"], answer["received_through"]) == (200, True, 2)
    assert [each["status"] for each in answer["results"]] == ["accepted", "quarantined"]

    (item,) = (await sue.get("/v1/reviews")).json()["reviews"]
    assert (item["fact"], item["reason"]) == (after["id"], "device-revoked")
    decided = await sue.put(f"/v1/reviews/{after['id']}", {"approved": True})
    assert decided.status_code == 200
    listed = (await sue.get("/v1/devices")).json()["devices"][0]
    assert listed["revoked_by"] == sue.world.people["sue"].id


async def test_wrong_password_says_nothing_about_a_machine(world: World) -> None:
    await world.login("anna")
    sue = await world.login("sue")
    await world.client.delete("/v1/devices/anna-laptop", headers=sue.headers)
    status, answer = await log_in(world, password="a wrong one")
    assert (status, answer["type"]) == (401, "urn:duecall:problem:wrong-credentials")


async def test_machines_of_others_and_unknown_ones_answer_alike(world: World) -> None:
    await world.login("zoe")
    sue = await world.login("sue")
    answers = [await world.client.delete(f"/v1/devices/{name}", headers=sue.headers) for name in ("zoe-laptop", "no")]
    assert [each.status_code for each in answers] == [403, 403]
    assert answers[0].json() == answers[1].json()


async def test_others_on_the_same_account_go_on(world: World) -> None:
    world.add_case("c1", "anna")
    await world.login("anna")
    other, sue = await world.login("anna", "anna-desk"), await world.login("sue")
    await world.client.delete("/v1/devices/anna-laptop", headers=sue.headers)
    assert (await other.get("/v1/changes")).status_code == 200


# --- the deposit key -------------------------------------------------------------------------------------------------


async def test_lost_first_answer_does_not_lose_the_key_for_ever(world: World) -> None:
    world.add_case("c1", "anna")
    _, lost = await log_in(world)
    _, usual = await log_in(world)
    assert "deposit_key" not in usual
    _, again = await log_in(world, needs_deposit_key=True)
    assert again["deposit_key"] not in (None, lost["deposit_key"])
    for key in (lost["deposit_key"], again["deposit_key"]):
        machine = Machine(world, "anna-laptop", "", key)
        machine.seq = 0
        assert (await deposit(machine, machine.event("c1", "note.added", {"text": "x"})))[0] == 200


async def test_keys_are_not_given_out_without_end(world: World) -> None:
    for _ in range(MOST_KEYS + 3):
        status, _ = await log_in(world, needs_deposit_key=True)
        assert status == 201
    with world.services.database.reading() as transaction:
        keys = transaction.connection.execute(select(func.count()).select_from(DEPOSIT_KEY)).scalar_one()
    assert keys == MOST_KEYS


# --- passwords -------------------------------------------------------------------------------------------------------


async def change(world: World, password: str, new: str, login: str = "anna") -> tuple[int, str]:
    body = {"login": login, "password": password, "new_password": new}
    response = await world.client.put("/v1/password", json=body)
    return response.status_code, response.json()["type"].rpartition(":")[2] if response.content else ""


async def test_password_is_changed_and_every_session_ends(world: World) -> None:
    anna = await world.login("anna")
    assert await change(world, PASSWORD, "a better horse") == (204, "")
    assert (await anna.get("/v1/changes")).status_code == 401
    assert (await log_in(world))[0] == 401
    assert (await log_in(world, password="a better horse"))[0] == 201
    assert (await deposit(anna))[0] == 200, "the deposit key never changes"


@pytest.mark.parametrize("new", ["short", "x" * 257, PASSWORD])
async def test_new_password_is_neither_short_nor_endless_nor_the_old_one(world: World, new: str) -> None:
    assert await change(world, PASSWORD, new) == (422, "unprocessable")
    assert (await log_in(world))[0] == 201


async def test_guessing_is_throttled_here_as_at_the_login(world: World) -> None:
    for _ in range(world.settings.throttle.per_login):
        assert await change(world, "a wrong one", "a better horse") == (401, "wrong-credentials")
    assert await change(world, PASSWORD, "a better horse") == (429, "too-many-attempts")
    assert (await log_in(world))[0] == 429
    assert await change(world, PASSWORD, "a better horse", login="nobody") == (401, "wrong-credentials")


async def test_reset_password_has_to_be_replaced(world: World) -> None:
    passwords = world.services.passwords
    world.write(lambda t: set_password(t, passwords, world.people["anna"], "temporary one", "server", must_change=True))
    status, answer = await log_in(world, password="temporary one")
    assert (status, answer["type"]) == (403, "urn:duecall:problem:password-change-needed")
    assert (await log_in(world, password="wrong one again"))[0] == 401
    assert await change(world, "temporary one", "chosen by anna") == (204, "")
    assert (await log_in(world, password="chosen by anna"))[0] == 201
    with world.services.database.reading() as transaction:
        actions = set(transaction.connection.execute(select(AUDIT.c.action)).scalars())
    assert "user.password_set" in actions
