"""Importing over HTTP: whole or not at all, never twice, and never closing anybody silently."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import func, select

from server.cases import casework
from server.database.schema import AUDIT, CASE, FACT, FEED_HEAD
from tests.support.server_world import Machine, World

if TYPE_CHECKING:
    from pathlib import Path

    import httpx

LEDGER = """\
Aged receivables as of 2026-11-20
Customer No,Customer,Invoice,Invoice Date,Due Date,Open,Currency,Phone
1001,Amber Lane Ltd,INV-1,2026-09-01,2026-10-01,1284.50,GBP,020 7946 0018
1001,Amber Lane Ltd,INV-2,2026-10-01,2026-10-31,100.00,GBP,
1002,Birch & Sons,INV-3,2026-09-15,2026-10-15,75.25,GBP,0161 496 0123
1003,Cedar Works,INV-4,2026-08-01,2026-08-31,50.00,GBP,
1003,Cedar Works,CN-1,2026-09-01,2026-09-01,-80.00,GBP,
"""


@pytest.fixture
async def sue(world: World) -> Machine:
    return await world.login("sue")


async def send(machine: Machine, name: str, content: str | bytes = LEDGER, **parameters: str) -> httpx.Response:
    data = content.encode() if isinstance(content, str) else content
    return await machine.world.client.put(
        f"/v1/imports/{name}", content=data, params={"region": "GB"} | parameters, headers=machine.headers
    )


async def imported(machine: Machine, name: str, content: str | bytes = LEDGER, **parameters: str) -> dict[str, Any]:
    response = await send(machine, name, content, **parameters)
    assert response.status_code == 200, response.text
    report: dict[str, Any] = response.json()
    return report


def cases(world: World) -> dict[str, Any]:
    with world.services.database.reading() as transaction:
        rows = transaction.connection.execute(select(CASE).order_by(CASE.c.customer_id)).mappings()
        return {row["customer_id"]: row for row in rows}


def snapshot(world: World) -> list[Any]:
    with world.services.database.reading() as transaction:
        facts = transaction.connection.execute(select(func.count()).select_from(FACT)).scalar_one()
        documents = transaction.connection.execute(select(CASE.c.id, CASE.c.ver, CASE.c.doc).order_by(CASE.c.id))
        heads = transaction.connection.execute(select(FEED_HEAD.c.agent_id, FEED_HEAD.c.head).order_by("agent_id"))
        return [facts, documents.all(), heads.all()]


async def test_file_becomes_cases_dealt_evenly(world: World, sue: Machine) -> None:
    report = await imported(sue, "i1")
    assert report["total"] == "1429.75"
    assert report["applied"] == {"assigned": 2, "created": 2, "settled": 1}
    assert report["rows"]["data"] == 5
    assert report["rows"]["title"] == 1
    anna, ben = await world.login("anna"), await world.login("ben")
    first, second = await anna.documents(), await ben.documents()
    assert (len(first), len(second)) == (1, 1)
    names = {document["customer"]["name"]: document for document in (*first.values(), *second.values())}
    amber = names["Amber Lane Ltd"]
    assert [(debt["doc"], debt["open"], debt["due"]) for debt in amber["debts"]] == [
        ("INV-1", 128450, "2026-10-01"),
        ("INV-2", 10000, "2026-10-31"),
    ]
    assert amber["as_of"] == "2026-11-20"
    assert amber["phones"][0]["e164"] == "+442079460018"
    assert amber["phones"][0]["zones"] == ["Europe/London"]
    assert amber["customer"]["segment"] == "business"


async def test_customer_who_owes_nothing_is_kept_closed_and_never_called(world: World, sue: Machine) -> None:
    await imported(sue, "i1")
    cedar = cases(world)["1003"]
    assert (cedar["closed"], cedar["owner_id"], cedar["owed"]) == ("settled", None, -3000)


@pytest.mark.parametrize("day_later", [False, True])
async def test_same_file_again_changes_nothing(world: World, sue: Machine, day_later: bool) -> None:
    await imported(sue, "i1")
    before = snapshot(world)
    if day_later:
        world.clock.advance(days=1)
        sue = await world.login("sue")
    report = await imported(sue, "i2", filename="renamed.csv")
    assert report["applied"] == {"unchanged": 3}
    assert snapshot(world) == before


async def test_same_undated_file_the_next_day_changes_nothing(world: World, sue: Machine) -> None:
    undated = LEDGER.split("\n", 1)[1]
    await imported(sue, "i1", undated)
    before = snapshot(world)
    world.clock.advance(days=1)
    sue = await world.login("sue")
    assert (await imported(sue, "i2", undated))["applied"] == {"unchanged": 3}
    assert snapshot(world) == before


async def test_same_id_answers_the_same_and_another_file_under_it_is_refused(world: World, sue: Machine) -> None:
    first = await imported(sue, "i1")
    before = snapshot(world)
    assert await imported(sue, "i1") == first
    assert snapshot(world) == before
    assert (await send(sue, "i1", LEDGER.replace("100.00", "100.01"))).status_code == 409
    assert (await send(sue, "i1", as_of="2026-11-21")).status_code == 409
    assert snapshot(world) == before


async def test_newer_file_updates_and_warns_of_who_is_missing(world: World, sue: Machine) -> None:
    await imported(sue, "i1")
    newer = LEDGER.replace("2026-11-20", "2026-11-23").replace("1284.50", "284.50")
    newer = "\n".join(line for line in newer.splitlines() if not line.startswith("1002"))
    report = await imported(sue, "i2", newer)
    assert report["applied"] == {"missing": 1, "settled": 1, "updated": 1}
    assert "1 open case is not in this file" in report["warnings"][0]["text"]
    assert cases(world)["1002"]["closed"] is None
    assert cases(world)["1001"]["owed"] == 38450


async def test_paid_customer_is_closed_and_comes_back_to_the_same_agent(world: World, sue: Machine) -> None:
    await imported(sue, "i1")
    owner = cases(world)["1002"]["owner_id"]
    paid = LEDGER.replace("2026-11-20", "2026-11-23").replace(",75.25,", ",-0.01,")
    assert (await imported(sue, "i2", paid))["applied"] == {"settled": 2, "updated": 1}
    assert cases(world)["1002"]["closed"] == "settled"
    again = LEDGER.replace("2026-11-20", "2026-11-24")
    assert (await imported(sue, "i3", again))["applied"] == {"reopened": 1, "settled": 1, "updated": 1}
    assert (cases(world)["1002"]["closed"], cases(world)["1002"]["owner_id"]) == (None, owner)


async def test_older_file_changes_nothing(world: World, sue: Machine) -> None:
    await imported(sue, "i1")
    before = snapshot(world)
    old = LEDGER.replace("2026-11-20", "2026-11-01").replace("1284.50", "9999.00")
    assert (await imported(sue, "i2", old))["applied"] == {"older": 3}
    assert snapshot(world) == before


async def test_dry_run_says_what_would_change_and_changes_nothing(world: World, sue: Machine) -> None:
    before = snapshot(world)
    report = await imported(sue, "i1", dry_run="true")
    assert report["applied"] == {"assigned": 2, "created": 2, "settled": 1}
    assert report["dry_run"]
    assert snapshot(world) == before
    assert (await imported(sue, "i1"))["applied"] == report["applied"]


@pytest.mark.parametrize(("assign", "anna", "pool"), [("anna", 2, 0), ("none", 0, 2)])
async def test_new_cases_go_where_they_are_sent(world: World, sue: Machine, assign: str, anna: int, pool: int) -> None:
    await imported(sue, "i1", assign=assign)
    owners = [row["owner_id"] for row in cases(world).values() if row["closed"] is None]
    assert owners.count(world.people["anna"].id) == anna
    assert owners.count(None) == pool


async def test_unknown_agent_imports_nothing(world: World, sue: Machine) -> None:
    before = snapshot(world)
    assert (await send(sue, "i1", assign="zoe")).status_code == 422
    assert snapshot(world) == before


async def test_missing_currency_is_asked_for(world: World, sue: Machine) -> None:
    bare = LEDGER.replace(",Currency", "").replace(",GBP", "")
    before = snapshot(world)
    response = await send(sue, "i1", bare)
    assert response.status_code == 422
    problem = response.json()
    assert problem["type"] == "urn:duecall:problem:questions"
    assert [question["code"] for question in problem["questions"] if question["blocking"]] == ["currency"]
    assert "Amber" not in response.text
    assert snapshot(world) == before
    assert (await imported(sue, "i1", bare, currency="GBP"))["applied"]["created"] == 2


async def test_ambiguous_days_are_asked_about(world: World, sue: Machine) -> None:
    ambiguous = "Customer,Invoice,Due Date,Open,Currency\nAmber,1,03/04/2026,10.00,GBP\nBirch,2,05/06/2026,20.00,GBP\n"
    response = await send(sue, "i1", ambiguous)
    assert response.status_code == 422
    assert [each["code"] for each in response.json()["questions"] if each["blocking"]] == ["date_order"]
    await imported(sue, "i1", ambiguous, date_order="DMY")
    anna = await world.login("anna")
    assert next(iter((await anna.documents()).values()))["debts"][0]["due"] in ("2026-04-03", "2026-06-05")


@pytest.mark.parametrize("content", [b"hello, this is a letter\n", b"\x00\x01\x02", b"Name,Colour\nx,y\n"])
async def test_what_is_no_ledger_is_refused(world: World, sue: Machine, content: bytes) -> None:
    response = await send(sue, "i1", content)
    assert response.status_code == 422
    assert response.json()["type"] == "urn:duecall:problem:unprocessable"
    assert cases(world) == {}


async def test_empty_body(world: World, sue: Machine) -> None:
    assert (await send(sue, "i1", b"")).status_code == 400


@pytest.mark.parametrize("parameters", [{"as_of": "yesterday"}, {"kind": "poems"}, {"dry_run": "perhaps"}])
async def test_bad_parameters(world: World, sue: Machine, parameters: dict[str, str]) -> None:
    assert (await send(sue, "i1", **parameters)).status_code == 400


async def test_compressed_upload(world: World, sue: Machine) -> None:
    response = await world.client.put(
        "/v1/imports/i1",
        content=gzip.compress(LEDGER.encode()),
        params={"region": "GB"},
        headers=sue.headers | {"Content-Encoding": "gzip"},
    )
    assert response.json()["applied"]["created"] == 2


async def test_contacts_join_the_cases(world: World, sue: Machine) -> None:
    await imported(sue, "i1")
    contacts = (
        "Customer No,Name,Phone,Email\n1002,Birch & Sons,0113 496 0456,ap@birch.example\n1999,Nobody,0113 496 0457,\n"
    )
    report = await imported(sue, "k1", contacts, kind="contacts")
    assert report["applied"] == {"missing": 2, "unused": 1, "updated": 1}
    before = snapshot(world)
    assert (await imported(sue, "k2", contacts, kind="contacts"))["applied"] == {
        "missing": 2,
        "unchanged": 1,
        "unused": 1,
    }
    assert snapshot(world) == before
    documents = await (await world.login("anna")).documents() | await (await world.login("ben")).documents()
    birch = next(each for each in documents.values() if each["customer"]["id"] == "1002")
    assert birch["customer"]["email"] == "ap@birch.example"
    assert {phone["e164"] for phone in birch["phones"]} == {"+441614960123", "+441134960456"}


async def test_crash_in_the_middle_imports_nothing(world: World, sue: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    before = snapshot(world)

    def die(*_args: object) -> None:
        raise ArithmeticError

    monkeypatch.setattr(casework.Casework, "_write_facts", die)
    assert (await send(sue, "i1")).status_code == 500
    monkeypatch.undo()
    assert snapshot(world) == before
    assert (await imported(sue, "i1"))["applied"]["created"] == 2


async def test_trail_names_the_import_without_names(world: World, sue: Machine) -> None:
    await imported(sue, "i1")
    with world.services.database.reading() as transaction:
        row = transaction.connection.execute(select(AUDIT).where(AUDIT.c.action == "import.applied")).one()
    assert row.subject == "i1"
    assert b"Amber" not in row.detail


async def test_teams_do_not_share_cases(world: World, sue: Machine) -> None:
    await imported(sue, "i1")
    await imported(await world.login("tom"), "i2")
    assert len(await (await world.login("zoe")).documents()) == 2
    with world.services.database.reading() as transaction:
        assert transaction.connection.execute(select(func.count()).select_from(CASE)).scalar_one() == 6


@pytest.mark.shared
@pytest.mark.slow
async def test_genuine_ledger_with_two_spellings_of_one_id(world: World, sue: Machine, shared: Path) -> None:
    data = (shared / "receivables" / "highradius_open_items.csv").read_bytes()
    report = await imported(sue, "i1", data, region="US", currency="USD")
    before = snapshot(world)
    assert sum(report["applied"][name] for name in ("created", "settled") if name in report["applied"]) == len(
        cases(world)
    )
    again = await imported(sue, "i2", data, region="US", currency="USD")
    assert set(again["applied"]) == {"unchanged"}
    assert snapshot(world) == before
