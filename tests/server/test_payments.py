"""Payments and reversals: they find their case, count once, and come back."""

from __future__ import annotations

from typing import Any

import pytest

from domain.facts.payloads import Debt
from tests.support.server_world import Machine, World

LEDGER = """\
Customer No,Customer,Invoice,Due Date,Open,Currency
0042,Amber,LN-1,2026-10-01,50.00,CNY
0043,Birch,LN-11,2026-10-01,50.00,CNY
"""
PAYMENT = {"case": "c1", "amount": 5000, "currency": "CNY", "day": "2026-11-23"}


@pytest.fixture
async def bank(world: World) -> Machine:
    world.add_case("c1", "anna", customer_id="0042", debts=(Debt("d1", 125_000, "CNY", doc="LN-1"),))
    world.add_case("far", "zoe", team="east")
    return await world.login("bank")


async def pay(machine: Machine, name: str, **change: Any) -> dict[str, Any]:
    response = await machine.put(f"/v1/payments/{name}", {k: v for k, v in (PAYMENT | change).items() if v is not None})
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    return answer


async def payments(world: World) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await (await world.login("anna")).documents())["case:c1"].get("payments", [])
    return found


async def test_payment_is_shown_and_moves_the_feed(world: World, bank: Machine) -> None:
    anna = await world.login("anna")
    cursor = (await anna.page())["cursor"]
    assert await pay(bank, "p1") == {"id": "p1", "case": "c1", "ver": 2}
    entry = (await anna.page(cursor))["entries"][0]
    assert (entry["key"], entry["ver"]) == ("case:c1", 2)
    shown = entry["body"]["payments"][0]
    assert (shown["id"], shown["amount"], shown["day"]) == ("p1", 5000, "2026-11-23")


async def test_repeat_counts_once(world: World, bank: Machine) -> None:
    assert await pay(bank, "p1") == await pay(bank, "p1")
    assert len(await payments(world)) == 1


async def test_same_id_for_another_payment_is_refused(world: World, bank: Machine) -> None:
    await pay(bank, "p1")
    response = await bank.put("/v1/payments/p1", PAYMENT | {"amount": 5001})
    assert response.status_code == 409
    assert (await payments(world))[0]["amount"] == 5000


@pytest.mark.parametrize(
    "how", [{"customer": "0042"}, {"customer": " 42 "}, {"debt": "LN-1"}, {"customer": "42", "debt": "LN-1"}]
)
async def test_case_is_found_as_the_ledger_spells_it(world: World, bank: Machine, how: dict[str, str]) -> None:
    sue = await world.login("sue")
    await world.client.put("/v1/imports/i1", content=LEDGER, params={"assign": "anna"}, headers=sue.headers)
    if "customer" not in how:
        world.write(lambda transaction: transaction.connection.exec_driver_sql("DELETE FROM case_file WHERE id = 'c1'"))
    answer = await pay(bank, "p1", case=None, **how)
    document = (await (await world.login("anna")).documents())[f"case:{answer['case']}"]
    assert document["customer"]["name"] == "Amber"
    if "debt" in how:
        assert document["payments"][0]["debt"] == document["debts"][0]["id"]


async def test_reversal_takes_it_back(world: World, bank: Machine) -> None:
    await pay(bank, "p1")
    response = await bank.put("/v1/payments/p2", {"reverses": "p1", "reason": "no funds"})
    assert response.status_code == 200
    assert response.json() == {"id": "p2", "case": "c1", "ver": 3}
    assert "reversed_by" in (await payments(world))[0]
    assert (await bank.put("/v1/payments/p2", {"reverses": "p1", "reason": "no funds"})).json()["ver"] == 3


@pytest.mark.parametrize(
    "body",
    [
        PAYMENT | {"case": "far"},
        PAYMENT | {"case": "never"},
        {name: value for name, value in PAYMENT.items() if name != "case"} | {"customer": "0099"},
        {name: value for name, value in PAYMENT.items() if name != "case"} | {"debt": "LN-"},
        {"reverses": "never"},
    ],
)
async def test_unknown_and_foreign_cases_answer_alike(world: World, bank: Machine, body: dict[str, Any]) -> None:
    response = await bank.put("/v1/payments/p1", body)
    assert response.status_code == 403
    assert response.json()["detail"] == "There is no such case, or it is not yours."


async def test_payment_of_another_team_cannot_be_reversed(world: World, bank: Machine) -> None:
    tom = await world.login("tom")
    await pay(tom, "east-1", case="far")
    assert (await bank.put("/v1/payments/p2", {"reverses": "east-1"})).status_code == 403


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"amount": 0}, 422),
        ({"amount": -1}, 422),
        ({"amount": 10**16}, 422),
        ({"amount": 1.5}, 400),
        ({"amount": "5000"}, 400),
        ({"currency": "yuan"}, 422),
        ({"currency": None}, 422),
        ({"day": None}, 422),
        ({"day": "2026-02-30"}, 400),
        ({"case": None}, 422),
    ],
)
async def test_unusable_payments(world: World, bank: Machine, change: dict[str, Any], status: int) -> None:
    body = {name: value for name, value in (PAYMENT | change).items() if value is not None}
    assert (await bank.put("/v1/payments/p1", body)).status_code == status
    assert await payments(world) == []


async def test_agents_book_no_payments(world: World, bank: Machine) -> None:
    assert (await (await world.login("anna")).put("/v1/payments/p1", PAYMENT)).status_code == 403
