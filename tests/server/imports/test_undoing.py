"""Taking a whole import back, until somebody has been called about it."""

from __future__ import annotations

from typing import Any

import pytest

from domain import supervision
from server import typed
from tests.support.server_world import PHONE, Machine, World

LEDGER = b"""Customer No,Customer,Invoice,Due Date,Amount,Currency
K-1,Zoe Reed,INV-1,2026-10-01,100.00,CNY
K-2,Ann Lee,INV-2,2026-10-05,200.00,CNY
"""


@pytest.fixture
async def sue(world: World) -> Machine:
    return await world.login("sue")


async def bring(sue: Machine, import_id: str, content: bytes, **query: str) -> dict[str, Any]:
    parameters = {"filename": "ledger.csv", "as_of": "2026-11-20"} | query
    response = await sue.world.client.put(
        f"/v1/imports/{import_id}", content=content, params=parameters, headers=sue.headers
    )
    assert response.status_code == 200, response.text
    report: dict[str, Any] = response.json()
    return report


async def open_cases(sue: Machine) -> dict[str, tuple[str | None, int]]:
    cases = (await sue.get("/v1/cases")).json()["cases"]
    return {case["customer"]: (case.get("owner_login"), case["owed"]) for case in cases}


async def test_first_import_leaves_nothing_behind(world: World, sue: Machine) -> None:
    await bring(sue, "i1", LEDGER)
    before = await open_cases(sue)
    assert set(before) == {"Zoe Reed", "Ann Lee"}
    line = (await sue.get("/v1/imports/i1")).json()
    typed.convert(line, supervision.ImportLine)
    assert (line["undo"], line["cases"], line["counts"]["created"]) == ("possible", 2, 2)
    world.clock.advance(minutes=1)
    undone = await sue.put("/v1/imports/i1/undo", {})
    assert undone.json()["undo"] == "undone"
    assert (await sue.put("/v1/imports/i1/undo", {})).json() == undone.json()
    assert await open_cases(sue) == {}
    assert await (await world.login("anna")).documents() == {}
    world.clock.advance(minutes=1)
    assert (await bring(sue, "i2", LEDGER))["applied"]["assigned"] == 2
    assert {customer: owed for customer, (_, owed) in (await open_cases(sue)).items()} == {
        "Zoe Reed": 10_000,
        "Ann Lee": 20_000,
    }


async def test_second_import_taken_back_gives_what_the_first_said(world: World, sue: Machine) -> None:
    await bring(sue, "i1", LEDGER)
    first = await open_cases(sue)
    world.clock.advance(hours=1)
    newer = LEDGER.replace(b"100.00", b"150.00").replace(b"K-2,Ann Lee,INV-2,2026-10-05,200.00,CNY\n", b"")
    await bring(sue, "i2", newer, as_of="2026-11-22")
    assert (await open_cases(sue))["Zoe Reed"][1] == 15_000
    world.clock.advance(hours=1)
    await sue.put("/v1/imports/i2/undo", {})
    assert await open_cases(sue) == first
    listed = (await sue.get("/v1/imports")).json()["imports"]
    assert [(each["id"], each["undo"]) for each in listed] == [("i2", "undone"), ("i1", "possible")]
    older = (await sue.get("/v1/imports", limit="1")).json()
    assert [each["id"] for each in (await sue.get("/v1/imports", before=older["next"])).json()["imports"]] == ["i1"]


async def test_settled_case_is_open_again(world: World, sue: Machine) -> None:
    await bring(sue, "i1", LEDGER)
    world.clock.advance(hours=1)
    credit = b"K-1,Zoe Reed,CN-1,2026-10-01,-100.00,CNY\n"
    assert (await bring(sue, "i2", LEDGER + credit, as_of="2026-11-22"))["applied"]["settled"] == 1
    assert set(await open_cases(sue)) == {"Ann Lee"}
    world.clock.advance(hours=1)
    await sue.put("/v1/imports/i2/undo", {})
    assert set(await open_cases(sue)) == {"Zoe Reed", "Ann Lee"}


async def test_first_call_ends_it(world: World, sue: Machine) -> None:
    await bring(sue, "i1", LEDGER)
    anna = await world.login("anna")
    case = next(iter(await anna.documents())).removeprefix("case:")
    world.clock.advance(minutes=1)
    await anna.results(anna.event(case, "attempt.started", {"number": PHONE}))
    refused = await sue.put("/v1/imports/i1/undo", {})
    assert refused.status_code == 422
    assert (await sue.get("/v1/imports/i1")).json()["undo"] == "called"
    assert len(await open_cases(sue)) == 2


async def test_every_row_is_listed_with_its_class(world: World, sue: Machine) -> None:
    report = await bring(sue, "i1", b"Aged receivables\n\n" + LEDGER, rows="true", dry_run="true")
    assert [(row["row"], row["class"]) for row in report["classified"]] == [
        (1, "title"),
        (2, "blank"),
        (3, "heading"),
        (4, "data"),
        (5, "data"),
    ]
    assert (await sue.get("/v1/imports")).json()["imports"] == []


async def test_profile_is_edited_by_one_at_a_time(world: World, sue: Machine) -> None:
    made = await sue.put("/v1/import-profiles/erp", {"currency": "CNY"}, **{"If-Match": "*"})
    assert made.status_code == 200, made.text
    etag = made.json()["etag"]
    assert (await sue.put("/v1/import-profiles/erp", {"currency": "USD"}, **{"If-Match": etag})).status_code == 200
    assert (await sue.put("/v1/import-profiles/erp", {"currency": "EUR"}, **{"If-Match": etag})).status_code == 412
    assert (await sue.put("/v1/import-profiles/erp", {})).status_code == 428
    tom = await world.login("tom")
    assert (await tom.get("/v1/import-profiles")).json()["profiles"] == []
