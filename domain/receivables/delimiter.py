"""Which character divides the cells: the one under which the headings make sense, then the most regular one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

from domain.receivables.grid import DELIMITERS, Lines, Row, take_apart
from domain.receivables.headings import find_headings, score_of

_SAMPLED_LINES: Final = 400


def choose_delimiter(lines: Lines) -> str:
    """Choose the delimiter of a text; what a ``sep=`` line announces holds."""
    if lines.separator is not None:
        return lines.separator
    sample = lines.lines[:_SAMPLED_LINES]
    present = [delimiter for delimiter in DELIMITERS if any(delimiter in line for line in sample)]
    if len(present) < 2:
        return present[0] if present else DELIMITERS[0]
    return max(present, key=lambda delimiter: _plausibility(take_apart(sample, delimiter)))


def _plausibility(rows: Sequence[Row]) -> tuple[int, float, int]:
    """Rate one way of taking a text apart: headings understood, share of rows of one width, that width."""
    heading = find_headings(rows)
    widths = Counter(len(row.cells) for row in rows if len(row.cells) > 1 and row.fault is None)
    if not widths:
        return 0, 0.0, 0
    width, count = widths.most_common(1)[0]
    return score_of(heading) if heading else 0, count / len(rows), width
