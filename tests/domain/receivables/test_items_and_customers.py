"""Items and customers: kinds, ids that lost digits, keys that last, names that vary, who must not be called."""

from __future__ import annotations

import dataclasses
import json
from datetime import date

import pytest

from domain.receivables import Reading, ReadingOptions, read_receivables, to_json

HEAD = "Customer,Invoice,Due date,Open balance\n"


def read(text: str, filename: str = "ledger.csv", **options: object) -> Reading:
    return read_receivables(text.encode(), filename, ReadingOptions(**options))  # type: ignore[arg-type]  # keywords of any kind


@pytest.mark.parametrize(
    ("word", "amount", "kind"),
    [
        ("Invoice", "5", "invoice"),
        ("Sales Invoice", "5", "invoice"),
        ("Rechnung", "5", "invoice"),
        ("发票", "5", "invoice"),
        ("Credit Memo", "-5", "credit"),
        ("Gutschrift", "-5", "credit"),
        ("Payment", "-5", "payment"),
        ("Credit card payment", "-5", "payment"),
        ("Zahlungseingang", "-5", "payment"),
        ("收款单", "-5", "payment"),
        ("Journal Entry", "5", "journal"),
        ("Opening balance", "5", "balance"),
        ("Whatever", "5", "other"),
        ("", "5", "invoice"),
        ("", "-5", "credit"),
    ],
)
def test_kinds(word: str, amount: str, kind: str) -> None:
    item = read(f"Customer,Type,Num,Due date,Open balance\nA,{word},1,2026-01-31,{amount}\n").items[0]
    assert (item.kind, item.kind_text) == (kind, word or None)


def test_a_payment_is_never_due_and_a_credit_may_be() -> None:
    head = "Customer,Type,Num,Date,Due date,Open balance\n"
    text = f"{head}A,Payment,1,2026-01-31,2026-01-31,-5\nA,Credit Memo,2,2026-01-31,2026-01-31,-6\n"
    assert [item.due_date for item in read(text).items] == [None, date(2026, 1, 31)]


def test_ids_lose_a_floats_tail_and_keep_their_zeros() -> None:
    item = read("Customer id,Customer,Invoice,Open balance\n00017.0,A,2960623488.0,5.00\n").items[0]
    assert (item.customer_id, item.doc) == ("00017", "2960623488")
    assert read('Customer id,Customer,Invoice,Open balance\n="00017",A,01.001,5.00\n').items[0].doc == "01.001"
    assert read('Customer id,Customer,Invoice,Open balance\n="00017",A,01.001,5.00\n').items[0].customer_id == "00017"


def test_lost_digits_are_errors_and_never_numbers() -> None:
    reading = read("Customer id,Customer,Invoice,Open balance,Phone\n1.38E+10,A,1.38E+10,5.00,1.38E+10\n")
    item = reading.items[0]
    assert (item.customer_id, item.doc, item.phones) == (None, None, ())
    assert [note.row for note in reading.errors] == [2, 2, 2]


def test_ids_with_and_without_zeros_are_one_customer() -> None:
    head = "Customer id,Customer,Invoice,Open balance\n"
    text = f"{head}200769,Oak Ltd,1,5.00\n0200769,Oak Limited,2,6.00\n0200769,Oak Limited,3,7.00\n"
    reading = read(text)
    assert [item.customer_id for item in reading.items] == ["0200769"] * 3
    (customer,) = reading.customers
    assert (customer.name, customer.aliases, customer.ids) == ("Oak Limited", ("Oak Ltd",), ("0200769", "200769"))
    assert customer.open == {"": 1800}
    assert any("leading zeros" in note.text for note in reading.warnings)


def test_but_not_where_the_names_have_nothing_in_common() -> None:
    reading = read("Customer id,Customer,Invoice,Open balance\n17,Oak Ltd,1,5.00\n0017,Birch GmbH,2,6.00\n")
    assert len(reading.customers) == 2
    assert {customer.customer_id for customer in reading.customers} == {"17", "0017"}


def test_a_row_without_id_belongs_to_the_id_its_name_has() -> None:
    reading = read("Customer id,Customer,Invoice,Open balance\nC1,Oak Ltd,1,5.00\n,OAK  Ltd,2,6.00\n")
    assert [item.customer_id for item in reading.items] == ["C1", "C1"]
    assert len(reading.customers) == 1


def test_names_are_one_without_case_width_accents_and_spacing() -> None:
    reading = read("Customer,Invoice,Open balance\nCafé  Noir,1,5.00\nCAFE NOIR,2,6.00\nＣａｆｅ Noir ,3,7.00\n")
    assert len(reading.customers) == 1
    assert reading.items[0].customer == "Café  Noir"


def test_a_line_break_in_a_name_stays_recognisable_and_is_shown_on_one_line() -> None:
    reading = read('Customer,Open balance\n" 001, Café\nBranch ",5.00\n')
    assert reading.items[0].customer == " 001, Café\nBranch "
    assert reading.customers[0].name == "001, Café Branch"


def test_who_owes_nothing_on_balance_must_not_be_called() -> None:
    reading = read("Customer,Invoice,Open balance,Currency\nA,1,5,EUR\nA,2,-5,EUR\nB,3,-1,EUR\nC,4,-9,EUR\nC,5,1,USD\n")
    assert {customer.name: customer.owes for customer in reading.customers} == {"A": False, "B": False, "C": True}
    assert to_json(reading)["not_to_call"] == ["A", "B"]


def test_keys_do_not_depend_on_what_is_still_open_or_where_the_row_stands() -> None:
    before = read(HEAD + "A,1,2026-01-31,100.00\nB,2,2026-01-31,50.00\n")
    after = read("As of 1 May 2026\n" + HEAD + "B,2,2026-01-31,50.00\nA,1,2026-01-31,40.00\n")
    assert {item.doc: item.key for item in before.items} == {item.doc: item.key for item in after.items}
    assert before.fingerprint != after.fingerprint


def test_alike_items_have_different_keys_in_a_stable_order() -> None:
    text = "Customer,Total,Current\nA,5,5\nA,-2,-2\n"
    first, second = read(text).items
    assert first.key != second.key
    assert [item.key for item in read(text).items] == [first.key, second.key]


def test_the_same_content_has_the_same_fingerprint_whatever_its_form() -> None:
    rows = [("Customer", "Invoice", "Open balance"), ("Änne", "1", "5.00")]
    comma = read("\n".join(",".join(row) for row in rows), "a.csv")
    semicolon = read_receivables("\r\n".join(";".join(row) for row in rows).encode("cp1252"), "b.csv")
    assert comma.fingerprint == semicolon.fingerprint


def test_disputes_mail_and_further_columns() -> None:
    text = (
        "Customer,Invoice,Open balance,Disputed,E-mail,Dunning level,Days late,Contact person\n"
        "A,1,5.00,Yes,a@b.example,2,14,Jo\nB,2,6.00,no,nobody,,,\nC,3,7.00,,,,,\n"
    )
    reading = read(text)
    assert [item.disputed for item in reading.items] == [True, False, None]
    assert [item.email for item in reading.items] == ["a@b.example", None, None]
    assert reading.items[0].extra == {"dunning_level": "2", "days_late": "14"}
    assert reading.items[0].contact == "Jo"
    assert [note.row for note in reading.warnings if "nobody" in note.text] == [3]


def test_nothing_personal_shows_in_a_repr() -> None:
    reading = read("Customer,Invoice,Open balance,Phone,E-mail\nSecret Name,1,-5.00,+442079460958,secret@b.example\n")
    assert "Secret" not in repr(reading)
    assert "secret" not in repr(reading)
    assert "442079460958" not in repr(reading)


def test_values_are_frozen() -> None:
    item = read(HEAD + "A,1,2026-01-31,5.00\n").items[0]
    with pytest.raises(dataclasses.FrozenInstanceError):
        item.open = 0  # type: ignore[misc]  # that it cannot be set is what is tested


def test_the_json_form_has_what_programs_rely_on() -> None:
    reading = read(
        "As of 2026-02-28, amounts in CNY\n客户名称,单据号,到期日,未收金额,联系电话\n"
        "甲公司,1,2026/1/31,5.00,021-58888888/13800138000\n"
    )
    form = json.loads(json.dumps(to_json(reading), ensure_ascii=False))
    assert set(form) >= {
        "encoding",
        "as_of",
        "date_order",
        "currency",
        "total",
        "items",
        "rows",
        "questions",
        "warnings",
        "errors",
    }
    item = form["items"][0]
    assert item["row"] == 3
    assert (item["customer"], item["customer_id"], item["doc"], item["doc_date"]) == ("甲公司", None, "1", None)
    assert (item["due_date"], item["open"], item["currency"], item["kind"]) == ("2026-01-31", "5.00", "CNY", "invoice")
    assert item["phones"] == ["+862158888888", "+8613800138000"]
    assert item["days_past_due"] == 28
    assert set(form["rows"]) == {"data", "heading", "title", "subtotal", "blank", "footer", "error"}
    assert form["total"] == "5.00"
    given = to_json(reading, phones=lambda cell, region: [f"{region}:{cell}"])
    assert given["items"][0]["phones"] == ["CN:021-58888888/13800138000"]


def test_phones_that_cannot_be_dialled_are_reported() -> None:
    reading = read("客户名称,未收金额,联系电话\n甲公司,5.00,138****8000\n乙公司,6.00,无\n")
    assert [note.row for note in reading.warnings if note.row] == [2]
    assert [item["phones"] for item in to_json(reading)["items"]] == [[], []]


@pytest.mark.parametrize(
    ("text", "region"),
    [
        ("Customer,Open balance,Currency\nA,5.00,GBP\n", "GB"),
        ("Customer,Open balance,Currency\nA,5.00,EUR\n", None),
        ("客户名称,未收金额\n甲公司,5.00\n", "CN"),
        ("Customer,Due date,Open balance\nA,12/31/2026,5.00\n", "US"),
        ("Customer,Open balance,Phone\nA,5.00,(480) 555-0142\n", "US"),
        ("Customer,Open balance\nA,5.00\n", None),
    ],
)
def test_the_country_of_short_numbers_is_told_by_the_file(text: str, region: str | None) -> None:
    assert read(text).region == region
    assert read(text, region="AT").region == "AT"
