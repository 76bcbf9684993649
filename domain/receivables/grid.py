"""From text to rows of cells: line ends, quotation marks, the ``sep=`` line and lists drawn with bars.

Rows are counted as a spreadsheet counts them: a line break inside quotation marks does not start a new row.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

from domain.i18n import tr
from domain.receivables.model import Cell, NotReceivables

DELIMITERS: Final = (",", ";", "\t", "|")
MAX_ROWS: Final = 1_048_576
MAX_CELL: Final = 32_767
"""The most characters a spreadsheet keeps in a cell; a quotation longer than that was never closed."""
MAX_QUOTED_LINES: Final = 250

MAX_FAULTS: Final = 1_000

_SEP_LINE: Final = re.compile(r"\"?sep=([^\w\"])\"?$", re.IGNORECASE)
_RULER: Final = re.compile(r"[-=_+|─━—\s]*[-=_─━—]{3,}[-=_+|─━—\s]*$")
_OPENING: Final = re.compile(r' *=?"')
_GUARD: Final = re.compile(r'="(.*)"$', re.DOTALL)


class Row(NamedTuple):
    """One row: its number from 1, its cells, and what is wrong with it where it could not be taken apart.

    Cells are text, finite decimals or days; an empty cell is the empty text.
    """

    number: int
    cells: tuple[Cell, ...]
    fault: str | None = None


@dataclass(frozen=True, slots=True)
class Lines:
    """The physical lines of a text; ``separator`` is what a ``sep=`` line announced (that line is then row 1)."""

    lines: tuple[str, ...]
    separator: str | None


def split_lines(text: str) -> Lines:
    """Split ``text`` at its own kind of line end.

    The kind that is rarer in the file is part of a cell: a line break inside quotation marks. Raises
    :class:`NotReceivables` beyond a million lines.
    """
    end = "\r" if text.count("\r") > text.count("\n") else "\n"
    lines = re.split(r"\r?\n", text) if "\r\n" in text else text.split(end)
    if lines and lines[-1].strip("\x1a") == "":
        lines.pop()
    if len(lines) > MAX_ROWS:
        raise NotReceivables(
            tr("The file has more than a million rows; nothing was imported. Export a shorter period.")
        )
    announced = _SEP_LINE.match(lines[0].strip()) if lines else None
    return Lines(tuple(lines), announced.group(1) if announced else None)


def take_apart(lines: Iterable[str], delimiter: str) -> list[Row]:
    """Take lines apart into rows of cells.

    A quotation mark that is opened and never closed costs its own line only: that row carries a fault and the next
    line is read afresh. Raises :class:`NotReceivables` where that happens a thousand times.
    """
    source = list(lines)
    barred = delimiter == "|" and _is_barred(source)
    rows: list[Row] = []
    at = faults = 0
    while at < len(source):
        line = source[at]
        number = len(rows) + 1
        if barred:
            rows.append(Row(number, _between_bars(line)))
        elif '"' not in line:
            rows.append(Row(number, tuple(line.split(delimiter))))
        else:
            cells, used = _quoted(source, at, delimiter)
            if cells is None:
                faults += 1
                if faults > MAX_FAULTS:
                    raise NotReceivables(
                        tr("The quotation marks of this file are broken in too many rows; nothing was imported.")
                    )
                fault = tr("A quotation mark is opened in this row and never closed.")
                rows.append(Row(number, tuple(line.replace('"', "").split(delimiter)), fault))
            else:
                rows.append(Row(number, cells))
                at += used - 1
        at += 1
    return rows


def is_ruler(cells: tuple[Cell, ...]) -> bool:
    """Tell whether a row only draws a line."""
    first = next((cell for cell in cells if cell != ""), "")
    if not isinstance(first, str) or first[:1].isalnum():
        return False
    if not all(isinstance(cell, str) for cell in cells):
        return False
    return _RULER.match("".join(str(cell) for cell in cells)) is not None


def unguard(text: str) -> str:
    """Take ``="000123"`` and ``'000123`` apart: what a spreadsheet was told to keep as text."""
    guarded = _GUARD.match(text)
    if guarded:
        return guarded.group(1)
    if text.startswith("'") and text[1:2].isdigit():
        return text[1:]
    return text


def _is_barred(lines: list[str]) -> bool:
    """Tell a list printed with bars at both ends from a file that merely separates by bars."""
    ruled = [line for line in lines[:500] if "|" in line]
    outer = sum(line.strip()[:1] == "|" and line.strip()[-1:] == "|" for line in ruled)
    return bool(ruled) and outer * 2 > len(ruled)


def _between_bars(line: str) -> tuple[Cell, ...]:
    text = line.strip()
    if "|" not in text:
        return (text,)
    # The blanks inside the bars are padding of the printed list, not part of the cells.
    return tuple(cell.strip() for cell in text.removeprefix("|").removesuffix("|").split("|"))


def _quoted(lines: list[str], at: int, delimiter: str) -> tuple[tuple[Cell, ...] | None, int]:
    """Read the row that starts at line ``at``; gives its cells and how many lines it took, or no cells for a bad quote."""
    cells: list[Cell] = []
    line = lines[at]
    used = 1
    position = 0
    while True:
        opening = _OPENING.match(line, position)
        if opening:
            opened = opening.end()
            end, line, more = _closing(lines, at + used - 1, line, opened)
            if end < 0:
                return None, 1
            used += more
            cells.append(line[opened:end].replace('""', '"'))
            position = end + 1
            while line.startswith(" ", position):
                position += 1
            if position == len(line):
                return tuple(cells), used
            if line[position] != delimiter:
                return None, 1
            position += 1
            continue
        stop = line.find(delimiter, position)
        if stop < 0:
            cells.append(line[position:])
            return tuple(cells), used
        cells.append(line[position:stop])
        position = stop + 1


def _closing(lines: list[str], at: int, line: str, opened: int) -> tuple[int, str, int]:
    """Find the mark that closes a quotation, reading on over line ends; -1 where there is none within reason."""
    search = opened
    taken = 0
    while True:
        end = line.find('"', search)
        while end >= 0 and line.startswith('""', end):
            end = line.find('"', end + 2)
        if end >= 0:
            return end, line, taken
        taken += 1
        if at + taken >= len(lines) or taken > MAX_QUOTED_LINES or len(line) - opened > MAX_CELL:
            return -1, line, 0
        search = len(line)
        line = f"{line}\n{lines[at + taken]}"


def blanks_removed(cells: Iterable[Cell]) -> Iterator[Cell]:
    """Give the cells that hold something."""
    for cell in cells:
        if not isinstance(cell, str) or cell.strip():
            yield cell
