"""Tables of phrases: a line a phrase, cells between bars."""

from __future__ import annotations

from datetime import date
from typing import Final

WEDNESDAY: Final = date(2026, 11, 18)
"""The day on which every phrase of the tables is said."""


def rows(table: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.split("|")] for line in table.strip("\n").splitlines()]
