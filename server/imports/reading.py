"""The one way in for a file somebody hands over: whatever it is called, its first bytes decide how it is read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal, TypeVar

from domain.cash import PaymentsReading, read_payment_grid
from domain.i18n import tr
from domain.receivables import (
    ContactsReading,
    NotReceivables,
    Progress,
    Question,
    Reading,
    ReadingOptions,
    Row,
    Source,
    open_text,
    read_contact_grid,
    read_grid,
)
from domain.receivables.decoding import MAX_BYTES, decode
from server.imports.html_table import read_html_tables
from server.imports.workbook import Sheet, read_sheets

Container = Literal["xlsx", "xls", "html", "text"]

_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLD_EXCEL: Final = (b"\x09\x00\x04\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00", b"\x09\x08\x08\x00")
_LOOKED_AT: Final = 4096

T = TypeVar("T", Reading, ContactsReading, PaymentsReading)


@dataclass(frozen=True, slots=True)
class Opened:
    """A file taken apart: what it really is, and its sheets (a text has one without a name)."""

    container: Container
    encoding: str
    sheets: tuple[Sheet, ...]
    notes: tuple[str, ...] = ()


def open_file(data: bytes) -> Opened:
    """Take a file apart by what it is: a workbook, a page of HTML under the name of one, or text.

    Raises :class:`NotReceivables` for anything else, and beyond the size that is accepted.
    """
    if len(data) > MAX_BYTES:
        raise NotReceivables(
            tr("The file is larger than {limit} MB; nothing was imported. Export a shorter period.").format(
                limit=MAX_BYTES >> 20
            )
        )
    if data.startswith(b"PK\x03\x04"):
        return Opened("xlsx", "xlsx", read_sheets(data))
    if data.startswith(_OLE):
        return Opened("xls", "xls", read_sheets(data))
    if data.startswith(_OLD_EXCEL):
        raise NotReceivables(
            tr("This workbook is from before Excel 97; nothing was imported. Save it as XLSX and try again.")
        )
    start = data[:_LOOKED_AT].replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").lower()
    if start.startswith(b"<?xml") and b"urn:schemas-microsoft-com:office:spreadsheet" in start:
        raise NotReceivables(
            tr("This is an XML spreadsheet of 2003; nothing was imported. Save it as XLSX and try again.")
        )
    if start.startswith(b"<") and (b"<html" in start or b"<table" in start):
        decoded = decode(data)
        return Opened("html", decoded.encoding, (Sheet("", read_html_tables(decoded.text)),))
    text = open_text(data)
    return Opened("text", text.encoding, (Sheet("", text.rows),), text.notes)


def read_file(
    data: bytes, filename: str, options: ReadingOptions | None = None, progress: Progress | None = None
) -> Reading:
    """Read an aged-receivables file of any kind.

    Where several sheets of a workbook hold receivables, the fullest is read and a blocking question ``sheet`` asks
    which one is meant. Raises :class:`NotReceivables` with one sentence where there are none.
    """
    chosen = options or ReadingOptions()

    def read(rows: Sequence[Row], source: Source) -> Reading:
        return read_grid(rows, source, chosen, progress)

    found = _read_sheets(data, filename, chosen, read)
    best = max(found, key=lambda reading: reading.rows["data"])
    if len(found) == 1:
        return best
    names = tuple(reading.sheet or "" for reading in found)
    question = Question("sheet", tr("Several sheets of this workbook hold receivables. Which one is meant?"), names)
    return replace(best, questions=(question, *best.questions))


def read_contact_file(
    data: bytes, filename: str, options: ReadingOptions | None = None, progress: Progress | None = None
) -> ContactsReading:
    """Read a contact list of any kind; of several sheets with contacts the fullest is read.

    Raises :class:`NotReceivables` with one sentence where there are no contacts.
    """
    chosen = options or ReadingOptions()

    def read(rows: Sequence[Row], source: Source) -> ContactsReading:
        return read_contact_grid(rows, source, chosen, progress)

    return max(_read_sheets(data, filename, chosen, read), key=lambda reading: len(reading.customers))


def read_payments_file(
    data: bytes, filename: str, options: ReadingOptions | None = None, progress: Progress | None = None
) -> PaymentsReading:
    """Read a payments file of any kind; of several sheets with payments the fullest is read.

    Raises :class:`NotReceivables` with one sentence where there are no payments.
    """
    chosen = options or ReadingOptions()

    def read(rows: Sequence[Row], source: Source) -> PaymentsReading:
        return read_payment_grid(rows, source, chosen, progress)

    return max(_read_sheets(data, filename, chosen, read), key=lambda reading: len(reading.payments))


def _read_sheets(
    data: bytes, filename: str, options: ReadingOptions, read: Callable[[Sequence[Row], Source], T]
) -> list[T]:
    """Read every sheet that can be read; where none can, the reason is the sheet's own if there is only one."""
    opened = open_file(data)
    sheets = [sheet for sheet in opened.sheets if sheet.rows]
    if options.sheet is not None and opened.container in {"xlsx", "xls"}:
        sheets = [sheet for sheet in opened.sheets if sheet.name == options.sheet]
        if not sheets:
            names = ", ".join(sheet.name for sheet in opened.sheets)
            raise NotReceivables(
                tr("The workbook has no visible sheet “{sheet}”; it has: {names}.").format(
                    sheet=options.sheet, names=names
                )
            )
    if not sheets:
        raise NotReceivables(tr("The file is empty; nothing was imported."))
    found: list[T] = []
    reason: NotReceivables | None = None
    for sheet in sheets:
        source = Source(filename, opened.encoding, sheet=sheet.name or None, notes=opened.notes)
        try:
            found.append(read(sheet.rows, source))
        except NotReceivables as refusal:
            reason = refusal
    if found:
        return found
    if reason is None or len(sheets) > 1:
        raise NotReceivables(tr("No sheet of this workbook can be read; nothing was imported.")) from reason
    raise reason
