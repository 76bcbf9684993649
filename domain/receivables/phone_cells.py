"""Phone cells of a file, each distinct one parsed once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

from domain.i18n import Language, language, tr
from domain.phones import PhoneCell, read_phone_cell
from domain.receivables.model import RowNote
from domain.text import clean_line


def parse(cell: str, region: str | None) -> PhoneCell:
    """Read one phone cell of a file whose numbers without a country code belong to ``region``."""
    return _parse(cell, region, language())


@lru_cache(maxsize=65_536)
def _parse(cell: str, region: str | None, _spoken: Language) -> PhoneCell:
    """Remember the answer by language as well: the reasons in it are already translated."""
    return read_phone_cell(cell, region)


def numbers(cell: str, region: str | None) -> tuple[str, ...]:
    """Give the numbers of a cell that may be dialled, in E.164."""
    return tuple(number.e164 for number in parse(cell, region).numbers)


def notes_about(cells: Iterable[tuple[int, str]], region: str | None) -> Iterator[RowNote]:
    """Say of every cell (row, text) which part of it is no number to dial, and why.

    A cell that says "none" is no news.
    """
    said: set[tuple[int, str]] = set()
    for row, cell in cells:
        if (row, cell) in said:
            continue
        said.add((row, cell))
        for rejected in parse(cell, region).rejected:
            if rejected.code != "no_number":
                text = tr("Phone “{text}”: {reason}").format(text=clean_line(rejected.text), reason=rejected.reason)
                yield RowNote(row, text)
