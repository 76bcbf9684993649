"""The columns of one table, handed out by meaning: headings propose, the cells below confirm."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from domain.receivables.amounts import read_amount
from domain.receivables.datecells import read_date
from domain.receivables.grid import Row
from domain.receivables.heading_words import Role
from domain.receivables.headings import HeadingRows
from domain.receivables.model import Cell
from domain.receivables.totals import total_label


class Columns:
    """The columns of one table; nothing is handed out twice.

    Where two columns carry the same meaning, the more telling heading wins and then the one further left; a column
    whose cells contradict its heading (words under "Due") is not handed out.
    """

    def __init__(self, heading: HeadingRows, body: Sequence[Row]) -> None:
        self.headings = heading.columns
        self.width = max([len(heading.columns), *(len(row.cells) for row in body)], default=0)
        self.taken: set[int] = set()
        # A title puts words into a column where they prove nothing.
        self._body = [row for row in body if sum(cell not in ("", " ") for cell in row.cells) > 1]

    def cells(self, index: int) -> list[Cell]:
        """Give the filled cells of a column, as far as they are sampled."""
        return [row.cells[index] for row in self._body if index < len(row.cells) and row.cells[index] not in ("", " ")]

    def pairs(self, left: int, right: int) -> list[tuple[str, str]]:
        """Give what two columns hold side by side, where both are filled."""
        rows = [row.cells for row in self._body if max(left, right) < len(row.cells)]
        return [
            (str(row[left]), str(row[right]))
            for row in rows
            if row[left] not in ("", " ") and row[right] not in ("", " ")
        ]

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


def is_dated(cell: Cell) -> bool:
    """Tell whether a cell may stand in a column of dates."""
    return read_date(cell).kind in {"value", "numbers", "empty"}


def is_monetary(cell: Cell) -> bool:
    """Tell whether a cell may stand in a column of money."""
    return read_amount(cell).kind != "refused"
