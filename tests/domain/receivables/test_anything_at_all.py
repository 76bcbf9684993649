"""Whatever bytes or cells arrive: a reading in which every row has one class, or one refusal. Nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import TypeVar

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.receivables import (
    ROW_CLASSES,
    NotReceivables,
    Reading,
    ReadingOptions,
    Row,
    Source,
    read_contacts,
    read_grid,
    read_receivables,
    to_json,
)

WORDS = (
    "Customer,Customer id,Invoice,Date,Due date,Amount,Paid,Open balance,Total,Current,1-30 days,Currency,Phone,Type,客户名称,"
    '未收金额,小计,合计,*,Total for A,Total A,A,B,Acme Ltd,2026-01-31,03/04/2026,18/04/2026,1284.50,"1,234",-5,0.00,(25.00),TBC,'
    "1.38E+10,EUR,€5,---,Page 1,Printed 1 May 2026,\x1b]52;c;x\x07,,,,,"
).split(",")

cell = st.one_of(
    st.sampled_from(WORDS),
    st.text(max_size=8),
    st.decimals(allow_nan=False, allow_infinity=False),
    st.dates(),
)
rows = st.lists(st.lists(cell, max_size=8), max_size=14)
HEADINGS = (
    ["Customer", "Customer id", "Invoice", "Due date", "Amount", "Open balance", "Currency", "Phone"],
    ["", "Date", "Num", "Customer", "Due date", "Open balance"],
    ["Customer", "Current", "1-30 days", "31-60 days", "Total"],
    ["", "Current", "1-30 days", "Total"],
    ["Date", "Num", "Due date", "Debit", "Credit", "Balance"],
)
options = st.builds(
    ReadingOptions,
    as_of=st.one_of(st.none(), st.just(date(2026, 3, 31))),
    currency=st.sampled_from((None, "EUR", "JPY")),
    date_order=st.sampled_from((None, "DMY", "MDY")),
    decimal=st.sampled_from((None, ".", ",")),
)
slow = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


T = TypeVar("T")


def attempt(read: Callable[[], T]) -> T | str:
    """Give the reading, or the sentence it was refused with."""
    try:
        return read()
    except NotReceivables as refusal:
        return str(refusal)


def check(reading: Reading, count: int) -> None:
    assert [row.row for row in reading.classified] == list(range(1, count + 1))
    assert {row.row_class for row in reading.classified} <= set(ROW_CLASSES)
    assert all(row.reason for row in reading.classified)
    assert sum(reading.rows.values()) == count
    data = {row.row for row in reading.classified if row.row_class == "data"}
    faulty = {row.row for row in reading.classified if row.row_class == "error"}
    assert {item.row for item in reading.items} <= data
    assert faulty <= {note.row for note in reading.errors}
    assert len({item.key for item in reading.items}) == len(reading.items)
    assert all(item.open for item in reading.items)
    assert sum(customer.items for customer in reading.customers) == len(reading.items)
    json.dumps(to_json(reading))


@slow
@given(st.binary(max_size=300))
def test_random_bytes(data: bytes) -> None:
    for outcome in (attempt(lambda: read_receivables(data, "x.csv")), attempt(lambda: read_contacts(data, "x.csv"))):
        if isinstance(outcome, str):
            assert outcome.endswith(".")
        else:
            assert sum(outcome.rows.values()) == len(outcome.classified)


@slow
@given(st.sampled_from(HEADINGS), rows, rows, options)
def test_random_cells_around_real_headings(
    heading: list[str],
    above: list[list[str | Decimal | date]],
    below: list[list[str | Decimal | date]],
    chosen: ReadingOptions,
) -> None:
    printed: list[str | Decimal | date] = [*heading]
    grid = [Row(number, tuple(cells)) for number, cells in enumerate([*above, printed, *below], 1)]
    outcome = attempt(lambda: read_grid(grid, Source("x.csv", "utf-8"), chosen))
    if isinstance(outcome, str):
        assert outcome.endswith(".")
    else:
        check(outcome, len(grid))


@slow
@given(st.text(alphabet='abc,;"\n\r\t|=15.-(€ ', max_size=200), st.sampled_from((",", ";", "\t", "|")))
def test_random_text_below_a_heading(text: str, delimiter: str) -> None:
    head = delimiter.join(("Customer", "Invoice", "Due date", "Open balance"))
    outcome = attempt(lambda: read_receivables(f"{head}\n{text}".encode(), "x.csv"))
    if isinstance(outcome, str):
        assert outcome.endswith(".")
    else:
        check(outcome, len(outcome.classified))
