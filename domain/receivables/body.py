"""Every row of a table taken by its shape: what it holds, whose it is, and what sort of row that makes it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Final

from domain.i18n import tr
from domain.receivables.amounts import Amount, is_amount
from domain.receivables.currencies import currency_of
from domain.receivables.formats import Formats
from domain.receivables.grid import Row, is_ruler
from domain.receivables.headings import is_age_span, same_heading
from domain.receivables.layout import Layout
from domain.receivables.model import Cell
from domain.receivables.titles import is_remark
from domain.receivables.totals import Sort, Tally, TotalLabel, total_label
from domain.text import clean, clean_line

_SAYS_CUSTOMER: Final = re.compile(
    r"^(?:customer|client|debtor|partner|kunde|debitor|cliente|klant|kund|客户名称|客户|客戶|往来单位|得意先|取引先)\s*[:：]\s*",
    re.IGNORECASE,
)
_NUMBERED: Final = re.compile(r"(\d{3,}|[A-Z]{1,5}[-.]?\d{2,})\s*[-–:]?\s+(\D.*)$")
_FLOATED: Final = re.compile(r"(\d+)\.0$", re.ASCII)
LOST_DIGITS: Final = re.compile(r"[+-]?\d(?:[.,]\d+)?E[+-]?\d{1,3}$", re.IGNORECASE | re.ASCII)
"""A long number a spreadsheet shortened to ``1.38E+10``: its digits are gone."""


@dataclass(slots=True)
class BodyRow:
    """One row with everything read from it; later steps change only its ``tally`` and ``reason``."""

    row: Row
    tally: Tally
    reason: str
    customer: str = field(default="", repr=False)
    customer_id: str | None = None
    doc: str | None = None
    doc_date: date | None = None
    due_date: date | None = None
    open: Amount | None = None
    invoiced: Decimal | None = None
    section_currency: str | None = None
    notes: list[str] = field(default_factory=list, repr=False)
    faults: list[str] = field(default_factory=list, repr=False)
    layout: Layout | None = None


@dataclass(slots=True)
class _Context:
    """What the rows above say about the ones below."""

    section: str = ""
    section_id: str | None = None
    currency: str | None = None
    carried: str = ""
    carried_id: str | None = None


def identifier(cell: Cell) -> tuple[str | None, bool]:
    """Read a cell that identifies something; gives its text without ``.0``, and whether its digits were lost."""
    if isinstance(cell, Decimal):
        plain = format(cell.normalize(), "f") if cell.is_finite() else ""
        return plain or None, False
    if isinstance(cell, date):
        return cell.isoformat(), False
    text = clean_line(cell)
    if text.startswith('="') and text.endswith('"'):
        text = text[2:-1]
    elif text[:1] == "'" and text[1:2].isdigit():
        text = text[1:]
    if LOST_DIGITS.match(text):
        return None, True
    floated = _FLOATED.match(text)
    return (floated.group(1) if floated else text) or None, False


def text_of(cell: Cell) -> str:
    """Give the text of a cell without anything a terminal would act on; blanks and line breaks stay as they are."""
    if isinstance(cell, str):
        guarded = cell[2:-1] if cell.startswith('="') and cell.endswith('"') else cell
        return clean(guarded, multiline=True)
    return identifier(cell)[0] or ""


def read_body(
    rows: Sequence[Row], start: int, layout: Layout, formats: Formats, step: Callable[[], None]
) -> Iterator[BodyRow]:
    """Read the rows of one table from index ``start`` on, in order; ``step`` is called once a row."""
    context = _Context()
    if layout.customer_source == "section":
        context.section = _customer_above(rows, layout)
    index = start
    height = layout.heading.last - layout.heading.first + 1
    while index < len(rows):
        row = rows[index]
        step()
        if row.fault is not None:
            yield BodyRow(row, Tally("error"), row.fault, faults=[row.fault], layout=layout)
        elif _is_blank(row.cells):
            yield BodyRow(row, Tally("blank"), tr("empty row"), layout=layout)
        elif is_ruler(row.cells):
            yield BodyRow(row, Tally("blank"), tr("a drawn line"), layout=layout)
        elif same_heading(layout.heading, rows, index):
            for offset in range(height):
                yield BodyRow(rows[index + offset], Tally("heading"), tr("the headings again"), layout=layout)
            index += height - 1
        else:
            yield _read_row(row, layout, formats, context)
        index += 1


def _customer_above(rows: Sequence[Row], layout: Layout) -> str:
    """Find the first customer where the headings are printed again under each: then it stands above the first of them."""
    first = layout.heading.first
    repeated = any(same_heading(layout.heading, rows, index) for index in range(layout.heading.last + 1, len(rows)))
    if not repeated or first == 0:
        return ""
    filled = [cell for cell in rows[first - 1].cells if not _is_blank((cell,))]
    return clean_line(str(filled[0])) if len(filled) == 1 else ""


def _is_blank(cells: Sequence[Cell]) -> bool:
    return all(isinstance(cell, str) and (not cell or cell.isspace()) for cell in cells)


class _Cells:
    """The cells of one row by column; what is missing at its end is blank."""

    __slots__ = ("_cells",)

    def __init__(self, cells: Sequence[Cell]) -> None:
        self._cells = cells

    def at(self, index: int | None) -> Cell:
        """Give a cell, blank where the row or the column does not have it."""
        if index is None or index >= len(self._cells):
            return ""
        cell = self._cells[index]
        return "" if isinstance(cell, str) and (not cell or cell.isspace()) else cell


def _read_row(row: Row, layout: Layout, formats: Formats, context: _Context) -> BodyRow:
    cells = _Cells(row.cells)
    read = BodyRow(row, Tally("text"), "", section_currency=context.currency, layout=layout)
    filled = sum(not _is_blank((cell,)) for cell in row.cells)
    if any(cells.at(index) != "" for index in range(layout.full_width, len(row.cells))):
        if not any(is_amount(cell) for cell in row.cells):
            return _sorted(read, "text", tr("words only"))
        return _fault(read, tr("The row has more cells than there are headings: a delimiter stands unquoted in it."))
    _read_identity(read, cells, layout, formats)
    read.open = _open_balance(cells, layout, formats)
    money = read.open.kind in {"value", "ambiguous"}
    sums = money or any(formats.amount(cells.at(index)).kind in {"value", "ambiguous"} for index in layout.money)
    # A lone cell is a title or a remark, whatever column it stands in.
    documented = filled > 1 and (read.doc is not None or read.doc_date is not None or read.due_date is not None)
    owner = read.customer or (read.customer_id or "")
    read.tally.value = read.open.value
    read.tally.name = " ".join(owner.split())
    label = _label(row.cells, layout, documented=documented) if not (owner and documented) else None
    if not money and is_remark(row.cells) and not _SAYS_CUSTOMER.match(clean_line(str(row.cells[0]))):
        return _sorted(read, "text", tr("a remark of the printed list"))
    # A name that begins with "Total" and has no figures beside it is a title, not a sum.
    if label is not None and (label.certain or (sums and (read.open.kind != "refused" or layout.customer is None))):
        return _labelled(read, label, sums=sums, owner=owner)
    if layout.customer_source == "group" and sums and owner and read.doc_date is None and read.due_date is None:
        context.section, context.section_id = read.customer, None
        read.tally.above = True
        return _sorted(read, "total", tr("the sum of one customer, above its items"))
    if sums or documented or (filled > 1 and read.open.kind == "refused"):
        return _with_figures(read, cells, layout, context, sums=sums, documented=documented, owner=owner)
    return _without_figures(read, row.cells, layout, context)


def _read_identity(read: BodyRow, cells: _Cells, layout: Layout, formats: Formats) -> None:
    named = cells.at(layout.customer)
    number, lost = identifier(cells.at(layout.customer_id))
    if lost:
        read.faults.append(tr("The customer's number lost its digits in a spreadsheet and was left out."))
    read.customer_id = number
    read.customer = text_of(named) if layout.customer != layout.customer_id else (number or "")
    if LOST_DIGITS.match(read.customer.strip()):
        read.faults.append(tr("The customer's number lost its digits in a spreadsheet and was left out."))
        read.customer = ""
    read.doc, lost = identifier(cells.at(layout.doc))
    if lost:
        read.faults.append(tr("The document's number lost its digits in a spreadsheet and was left out."))
    if read.doc is not None and total_label(read.doc) is not None:
        read.doc = None
    for column, name in ((layout.doc_date, "doc_date"), (layout.due_date, "due_date")):
        day = formats.day(cells.at(column))
        if day.kind == "value":
            setattr(read, name, day.value)
        elif day.kind == "refused" and total_label(str(cells.at(column))) is None and not _alone(cells, read.row):
            read.notes.append(
                tr("“{text}” is not a date and was left out.").format(text=clean_line(str(cells.at(column))))
            )
    invoiced = formats.amount(cells.at(layout.amount))
    read.invoiced = invoiced.value


def _alone(cells: _Cells, row: Row) -> bool:
    return sum(cells.at(index) != "" for index in range(len(row.cells))) == 1


def _open_balance(cells: _Cells, layout: Layout, formats: Formats) -> Amount:
    """Read what is still open, from its column or from the columns it follows from."""
    if layout.open_source == "column":
        return formats.amount(cells.at(layout.open))
    if layout.open_source == "amount less paid":
        parts = [formats.amount(cells.at(index)) for index in (layout.amount, layout.paid, layout.credited)]
        return parts[0] if parts[0].kind != "value" else _combined(parts, (1, -1, -1))
    if layout.open_source == "debit less credit":
        return _combined([formats.amount(cells.at(index)) for index in (layout.debit, layout.credit)], (1, -1))
    parts = [formats.amount(cells.at(index)) for index in layout.aged]
    return _combined(parts, (1,) * len(parts))


def _combined(parts: Sequence[Amount], signs: Sequence[int]) -> Amount:
    for kind in ("refused", "ambiguous"):
        found = next((part for part in parts if part.kind == kind), None)
        if found is not None:
            return found
    present = [(part.value, sign) for part, sign in zip(parts, signs, strict=True) if part.value is not None]
    if not present:
        return Amount("empty")
    currency = next((part.currency for part in parts if part.currency), None)
    return Amount("value", sum((value * sign for value, sign in present), Decimal(0)), currency=currency)


def _label(row: Sequence[Cell], layout: Layout, *, documented: bool) -> TotalLabel | None:
    """Find the cell that labels a row as a sum; columns of money are not searched."""
    money = set(layout.money)
    found: TotalLabel | None = None
    for index, cell in enumerate(row):
        if index in money or not isinstance(cell, str) or not cell or cell.isspace():
            continue
        label = total_label(cell)
        if label is None:
            continue
        if index not in {layout.customer, layout.customer_id}:
            if label.name and documented:
                continue  # a document's text may begin with "Total"
            if not label.name:
                label = TotalLabel(certain=True, grand=label.grand)
        if found is None or (label.certain and not found.certain):
            found = label
    return found


def _sorted(read: BodyRow, sort: Sort, reason: str) -> BodyRow:
    read.tally.sort = sort
    read.reason = reason
    return read


def _fault(read: BodyRow, reason: str) -> BodyRow:
    read.faults.append(reason)
    return _sorted(read, "error", reason)


def _labelled(read: BodyRow, label: TotalLabel, *, sums: bool, owner: str) -> BodyRow:
    read.tally.label = label
    if label.certain or not owner:
        return _sorted(read, "total", tr("labelled as a sum"))
    if read.open is None or read.open.kind != "value":
        return _sorted(read, "total" if sums else "text", tr("labelled as a sum"))
    return _sorted(read, "maybe total", tr("labelled as a sum"))


def _with_figures(
    read: BodyRow, cells: _Cells, layout: Layout, context: _Context, *, sums: bool, documented: bool, owner: str
) -> BodyRow:
    assert read.open is not None
    if not owner and not documented:
        if read.open.kind == "refused" and not sums:
            return _sorted(read, "text", tr("words only"))
        return _sorted(read, "total", tr("amounts without a customer or a document"))
    if read.open.kind == "refused":
        text = clean_line(str(cells.at(layout.open)))
        return _fault(read, tr("“{text}” is not an amount: the balance of this row is unknown.").format(text=text))
    if not owner or layout.customer_source != "column":
        _inherit(read, layout, context)
        if not read.customer and not read.customer_id:
            return _fault(read, tr("No customer is named for this row."))
    else:
        context.carried, context.carried_id = read.customer, read.customer_id
    if read.open.kind == "empty":
        if not sums and not documented:
            return _sorted(read, "text", tr("words only"))
        return _fault(
            read, tr("The open balance is empty, which does not mean zero: the balance of this row is unknown.")
        )
    if layout.is_detailed and not documented and layout.customer_source == "column" and not read.tally.carried:
        return _sorted(read, "head", tr("a balance without a document"))
    if documented:
        return _sorted(read, "data", tr("a document with an amount"))
    return _sorted(read, "data", tr("a customer with a balance"))


def _inherit(read: BodyRow, layout: Layout, context: _Context) -> None:
    """Give a row the customer named above it: on a row of its own, or on the first row of a group."""
    read.tally.carried = True
    if layout.customer_source == "column":
        read.customer, read.customer_id = context.carried, context.carried_id
    else:
        read.customer, read.customer_id = context.section, context.section_id
    read.tally.name = " ".join((read.customer or read.customer_id or "").split())


def _without_figures(read: BodyRow, row: Sequence[Cell], layout: Layout, context: _Context) -> BodyRow:
    """Take a row without amounts and documents: a section's title, or words."""
    filled = [(index, cell) for index, cell in enumerate(row) if not (isinstance(cell, str) and not cell.strip())]
    texts = [clean_line(str(cell)) for _, cell in filled]
    if len(filled) > 2:
        if (read.customer or read.customer_id) and layout.customer_source == "column":
            return _fault(
                read, tr("The open balance is empty, which does not mean zero: the balance of this row is unknown.")
            )
        return _sorted(read, "text", tr("words only"))
    title = " ".join(texts)
    read.tally.name = title
    if code := currency_of(title):
        context.currency = code
        return _sorted(read, "section", tr("the currency of the rows below"))
    if is_age_span(title):
        return _sorted(read, "section", tr("the age of the rows below"))
    context.carried, context.carried_id = "", None
    if layout.customer_source == "section":
        name = _SAYS_CUSTOMER.sub("", texts[-1])
        number = identifier(texts[0])[0] if len(texts) == 2 else None
        if number is None and (numbered := _NUMBERED.match(name)):
            number, name = numbered.group(1), numbered.group(2)
        context.section, context.section_id = name, number
        return _sorted(read, "section", tr("the customer of the rows below"))
    if len(filled) == 2 and read.customer and read.customer_id:
        return _fault(
            read, tr("The open balance is empty, which does not mean zero: the balance of this row is unknown.")
        )
    return _sorted(read, "section", tr("the title of the rows below"))
