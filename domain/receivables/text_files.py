"""The way in for text: bytes and a file name become rows, and rows become a reading."""

from __future__ import annotations

from dataclasses import dataclass

from domain.i18n import trn
from domain.receivables.decoding import decode
from domain.receivables.delimiter import choose_delimiter
from domain.receivables.grid import Row, split_lines, take_apart
from domain.receivables.model import Reading, ReadingOptions
from domain.receivables.reader import Progress, Source, read_grid


@dataclass(frozen=True, slots=True)
class TextFile:
    """A text file taken apart: its rows, how it was written, and what was noticed on the way."""

    rows: tuple[Row, ...]
    encoding: str
    delimiter: str
    notes: tuple[str, ...]


def open_text(data: bytes) -> TextFile:
    """Decode a text file and take it apart into rows.

    Raises :class:`~domain.receivables.model.NotReceivables` for what is no table in text form.
    """
    decoded = decode(data)
    lines = split_lines(decoded.text)
    delimiter = choose_delimiter(lines)
    notes = []
    if decoded.nul_bytes:
        text = trn(
            "{n} NUL byte was dropped from the file.", "{n} NUL bytes were dropped from the file.", decoded.nul_bytes
        )
        notes.append(text.format(n=decoded.nul_bytes))
    return TextFile(tuple(take_apart(lines.lines, delimiter)), decoded.encoding, delimiter, tuple(notes))


def read_receivables(
    data: bytes, filename: str, options: ReadingOptions | None = None, progress: Progress | None = None
) -> Reading:
    """Read an aged-receivables file in one of the text formats.

    ``progress`` is called about every 500 rows with rows done and rows in all. Raises
    :class:`~domain.receivables.model.NotReceivables` with one sentence where the file is something else.
    """
    file = open_text(data)
    source = Source(filename, file.encoding, notes=file.notes)
    return read_grid(file.rows, source, options or ReadingOptions(), progress)
