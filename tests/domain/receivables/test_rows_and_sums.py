"""Rows that are easily taken for something else: sums, customers called like sums, remarks, ragged and broken rows."""

from __future__ import annotations

import pytest

from domain.receivables import Reading, read_receivables
from domain.receivables.totals import total_label


def read(text: str, filename: str = "ledger.csv") -> Reading:
    return read_receivables(text.encode(), filename)


def classes(reading: Reading) -> list[str]:
    return [row.row_class for row in reading.classified]


HEAD = "Customer,Invoice,Due date,Open balance\n"
SUMMARY = "Customer,Current,1-30,Total\n"


def test_only_the_last_total_that_ties_is_the_footer() -> None:
    reading = read(SUMMARY + "A,5,,5\nTotal,7,,7\nB,,1,1\nTotal,12,1,13\n")
    assert classes(reading) == ["heading", "data", "data", "data", "footer"]
    assert reading.declared_total == "13.00"
    assert any("Total" in note.text for note in reading.warnings)


def test_totals_after_each_group_are_no_customers() -> None:
    reading = read(SUMMARY + "A,5,,5\nB,7,,7\nTotal,12,,12\nC,1,,1\nTotal,1,,1\nGrand total,13,,13\n")
    assert classes(reading) == ["heading", "data", "data", "subtotal", "data", "subtotal", "footer"]


def test_a_total_that_does_not_reconcile_is_reported_and_counts_nothing() -> None:
    reading = read(SUMMARY + "A,5,,5\nB,7,,7\nTotal,99,,99\n")
    assert classes(reading)[-1] == "footer"
    assert (reading.total, reading.declared_total) == ("12.00", "99.00")
    assert [note.row for note in reading.warnings if "99.00" in note.text] == [4]


def test_a_customer_whose_name_begins_with_total_at_the_end_of_the_file() -> None:
    reading = read(SUMMARY + "A,5,,5\nTotal Garden Care,7,,7\n")
    assert [item.customer for item in reading.items] == ["A", "Total Garden Care"]


def test_customers_called_total_with_documents_are_customers() -> None:
    reading = read(HEAD + "Total,1,2026-01-31,5.00\nTotal Energies,2,2026-01-31,6.00\nTotal,,,11.00\n")
    assert [item.customer for item in reading.items] == ["Total", "Total Energies"]
    assert classes(reading)[-1] == "footer"


def test_the_total_of_a_known_customer_is_a_sum_even_if_wrong() -> None:
    reading = read(HEAD + "A,1,2026-01-31,5.00\nTotal A,,,4.00\nB,2,2026-01-31,6.00\n")
    assert classes(reading) == ["heading", "data", "subtotal", "data"]
    assert [note.row for note in reading.warnings if "sum" in note.text] == [3]


def test_a_row_with_only_amounts_is_a_sum() -> None:
    reading = read(HEAD + "A,1,2026-01-31,5.00\n,,,5.00\nB,2,2026-01-31,6.00\n,,,6.00\n,,,11.00\n")
    assert classes(reading) == ["heading", "data", "subtotal", "data", "subtotal", "footer"]


def test_percentages_below_the_total_are_the_footer() -> None:
    reading = read(SUMMARY + "A,5,,5\nTotal,5,,5\nPercents,100%,,100%\n")
    assert classes(reading)[-2:] == ["footer", "footer"]


def test_a_declared_total_over_currencies_means_nothing() -> None:
    reading = read("Customer,Invoice,Open balance,Currency\nA,1,5.00,EUR\nB,2,6.00,USD\nTotal,,11.00,\n")
    assert reading.total is None
    assert reading.totals == {"EUR": "5.00", "USD": "6.00"}
    assert reading.currency is None
    assert any("different currencies" in note.text for note in reading.warnings)


def test_an_undocumented_balance_in_a_detailed_list_is_an_item_unless_it_sums_up_what_follows() -> None:
    alone = read(HEAD + "A,,,50.00\nA,1,2026-01-31,5.00\n")
    assert [item.kind for item in alone.items] == ["balance", "invoice"]
    heads = read(HEAD + "A,,,11.00\n,1,2026-01-31,5.00\n,2,2026-02-28,6.00\nB,,,7.00\n,3,2026-01-31,7.00\n")
    assert [(item.customer, item.open_text) for item in heads.items] == [("A", "5.00"), ("A", "6.00"), ("B", "7.00")]
    assert classes(heads) == ["heading", "subtotal", "data", "data", "subtotal", "data"]


def test_the_customer_of_a_group_is_carried_down_but_not_over_a_total() -> None:
    reading = read(HEAD + "A,1,2026-01-31,5.00\n,2,2026-01-31,6.00\n")
    assert [item.customer for item in reading.items] == ["A", "A"]
    lost = read(HEAD + ",1,2026-01-31,5.00\nA,2,2026-01-31,6.00\n")
    assert classes(lost) == ["heading", "error", "data"]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("A,1,2026-01-31,", "empty"),
        ("A,1,2026-01-31,-", "empty"),
        ("A,1,2026-01-31,TBC", "TBC"),
        ("A,1,2026-01-31,NaN", "NaN"),
        ("A,1,2026-01-31,1e3", "1e3"),
        ("A,1,2026-01-31,#REF!", "#REF!"),
        ("A,1,2026-01-31", "empty"),
        ("A,1,2026-01-31,1,284.50", "unquoted"),
    ],
)
def test_an_unknown_balance_is_an_error_and_never_zero(row: str, said: str) -> None:
    reading = read(HEAD + f"{row}\nB,2,2026-01-31,6.00\n")
    assert classes(reading) == ["heading", "error", "data"]
    assert [note.row for note in reading.errors] == [2]
    assert said in reading.errors[0].text


def test_an_error_names_the_document_by_which_people_know_the_row() -> None:
    assert read(HEAD + "A,R-17,2026-01-31,\n").errors[0].text.startswith("R-17: ")


def test_zero_is_settled_and_reported() -> None:
    reading = read(HEAD + "A,1,2026-01-31,0.00\nB,2,2026-01-31,6.00\n")
    assert classes(reading) == ["heading", "data", "data"]
    assert [item.customer for item in reading.items] == ["B"]
    assert [note.row for note in reading.warnings if note.row] == [2]


def test_repeated_rows_with_a_document_are_dropped_and_others_kept() -> None:
    reading = read(
        HEAD + "A,1,2026-01-31,5.00\nA,1,2026-01-31,5.00\nB,,2026-01-31,6.00\nB,,2026-01-31,6.00\nTotal,,,22.00\n"
    )
    assert [item.open_text for item in reading.items] == ["5.00", "6.00", "6.00"]
    assert reading.classified[2].reason == "the same as row 2"
    assert len({item.key for item in reading.items}) == 3
    assert any("left out" in note.text and "22.00" in note.text for note in reading.warnings)


def test_remarks_stamps_and_page_numbers_are_no_data() -> None:
    reading = read(
        HEAD
        + "A,1,2026-01-31,5.00\nPage 1 of 2,,,\nB,2,2026-01-31,6.00\nPrepared by: C. D.,,Checked by:,\nPrinted 1 Feb 2026\n"
    )
    assert classes(reading) == ["heading", "data", "title", "data", "footer", "footer"]


def test_a_sentence_with_commas_below_the_list_is_no_broken_row() -> None:
    reading = read(HEAD + "A,1,2026-01-31,5.00\nThis list, made by hand, is for us, for you, and for nobody else\n")
    assert classes(reading) == ["heading", "data", "footer"]
    assert not reading.errors


def test_words_in_a_sums_date_column_are_not_complained_about() -> None:
    reading = read(HEAD + "A,1,2026-01-31,5.00\nTotal,,of all,5.00\n")
    assert classes(reading) == ["heading", "data", "footer"]
    assert not [note for note in reading.warnings if note.row]


def test_ragged_rows_are_read_as_far_as_they_go() -> None:
    reading = read("Customer,Open balance,Due date,Phone\nA,5.00\nB,6.00,2026-01-31,,,,\n")
    assert [(item.customer, item.open_text) for item in reading.items] == [("A", "5.00"), ("B", "6.00")]


def test_a_lone_name_in_a_list_of_balances_is_reported() -> None:
    reading = read(SUMMARY + "A,5,,5\nNorthern branch,,,\nB,7,,7\n")
    assert classes(reading) == ["heading", "data", "title", "data"]
    assert any("Northern branch" in note.text for note in reading.warnings)


def test_what_the_terminal_would_act_on_does_not_come_out() -> None:
    reading = read("Customer,Invoice,Open balance,Shoe\x1b[31m size\n\x1b]52;c;QQ==\x07Acme\u202e,1\x9b2J,5.00,\n")
    assert reading.items[0].customer == "]52;c;QQ==Acme"
    assert reading.items[0].doc == "12J"
    assert not {char for text in (*reading.unread, reading.items[0].customer) for char in text if char < " "}


@pytest.mark.parametrize(
    ("text", "certain", "name"),
    [
        ("Total", False, ""),
        ("TOTAL:", False, ""),
        ("Total (EUR)", False, ""),
        ("Gesamt", False, ""),
        ("Total for Acme", True, ""),
        ("Subtotal", True, ""),
        ("Sub-total", True, ""),
        ("Grand Total", True, ""),
        ("小计", True, ""),
        ("合计：", True, ""),
        ("客户小计", True, ""),
        ("*", True, ""),
        ("** Total", False, ""),
        ("Zwischensumme 1400", True, ""),
        ("Total Acme Ltd", False, "acme ltd"),
        ("Acme Ltd - Total", False, "acme ltd"),
        ("Percents", True, ""),
    ],
)
def test_labels_of_sums(text: str, certain: bool, name: str) -> None:
    label = total_label(text)
    assert label is not None
    assert (label.certain, label.name) == (certain, name)


@pytest.mark.parametrize(
    "text",
    ["", "Acme", "Totalenergies SE", "合计有限公司", "Summer Camp Ltd", "Percentage Partners Ltd", "Totally Fine Ltd"],
)
def test_names_that_only_look_like_labels(text: str) -> None:
    assert total_label(text) is None


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("Subtotal {}", "Oakley Partners"),
        ("{} subtotal", "Oakley Partners"),
        ("小计 {}", "橡树商贸"),
        ("{}小计", "橡树商贸"),
    ],
)
@pytest.mark.parametrize("place", [1, 2])
def test_a_sum_that_names_its_customer_is_no_invoice(label: str, name: str, place: int) -> None:
    """It may stand in the column of the customers or of the documents; counted as data it would double what is owed."""
    cells = ["", "", "", "2026-10-20", "500.00", "USD"]
    cells[place], cells[3] = label.format(name), ""
    text = (
        "Customer no,Customer,Invoice,Due date,Open balance,Currency\n"
        f"K-1,{name},INV-1,2026-10-20,300.00,USD\n"
        f"K-1,{name},INV-2,2026-10-25,200.00,USD\n"
        f"{','.join(cells)}\n"
        "K-2,Sedge & Sons,INV-3,2026-11-02,99.50,USD\n"
    )
    reading = read_receivables(text.encode(), "ledger.csv")
    assert reading.rows["subtotal"] == 1, [row for row in reading.classified if row.row == 4]
    assert reading.total == "599.50"
