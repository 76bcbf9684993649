"""Which column is what: headings propose, the cells below confirm.

Where two columns carry the same meaning, the more telling heading wins and then the one further left; a column whose
cells contradict its heading (words under "Due") is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from domain.i18n import tr
from domain.receivables.amounts import decide_mark, is_amount, read_amount
from domain.receivables.datecells import read_date
from domain.receivables.grid import Row
from domain.receivables.heading_words import Role
from domain.receivables.headings import HeadingRows, same_heading
from domain.receivables.model import Cell, NotReceivables
from domain.receivables.totals import total_label

CustomerSource = Literal["column", "section", "group"]
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


class _Columns:
    """The columns of one table, handed out one by one; nothing is handed out twice."""

    def __init__(self, heading: HeadingRows, body: Sequence[Row]) -> None:
        self.headings = heading.columns
        self.width = max([len(heading.columns), *(len(row.cells) for row in body)], default=0)
        self.taken: set[int] = set()
        # A title puts words into a column where they prove nothing.
        self._body = [row for row in body if sum(cell not in ("", " ") for cell in row.cells) > 1]

    def cells(self, index: int) -> list[Cell]:
        """Give the filled cells of a column, as far as they are sampled."""
        return [row.cells[index] for row in self._body if index < len(row.cells) and row.cells[index] not in ("", " ")]

    def named(self, *roles: Role) -> list[int]:
        """Give the free columns of these meanings, the most telling first."""
        found = [
            (roles.index(column.role), column.rank, index)
            for index, column in enumerate(self.headings)
            if column.role in roles and index not in self.taken
        ]
        return [index for _, _, index in sorted(found)]

    def take(self, *roles: Role, confirmed: Callable[[Cell], bool] | None = None) -> int | None:
        """Hand out the best column of these meanings whose cells confirm it."""
        for index in self.named(*roles):
            if confirmed is None or self.confirms(index, confirmed):
                self.taken.add(index)
                return index
        return None

    def take_all(self, *roles: Role, confirmed: Callable[[Cell], bool] | None = None) -> tuple[int, ...]:
        """Hand out every column of these meanings, left to right."""
        found = sorted(i for i in self.named(*roles) if confirmed is None or self.confirms(i, confirmed))
        self.taken.update(found)
        return tuple(found)

    def confirms(self, index: int, test: Callable[[Cell], bool]) -> bool:
        """Tell whether at least half of a column's filled cells pass; an empty column contradicts nothing."""
        cells = [cell for cell in self.cells(index) if not (isinstance(cell, str) and total_label(cell))]
        return sum(map(test, cells)) * 2 >= len(cells)

    def counts(self, index: int) -> bool:
        """Tell whether a column merely numbers the rows from 1 on."""
        cells = [str(cell).strip().removesuffix(".") for cell in self.cells(index)]
        return bool(cells) and cells == [str(number) for number in range(1, len(cells) + 1)]


def lay_out(rows: Sequence[Row], heading: HeadingRows) -> Layout:
    """Assign the columns under ``heading``.

    Raises :class:`NotReceivables` with the reason where the table is one of another kind.
    """
    body = _body(rows, heading)
    columns = _Columns(heading, body)
    _refuse_other_kinds(heading)
    doc_date = columns.take("doc_date", "booking_date", confirmed=_dated)
    due_date = columns.take("due_date", confirmed=_dated)
    settled_on = columns.take("settled_on", confirmed=_dated)
    last_payment = columns.take("last_payment", confirmed=_dated)
    doc = columns.take("doc")
    if doc is None and (numbered := columns.take("doc_number")) is not None and not columns.counts(numbered):
        doc = numbered
    not_due = columns.take_all("not_due", confirmed=_monetary)
    overdue = columns.take_all("bucket", confirmed=_monetary)
    by_age = columns.take_all("age_bucket", confirmed=_monetary)
    debit = columns.take("debit", confirmed=_monetary)
    credit = columns.take("credit", confirmed=_monetary)
    if debit is None or credit is None:
        debit = credit = None
    open_column = _open_column(columns, aged=len(not_due + overdue + by_age), debit=debit, credit=credit, rows=body)
    by_total = open_column is None and debit is None
    amount = columns.take(*(("total", "amount") if by_total else ("amount", "total")), confirmed=_monetary)
    paid = columns.take("paid", confirmed=_monetary)
    credited = columns.take("credited", confirmed=_monetary)
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
        open_column = columns.take("overdue", confirmed=_monetary)
        if open_column is None:
            raise NotReceivables(_no_money(heading))
    customer, customer_id, source, payables = _customer(columns, body, detailed=doc is not None or doc_date is not None)
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


def _dated(cell: Cell) -> bool:
    return read_date(cell).kind in {"value", "numbers", "empty"}


def _monetary(cell: Cell) -> bool:
    return read_amount(cell).kind != "refused"


def _open_column(
    columns: _Columns, *, aged: int, debit: int | None, credit: int | None, rows: Sequence[Row]
) -> int | None:
    found = columns.take("open", confirmed=_monetary)
    if found is not None:
        return found
    for index in columns.named("balance"):
        if debit is not None and credit is not None and _is_running(rows, index, debit, credit):
            # A running balance adds up the rows above; what one row leaves open is debit less credit.
            columns.taken.add(index)
            continue
        if columns.confirms(index, _monetary):
            columns.taken.add(index)
            return index
    return columns.take("total", confirmed=_monetary) if aged else None


def _is_running(rows: Iterable[Row], balance: int, debit: int, credit: int) -> bool:
    """Tell whether a balance column carries on from row to row instead of belonging to each row."""
    before = None
    carried = seen = 0
    for row in rows:
        if len(row.cells) <= max(balance, debit, credit):
            continue
        read = [read_amount(row.cells[index]) for index in (balance, debit, credit)]
        mark = decide_mark(read)
        values = [cell.settled(mark).value for cell in read]
        if values[0] is None or (values[1] is None and values[2] is None):
            continue
        if before is not None:
            seen += 1
            carried += values[0] - before == (values[1] or 0) - (values[2] or 0)
        before = values[0]
    return seen > 0 and carried * 2 > seen


def _customer(
    columns: _Columns, body: Sequence[Row], *, detailed: bool
) -> tuple[int | None, int | None, CustomerSource, bool]:
    """Find who owes: a named column, a first column without heading, or rows of their own above the invoices."""
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
        return customer, number, "column", payables
    if number is not None:
        return number, number, "column", payables
    # Some ledgers call the customer's own account just "account"; the ledger's would be the same in every row.
    for account in columns.named("ledger_account"):
        if len({str(cell) for cell in columns.cells(account)}) > 1:
            columns.taken.add(account)
            return account, account, "column", payables
    return *_unnamed_customer(columns, body, detailed=detailed), payables


def _worded(cell: Cell) -> bool:
    """Tell whether a cell can be a name; a number can (it may be all the file has), a date cannot."""
    return isinstance(cell, str) or not _dated(cell)


def _unnamed_customer(
    columns: _Columns, body: Sequence[Row], *, detailed: bool
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


def _unread(columns: _Columns) -> Iterable[str]:
    for index, column in enumerate(columns.headings):
        wrong = column.role in {"due_date", "doc_date", "open", "amount", "settled_on"} and index not in columns.taken
        if column.text and (column.role is None or wrong):
            yield column.text
