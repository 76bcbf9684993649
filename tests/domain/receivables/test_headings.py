"""Headings: folded before they are compared, one meaning a word, spans of age told from years and names."""

from __future__ import annotations

import pytest

from domain.receivables.grid import Row
from domain.receivables.heading_words import fold_heading, heading_words
from domain.receivables.headings import find_headings, is_age_span, read_heading


def rows(*lines: str) -> list[Row]:
    return [Row(number, tuple(line.split(","))) for number, line in enumerate(lines, 1)]


def test_the_table_gives_every_word_one_meaning() -> None:
    table = heading_words()
    assert len(table.roles) > 700
    assert {"en", "de", "es", "fr", "it", "ja", "nl", "pt", "sv", "tr", "ro", "hr", "ca", "ar", "zh"} <= {
        language for languages in table.languages.values() for language in languages
    }


@pytest.mark.parametrize("text", ["Due Date", "due_date", "DueDate", "DUE-DATE", "ＤＵＥ ＤＡＴＥ", " due  date: "])
def test_spelling_does_not_matter(text: str) -> None:
    assert read_heading(text).role == "due_date"


def test_accents_and_dotless_letters_are_folded() -> None:
    assert fold_heading("Échéance") == fold_heading("ECHEANCE")
    assert read_heading("FATURA TARİHİ").role == "doc_date"
    assert read_heading("Müşteri Adı").role == "customer_name"


@pytest.mark.parametrize(
    ("text", "role", "rank"),
    [
        ("Customer name", "customer_name", 0),
        ("Name", "customer_name", 1),
        ("Open balance (EUR)", "open", 2),
        ("Outstanding in local currency", "open", 3),
        ("Shoe size", None, 0),
        ("x" * 100, None, 0),
    ],
)
def test_how_surely_a_heading_is_known(text: str, role: str | None, rank: int) -> None:
    got = read_heading(text)
    assert (got.role, got.rank) == (role, rank)


@pytest.mark.parametrize(
    ("text", "currency"),
    [
        ("Open balance (EUR)", "EUR"),
        ("converted_usd", "USD"),
        ("Saldo €", "EUR"),
        ("余额（人民币）", "CNY"),
        ("Amount due", None),
    ],
)
def test_a_heading_may_name_the_currency(text: str, currency: str | None) -> None:
    assert read_heading(text).currency == currency


@pytest.mark.parametrize(
    "text",
    [
        "1-30",
        "1 - 30 days",
        "31 to 60 days past due",
        "91 or more days past due",
        "> 90",
        "90+",
        "91 and over",
        "121-Above",
        "< 1 Month",
        "2 Months",
        "30 Tage",
        "über 90 Tage",
        "Éch. ≤ 30 j.",
        "90天以上",
        "1年以内",
        "Current",
        "Older",
        "未到期",
        "Not yet due",
    ],
)
def test_spans_of_age(text: str) -> None:
    assert is_age_span(text)


@pytest.mark.parametrize(
    "text", ["2026", "1041", "5 Star Hotel", "12 Main Street", "Studio 54 Ltd", "Current Affairs Ltd", ""]
)
def test_names_and_numbers_are_no_spans(text: str) -> None:
    assert not is_age_span(text)


def test_headings_below_two_dozen_title_lines() -> None:
    titles = [f"Line {number} of the title" for number in range(24)]
    found = find_headings(rows(*titles, "Customer,Invoice,Open balance", "A,1,5.00"))
    assert found is not None
    assert (found.first, found.last) == (24, 24)


def test_two_rows_are_joined_and_a_section_below_is_not() -> None:
    found = find_headings(rows("Customer,,Invoice,,Open balance", "No,Name,No,Date,", "C1,A,1,2026-01-31,5.00"))
    assert found is not None
    assert (found.first, found.last) == (0, 1)
    assert [column.role for column in found.columns] == ["customer_id", "customer_name", "doc", "doc_date", "open"]
    plain = find_headings(rows("Date,Num,Customer,Open balance", "1 - 30 days past due,,,", "2026-01-31,1,A,5.00"))
    assert plain is not None
    assert (plain.first, plain.last) == (0, 0)


def test_a_row_of_data_in_such_words_is_no_heading() -> None:
    assert find_headings(rows("Customer,Sales Invoice,5.00,2026-01-31", "Total,Current,6.00,2026-01-31")) is None
