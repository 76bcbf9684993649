"""CSV (RFC 4180) that opens safely in a spreadsheet: no cell of it is ever taken for a formula.

A spreadsheet evaluates a cell that begins with ``=``, ``+``, ``-``, ``@``, a tab or a carriage return, whatever a customer's
name was meant to be. Such text gets an apostrophe in front; numbers stay numbers.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from typing import Final

BYTE_ORDER_MARK: Final = "\ufeff"
"""Put in front so that Excel reads the file as UTF-8."""

_DANGEROUS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")

_NUMBER: Final = re.compile(r"-?\d{1,18}(?:\.\d{1,9})?", re.ASCII)

Value = str | int | None


def safe(value: Value) -> str:
    """Write one value so that a spreadsheet shows it and does nothing else."""
    if value is None:
        return ""
    if isinstance(value, int):
        return str(value)
    text = value.replace("\x00", "")
    if _NUMBER.fullmatch(text):
        return text
    return f"'{text}" if text.startswith(_DANGEROUS) or text.lstrip().startswith(_DANGEROUS) else text


def to_csv(headings: Iterable[str], rows: Iterable[Iterable[Value]]) -> str:
    """Write a table, with the mark that tells Excel how to read it."""
    out = io.StringIO()
    out.write(BYTE_ORDER_MARK)
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([safe(heading) for heading in headings])
    writer.writerows([safe(value) for value in row] for row in rows)
    return out.getvalue()
