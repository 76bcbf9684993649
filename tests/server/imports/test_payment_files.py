"""Payments files: every row in one class, each payment on the one case it fits, nothing booked twice."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import openpyxl  # type: ignore[import-untyped]  # it ships no types
import pytest

from domain.facts.payloads import Debt
from tests.support.server_world import Machine, World

BANK = """Bank of the Harbour — receipts

Payment Date,Customer No,Customer Name,Invoice,Amount,Currency,Reference
2026-11-20,K-100,Zoe Reed,INV-1,500.00,CNY,
2026-11-21,,Zoe Reed,,20.50,CNY,
2026-11-21,K-999,Nobody Known,,10.00,CNY,
2026-11-22,,,,75.00,CNY,transfer for INV-7 and thanks
2026-11-22,,Twin,,5.00,CNY,
not a day,K-100,Zoe Reed,INV-1,1.00,CNY,
2026-11-23,K-100,Zoe Reed,INV-1,"-500.00",CNY,returned by the bank
Total,,,,110.50,,
"""


@pytest.fixture
async def sue(world: World) -> Machine:
    add = world.add_case
    add("c1", "anna", name="Zoe Reed", customer_id="K-100", debts=(debt("c1", "INV-1", 120_000),))
    add("c2", "ben", name="Ann Lee", customer_id="K-200", debts=(debt("c2", "INV-7", 90_000),))
    add("t1", "anna", name="Twin", customer_id="K-301", debts=(debt("t1", "INV-8", 10_000),))
    add("t2", "anna", name="Twin", customer_id="K-302", debts=(debt("t2", "INV-9", 10_000),))
    return await world.login("sue")


def debt(case: str, doc: str, amount: int) -> Debt:
    return Debt(f"{case}-d", amount, "CNY", doc=doc, due=date(2026, 10, 21))


async def bring(machine: Machine, import_id: str, content: bytes | str, **query: str) -> dict[str, Any]:
    data = content.encode() if isinstance(content, str) else content
    parameters = {"kind": "payments", "filename": "bank.csv"} | query
    response = await machine.world.client.put(
        f"/v1/imports/{import_id}", content=data, params=parameters, headers=machine.headers
    )
    assert response.status_code == 200, response.text
    report: dict[str, Any] = response.json()
    return report


def fates(report: dict[str, Any]) -> list[tuple[int, str, str | None]]:
    return [(line["row"], line["fate"], line.get("case")) for line in report["payments"]]


async def paid(sue: Machine, case: str) -> list[tuple[int, bool]]:
    body = (await sue.get(f"/v1/cases/{case}")).json()["body"]
    return [(payment["amount"], "reversed_by" in payment) for payment in body.get("payments", [])]


async def test_each_payment_finds_the_one_case_it_fits(world: World, sue: Machine) -> None:
    report = await bring(sue, "p1", BANK, rows="true")
    assert fates(report) == [
        (4, "booked", "c1"),
        (5, "booked", "c1"),
        (6, "unmatched", None),
        (7, "booked", "c2"),
        (8, "ambiguous", None),
        (10, "booked", "c1"),
    ]
    assert report["applied"] == {"ambiguous": 1, "booked": 4, "unmatched": 1}
    assert report["rows"] == {
        "data": 6,
        "heading": 1,
        "title": 1,
        "subtotal": 1,
        "blank": 1,
        "footer": 0,
        "error": 1,
    }
    assert [row["row"] for row in report["classified"]] == list(range(1, 12))
    assert [note["row"] for note in report["errors"]] == [9]
    assert await paid(sue, "c1") == [(50_000, True), (2_050, False)]
    assert await paid(sue, "c2") == [(7_500, False)]


async def test_same_file_and_an_overlapping_one_book_nothing_twice(world: World, sue: Machine) -> None:
    first = await bring(sue, "p1", BANK)
    assert await bring(sue, "p1", BANK) == first
    again = await bring(sue, "p2", BANK)
    assert again["applied"] == {"ambiguous": 1, "known": 4, "unmatched": 1}
    longer = BANK.replace("Total,", "2026-11-24,K-200,Ann Lee,,30.00,CNY,\nTotal,")
    assert (await bring(sue, "p3", longer))["applied"] == {"ambiguous": 1, "booked": 1, "known": 4, "unmatched": 1}
    assert await paid(sue, "c2") == [(7_500, False), (3_000, False)]


async def test_two_equal_payments_of_one_day_are_two(world: World, sue: Machine) -> None:
    line = "2026-11-20,K-100,INV-1,5.00,CNY\n"
    report = await bring(sue, "p1", "Date,Customer No,Invoice,Amount,Currency\n" + line + line)
    assert report["applied"] == {"booked": 2}


async def test_dry_run_says_what_would_be_booked(world: World, sue: Machine) -> None:
    report = await bring(sue, "p1", BANK, dry_run="true")
    assert report["applied"]["booked"] == 4
    assert await paid(sue, "c1") == []
    assert (await sue.get("/v1/imports")).json()["imports"] == []


async def test_import_taken_back_can_be_brought_in_again(world: World, sue: Machine) -> None:
    await bring(sue, "p1", BANK)
    undone = await sue.put("/v1/imports/p1/undo", {})
    assert undone.json()["undo"] == "undone"
    assert all(back for _, back in await paid(sue, "c1"))
    assert (await bring(sue, "p2", BANK))["applied"]["booked"] == 4
    assert [amount for amount, back in await paid(sue, "c1") if not back] == [2_050]


async def test_cash_is_as_fresh_as_the_file(world: World, sue: Machine) -> None:
    assert (await sue.get("/v1/board")).json()["cash"] == {}
    await bring(sue, "p1", BANK)
    cash = (await sue.get("/v1/board")).json()["cash"]
    assert (cash["through"], cash["source"]) == ("2026-11-23", "file")
    assert cash["received_at"].startswith("2026-11-24T02:00")
    bank = await world.login("bank")
    payment = {"case": "c2", "amount": 100, "currency": "CNY", "day": "2026-11-24"}
    assert (await bank.put("/v1/payments/x1", payment)).status_code == 200
    cash = (await sue.get("/v1/board")).json()["cash"]
    assert (cash["through"], cash["source"]) == ("2026-11-24", "feed")


@pytest.mark.parametrize(
    ("content", "booked"),
    [
        ('收款日期,客户编号,单据号,收款金额,币种\n2026-11-20,K-100,INV-1,"1,000.00",CNY\n'.encode("gb18030"), 100_000),
        ("﻿Buchungstag;Kundennummer;Rechnung;Betrag;Währung\n20.11.2026;K-100;INV-1;1.000,00;CNY\n".encode(), 100_000),
        ("Date\tCustomer No\tInvoice\tAmount\n2026-11-20\tK-100\tINV-1\t12.50\n".encode("utf-16"), 1_250),
        (b'sep=;\r\nDate;Customer No;Invoice;Credit;Debit\r\n2026-11-20;="K-100";INV-1;7.00;\r\n', 700),
    ],
)
async def test_files_as_banks_write_them(world: World, sue: Machine, content: bytes, booked: int) -> None:
    report = await bring(sue, "p1", content)
    assert report["applied"] == {"booked": 1}
    assert await paid(sue, "c1") == [(booked, False)]


async def test_workbook(world: World, sue: Machine) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Receipts of November"])
    sheet.append(["Payment Date", "Customer No", "Amount", "Currency"])
    sheet.append([date(2026, 11, 20), "K-200", 12.5, "CNY"])
    out = io.BytesIO()
    book.save(out)
    report = await bring(sue, "p1", out.getvalue(), filename="bank.xlsx")
    assert fates(report) == [(3, "booked", "c2")]


async def test_day_or_month_first_is_asked(world: World, sue: Machine) -> None:
    content = b"Date,Customer No,Amount\n03/04/2026,K-100,5.00\n"
    response = await world.client.put("/v1/imports/p1?kind=payments", content=content, headers=sue.headers)
    assert response.status_code == 422
    assert [question["code"] for question in response.json()["questions"]] == ["date_order"]
    await bring(sue, "p2", content, date_order="DMY", remember="bank")
    profiles = (await sue.get("/v1/import-profiles")).json()["profiles"]
    assert [(each["name"], each["profile"]["date_order"], each["profile"]["kind"]) for each in profiles] == [
        ("bank", "DMY", "payments")
    ]
    again = content.replace(b"5.00", b"6.00")
    assert (await bring(sue, "p3", again, profile="bank"))["payments"][0]["day"] == "2026-04-03"
    missing = await world.client.put("/v1/imports/p4?profile=never", content=again, headers=sue.headers)
    assert missing.status_code == 422


@pytest.mark.parametrize("content", [b"", b"hello", b"Customer,Amount\nZoe,5\n", b"Date,Customer,Amount\n"])
async def test_what_is_no_payments_file_is_refused(world: World, sue: Machine, content: bytes) -> None:
    response = await world.client.put("/v1/imports/p1?kind=payments", content=content, headers=sue.headers)
    assert response.status_code in (400, 422)
    assert (await sue.get("/v1/imports")).json()["imports"] == []
