"""Excel workbooks as the same rows of cells a text file gives, within bounds a hostile file cannot exceed."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Final, TypeVar

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

from domain.i18n import tr
from domain.receivables import Cell, NotReceivables, Row

MAX_UNPACKED: Final = 400 * 1024 * 1024
"""Bytes a workbook may unpack to; a zip bomb of a few kilobytes unpacks to terabytes."""
MAX_CELLS: Final = 12_000_000
"""Cells of one sheet. The reader allocates the whole rectangle, so one cell in the far corner would cost gigabytes."""

_CELL: Final = re.compile(rb'<c [^>]*?r="([A-Z]{1,3})([0-9]{1,7})"|<row [^>]*?r="([0-9]{1,7})"')
_CHUNK: Final = 1 << 20
_LONGEST_TAG: Final = 512

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Sheet:
    """One visible worksheet: its name and its rows, numbered as Excel numbers them."""

    name: str
    rows: tuple[Row, ...]


def read_sheets(data: bytes) -> tuple[Sheet, ...]:
    """Read the visible worksheets of an ``.xlsx``, ``.xlsm`` or ``.xls`` workbook.

    Formulas count with the value the workbook stores; without one their cell is empty. Raises
    :class:`NotReceivables` for workbooks that are damaged, protected, or larger than the bounds above.
    """
    if data[:2] == b"PK":
        _check_package(data)
    book = _guarded(lambda: CalamineWorkbook.from_filelike(BytesIO(data)))
    names = [
        sheet.name
        for sheet in book.sheets_metadata
        if sheet.typ == SheetTypeEnum.WorkSheet and sheet.visible == SheetVisibleEnum.Visible
    ]
    return tuple(Sheet(name, _rows(book, name)) for name in names)


def _rows(book: CalamineWorkbook, name: str) -> tuple[Row, ...]:
    sheet = _guarded(lambda: book.get_sheet_by_name(name))
    if sheet.total_height * sheet.total_width > MAX_CELLS:
        raise _too_large()
    values = _guarded(lambda: sheet.to_python(skip_empty_area=False))
    return tuple(Row(number, tuple(_cell(value) for value in row)) for number, row in enumerate(values, 1))


def _cell(value: str | float | bool | time | date | datetime | timedelta) -> Cell:
    """Give a cell as text, a decimal or a day; binary fractions keep the digits Excel shows (``repr``)."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        number = Decimal(repr(value))
        return number if number.is_finite() else ""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    return str(value)


def _check_package(data: bytes) -> None:
    """Check what a zipped workbook would unpack to before anything unpacks it."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as package:
            members = package.infolist()
            names = {member.filename for member in members}
            if "xl/workbook.xml" not in names:
                raise _not_read(names)
            if sum(member.file_size for member in members) > MAX_UNPACKED:
                raise _too_large()
            for member in members:
                if member.filename.startswith("xl/worksheets/") and member.filename.endswith(".xml"):
                    _check_extent(package, member)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError) as problem:
        if isinstance(problem, NotReceivables):
            raise
        raise _damaged() from problem


def _check_extent(package: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
    """Find the farthest cell of a sheet without building it."""
    last_row = last_column = unpacked = 0
    rest = b""
    with package.open(member) as stream:
        while chunk := stream.read(_CHUNK):
            unpacked += len(chunk)
            if unpacked > MAX_UNPACKED:
                raise _too_large()
            text = rest + chunk
            for found in _CELL.finditer(text):
                if found[3] is not None:
                    last_row = max(last_row, int(found[3]))
                    continue
                last_row = max(last_row, int(found[2]))
                last_column = max(last_column, _column(found[1]))
            rest = text[-_LONGEST_TAG:]
    if last_row * last_column > MAX_CELLS:
        raise _too_large()


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _guarded(step: Callable[[], T]) -> T:
    """Run a step of the reader; whatever a damaged workbook makes of it becomes one refusal."""
    try:
        return step()
    except PasswordError as problem:
        raise _protected() from problem
    except (CalamineError, ValueError, OSError, IndexError, OverflowError) as problem:
        if "assword" in str(problem) or "ncrypted" in str(problem):
            raise _protected() from problem
        raise _damaged() from problem
    except BaseException as problem:
        # A panic of the Rust reader is no Exception; it means the same as its other errors.
        if type(problem).__module__ != "pyo3_runtime":
            raise
        raise _damaged() from None


def _not_read(names: set[str]) -> NotReceivables:
    if "xl/workbook.bin" in names:
        return NotReceivables(
            tr("This is a binary workbook (XLSB); nothing was imported. Save it as XLSX and try again.")
        )
    if "content.xml" in names:
        return NotReceivables(tr("This is an OpenDocument file; nothing was imported. Save it as XLSX and try again."))
    return NotReceivables(tr("This is a ZIP archive, not a workbook; nothing was imported. Unpack it first."))


def _too_large() -> NotReceivables:
    return NotReceivables(
        tr("The workbook unpacks to more than can be read safely; nothing was imported. Export it as CSV.")
    )


def _damaged() -> NotReceivables:
    return NotReceivables(tr("The workbook is damaged and cannot be opened; nothing was imported. Export it again."))


def _protected() -> NotReceivables:
    return NotReceivables(tr("The workbook is protected by a password; nothing was imported. Save it without one."))
