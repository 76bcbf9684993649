"""What a file leaves open is asked, an answer settles it, and what title lines say is believed."""

from __future__ import annotations

from datetime import date

import pytest

from domain.receivables import Reading, ReadingOptions, read_receivables

HEAD = "Customer,Invoice,Due date,Open balance\n"


def read(text: str, filename: str = "ledger.csv", **options: object) -> Reading:
    return read_receivables(text.encode(), filename, ReadingOptions(**options))  # type: ignore[arg-type]  # keywords of any kind


def codes(reading: Reading) -> set[str]:
    return {question.code for question in reading.questions}


def test_an_order_nothing_decides_is_asked_and_blocks() -> None:
    text = HEAD + "A,1,03/04/2026,5.00\n"
    asked = read(text)
    assert [question.code for question in asked.must_be_answered] == ["date_order"]
    assert asked.must_be_answered[0].choices == ("DMY", "MDY")
    assert "03/04/2026" in asked.must_be_answered[0].text
    assert asked.items[0].due_date is None
    answered = read(text, date_order="DMY")
    assert not answered.must_be_answered
    assert answered.items[0].due_date == date(2026, 4, 3)
    assert read(text, date_order="MDY").items[0].due_date == date(2026, 3, 4)


def test_one_date_of_the_file_decides_for_all_columns() -> None:
    text = "Customer,Invoice,Invoice date,Due date,Open balance\nA,1,03/04/2026,05/06/2026,5.00\nB,2,01/02/2026,25/12/2026,6.00\n"
    reading = read(text)
    assert reading.date_order == "DMY"
    assert reading.items[0].doc_date == date(2026, 4, 3)


def test_the_day_in_the_title_is_evidence_too() -> None:
    reading = read("Aged debts as at 31/03/2026\n" + HEAD + "A,1,03/02/2026,5.00\n")
    assert (reading.date_order, reading.as_of) == ("DMY", date(2026, 3, 31))
    assert reading.items[0].due_date == date(2026, 2, 3)


def test_an_order_that_makes_no_difference_is_not_asked() -> None:
    reading = read(HEAD + "A,1,05/05/2026,5.00\n", date_order="DMY")
    assert reading.items[0].due_date == date(2026, 5, 5)
    assert not read(HEAD + "A,1,05/05/2026,5.00\n").must_be_answered


def test_dates_that_contradict_each_other_are_asked_about_and_then_left_out() -> None:
    text = HEAD + "A,1,25/12/2026,5.00\nB,2,12/25/2026,6.00\n"
    assert [question.code for question in read(text).must_be_answered] == ["date_order"]
    answered = read(text, date_order="DMY")
    assert [item.due_date for item in answered.items] == [date(2026, 12, 25), None]
    assert [note.row for note in answered.warnings if note.row] == [3]


def test_an_amount_nothing_decides_is_asked_and_blocks() -> None:
    text = "Customer;Invoice;Open balance\nA;1;1,234\n"
    asked = read(text)
    assert [question.code for question in asked.must_be_answered] == ["decimal"]
    assert not asked.items
    assert asked.rows["data"] == 1
    assert read(text, decimal=".").items[0].open_text == "1234.00"
    assert read(text, decimal=",").items[0].open_text == "1.23"


def test_another_cell_of_the_column_or_another_column_of_money_decides() -> None:
    assert read('Customer,Open balance\nA,"1,234"\nB,"1,284.50"\n').items[0].open_text == "1234.00"
    assert read("Customer;Amount;Open balance\nA;1.500,00;1.234\n").items[0].open_text == "1234.00"


def test_a_currency_nowhere_is_asked_but_blocks_nothing() -> None:
    reading = read(HEAD + "A,1,2026-01-31,5.00\n")
    assert "currency" in codes(reading)
    assert not reading.must_be_answered
    assert "currency" not in codes(read(HEAD + "A,1,2026-01-31,5.00\n", currency="EUR"))


@pytest.mark.parametrize(
    ("text", "currency"),
    [
        ("Open items (EUR)\n" + HEAD + "A,1,2026-01-31,5.00\n", "EUR"),
        ("All amounts in GBP\n" + HEAD + "A,1,2026-01-31,5.00\n", "GBP"),
        ("Currency:,,CHF\n" + HEAD + "A,1,2026-01-31,5.00\n", "CHF"),
        ("Ledger - Company - USD\n" + HEAD + "A,1,2026-01-31,5.00\n", "USD"),
        ("币别：人民币\n" + HEAD + "A,1,2026-01-31,5.00\n", "CNY"),
        ("Customer,Invoice,Open balance (SEK)\nA,1,5.00\n", "SEK"),
        ("Customer,Invoice,Open balance,Cur\nA,1,5.00,nok\n", "NOK"),
        ("Customer,Invoice,Open balance\nA,1,€5.00\n", "EUR"),
        ("客户名称,未收金额\n甲公司,￥5.00\n", "CNY"),
        ("得意先名,未収金額\nさくら商店,￥500\n", "JPY"),
        ("ALL CUSTOMERS\n" + HEAD + "A,1,2026-01-31,5.00\n", None),
        ("Top customers in arrears\n" + HEAD + "A,1,2026-01-31,$5.00\n", None),
    ],
)
def test_where_the_currency_stands(text: str, currency: str | None) -> None:
    reading = read(text)
    assert reading.items[0].currency == currency
    assert reading.currency == currency


def test_sections_by_currency() -> None:
    reading = read(HEAD + "EUR\nA,1,2026-01-31,5.00\nUSD\nB,2,2026-01-31,6.00\n")
    assert [item.currency for item in reading.items] == ["EUR", "USD"]


def test_the_file_outweighs_the_option_and_says_so() -> None:
    reading = read("Currency: EUR\n" + HEAD + "A,1,2026-01-31,5.00\n", currency="USD")
    assert reading.currency == "EUR"
    assert any("EUR" in note.text for note in reading.warnings)


def test_currencies_without_cents() -> None:
    reading = read("Customer,Invoice,Open balance,Currency\nA,1,1500,JPY\nB,2,1.250,KWD\nC,3,2.50,EUR\n")
    assert [(item.open, item.open_text) for item in reading.items] == [(1500, "1500"), (1250, "1.250"), (250, "2.50")]


@pytest.mark.parametrize(
    ("title", "day"),
    [
        ("As of September 14, 2026", date(2026, 9, 14)),
        ("Aged receivables as at 30 September 2026", date(2026, 9, 30)),
        ("Stand: 31.03.2026", date(2026, 3, 31)),
        ("Offene Posten zum 31.03.2026", date(2026, 3, 31)),
        ("Balance âgée arrêtée au 31 mars 2026", date(2026, 3, 31)),
        ("截止日期：2026年3月31日", date(2026, 3, 31)),
        ("Period,1 January 2026 to 31 March 2026", None),
        ("As of 1 January 2026 - 31 March 2026", date(2026, 3, 31)),
        ("31 March 2026", date(2026, 3, 31)),
        ("Printed 31 March 2026", None),
        ("Date at filter,,,31/03/2026", date(2026, 3, 31)),
    ],
)
def test_the_day_in_the_title(title: str, day: date | None) -> None:
    assert read(f"{title}\n" + HEAD + "A,1,2026-01-31,5.00\n").as_of == day


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("AR_2026-03-31.csv", date(2026, 3, 31)),
        ("aging20260331.csv", date(2026, 3, 31)),
        ("OP 31.03.2026.csv", date(2026, 3, 31)),
        ("账龄2026年3月31日.csv", date(2026, 3, 31)),
        ("C:\\ledgers\\2025-12-31\\AR_2026-03-31.csv", date(2026, 3, 31)),
        ("03-04-2026.csv", None),
        ("invoice 20261399.csv", None),
    ],
)
def test_the_day_in_the_file_name_only(name: str, day: date | None) -> None:
    reading = read(HEAD + "A,1,2026-01-31,5.00\n", name)
    assert reading.as_of == day
    assert any("file's name" in note.text for note in reading.warnings) == (day is not None)


def test_the_day_is_asked_only_where_balances_have_no_due_dates() -> None:
    assert "as_of" not in codes(read(HEAD + "A,1,2026-01-31,5.00\n"))
    reading = read("Customer,Current,1-30,Total\nA,5,,5\n")
    assert "as_of" in codes(reading)
    assert not reading.must_be_answered
    assert "as_of" not in codes(read("Customer,Current,1-30,Total\nA,5,,5\n", as_of=date(2026, 1, 1)))


def test_the_option_outweighs_the_title() -> None:
    assert read("As of 31 March 2026\n" + HEAD + "A,1,2026-01-31,5.00\n", as_of=date(2026, 4, 1)).as_of == date(
        2026, 4, 1
    )


@pytest.mark.parametrize(
    ("title", "text"), [("金额单位：万元", "50000.00"), ("单位：元", "5.00"), ("Amounts in thousands", "5000.00")]
)
def test_units_of_thousands_are_multiplied(title: str, text: str) -> None:
    reading = read(f"{title}\n客户名称,应收余额\n甲公司,5\n")
    assert reading.items[0].open_text == text
    assert any("multiplied" in note.text for note in reading.warnings) == (text != "5.00")


def test_settled_history_without_a_balance_keeps_the_day() -> None:
    text = (
        "Customer,Invoice,Due date,Invoice amount,Settled date\nA,1,2026-01-31,5.00,2026-02-10\nA,2,2026-01-31,6.00,\n"
    )
    reading = read(text, as_of=date(2026, 3, 1))
    assert [item.settled_on for item in reading.items] == [date(2026, 2, 10), None]
    assert reading.customers[0].open == {"": 600}
    assert any("settlement date" in note.text for note in reading.warnings)


def test_a_settlement_date_beside_a_balance_is_history_only() -> None:
    text = "Customer,Invoice,Open balance,Settled date\nA,1,5.00,2026-02-10\n"
    assert read(text).items[0].settled_on is None
    assert read(text).items[0].extra["settled_on"] == "2026-02-10"


def test_vendors_are_read_with_a_warning() -> None:
    reading = read("Vendor name,Document no.,Amount\nA,1,5.00\n")
    assert any("vendors" in note.text for note in reading.warnings)
