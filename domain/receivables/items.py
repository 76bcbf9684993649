"""From data rows to items: currency, minor units, kind, phones, and a key that survives repeated imports."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Final

from domain.i18n import tr
from domain.money import to_decimal
from domain.receivables.amounts import is_finer, to_minor
from domain.receivables.body import LOST_DIGITS, BodyRow, identifier
from domain.receivables.currencies import AMBIGUOUS_MARKS, currency_of
from domain.receivables.customers import Identities, Identity
from domain.receivables.formats import Formats
from domain.receivables.kinds import kind_of
from domain.receivables.layout import Layout
from domain.receivables.model import Cell, Item, ItemKind
from domain.text import clean_line

_EMAIL: Final = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>.]+$")
_YES: Final = frozenset(("yes", "y", "true", "1", "x", "ja", "oui", "si", "sí", "sim", "是", "有", "有争议"))
_NO: Final = frozenset(("no", "n", "false", "0", "nein", "non", "nee", "não", "nao", "否", "无", "無", ""))


@dataclass(frozen=True, slots=True)
class Setting:
    """What holds for every row of a file: its formats, and the currency of rows that name none.

    ``yen_sign`` is what ``¥`` means in a file of this language, if that is clear.
    """

    formats: Formats
    identities: Identities
    currency: str | None
    yen_sign: str | None


@dataclass(slots=True)
class Made:
    """Items with what was noticed while making them: notes and faults by row, and what rows the items came from."""

    items: list[Item] = field(default_factory=list)
    rounded: int = 0
    spellings: list[tuple[str, str | None]] = field(default_factory=list)


def make_items(rows: Iterable[BodyRow], setting: Setting) -> Made:
    """Make an item of every data row that still owes or is owed something.

    Settled rows and repetitions of a row stay data rows, are given their reason and a note, and make no item.
    """
    made = Made()
    seen: dict[tuple[Cell, ...], int] = {}
    occurrences: Counter[tuple[str, ...]] = Counter()
    for read in rows:
        if read.open is None or read.layout is None:
            continue
        identity = setting.identities.of(read.customer_id, read.customer)
        made.spellings.append((identity.key, read.customer_id))
        if read.open.value is None:
            read.reason = tr("waits for the decimal mark of its amount")
            continue
        if read.open.value == 0:
            _settle(read)
            continue
        first = seen.setdefault(_significant(read.row.cells), read.row.number) if read.doc else read.row.number
        if first != read.row.number:
            read.reason = tr("the same as row {row}").format(row=first)
            read.notes.append(tr("The row is the same as row {row} and was left out.").format(row=first))
            continue
        item = _item(read, read.layout, identity, setting, occurrences, made)
        if item.open == 0:
            _settle(read)  # less than half of the smallest unit
            continue
        made.items.append(item)
    return made


def _settle(read: BodyRow) -> None:
    read.reason = tr("settled: nothing is open")
    read.notes.append(tr("Nothing is open in this row; it was left out."))


def fingerprint(items: Sequence[Item], as_of: date | None) -> str:
    """Hash what the items say, so that a second import of the same content is recognised whatever the file is called."""
    digest = hashlib.sha256(f"{as_of}\n".encode())
    for item in items:
        said = (
            item.key,
            item.open,
            item.currency,
            item.due_date,
            item.disputed,
            item.settled_on,
            item.phones,
            item.email,
        )
        digest.update(repr(said).encode())
    return digest.hexdigest()


def _significant(cells: Sequence[Cell]) -> tuple[Cell, ...]:
    filled = [cell.strip() if isinstance(cell, str) else cell for cell in cells]
    while filled and filled[-1] == "":
        filled.pop()
    return tuple(filled)


class _Row:
    """Cells of one row by column index, as the text that may leave this package."""

    __slots__ = ("_cells",)

    def __init__(self, cells: Sequence[Cell]) -> None:
        self._cells = cells

    def cell(self, index: int | None) -> Cell:
        return "" if index is None or index >= len(self._cells) else self._cells[index]

    def text(self, index: int | None) -> str:
        cell = self.cell(index)
        return clean_line(cell) if isinstance(cell, str) else identifier(cell)[0] or ""


def _item(
    read: BodyRow,
    layout: Layout,
    identity: Identity,
    setting: Setting,
    occurrences: Counter[tuple[str, ...]],
    made: Made,
) -> Item:
    assert read.open is not None
    assert read.open.value is not None
    cells = _Row(read.row.cells)
    currency = _currency(read, layout, cells, setting)
    kind_text = cells.text(layout.kind) or None
    documented = read.doc is not None or read.doc_date is not None or read.due_date is not None
    kind = kind_of(kind_text, negative=read.open.value < 0, documented=documented)
    minor = to_minor(read.open.value, currency)
    made.rounded += is_finer(read.open.value, currency)
    own_amount = layout.amount is not None and layout.amount != layout.open
    amount = to_minor(read.invoiced, currency) if read.invoiced is not None else None
    # A payment has no day it is due; ledgers repeat its own date there.
    due_date = None if kind == "payment" else read.due_date
    settled = setting.formats.day(cells.cell(layout.settled_on))
    return Item(
        row=read.row.number,
        customer_id=identity.customer_id,
        customer=read.customer or read.customer_id or "",
        customer_key=identity.key,
        key=_key(read, identity, kind, due_date, amount if own_amount else None, occurrences),
        doc=read.doc,
        doc_date=read.doc_date,
        due_date=due_date,
        amount=amount,
        open=minor,
        open_text=to_decimal(minor, currency or ""),
        currency=currency,
        kind=kind,
        kind_text=kind_text,
        overdue=_overdue(layout, cells, setting.formats, currency),
        phones=_phones(read, layout, cells),
        email=_email(read, layout, cells),
        contact=cells.text(layout.contact) or None,
        disputed=_disputed(cells.text(layout.disputed)),
        settled_on=settled.value if layout.open_is_invoiced else None,
        extra=_extra(layout, cells, setting.formats, settled.value),
    )


def _currency(read: BodyRow, layout: Layout, cells: _Row, setting: Setting) -> str | None:
    """Find an item's currency: its own cell, the mark beside the amount, the heading, the section, then the file's."""
    assert read.open is not None
    written = cells.text(layout.currency)
    named = currency_of(written)
    if written and named is None and written.casefold() not in AMBIGUOUS_MARKS:
        read.notes.append(tr("“{text}” is no currency and was left out.").format(text=written))
    marked = read.open.currency
    if (
        marked is None
        and setting.yen_sign
        and layout.open is not None
        and re.search("[¥￥]", str(cells.cell(layout.open)))
    ):
        marked = setting.yen_sign
    return named or marked or layout.heading_currency or read.section_currency or setting.currency


def _key(
    read: BodyRow,
    identity: Identity,
    kind: ItemKind,
    due_date: date | None,
    amount: int | None,
    occurrences: Counter[tuple[str, ...]],
) -> str:
    """Identify an item over repeated imports: what is still open may change, everything hashed here does not.

    Of items that are alike (two balances of one customer) the first, second … are told apart by their order.
    """
    if read.doc is not None:
        said: tuple[str, ...] = (identity.key, kind, read.doc, str(read.doc_date or ""))
    else:
        said = (
            identity.key,
            kind,
            "",
            str(read.doc_date or ""),
            str(due_date or ""),
            str(amount if amount is not None else ""),
        )
    occurrences[said] += 1
    return hashlib.sha256("\x1f".join((*said, str(occurrences[said]))).encode()).hexdigest()


def _overdue(layout: Layout, cells: _Row, formats: Formats, currency: str | None) -> int | None:
    """Add up the ageing columns past due; ``None`` where the columns do not part due from not yet due."""
    if not layout.not_due or not layout.overdue or layout.by_age:
        return None
    values = [formats.amount(cells.cell(index)).value for index in layout.overdue]
    return to_minor(sum((value for value in values if value is not None), Decimal(0)), currency)


def _phones(read: BodyRow, layout: Layout, cells: _Row) -> tuple[str, ...]:
    phones = []
    for index in layout.phones:
        cell = cells.cell(index)
        text = cells.text(index)
        if isinstance(cell, str) and LOST_DIGITS.match(text):
            read.faults.append(
                tr("The phone number {text} lost its digits in a spreadsheet and was left out.").format(text=text)
            )
        elif text:
            phones.append(identifier(text)[0] or text)
    return tuple(phones)


def _email(read: BodyRow, layout: Layout, cells: _Row) -> str | None:
    text = cells.text(layout.email)
    if text and not _EMAIL.match(text):
        read.notes.append(tr("“{text}” is no e-mail address and was left out.").format(text=text))
        return None
    return text or None


def is_email(text: str) -> bool:
    """Tell whether a text has the shape of one e-mail address."""
    return _EMAIL.match(text) is not None


def _disputed(text: str) -> bool | None:
    lowered = text.casefold()
    if lowered in _YES:
        return True
    return False if lowered and lowered in _NO else None


def _extra(layout: Layout, cells: _Row, formats: Formats, settled: date | None) -> dict[str, str]:
    extra = {name: text for name, index in layout.extras if (text := cells.text(index))}
    last = formats.day(cells.cell(layout.last_payment)).value
    if last is not None:
        extra["last_payment"] = last.isoformat()
    if settled is not None:
        extra["settled_on"] = settled.isoformat()
    return extra
