"""Whole small ledgers of many layouts, each with the trap it is here for."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from domain.receivables import NotReceivables, Reading, ReadingOptions, read_receivables

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures" / "receivables"


def fixture(name: str) -> Reading:
    return read_receivables((FIXTURES / name).read_bytes(), name)


def read(text: str, filename: str = "ledger.csv", **options: object) -> Reading:
    return read_receivables(text.encode(), filename, ReadingOptions(**options))  # type: ignore[arg-type]  # keywords of any kind


def classes(reading: Reading) -> list[str]:
    return [row.row_class for row in reading.classified]


def balances(reading: Reading) -> list[tuple[str, str | None, str]]:
    return [(item.customer, item.doc, item.open_text) for item in reading.items]


def test_customers_on_rows_of_their_own_and_one_called_total() -> None:
    reading = fixture("sections_by_customer.csv")
    assert balances(reading) == [
        ("Birch & Elm Ltd", "HL-0207", "1200.00"),
        ("Birch & Elm Ltd", "HL-0231", "310.50"),
        ("Total Fitness Group", "HL-0188", "80.00"),
        ("Wren's Nest", "HL-0219", "45.25"),
        ("Wren's Nest", "CN-0031", "-45.25"),
    ]
    assert reading.declared_total == "1590.50"
    assert reading.as_of == date(2026, 5, 31)
    assert reading.rows == {
        "data": 5,
        "heading": 1,
        "title": 6,
        "subtotal": 3,
        "blank": 2,
        "footer": 2,
        "error": 0,
    }
    assert [customer.name for customer in reading.customers if not customer.owes] == ["Wren's Nest"]


def test_a_first_column_without_heading_is_the_customer() -> None:
    reading = fixture("summary_unnamed_customer.csv")
    assert balances(reading) == [
        ("Aldous Ranch", None, "120.00"),
        ("Building A", None, "75.00"),
        ("Building B", None, "5.00"),
        ("Coyle Dental", None, "-40.00"),
    ]
    assert reading.items[0].overdue_text == "20.00"
    assert reading.items[0].kind == "balance"
    assert reading.classified[6].row_class == "title", "its total comes later, so it is a section and no customer"
    assert not reading.errors


def test_a_printed_list_with_bars_stars_and_pages() -> None:
    reading = fixture("sap_pages_stars.txt")
    assert [(item.customer_id, item.doc, item.open_text, item.currency) for item in reading.items] == [
        ("0000104", "1800000551", "1190.00", "EUR"),
        ("0000104", "1800000588", "-238.00", "EUR"),
        ("0000209", "1800000603", "10000.00", "EUR"),
    ]
    assert reading.rows["heading"] == 2
    assert reading.rows["subtotal"] == 2
    assert reading.declared_total == "10952.00"
    assert reading.date_order == "DMY"
    assert reading.encoding == "cp1252"


def test_customers_above_their_items_in_the_same_column() -> None:
    reading = fixture("group_rows.csv")
    assert balances(reading) == [
        ("Lumen Studio", "INV/26/0012", "150.00"),
        ("Marlow & Son", "INV/26/0020", "70.00"),
        ("Marlow & Son", "INV/26/0003", "30.00"),
    ]
    assert reading.rows["subtotal"] == 2
    assert not [note for note in reading.warnings if note.row]


def test_two_heading_rows_blank_repeats_and_wan() -> None:
    reading = fixture("zh_open_items_gbk.csv")
    assert [(item.customer_id, item.customer, item.doc, item.open_text) for item in reading.items] == [
        ("K001", "杭州明月茶业有限公司", "YS-0001", "12860.00"),
        ("K001", "杭州明月茶业有限公司", "YS-0007", "640.00"),
        ("K002", "宁波海风物流有限公司", "YS-0003", "12500.00"),
    ]
    assert (reading.encoding, reading.currency, reading.region) == ("gbk", "CNY", "CN")
    assert reading.as_of == date(2026, 6, 30)
    assert classes(reading)[-2:] == ["footer", "footer"]


def test_french_with_no_break_spaces_in_its_thousands() -> None:
    reading = fixture("fr_creances_latin1.csv")
    assert [item.open_text for item in reading.items] == ["1234.56", "89.00", "12000.00"]
    assert (reading.currency, reading.as_of, reading.declared_total) == ("EUR", date(2026, 3, 31), "13323.56")
    assert classes(reading)[-2:] == ["subtotal", "footer"]


def test_a_running_balance_is_not_what_a_row_leaves_open() -> None:
    assert [item.open_text for item in fixture("running_balance.csv").items] == ["500.00", "250.00", "-300.00", "80.00"]


def test_a_running_balance_may_start_anew_for_every_account() -> None:
    text = (
        "Konto;Name;Rechnung;Soll;Haben;Saldo\n10100;Eiche KG;R-1;1.190,00;;1.190,00\n"
        "10100;Eiche KG;GS-1;;190,00;1.000,00\n10200;Ulme;R-2;500,00;;500,00\n"
    )
    reading = read(text)
    assert [item.open_text for item in reading.items] == ["1190.00", "-190.00", "500.00"]
    assert [item.customer_id for item in reading.items] == ["10100", "10100", "10200"]


def test_a_balance_that_belongs_to_each_row_is_what_is_open() -> None:
    reading = read("Customer,Doc No,Debit,Credit,Balance\nA,1,500.00,,500.00\nA,2,250.00,100.00,150.00\n")
    assert [item.open_text for item in reading.items] == ["500.00", "150.00"]


def test_the_ledgers_account_is_not_the_customers_number() -> None:
    reading = read("Account,Partner,Entry,Residual\n1200,Oak,1,5.00\n1200,Elm,2,6.00\n")
    assert [item.customer_id for item in reading.items] == [None, None]


def test_customers_that_are_numbers_are_their_own_number() -> None:
    reading = read("Customer\tDocument Number\tAmount in local cur.\n100023\t1\t5.00\n0100023\t2\t6.00\n")
    assert [item.customer_id for item in reading.items] == ["0100023", "0100023"]
    assert len(reading.customers) == 1


def test_utf16_with_tabs() -> None:
    reading = fixture("utf16_tabs.txt")
    assert balances(reading) == [("Σίγμα Ναυτιλιακή", "S-1", "12.50")]
    assert reading.items[0].due_date == date(2026, 3, 30)


def test_an_unclosed_quotation_is_one_error_row() -> None:
    reading = fixture("broken_quote.csv")
    assert classes(reading) == ["heading", "data", "error", "data", "data"]
    assert [note.row for note in reading.errors] == [3]


def test_the_open_balance_is_not_the_amount() -> None:
    reading = read("Customer,Invoice,Due date,Amount,Open balance\nA,1,2026-01-31,100.00,40.00\n")
    assert (reading.items[0].amount_text, reading.items[0].open_text) == ("100.00", "40.00")


def test_the_total_with_tax_is_owed_and_not_the_net_amount() -> None:
    assert read("Customer,Invoice,Amount,Tax,Total\nA,1,100.00,19.00,119.00\n").items[0].open_text == "119.00"


def test_debit_less_credit() -> None:
    reading = read("Client;Date;N° pièce;Débit;Crédit\nA;31/01/2026;1;100,00;\nA;28/02/2026;2;;30,00\n")
    assert [item.open_text for item in reading.items] == ["100.00", "-30.00"]


def test_ageing_columns_add_up_where_there_is_no_balance() -> None:
    reading = read("Customer,Current,1-30 days,31-60 days\nA,10.00,5.00,\nB,,,7.50\n")
    assert [(item.open_text, item.overdue_text) for item in reading.items] == [("15.00", "5.00"), ("7.50", "7.50")]


def test_headings_that_change_half_way_begin_another_table() -> None:
    text = (
        "Customer,Invoice,Due date,Open balance\nA,1,2026-01-31,5.00\n\n"
        "Due date,Customer name,Currency,Invoice no,Amount due\n2026-02-28,B,USD,2,6.00\n"
    )
    reading = read(text)
    assert [(item.customer, item.doc, item.open_text, item.currency) for item in reading.items] == [
        ("A", "1", "5.00", None),
        ("B", "2", "6.00", "USD"),
    ]
    assert reading.rows["heading"] == 2


def test_headings_repeated_under_every_customer() -> None:
    text = "Ledger\nAnna\nDate,Entry,Due date,Residual\n2026-01-01,1,2026-01-31,5.00\n,,,5.00\n\n"
    text += "Ben\nDate,Entry,Due date,Residual\n2026-01-02,2,2026-01-31,6.00\n"
    reading = read(text)
    assert balances(reading) == [("Anna", "1", "5.00"), ("Ben", "2", "6.00")]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("Customer,Phone,E-mail\nA,1,a@b.example\n", "contacts"),
        ("Call time,Call result,Customer,Amount\n2026-01-01,busy,A,5\n", "calls"),
        ("Payment date,Customer,Amount,Reference\n2026-01-01,A,5.00,x\n", "payments"),
        ("Customer,Invoice,Open balance\n", "no rows"),
        ("Just a letter\nto somebody, with a comma\n", "headings"),
        ("Invoice,Due date,Customer\n1,2026-01-01,A\n", "how much"),
    ],
)
def test_tables_of_another_kind_are_refused(text: str, word: str) -> None:
    with pytest.raises(NotReceivables, match=word):
        read(text)


def test_a_name_may_be_all_there_is_and_a_number_too() -> None:
    assert read("Name;Saldo\nFrau Ü;5,00\n").items[0].customer == "Frau Ü"
    item = read("Kundennummer;Saldo\n00017;5,00\n").items[0]
    assert (item.customer_id, item.customer) == ("00017", "00017")


@pytest.mark.parametrize(
    ("head", "row", "customer_id", "customer", "doc"),
    [
        ("No.,Customer,Invoice no", "1,Oak,R-1", None, "Oak", "R-1"),
        ("No.,Customer,Due date", "1,Oak,2026-01-31", None, "Oak", None),
        ("No.,Customer,Due date", "4711,Oak,2026-01-31", None, "Oak", "4711"),
        ("Customer,Customer name,Invoice", "Oak,Oak Ltd,R-1", "Oak", "Oak Ltd", "R-1"),
        ("Customer,Name,Invoice", "C17,Oak Ltd,R-1", "C17", "Oak Ltd", "R-1"),
        ("Customer,Name,Invoice", "Oak Ltd,Jo Doe,R-1", None, "Oak Ltd", "R-1"),
        ("Date,Ref. No.,Party's Name", "2026-01-31,R-1,Oak", None, "Oak", "R-1"),
        ("2026,Customer,Invoice", "x,Oak,R-1", None, "Oak", "R-1"),
    ],
)
def test_the_more_telling_heading_wins(
    head: str, row: str, customer_id: str | None, customer: str, doc: str | None
) -> None:
    item = read(f"{head},Open balance\n{row},5.00\n").items[0]
    assert (item.customer_id, item.customer, item.doc) == (customer_id, customer, doc)


def test_words_under_a_date_heading_leave_the_column_out() -> None:
    reading = read("Kunde;Rechnungsnummer;Zahlungsziel;Saldo\nA;1;30 Tage netto;5,00\nB;2;14 Tage;6,00\n")
    assert [item.due_date for item in reading.items] == [None, None]
    assert reading.unread == ("Zahlungsziel",)


def test_columns_that_are_not_understood_are_named() -> None:
    assert read("Customer,Invoice,Open balance,Shoe size\nA,1,5.00,44\n").unread == ("Shoe size",)
