"""Who owes: a named column, a first column without heading, or rows of their own above the invoices."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from domain.i18n import tr
from domain.receivables.amounts import is_amount
from domain.receivables.columns import Columns, is_dated
from domain.receivables.grid import Row
from domain.receivables.model import Cell, NotReceivables

CustomerSource = Literal["column", "section", "group"]


def find_customer(
    columns: Columns, body: Sequence[Row], *, detailed: bool
) -> tuple[int | None, int | None, CustomerSource, bool]:
    """Find the columns of the customer's name and number, where customers stand, and whether these are vendors.

    Raises :class:`NotReceivables` where nothing says who owes.
    """
    named = columns.take("customer_name", confirmed=_worded)
    neutral = columns.take("customer", confirmed=_worded)
    number = columns.take("customer_id")
    if named is not None and neutral is not None and number is None:
        numbered = sum(any(char.isdigit() for char in str(cell)) for cell in columns.cells(neutral))
        # "Customer" beside "Customer name" is the number; beside a mere "Name" it is whichever has digits.
        if columns.headings[named].rank == 0 or numbered * 2 > len(columns.cells(neutral)):
            number, neutral = neutral, None
        else:
            named = None
    customer = named if named is not None else neutral
    if customer is None:
        customer = columns.take("company")
    payables = False
    if customer is None:
        customer = columns.take("vendor")
        payables = customer is not None
    if customer is None and number is None:
        customer = columns.take("contact")
    if customer is not None and (columns.cells(customer) or not body):
        return customer, number if number is not None else _number_beside(columns, customer), "column", payables
    if number is not None:
        return number, number, "column", payables
    # Some ledgers call the customer's own account just "account"; the ledger's would be the same in every row.
    for account in columns.named("ledger_account"):
        if len({str(cell) for cell in columns.cells(account)}) > 1:
            columns.taken.add(account)
            return account, account, "column", payables
    return *_unnamed_customer(columns, body, detailed=detailed), payables


def _number_beside(columns: Columns, customer: int) -> int | None:
    """Find the customers' numbers where no heading says so: an account that goes with each name, or names that are numbers."""
    if all(str(cell).strip().isdecimal() for cell in columns.cells(customer)):
        return customer
    for account in columns.named("ledger_account"):
        pairs = set(columns.pairs(account, customer))
        if len(pairs) > 1 and len({number for number, _ in pairs}) == len({name for _, name in pairs}) == len(pairs):
            columns.taken.add(account)
            return account
    return None


def _worded(cell: Cell) -> bool:
    """Tell whether a cell can be a name; a number can (it may be all the file has), a date cannot."""
    return isinstance(cell, str) or not is_dated(cell)


def _unnamed_customer(
    columns: Columns, body: Sequence[Row], *, detailed: bool
) -> tuple[int | None, None, CustomerSource]:
    unnamed = [
        index
        for index in range(columns.width)
        if (index >= len(columns.headings) or not columns.headings[index].text) and columns.cells(index)
    ]
    dates = [
        index for index in columns.taken if columns.headings[index].role in {"doc_date", "booking_date", "due_date"}
    ]
    for index in unnamed:
        beside = undated = 0
        for row in body:
            if index >= len(row.cells) or row.cells[index] == "" or not isinstance(row.cells[index], str):
                continue
            others = [cell for i, cell in enumerate(row.cells) if i != index and cell != ""]
            if any(is_amount(cell) for cell in others):
                beside += 1
                undated += not any(i < len(row.cells) and row.cells[i] != "" for i in dates)
        if beside and beside * 2 > len(columns.cells(index)):
            if dates and undated and not any(columns.headings[i].role in {"doc", "doc_number"} for i in columns.taken):
                return index, None, "group"
            if undated < beside or not detailed:
                return index, None, "column"
    alone = sum(sum(cell != "" for cell in row.cells) in {1, 2} for row in body)
    if alone:
        return None, None, "section"
    raise NotReceivables(tr("No column of this file says who owes; nothing was imported."))
