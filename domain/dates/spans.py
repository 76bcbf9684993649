"""Two days said as the ends of a span: "A to B", "今天到周五"."""

from __future__ import annotations

from domain.dates.echo import absolute
from domain.dates.mention import Days
from domain.i18n import tr


def spanned(first: Days, last: Days) -> Days:
    """Join two days said as "A to B": the first is kept, the last is named to the agent.

    Why the first and not the last: see ``docs/dates.md``, "Two days with a dash".
    """
    if last.last < first.first:
        return first
    note = tr("From {first} to {last}: the first day is kept.")
    note = note.format(first=absolute(first.kept), last=absolute(last.kept))
    return Days(first.first, last.last, first.kept, note, year_said=first.year_said, span=True)
