"""Where tables begin: a file may change its headings half-way, and then the columns below mean something else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from domain.receivables.grid import Row
from domain.receivables.headings import (
    MONEY_ROLES,
    WHO_ROLES,
    HeadingRows,
    find_headings,
    heading_at,
    same_heading,
    score_of,
)
from domain.receivables.layout import Layout, lay_out, refuse_without_headings
from domain.receivables.model import NotReceivables

_FIRST_CELLS = 3
_SURE_SCORE = 4


@dataclass(frozen=True, slots=True)
class Table:
    """One heading with the rows below it: indexes of its first body row and of the row after its last one."""

    layout: Layout
    start: int
    end: int


def find_tables(rows: Sequence[Row]) -> tuple[Table, ...]:
    """Find the tables of a file, the first one first.

    Raises :class:`NotReceivables` where there is no table of receivables.
    """
    heading = find_headings(rows)
    if heading is None:
        raise refuse_without_headings()
    headings = [heading]
    index = heading.last + 1
    while index < len(rows):
        if _wordy(rows[index]) and not same_heading(headings[-1], rows, index):
            found = heading_at(rows, index)
            if found is not None and _is_another(found, headings[-1]):
                headings.append(found)
                index = found.last
        index += 1
    tables: list[Table] = []
    for place, each in enumerate(headings):
        end = headings[place + 1].first if place + 1 < len(headings) else len(rows)
        try:
            layout = lay_out(rows[:end], each)
        except NotReceivables:
            if place == 0:
                raise
            tables[-1] = Table(tables[-1].layout, tables[-1].start, end)
            continue
        tables.append(Table(layout, each.last + 1, end))
    return tuple(tables)


def _wordy(row: Row) -> bool:
    """Tell cheaply whether a row may be a heading: its first filled cells are words without digits."""
    seen = 0
    for cell in row.cells:
        if not isinstance(cell, str) or any(char.isdigit() for char in cell):
            return False
        seen += bool(cell)
        if seen == _FIRST_CELLS:
            return True
    return False


def _is_another(found: HeadingRows, before: HeadingRows) -> bool:
    """Tell a new heading from a row of data that happens to use such words."""
    return (
        score_of(found) >= _SURE_SCORE
        and found.has(MONEY_ROLES)
        and found.has(WHO_ROLES)
        and [column.role for column in found.columns] != [column.role for column in before.columns]
    )
