"""The part of reading a workbook that runs as a process of its own: a damaged file may take it down, and nothing else.

The reader under it is native code that ends its process where a broken length makes it ask for gigabytes. So this
script is started for one file, gets its bytes on standard input, and writes JSON lines to standard output: one line a
visible sheet, ``{"name": …, "rows": [[…]]}``, or ``{"error": "protected" | "damaged" | "large"}``. A cell is ``""``,
``"'text"``, ``"@2026-01-31"`` or the digits of a number. It imports nothing of the project, so that it starts at once.
"""

from __future__ import annotations

import contextlib
import json
import sys
from datetime import date, datetime
from io import BytesIO
from typing import Final

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

MAX_MEMORY: Final = 3 << 30
"""Bytes of address space this process may take, where the system can limit them."""


def main() -> None:
    """Read one workbook from standard input."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        # Windows has no such limit; there only the parent's time limit holds.
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))
    max_cells = int(sys.argv[1])
    try:
        book = CalamineWorkbook.from_filelike(BytesIO(sys.stdin.buffer.read()))
        for meta in book.sheets_metadata:
            if meta.typ == SheetTypeEnum.WorkSheet and meta.visible == SheetVisibleEnum.Visible:
                _write_sheet(book, meta.name, max_cells)
    except PasswordError:
        _write({"error": "protected"})
    except (CalamineError, ValueError, OSError, IndexError, OverflowError, MemoryError) as problem:
        told = str(problem).lower()
        _write({"error": "protected" if "password" in told or "encrypted" in told else "damaged"})


def _write_sheet(book: CalamineWorkbook, name: str, max_cells: int) -> None:
    sheet = book.get_sheet_by_name(name)
    if sheet.total_height * sheet.total_width > max_cells:
        _write({"error": "large"})
        return
    rows = [[_cell(value) for value in row] for row in sheet.to_python(skip_empty_area=False)]
    _write({"name": name, "rows": rows})


def _cell(value: object) -> str:
    """Write one cell; binary fractions keep the digits a person sees (``repr``), times of the day are dropped."""
    if isinstance(value, str):
        return f"'{value}" if value else ""
    if isinstance(value, bool):
        return "'TRUE" if value else "'FALSE"
    if isinstance(value, int | float):
        return repr(value) if abs(value) < float("inf") else ""
    if isinstance(value, datetime):
        return f"@{value.date().isoformat()}"
    if isinstance(value, date):
        return f"@{value.isoformat()}"
    return f"'{value}"


def _write(document: dict[str, object]) -> None:
    # ASCII only, whatever encoding the platform gives standard output.
    sys.stdout.write(json.dumps(document) + "\n")


if __name__ == "__main__":
    main()
