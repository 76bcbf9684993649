"""Workbooks made in memory: XLSX by openpyxl, and a BIFF8 workbook byte by byte, because nothing writes those any more."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from io import BytesIO

import openpyxl  # type: ignore[import-untyped]  # it ships no types

SheetCells = Sequence[Sequence[object]]

SECTOR = 512
END_OF_CHAIN = 0xFFFFFFFE
FREE = 0xFFFFFFFF


def record(kind: int, body: bytes) -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def unicode_text(text: str) -> bytes:
    return struct.pack("<HB", len(text), 1) + text.encode("utf-16-le")


def biff_sheet(cells: SheetCells) -> bytes:
    body = record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0, 0, 0, 0))
    width = max((len(row) for row in cells), default=0)
    body += record(0x0200, struct.pack("<IIHHH", 0, len(cells), 0, width, 0))
    for y, row in enumerate(cells):
        for x, value in enumerate(row):
            if isinstance(value, int | float):
                body += record(0x0203, struct.pack("<HHHd", y, x, 0, float(value)))
            elif value is not None:
                body += record(0x0204, struct.pack("<HHH", y, x, 0) + unicode_text(str(value)))
    return body + record(0x000A, b"")


def biff_stream(name: str, cells: SheetCells) -> bytes:
    begin = record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0, 0, 0, 0)) + record(0x0042, struct.pack("<H", 1200))
    label = struct.pack("<BB", len(name), 1) + name.encode("utf-16-le")
    length = len(begin) + 4 + 6 + len(label) + 4
    bound = record(0x0085, struct.pack("<IBB", length, 0, 0) + label)
    return begin + bound + record(0x000A, b"") + biff_sheet(cells)


def compound_file(stream: bytes) -> bytes:
    """Wrap one stream called ``Workbook`` as a compound file (MS-CFB), large enough to need no mini stream."""
    stream = stream.ljust(max(4096, -(-len(stream) // SECTOR) * SECTOR), b"\x00")
    count = len(stream) // SECTOR
    table = [0xFFFFFFFD, END_OF_CHAIN, *range(3, count + 2), END_OF_CHAIN]
    fat = struct.pack(f"<{len(table)}I", *table).ljust(SECTOR, b"\xff")
    assert len(fat) == SECTOR

    def entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
        encoded = name.encode("utf-16-le")
        head = encoded.ljust(64, b"\x00") + struct.pack("<HBB", len(encoded) + 2, kind, 1)
        return head + struct.pack("<III", FREE, FREE, child) + bytes(36) + struct.pack("<IQ", start, size)

    unused = bytes(66) + struct.pack("<BB", 0, 1) + struct.pack("<III", FREE, FREE, FREE) + bytes(48)
    directory = entry("Root Entry", 5, 1, END_OF_CHAIN, 0) + entry("Workbook", 2, FREE, 2, len(stream)) + unused * 2
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, END_OF_CHAIN, 0, END_OF_CHAIN, 0)
    header += struct.pack("<I", 0) + b"\xff" * (4 * 108)
    assert len(header) == SECTOR
    return header + fat + directory + stream


def xls(name: str, cells: SheetCells) -> bytes:
    """Make a workbook of Excel 97 with one sheet."""
    return compound_file(biff_stream(name, cells))


def xlsx(*, hidden: Sequence[str] = (), **sheets: SheetCells) -> bytes:
    """Make a workbook; a text that begins with ``=`` is a formula without a stored value."""
    book = openpyxl.Workbook()
    first = book.active
    assert first is not None
    book.remove(first)
    for name, cells in sheets.items():
        sheet = book.create_sheet(name)
        for row in cells:
            sheet.append(list(row))
        if name in hidden:
            sheet.sheet_state = "hidden"
    out = BytesIO()
    book.save(out)
    return out.getvalue()
