"""The last word on every row: exactly one class, with the reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from domain.i18n import tr
from domain.receivables.body import BodyRow
from domain.receivables.grid import Row, is_ruler
from domain.receivables.model import Cell, ClassifiedRow, RowClass
from domain.receivables.tables import Table
from domain.receivables.totals import Sort
from domain.text import fold

_CLASSES: Final[Mapping[Sort, RowClass]] = {
    "data": "data",
    "total": "subtotal",
    "section": "title",
    "text": "title",
    "error": "error",
    "blank": "blank",
    "heading": "heading",
}


def classify(rows: Sequence[Row], tables: Sequence[Table], body: Sequence[BodyRow]) -> tuple[ClassifiedRow, ...]:
    """Put every row of the file into one class.

    What stands above the first heading is a title; after the last row of data, words and the sums from the declared
    total on are the footer.
    """
    by_number = {read.row.number: read for read in body}
    headings = {i for table in tables for i in range(table.layout.heading.first, table.layout.heading.last + 1)}
    last = max((i for i, row in enumerate(rows) if _is_substance(by_number.get(row.number))), default=-1)
    declared = next((read.row.number for read in reversed(body) if read.tally.declares), None)
    return tuple(
        _classify_row(index, row, by_number.get(row.number), headings, last, declared) for index, row in enumerate(rows)
    )


def _classify_row(
    index: int, row: Row, read: BodyRow | None, headings: set[int], last: int, declared: int | None
) -> ClassifiedRow:
    if index in headings:
        return ClassifiedRow(row.number, "heading", tr("the headings"))
    if read is None:
        if row.fault:
            return ClassifiedRow(row.number, "error", row.fault)
        if is_ruler(row.cells):
            return ClassifiedRow(row.number, "blank", tr("a drawn line"))
        if not any(_is_filled(cell) for cell in row.cells):
            return ClassifiedRow(row.number, "blank", tr("empty row"))
        return ClassifiedRow(row.number, "title", tr("above the headings"))
    row_class = _CLASSES.get(read.tally.sort, "error")
    if index > last and read.tally.sort in {"text", "section"}:
        return ClassifiedRow(row.number, "footer", tr("words below the last row of data"))
    if read.tally.declares:
        return ClassifiedRow(row.number, "footer", tr("the file's own total"))
    if index > last and read.tally.sort == "total" and declared is not None and row.number > declared:
        return ClassifiedRow(row.number, "footer", tr("below the file's own total"))
    if read.tally.doubtful:
        return ClassifiedRow(row.number, row_class, tr("called like a sum, but adds nothing up"))
    return ClassifiedRow(row.number, row_class, read.reason)


def _is_substance(read: BodyRow | None) -> bool:
    return read is not None and read.tally.sort in {"data", "error"}


def _is_filled(cell: Cell) -> bool:
    return not isinstance(cell, str) or bool(cell.strip())


def name_unexplained(body: Sequence[BodyRow]) -> None:
    """Note the names that stand alone in a list of balances, unless a total of that name shows them to be a section.

    What was noted about the cells of titles and sums is dropped: they hold no data.
    """
    for read in body:
        if read.tally.sort not in {"data", "error"}:
            read.notes, read.faults = [], []
    explained = {fold(read.tally.label.name) for read in body if read.tally.label and read.tally.label.name}
    for read in body:
        lonely = read.tally.sort == "section" and read.customer and read.layout and not read.layout.is_detailed
        if lonely and fold(read.tally.name) not in explained:
            read.notes.append(
                tr("“{name}” stands without any figure; it was taken as a title.").format(name=read.tally.name)
            )
