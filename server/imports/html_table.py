"""The tables of an HTML page as rows of cells: what many systems send under the name ``.xls``."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Final

from domain.receivables import Row

MAX_SPAN: Final = 1_000
"""Columns one cell may span; a page is free to claim billions."""
MAX_ROWS: Final = 1_048_576

_SILENT: Final = frozenset(("script", "style", "head", "title"))


class _Tables(HTMLParser):
    """Collects the cells of every table; a table inside a cell is text of that cell."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.rows: list[list[str]] = []
        self._row: list[str] | None = None
        self._cell: list[str] | None = None
        self._span = 1
        self._depth = 0
        self._silent = 0
        self._held: dict[int, int] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open a row or a cell; HTML lets both close the one before."""
        if tag in _SILENT:
            self._silent += 1
        elif tag == "table":
            self._depth += 1
            if self._depth == 1 and self.rows:
                self.rows.append([])
        elif self._depth > 1:
            return
        elif tag == "tr":
            self._end_row()
            self._row = []
        elif tag in {"td", "th"}:
            self._end_cell()
            if self._row is None:
                self._row = []
            self._skip_held()
            self._cell = []
            self._span = _number(attrs, "colspan")
            down = _number(attrs, "rowspan") - 1
            if down:
                self._held.update({len(self._row) + place: down for place in range(self._span)})
        elif tag == "br" and self._cell is not None:
            self._cell.append("\n")

    def handle_endtag(self, tag: str) -> None:
        """Close what is open."""
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)
        elif tag == "table":
            if self._depth == 1:
                self._end_row()
                self._held.clear()
            self._depth = max(0, self._depth - 1)
        elif self._depth > 1:
            return
        elif tag in {"td", "th"}:
            self._end_cell()
        elif tag == "tr":
            self._end_row()

    def handle_data(self, data: str) -> None:
        """Take text that stands in a cell."""
        if self._cell is not None and not self._silent:
            self._cell.append(data)

    def finish(self) -> None:
        """Close what a page that was cut off left open."""
        self.close()
        self._end_row()

    def _skip_held(self) -> None:
        """Leave the columns blank that a cell of a row above reaches down into."""
        assert self._row is not None
        while self._held.get(len(self._row), 0) > 0:
            self._held[len(self._row)] -= 1
            self._row.append("")

    def _end_cell(self) -> None:
        if self._cell is None or self._row is None:
            return
        lines = "".join(self._cell).replace("\xa0", " ").split("\n")
        self._row.append(" ".join(" ".join(lines).split()))
        self._row.extend([""] * (self._span - 1))
        self._cell = None

    def _end_row(self) -> None:
        self._end_cell()
        if self._row is not None and len(self.rows) < MAX_ROWS:
            self.rows.append(self._row)
        self._row = None


def _number(attrs: list[tuple[str, str | None]], name: str) -> int:
    text = dict(attrs).get(name) or "1"
    return min(int(text), MAX_SPAN) if text.isascii() and text.isdigit() and int(text[:9]) else 1


def read_html_tables(page: str) -> tuple[Row, ...]:
    """Give the rows of all tables of a page one after the other, an empty row between two tables."""
    tables = _Tables()
    tables.feed(page)
    tables.finish()
    return tuple(Row(number, tuple(cells)) for number, cells in enumerate(tables.rows, 1))
