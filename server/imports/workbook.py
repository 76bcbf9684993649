"""Excel workbooks as the same rows of cells a text file gives, within bounds a hostile file cannot exceed."""

from __future__ import annotations

import json
import re
import struct
import subprocess
import sys
import zipfile
import zlib
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from domain.i18n import tr
from domain.receivables import Cell, NotReceivables, Row

MAX_UNPACKED: Final = 400 * 1024 * 1024
"""Bytes a workbook may unpack to; a zip bomb of a few kilobytes unpacks to terabytes."""
MAX_CELLS: Final = 12_000_000
"""Cells of one sheet. The reader allocates the whole rectangle, so one cell in the far corner would cost gigabytes."""

MAX_SECONDS: Final = 120
"""How long the process that reads a workbook may take; ten thousand rows take it one."""

_PROCESS: Final = Path(__file__).with_name("workbook_process.py")
_ZIP_PROBLEMS: Final = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    NotImplementedError,
    RuntimeError,
    EOFError,
    OSError,
    ValueError,
    KeyError,
)
"""What :mod:`zipfile` raises for archives that are cut off, altered or encrypted."""
_CELL: Final = re.compile(rb'<c [^>]*?r="([A-Z]{1,3})([0-9]{1,7})"|<row [^>]*?r="([0-9]{1,7})"')
_CHUNK: Final = 1 << 20
_LONGEST_TAG: Final = 512


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
    sheets = []
    for line in _run(data).splitlines():
        document: dict[str, Any] = json.loads(line)
        match document.get("error"):
            case None:
                sheets.append(Sheet(document["name"], _rows(document["rows"])))
            case "protected":
                raise _protected()
            case "large":
                raise _too_large()
            case _:
                raise _damaged()
    return tuple(sheets)


def _run(data: bytes) -> str:
    """Let a process of its own read the workbook: see :mod:`server.imports.workbook_process` for the reason."""
    command = [sys.executable, "-P", str(_PROCESS), str(MAX_CELLS)]
    try:
        done = subprocess.run(command, input=data, capture_output=True, timeout=MAX_SECONDS, check=True)  # noqa: S603 - our own script, no part of it from outside
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
        raise _damaged() from None
    return done.stdout.decode("ascii")


def _rows(rows: list[list[str]]) -> tuple[Row, ...]:
    return tuple(Row(number, tuple(map(_cell, row))) for number, row in enumerate(rows, 1))


def _cell(written: str) -> Cell:
    if not written:
        return ""
    if written[0] == "'":
        return written[1:]
    if written[0] == "@":
        return date.fromisoformat(written[1:])
    return Decimal(written)


def _check_package(data: bytes) -> None:
    """Check what a zipped workbook would unpack to before anything unpacks it."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as package:
            members = package.infolist()
            names = {member.filename for member in members}
            if "xl/workbook.xml" not in names:
                raise _not_read(names)
            if any(member.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED} for member in members):
                raise _damaged()
            if sum(member.file_size for member in members) > MAX_UNPACKED:
                raise _too_large()
            for member in members:
                if member.filename.startswith("xl/worksheets/") and member.filename.endswith(".xml"):
                    _check_extent(package, member)
    except NotReceivables:
        raise
    except _ZIP_PROBLEMS as problem:
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
