"""Dates: a dozen forms read on sight, day and month decided together or asked about."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.receivables.datecells import decide_order, read_date


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-05",
        "2026/3/5",
        "2026.03.05",
        "20260305",
        "20260305.0",
        "2026年3月5日",
        "２０２６年３月５日",
        "5 Mar 2026",
        "5-Mar-26",
        "05MAR2026",
        "5th March 2026",
        "March 5, 2026",
        "Mar 5 2026",
        "5. März 2026",
        "5 de marzo de 2026",
        "5 mars 2026",
        "5 Mart 2026",
        "2026-Mar-05",
        "Thursday, March 5, 2026 12:27 PM GMT-07:00",
        "2026-03-05T00:00:00Z",
        "2026-03-05 09:15:33",
        "46086",
        "46086.75",
        '="2026-03-05"',
    ],
)
def test_forms_with_one_reading(text: str) -> None:
    assert read_date(text).value == date(2026, 3, 5)


def test_cells_of_a_workbook() -> None:
    assert read_date(date(2026, 3, 5)).value == date(2026, 3, 5)
    assert read_date(Decimal("46086.25")).value == date(2026, 3, 5)
    assert read_date(Decimal(20260305)).value == date(2026, 3, 5)


@pytest.mark.parametrize("text", ["", "-", "00.00.0000", "00/00/0000", "0000-00-00", "n/a", "无", "0"])
def test_placeholders_are_empty(text: str) -> None:
    assert read_date(text).kind == "empty"


@pytest.mark.parametrize(
    "text", ["31/02/2026", "13/13/2026", "30 Tage", "2026-13-01", "TBC", "1/2", "5 Foo 2026", "99999999"]
)
def test_what_is_no_day_is_refused(text: str) -> None:
    assert read_date(text).kind == "refused"


def test_numbers_wait_for_the_order() -> None:
    cell = read_date("03/04/2026")
    assert cell.kind == "numbers"
    assert cell.settled("DMY").value == date(2026, 4, 3)
    assert cell.settled("MDY").value == date(2026, 3, 4)
    assert read_date("03/04/26").settled("DMY").value == date(2026, 4, 3)
    assert read_date("18/04/2026").settled("MDY").kind == "refused"


@pytest.mark.parametrize(
    ("texts", "order", "needed"),
    [
        (["03/04/2026", "18/04/2026"], "DMY", True),
        (["03/04/2026", "04/18/2026"], "MDY", True),
        (["03.04.2026"], "DMY", True),
        (["03/04/2026", "05/06/2026"], None, True),
        (["05/05/2026", "7/7/2026"], None, False),
        (["03/04/2026", "18/04/2026", "04/18/2026"], None, True),
        (["2026-04-03"], "YMD", False),
        (["3 Apr 2026"], None, False),
        (["98/12/31"], "YMD", False),
        ([], None, False),
    ],
)
def test_only_what_is_impossible_decides(texts: list[str], order: str | None, needed: bool) -> None:
    evidence = decide_order(map(read_date, texts))
    assert evidence.order == order
    if order is None:
        assert evidence.needed is needed


def test_a_file_that_contradicts_itself_says_so() -> None:
    evidence = decide_order(map(read_date, ["18/04/2026", "04/18/2026"]))
    assert evidence.contradicts
    assert set(evidence.choices) == {"DMY", "MDY"}


@given(st.text(max_size=40))
def test_no_text_raises(text: str) -> None:
    assert read_date(text).kind in {"value", "empty", "numbers", "refused"}


@given(st.dates(date(1970, 1, 1), date(2068, 12, 31)))
def test_every_day_comes_back_from_its_spellings(day: date) -> None:
    for text in (day.isoformat(), day.strftime("%Y%m%d"), day.strftime("%d %b %Y"), day.strftime("%B %d, %Y")):
        assert read_date(text).value == day
    assert read_date(day.strftime("%d/%m/%Y")).settled("DMY").value == day
    assert read_date(day.strftime("%m/%d/%y")).settled("MDY").value == day
