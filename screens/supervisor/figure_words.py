"""Titles, formulas and notes of figures, as the screen and the exports say them."""

from __future__ import annotations

from domain.i18n import tr


def note_words(code: str) -> str:
    """Say what there is to know about a picture."""
    names = {
        "matured_only": tr("Only promises whose window has ended are counted."),
        "no_snapshots": tr("There are no daily pictures of these days yet; they are made every night."),
        "mixed_currencies": tr("Amounts of several currencies are never added up: x shows the next one."),
    }
    return names.get(code, code.replace("_", " "))


def report_title(name: str) -> str:
    """Name a figure."""
    return name.replace("_", " ")


def report_formula(name: str) -> str:
    """Write a figure's formula."""
    return name


def column_title(column: str) -> str:
    """Name a column of a figure."""
    return column.replace("_", " ")
