"""Which day is kept of a stretch of days: the last, always said so; and where the edges of a period lie.

The edges are a convention, because nobody's "beginning of the month" has a date: the first and the last five days, ten
days for "early" and 上旬, the 15th for the middle; of a week Monday and Tuesday, Wednesday, Friday to Sunday.
"""

from __future__ import annotations

from datetime import date
from enum import Enum

from domain.dates.arithmetic import month_of, plus_days, plus_months
from domain.dates.echo import absolute
from domain.dates.mention import Days
from domain.i18n import tr


class Edge(Enum):
    """A part of a period."""

    START = "start"
    EARLY = "early"
    MIDDLE = "middle"
    SECOND_TEN = "second ten days"
    LAST_TEN = "last ten days"
    END = "end"


def whole(first: date, last: date, *, edge: bool = False) -> Days:
    """Cover a whole stretch and keep its last day."""
    note = tr("Any day from {first} to {last}: the last is kept.")
    return Days(first, last, last, note.format(first=absolute(first), last=absolute(last)), edge=edge)


def from_today(today: date, first: date, last: date) -> Days:
    """Cover what is left of a period that has begun; one that has passed stays whole."""
    return whole(max(first, today) if last >= today else first, last)


def edge_of(first: date, last: date, grain: str, which: Edge) -> Days:
    """Cover an edge of a week, month, quarter or year and keep its last day."""
    if grain in ("week", "weekend", "fortnight"):
        start, end = _edge_of_week(first, last, which)
    elif which is Edge.END:
        start, end = plus_days(last, -4), last
    elif grain == "month":
        start, end = _edge_of_month(first, which)
    else:
        start, end = _edge_of_longer(first, last, which)
    if start != end:
        return whole(start, end, edge=True)
    return Days(start, end, end, tr("{day} is kept for the middle.").format(day=absolute(end)), edge=True)


def _edge_of_week(first: date, last: date, which: Edge) -> tuple[date, date]:
    if which in (Edge.START, Edge.EARLY):
        return first, min(plus_days(first, 1), last)
    if which is Edge.END:
        return max(first, plus_days(last, -2)), last
    middle = min(plus_days(first, 2), last)
    return middle, middle


def _edge_of_month(first: date, which: Edge) -> tuple[date, date]:
    if which is Edge.START:
        return first, plus_days(first, 4)
    if which is Edge.EARLY:
        return first, plus_days(first, 9)
    if which is Edge.SECOND_TEN:
        return plus_days(first, 10), plus_days(first, 19)
    if which is Edge.LAST_TEN:
        return plus_days(first, 20), month_of(first)[1]
    return plus_days(first, 14), plus_days(first, 14)


def _edge_of_longer(first: date, last: date, which: Edge) -> tuple[date, date]:
    if which in (Edge.START, Edge.EARLY):
        return month_of(first)
    months = (last.month - first.month + 1) // 2
    middle = plus_days(plus_months(first, months), -1) if months > 1 else plus_days(first, 44)
    return middle, middle
