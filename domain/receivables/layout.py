"""Which column is what, and how what is still open follows from the columns a table has."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal

from domain.i18n import tr
from domain.receivables.amounts import decide_mark, read_amount
from domain.receivables.columns import Columns, is_dated, is_monetary
from domain.receivables.grid import Row
from domain.receivables.heading_words import Role
from domain.receivables.headings import HeadingRows, same_heading
from domain.receivables.model import NotReceivables
from domain.receivables.who_owes import CustomerSource, find_customer

OpenSource = Literal["column", "amount less paid", "debit less credit", "ageing columns"]

_SAMPLED: Final = 400
_EXTRAS: Final[tuple[Role, ...]] = (
    "dunning_level",
    "days_late",
    "days_to_settle",
    "days",
    "terms",
    "method",
    "status",
    "reference",
    "salesperson",
)


@dataclass(frozen=True, slots=True)
class Layout:
    """Where each thing stands; column indexes from 0, ``None`` where the file has no such column.

    ``customer_source`` is ``section`` where the customer stands on a row of its own above the invoices, and ``group``
    where the same first column holds the customer on a row with sums and the document on the rows below it.
    ``open_is_invoiced`` tells that nothing in the file says what is still open, so that the invoice amount counts.
    """

    heading: HeadingRows
    customer_source: CustomerSource
    open_source: OpenSource
    open_is_invoiced: bool
    customer: int | None
    customer_id: int | None
    doc: int | None
    kind: int | None
    doc_date: int | None
    due_date: int | None
    open: int | None
    amount: int | None
    paid: int | None
    credited: int | None
    debit: int | None
    credit: int | None
    currency: int | None
    email: int | None
    contact: int | None
    disputed: int | None
    settled_on: int | None
    last_payment: int | None
    phones: tuple[int, ...]
    not_due: tuple[int, ...]
    overdue: tuple[int, ...]
    by_age: tuple[int, ...]
    extras: tuple[tuple[str, int], ...]
    unread: tuple[str, ...]
    heading_currency: str | None
    payables: bool
    full_width: int
    """Cells beyond this many stand under no heading: a delimiter inside a value has shifted the row."""

    @property
    def money(self) -> tuple[int, ...]:
        """Give every column of money, the open balance first."""
        single = (self.open, self.amount, self.paid, self.credited, self.debit, self.credit)
        return (*(index for index in single if index is not None), *self.aged)

    @property
    def aged(self) -> tuple[int, ...]:
        """Give the ageing columns."""
        return (*self.not_due, *self.overdue, *self.by_age)

    @property
    def dates(self) -> tuple[int, ...]:
        """Give every column of dates."""
        columns = (self.doc_date, self.due_date, self.settled_on, self.last_payment)
        return tuple(index for index in columns if index is not None)

    @property
    def is_detailed(self) -> bool:
        """Tell a list of invoices from a list of balances."""
        return self.doc is not None or self.doc_date is not None or self.due_date is not None


def lay_out(rows: Sequence[Row], heading: HeadingRows) -> Layout:
    """Assign the columns under ``heading``.

    Raises :class:`NotReceivables` with the reason where the table is one of another kind.
    """
    body = _body(rows, heading)
    columns = Columns(heading, body)
    _refuse_other_kinds(heading)
    doc_date = columns.take("doc_date", "booking_date", confirmed=is_dated)
    due_date = columns.take("due_date", confirmed=is_dated)
    settled_on = columns.take("settled_on", confirmed=is_dated)
    last_payment = columns.take("last_payment", confirmed=is_dated)
    doc = columns.take("doc")
    if doc is None and (numbered := columns.take("doc_number")) is not None and not columns.counts(numbered):
        doc = numbered
    not_due = columns.take_all("not_due", confirmed=is_monetary)
    overdue = columns.take_all("bucket", confirmed=is_monetary)
    by_age = columns.take_all("age_bucket", confirmed=is_monetary)
    debit = columns.take("debit", confirmed=is_monetary)
    credit = columns.take("credit", confirmed=is_monetary)
    if debit is None or credit is None:
        debit = credit = None
    open_column = _open_column(columns, aged=len(not_due + overdue + by_age), debit=debit, credit=credit, rows=body)
    by_total = open_column is None and debit is None
    amount = columns.take(*(("total", "amount") if by_total else ("amount", "total")), confirmed=is_monetary)
    paid = columns.take("paid", confirmed=is_monetary)
    credited = columns.take("credited", confirmed=is_monetary)
    open_source: OpenSource = "column"
    open_is_invoiced = False
    if open_column is None and amount is not None:
        open_is_invoiced = paid is None and credited is None
        open_source = "column" if open_is_invoiced else "amount less paid"
        open_column = amount if open_is_invoiced else None
    elif open_column is None and debit is not None:
        open_source = "debit less credit"
    elif open_column is None and not_due + overdue + by_age:
        open_source = "ageing columns"
    elif open_column is None:
        open_column = columns.take("overdue", confirmed=is_monetary)
        if open_column is None:
            raise NotReceivables(_no_money(heading))
    customer, customer_id, source, payables = find_customer(
        columns, body, detailed=doc is not None or doc_date is not None
    )
    if source == "group":
        doc = customer
    named_open = open_column if open_column is not None else amount
    printed = named_open is not None and named_open < len(heading.columns)
    heading_currency = heading.columns[named_open].currency if named_open is not None and printed else None
    extras = tuple((role, index) for role in _EXTRAS if (index := columns.take(role)) is not None)
    return Layout(
        heading=heading,
        customer_source=source,
        open_source=open_source,
        open_is_invoiced=open_is_invoiced,
        customer=customer,
        customer_id=customer_id,
        doc=doc,
        kind=columns.take("kind"),
        doc_date=doc_date,
        due_date=due_date,
        open=open_column,
        amount=amount,
        paid=paid,
        credited=credited,
        debit=debit,
        credit=credit,
        currency=columns.take("currency"),
        email=columns.take("email"),
        contact=columns.take("contact"),
        disputed=columns.take("disputed"),
        settled_on=settled_on,
        last_payment=last_payment,
        phones=columns.take_all("phone"),
        not_due=not_due,
        overdue=overdue,
        by_age=by_age,
        extras=extras,
        unread=tuple(_unread(columns)),
        heading_currency=heading_currency,
        payables=payables,
        full_width=len(heading.columns),
    )


def refuse_without_headings() -> NotReceivables:
    """Make the refusal for a file in which no heading row was found."""
    return NotReceivables(
        tr(
            "No row of this file looks like the headings of a receivables list (a customer, a document or date, and a "
            "balance); nothing was imported."
        )
    )


def _body(rows: Sequence[Row], heading: HeadingRows) -> list[Row]:
    """Sample the rows below a heading: the first ones and, further down, every so many."""
    below = [
        row for i, row in enumerate(rows[heading.last + 1 :], heading.last + 1) if not same_heading(heading, rows, i)
    ]
    step = max(1, (len(below) - _SAMPLED) // _SAMPLED)
    return below[:_SAMPLED] + below[_SAMPLED::step]


def _open_column(
    columns: Columns, *, aged: int, debit: int | None, credit: int | None, rows: Sequence[Row]
) -> int | None:
    found = columns.take("open", confirmed=is_monetary)
    if found is not None:
        return found
    for index in columns.named("balance"):
        if debit is not None and credit is not None and _is_running(rows, index, debit, credit):
            # A running balance adds up the rows above; what one row leaves open is debit less credit.
            columns.taken.add(index)
            continue
        if columns.confirms(index, is_monetary):
            columns.taken.add(index)
            return index
    return columns.take("total", confirmed=is_monetary) if aged else None


def _is_running(rows: Iterable[Row], balance: int, debit: int, credit: int) -> bool:
    """Tell whether a balance column carries on from row to row (of one account) instead of belonging to each row."""
    before: Decimal | None = None
    carried = False
    for row in rows:
        if len(row.cells) <= max(balance, debit, credit):
            continue
        read = [read_amount(row.cells[index]) for index in (balance, debit, credit)]
        mark = decide_mark(read)
        values = [cell.settled(mark).value for cell in read]
        if values[0] is None or (values[1] is None and values[2] is None):
            continue
        own = (values[1] or 0) - (values[2] or 0)
        if before is not None and values[0] - before == own != values[0]:
            carried = True
        elif values[0] != own:
            return False
        before = values[0]
    return carried


def _refuse_other_kinds(heading: HeadingRows) -> None:
    roles = [column.role for column in heading.columns]
    if sum(role in {"call_time", "call_result", "call_action"} for role in roles) > 1:
        raise NotReceivables(tr("This is a log of calls, not a list of receivables; nothing was imported."))
    owed: set[Role] = {"open", "balance", "due_date", "not_due", "bucket", "age_bucket"}
    if any(role in {"payment_date", "payment_amount"} for role in roles) and not owed.intersection(
        r for r in roles if r
    ):
        raise NotReceivables(
            tr("This is a list of payments, not of receivables; nothing was imported. Import it as payments.")
        )


def _no_money(heading: HeadingRows) -> str:
    if heading.has(frozenset(("phone", "email"))):
        return tr("This is a contact list without balances; nothing was imported. Import it as contacts.")
    return tr("No column of this file says how much is owed; nothing was imported.")


def _unread(columns: Columns) -> Iterable[str]:
    for index, column in enumerate(columns.headings):
        wrong = column.role in {"due_date", "doc_date", "open", "amount", "settled_on"} and index not in columns.taken
        if column.text and (column.role is None or wrong):
            yield column.text
