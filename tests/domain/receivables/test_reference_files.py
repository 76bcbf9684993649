"""The reference files that lie beside the project must give exactly what is written beside them."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from domain.receivables import NotReceivables, Reading, join_contacts, read_contacts, read_receivables, to_json
from domain.receivables.amounts import read_amount

pytestmark = pytest.mark.shared

TEXTS = [
    "cn_aging_two_row_header_gb18030.csv",
    "de_offene_posten_cp1252.csv",
    "erpnext_accounts_receivable.csv",
    "qb_title_block_ar_aging_verbatim.csv",
    "qbo_ar_aging_detail_us.csv",
    "sap_list_euro_verbatim.txt",
    "sap_list_us_tab_verbatim.txt",
    "xero_aged_receivables_summary.csv",
    "xero_style_invoices.csv",
]


def read(shared: Path, name: str) -> Reading:
    return read_receivables((shared / "receivables" / name).read_bytes(), name)


def expected(shared: Path, name: str) -> Any:
    return json.loads((shared / "receivables" / f"{name}.expected.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", TEXTS)
def test_every_stated_field_comes_out(shared: Path, name: str) -> None:
    want, reading = expected(shared, name), read(shared, name)
    form = to_json(reading)
    assert len(form["items"]) == want["n_items"]
    assert len(reading.customers) == want["n_customers"]
    for wanted, got in zip(want["items"], form["items"], strict=True):
        for field in ("customer", "doc", "doc_date", "due_date", "currency", "customer_id", "kind"):
            if field in wanted:
                assert got[field] == wanted[field], (got["row"], field)
        assert Decimal(got["open"]) == Decimal(wanted["open"])
        if "computed_days_past_due" in wanted:
            assert got["days_past_due"] == wanted["computed_days_past_due"]
        if "overdue" in wanted:
            assert Decimal(got["overdue"]) == Decimal(wanted["overdue"])
        if "invoice_amount" in wanted:
            assert Decimal(got["amount"]) == Decimal(wanted["invoice_amount"])
        if "dunning_level" in wanted:
            assert got["extra"]["dunning_level"] == str(wanted["dunning_level"])
        if "last_payment" in wanted:
            assert got["extra"]["last_payment"] == wanted["last_payment"]
        if "phone" in wanted:
            assert got["phones"] == ([wanted["phone"]] if wanted["phone"] else [])
        if "phones" in wanted:
            assert got["phones"] == wanted["phones"]
        if "ext" in wanted:
            assert [number["extension"] for number in got["phone_numbers"]] == [wanted["ext"]]


@pytest.mark.parametrize("name", TEXTS)
def test_what_is_stated_about_the_file_comes_out(shared: Path, name: str) -> None:
    want, reading = expected(shared, name), read(shared, name)
    if want.get("as_of", "not in the file") == "not in the file":
        assert reading.as_of is None
    else:
        assert reading.as_of == date.fromisoformat(want["as_of"])
    if "declared_total" in want:
        assert reading.declared_total == want["declared_total"]
    if "date_order" in want:
        assert reading.date_order == want["date_order"]
    if "encoding" in want:
        assert reading.encoding == want["encoding"]
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for item in reading.items:
        sums[item.currency or "?"] += Decimal(item.open_text)
    assert sums == {currency: Decimal(total) for currency, total in want["sum_open_by_currency"].items()}
    assert {currency or "?": Decimal(total) for currency, total in reading.totals.items()} == sums
    headings = [row.row for row in reading.classified if row.row_class == "heading"]
    if "header_row" in want:
        assert headings == [int(part) for part in str(want["header_row"]).split("+")]


@pytest.mark.parametrize("name", TEXTS)
def test_nothing_must_be_answered_before_a_dry_run(shared: Path, name: str) -> None:
    assert not read(shared, name).must_be_answered


@pytest.mark.parametrize("name", [*TEXTS, "ibm_accounts_receivable.csv", "small_business_invoices.csv"])
def test_every_row_is_in_exactly_one_class(shared: Path, name: str) -> None:
    reading = read(shared, name)
    numbers = [row.row for row in reading.classified]
    assert numbers == list(range(1, len(numbers) + 1))
    assert sum(reading.rows.values()) == len(numbers)
    assert all(row.reason for row in reading.classified)


def test_amount_strings(shared: Path) -> None:
    cases = json.loads((shared / "receivables" / "amount_strings.expected.json").read_text(encoding="utf-8"))
    for case in cases:
        got = read_amount(case["text"])
        if case["value"] in {"AMBIGUOUS", "REFUSE", "EMPTY"}:
            words = {"ambiguous": "AMBIGUOUS", "refused": "REFUSE", "empty": "EMPTY"}
            assert words[got.kind] == case["value"], case
        else:
            assert got.kind == "value", case
            assert got.value == Decimal(case["value"]), case


def test_a_row_without_balance_is_an_error_and_a_settled_one_a_warning(shared: Path) -> None:
    reading = read(shared, "qbo_ar_aging_detail_us.csv")
    assert [note.row for note in reading.errors] == [12]
    assert [note.row for note in reading.warnings if note.row] == [20]


def test_settled_invoices_with_history_stay_items_and_carry_their_day(shared: Path) -> None:
    reading = read(shared, "ibm_accounts_receivable.csv")
    assert len(reading.items) == 2466
    assert len(reading.customers) == 100
    assert reading.date_order == "MDY"
    first = reading.items[0]
    assert (first.customer_id, first.doc, first.due_date) == ("0379-NEVHP", "611365", date(2013, 2, 1))
    assert (first.open_text, first.disputed, first.settled_on) == ("55.94", False, date(2013, 1, 15))
    assert not first.is_settled(date(2013, 1, 14))
    assert first.is_settled(date(2013, 1, 15))
    assert first.extra["days_to_settle"] == "13"


def test_two_spellings_of_an_id_are_one_customer(shared: Path) -> None:
    data = (shared / "receivables" / "highradius_open_items.csv").read_bytes()
    steps: list[tuple[int, int]] = []
    reading = read_receivables(
        data, "highradius_open_items.csv", progress=lambda done, total: steps.append((done, total))
    )
    assert len(reading.items) == 9681
    assert len(reading.customers) == 553
    assert sum(len(customer.ids) == 2 for customer in reading.customers) == 141
    walmar = next(customer for customer in reading.customers if customer.customer_id == "0200769623")
    assert walmar.ids == ("0200769623", "200769623")
    assert len({walmar.name, *walmar.aliases}) == 11
    assert all(item.customer_id != "200769623" for item in reading.items)
    assert reading.items[0].open_text == "2309.79"
    assert reading.items[0].doc == "2960623488"
    assert len({item.key for item in reading.items}) == 9681
    assert len(steps) >= 9681 // 500
    assert steps[-1] == (9682, 9682)


def test_duplicates_part_payments_and_paid_rows(shared: Path) -> None:
    reading = read(shared, "small_business_invoices.csv")
    assert {item.doc: item.open_text for item in reading.items} == {
        "INV-1002": "850.00",
        "INV-1004": "1000.00",
        "INV-1006": "2100.00",
        "INV-1008": "640.00",
        "INV-1010": "1890.00",
        "INV-1012": "920.00",
        "INV-1014": "1250.00",
        "INV-1016": "1995.00",
        "INV-1018": "870.00",
        "INV-1020": "1650.00",
    }
    assert {note.row for note in reading.warnings if note.row} == {2, 4, 6, 7, 9, 11, 13, 15, 17, 19, 21}


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("empty.csv", "empty"),
        ("header_only.csv", "headings"),
        ("cn_collection_log_gbk.csv", "calls"),
        ("qb_customer_contact_list_verbatim.csv", "contact list"),
    ],
)
def test_other_files_are_refused_with_one_sentence(shared: Path, name: str, word: str) -> None:
    with pytest.raises(NotReceivables, match=word):
        read(shared, name)


def test_the_contact_list(shared: Path) -> None:
    name = "qb_customer_contact_list_verbatim.csv"
    want = expected(shared, name)
    contacts = read_contacts((shared / "receivables" / name).read_bytes(), name)
    assert [contact.name for contact in contacts.customers] == [each["name"] for each in want["customers"]]
    assert contacts.region == "US"
    assert [note.row for note in contacts.skipped] == [9, 11]
    by_name = {contact.name: contact for contact in contacts.customers}
    assert by_name["Saguaro Ridge Property Group"].contact == "Marcus Bell"
    assert by_name["Okafor, Chidi"].email is None
    report = join_contacts(read(shared, "qb_title_block_ar_aging_verbatim.csv"), contacts)
    assert len(report.matched) == 4
    assert [customer.name for customer in report.missing] == ["Ghost Customer Ltd"]
    assert not report.ambiguous
    assert not report.unused


def test_headings_of_every_language_are_known(shared: Path) -> None:
    """The words that matter for reading, in all languages of the collected table."""
    import csv

    from domain.receivables.headings import read_heading

    roles = {
        "Residual": {"open", "balance"},
        "Due date": {"due_date"},
        "Date": {"doc_date"},
        "Entry": {"doc"},
        "Currency": {"currency"},
    }
    roles |= {"Partner": {"customer"}, "Balance": {"balance", "cumulative"}, "Total": {"total"}}
    with (shared / "receivables" / "heading_words_by_language.csv").open(encoding="utf-8", newline="") as source:
        for row in csv.DictReader(source):
            for language, word in row.items():
                if row["en"] in roles and word:
                    assert read_heading(word).role in roles[row["en"]], (row["en"], language, word)
