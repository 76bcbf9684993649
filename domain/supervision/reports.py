"""Figures as tables: every report has the same form, so that one screen can draw and export all of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from domain.freshness import CashState

ColumnKind = Literal["text", "day", "count", "money", "rate", "seconds", "hours"]
"""``money`` is minor units of the row's ``currency`` column, ``rate`` hundredths of a per cent, ``hours`` whole hours."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column; ``id`` is stable, its title is :func:`domain.figures.title` where it is shown."""

    id: str
    kind: ColumnKind


@dataclass(frozen=True, slots=True)
class Report:
    """What ``GET /v1/reports/{name}`` answers. A cell without a value is ``null``, never a made-up 0.

    ``name`` leads to title and formula in :mod:`domain.figures`. ``figures`` are the figures over everything asked for,
    by column id. ``notes`` are codes for what to say beside the picture (``matured_only``, ``no_snapshots`` …).
    ``cash`` is how fresh the payments are that the figures rest on.
    """

    name: str
    since: date
    until: date
    at: str
    columns: list[Column]
    rows: list[list[str | int | None]]
    figures: dict[str, int | None] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    cash: CashState = field(default_factory=CashState)


@dataclass(frozen=True, slots=True)
class ReportList:
    """What ``GET /v1/reports`` answers: the names there are."""

    reports: list[str]
