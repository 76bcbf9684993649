"""Contact lists: the second file ledgers need, because aged receivables rarely carry phone numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from domain.i18n import tr
from domain.receivables import phone_cells
from domain.receivables.body import identifier
from domain.receivables.grid import Row, is_ruler
from domain.receivables.heading_words import Role
from domain.receivables.headings import HeadingRows, find_headings, same_heading
from domain.receivables.items import is_email
from domain.receivables.model import ROW_CLASSES, Cell, ClassifiedRow, NotReceivables, ReadingOptions, RowClass, RowNote
from domain.receivables.reader import PROGRESS_EVERY, Progress, Source
from domain.receivables.regions import guess_region
from domain.receivables.text_files import open_text
from domain.receivables.totals import total_label
from domain.text import clean_line

_NAMES: tuple[Role, ...] = ("customer_name", "customer", "company", "vendor", "contact")


@dataclass(frozen=True, slots=True)
class ContactCustomer:
    """One row of a contact list: who the customer is, whom to ask for, and how to reach them.

    ``phones`` are the cells as typed; ``email`` is ``None`` where what stands there is no address.
    """

    row: int
    customer_id: str | None
    name: str = field(repr=False)
    contact: str | None = field(default=None, repr=False)
    phones: tuple[str, ...] = field(default=(), repr=False)
    email: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class ContactsReading:
    """Everything read from one contact list; ``skipped`` are rows left out with the reason."""

    encoding: str
    region: str | None
    customers: tuple[ContactCustomer, ...]
    rows: Mapping[RowClass, int]
    classified: tuple[ClassifiedRow, ...]
    skipped: tuple[RowNote, ...]
    warnings: tuple[RowNote, ...]
    unread: tuple[str, ...]


def read_contacts(data: bytes, filename: str, options: ReadingOptions | None = None) -> ContactsReading:
    """Read a contact list in one of the text formats.

    Raises :class:`~domain.receivables.model.NotReceivables` where the file holds no contacts.
    """
    file = open_text(data)
    return read_contact_grid(file.rows, Source(filename, file.encoding, notes=file.notes), options or ReadingOptions())


def read_contact_grid(
    rows: Sequence[Row], source: Source, options: ReadingOptions, progress: Progress | None = None
) -> ContactsReading:
    """Read the cells of a contact list; ``progress`` hears rows done of all.

    Raises :class:`NotReceivables` where the grid holds no contacts.
    """
    heading = find_headings(rows)
    columns = _Columns(heading) if heading is not None else None
    if heading is None or columns is None or not columns.is_contacts:
        raise NotReceivables(
            tr(
                "No row of this file looks like the headings of a contact list (name, phone or e-mail); nothing was imported."
            )
        )
    classified: list[ClassifiedRow] = []
    customers: list[ContactCustomer] = []
    skipped: list[RowNote] = []
    warnings = [RowNote(None, note) for note in source.notes]
    seen: dict[tuple[str, ...], int] = {}
    for index, row in enumerate(rows):
        if progress is not None and index % PROGRESS_EVERY == 0:
            progress(index, len(rows))
        row_class, reason = _class_of(rows, index, heading, columns)
        if row_class == "data":
            texts = tuple(_text(cell) for cell in row.cells)
            first = seen.setdefault(texts, row.number)
            if first != row.number:
                reason = tr("the same as row {row}").format(row=first)
                skipped.append(RowNote(row.number, tr("The row is the same as row {row}.").format(row=first)))
            else:
                customers.append(_customer(row, columns, warnings))
        elif row_class == "error":
            skipped.append(RowNote(row.number, reason))
        classified.append(ClassifiedRow(row.number, row_class, reason))
    if not customers:
        raise NotReceivables(tr("The contact list has headings but no contacts below them; nothing was imported."))
    headings = [column.text for column in heading.columns]
    phones = [(customer.row, phone) for customer in customers for phone in customer.phones]
    region = options.region or guess_region((), headings, None, (phone for _, phone in phones))
    warnings.extend(phone_cells.notes_about(phones, region))
    counts = Counter(row.row_class for row in classified)
    return ContactsReading(
        encoding=source.encoding,
        region=region,
        customers=tuple(customers),
        rows={row_class: counts[row_class] for row_class in ROW_CLASSES},
        classified=tuple(classified),
        skipped=tuple(skipped),
        warnings=tuple(warnings),
        unread=tuple(clean_line(column.text) for column in heading.columns if column.text and column.role is None),
    )


class _Columns:
    """Where a contact list has what; the name comes from the most telling column that names somebody."""

    def __init__(self, heading: HeadingRows) -> None:
        self._by_role: dict[Role, list[int]] = {}
        for index, column in enumerate(heading.columns):
            if column.role is not None:
                self._by_role.setdefault(column.role, []).append(index)
        self.names = [index for role in _NAMES for index in self._by_role.get(role, ())]
        self.phones = self._by_role.get("phone", [])

    def one(self, role: Role) -> int | None:
        """Give the first column of a meaning."""
        return next(iter(self._by_role.get(role, ())), None)

    @property
    def is_contacts(self) -> bool:
        """Tell whether the columns make a contact list."""
        named = self.names or self.one("customer_id") is not None or self.one("last_name") is not None
        return bool(named) and (bool(self.phones) or self.one("email") is not None)

    def person(self, cells: Sequence[Cell]) -> str:
        """Give first and last name as one."""
        parts = (_at(cells, self.one("first_name")), _at(cells, self.one("last_name")))
        return " ".join(part for part in parts if part)


def _at(cells: Sequence[Cell], index: int | None) -> str:
    return _text(cells[index]) if index is not None and index < len(cells) else ""


def _text(cell: Cell) -> str:
    return clean_line(cell) if isinstance(cell, str) else identifier(cell)[0] or ""


def _name(row: Row, columns: _Columns) -> str:
    named = (text for index in columns.names if (text := _at(row.cells, index)))
    return next(named, "") or columns.person(row.cells)


def _class_of(rows: Sequence[Row], index: int, heading: HeadingRows, columns: _Columns) -> tuple[RowClass, str]:
    row = rows[index]
    filled = sum(bool(_text(cell)) for cell in row.cells)
    if row.fault is not None:
        return "error", row.fault
    if heading.first <= index <= heading.last or same_heading(heading, rows, index):
        return "heading", tr("the headings")
    if not filled or is_ruler(row.cells):
        return "blank", tr("empty row")
    if index < heading.first:
        return "title", tr("above the headings")
    name = _name(row, columns)
    if not name and not _at(row.cells, columns.one("customer_id")):
        return "error", tr("The row names nobody.")
    if filled == 1:
        label = total_label(name)
        return ("subtotal", tr("labelled as a sum")) if label else ("title", tr("the title of the rows below"))
    return "data", tr("a contact")


def _customer(row: Row, columns: _Columns, warnings: list[RowNote]) -> ContactCustomer:
    number, lost = identifier(_at(row.cells, columns.one("customer_id")))
    if lost:
        text = tr("The customer's number lost its digits in a spreadsheet and was left out.")
        warnings.append(RowNote(row.number, text))
    email = _at(row.cells, columns.one("email")) or None
    if email is not None and not is_email(email):
        text = tr("“{text}” is no e-mail address and was left out.").format(text=email)
        warnings.append(RowNote(row.number, text))
        email = None
    name = _name(row, columns) or (number or "")
    person = columns.person(row.cells) or _at(row.cells, columns.one("contact"))
    phones = tuple(text for index in columns.phones if (text := _at(row.cells, index)))
    return ContactCustomer(row.number, number, name, person if person != name else None, phones, email)
