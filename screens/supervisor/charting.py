"""A report as a picture: which column goes along the bottom, which are drawn, in which unit.

The same chart is drawn in the terminal, as SVG and on paper. Values stay whole numbers (minor units, hundredths of a per
cent); only where something is drawn do they become lengths.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from domain.formats import month_short
from domain.i18n import language
from domain.money import exponent, format_money
from domain.supervision import Column, Report
from screens.supervisor.words import rate

DRAWN: Final = ("rate", "money", "count", "seconds")
"""Kinds of columns that can be drawn, in the order they are offered."""
MOST_LABELS: Final = 60
"""More places along the bottom are not told apart in a terminal; the newest are drawn."""
CURRENCY: Final = "currency"

Title = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Series:
    """One line or set of bars; ``None`` where there is no value, which is not drawn as 0."""

    name: str
    values: tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """What is drawn. ``kind`` is the unit; ``currency`` belongs to money. ``days`` says that the bottom is a calendar."""

    labels: tuple[str, ...]
    series: tuple[Series, ...]
    kind: str
    currency: str | None = None
    days: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to draw."""
        return not any(value is not None for each in self.series for value in each.values)

    def length(self, value: int) -> float:
        """Give a value as a length in the unit people read: major units, per cent, minutes, or a plain count."""
        if self.kind == "money":
            return value / float(10 ** exponent(self.currency or ""))
        if self.kind == "rate":
            return value / 100
        return value / 60 if self.kind == "seconds" else float(value)

    def words(self, value: int | None) -> str:
        """Write a value."""
        return cell_words(value, self.kind, self.currency)


def kinds_of(report: Report) -> tuple[str, ...]:
    """Name the units a report can be drawn in."""
    return tuple(kind for kind in DRAWN if any(column.kind == kind for column in report.columns))


def currencies_of(report: Report) -> tuple[str, ...]:
    """Name the currencies of a report, most rows first."""
    place = _place(report, CURRENCY)
    if place is None:
        return ()
    found = [str(row[place]) for row in report.rows if row[place] is not None]
    return tuple(sorted(dict.fromkeys(found), key=lambda each: (-found.count(each), each)))


def chart_of(report: Report, kind: str, currency: str | None, title: Title) -> Chart:
    """Turn a report into what is drawn in one unit and one currency.

    Days or hours stand along the bottom, and what the rows are told apart by besides (a segment, a stage) makes a line
    each; where there is only one day, the words stand along the bottom and the last of them makes the lines.
    """
    drawn = [place for place, column in enumerate(report.columns) if column.kind == kind and place > 0]
    if not drawn or not report.columns:
        return Chart((), (), kind, currency)
    where = _place(report, CURRENCY)
    rows = [row for row in report.rows if currency is None or where is None or row[where] in (currency, None)]
    bottom, split = _axes(report, rows)
    keys = [tuple(row[place] for place in bottom) for row in rows]
    labels = list(dict.fromkeys(keys))[-MOST_LABELS:]
    named: dict[str, dict[object, int]] = {}
    for key, row in zip(keys, rows, strict=True):
        told_apart = " ".join(str(row[place]) for place in split)
        for place in drawn:
            name = title(report.columns[place].id) if len(drawn) > 1 or not split else ""
            value = row[place]
            if isinstance(value, int):
                values = named.setdefault(f"{told_apart} {name}".strip(), {})
                values[key] = values.get(key, 0) + value if kind in ("money", "count") else value
    series = tuple(Series(name, tuple(values.get(label) for label in labels)) for name, values in named.items())
    shown = tuple(
        " ".join(label_words(part, report.columns[place]) for part, place in zip(label, bottom, strict=True))
        for label in labels
    )
    days = report.columns[bottom[0]].kind == "day"
    return Chart(shown, series, kind, currency if kind == "money" else None, days)


def _axes(report: Report, rows: Sequence[Sequence[str | int | None]]) -> tuple[list[int], list[int]]:
    """Say which columns stand along the bottom, and which tell the lines apart."""
    texts = [place for place, column in enumerate(report.columns) if column.kind == "text" and column.id != CURRENCY]
    times = [place for place, column in enumerate(report.columns) if column.kind in ("day", "hours")]
    if times and (not texts or len({row[times[0]] for row in rows}) > 1):
        return times[:1], texts
    if texts:
        return (texts[:-1], texts[-1:]) if len(texts) > 1 else (texts, [])
    return [0], []


def _place(report: Report, column_id: str) -> int | None:
    return next((place for place, column in enumerate(report.columns) if column.id == column_id), None)


def label_words(label: object, column: Column) -> str:
    """Write what stands along the bottom: a day without its year, an hour, a word."""
    if label is None:
        return "–"
    if column.kind == "hours":
        return f"{label}:00"
    if column.kind == "day":
        try:
            day = date.fromisoformat(str(label))
        except ValueError:
            return str(label)
        return f"{day.month}-{day.day}" if language() == "zh" else f"{day.day} {month_short(day)}"
    return str(label)


def cell_words(value: object, kind: str, currency: str | None = None) -> str:
    """Write a cell of a report; a dash where there is no value."""
    if value is None:
        return "–"
    if not isinstance(value, int):
        return str(value)
    if kind == "rate":
        return rate(value)
    if kind == "money":
        return format_money(value, currency or "")
    if kind == "seconds":
        return f"{value // 60}:{value % 60:02d}"
    return f"{value}:00" if kind == "hours" else f"{value:,}"


def row_words(row: Sequence[str | int | None], report: Report) -> list[str]:
    """Write a row of a report."""
    place = _place(report, CURRENCY)
    currency = str(row[place]) if place is not None and row[place] is not None else None
    return [cell_words(value, column.kind, currency) for value, column in zip(row, report.columns, strict=False)]
