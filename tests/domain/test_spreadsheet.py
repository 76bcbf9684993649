"""What is exported opens in a spreadsheet without doing anything there."""

from __future__ import annotations

import csv
import io

import pytest

from domain.spreadsheet import BYTE_ORDER_MARK, safe, to_csv


@pytest.mark.parametrize(
    "text", ["=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1", '=HYPERLINK("x")']
)
def test_no_cell_is_taken_for_a_formula(text: str) -> None:
    assert safe(text).startswith("'")


@pytest.mark.parametrize(
    ("value", "written"), [("Zoe", "Zoe"), (-5, "-5"), (None, ""), ("3-4", "3-4"), ("a\x00b", "ab"), ("-5.00", "-5.00")]
)
def test_ordinary_values_stay_as_they_are(value: str | int | None, written: str) -> None:
    assert safe(value) == written


def test_table_is_read_back() -> None:
    text = to_csv(["customer", "owed"], [["李, 建国", 125_000], ['He said "no"', None], ["two\nlines", 1]])
    assert text.startswith(BYTE_ORDER_MARK)
    read = list(csv.reader(io.StringIO(text.removeprefix(BYTE_ORDER_MARK), newline="")))
    assert read == [["customer", "owed"], ["李, 建国", "125000"], ['He said "no"', ""], ["two\nlines", "1"]]
