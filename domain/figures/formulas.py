"""The formulas. Rates are hundredths of a per cent; where there is nothing to divide by there is no rate, not 0 %."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

WHOLE: Final = 10_000
"""A rate of 100 %."""


def rate(part: int, whole: int) -> int | None:
    """Give ``part`` of ``whole`` in hundredths of a per cent, halves rounded up; ``None`` of nothing."""
    if whole <= 0:
        return None
    return (2 * WHOLE * part + whole) // (2 * whole)


def attempt_rate(attempted: int, assigned: int) -> int | None:
    """Give the cases attempted of the cases assigned."""
    return rate(attempted, assigned)


def connect_rate(connected: int, attempts: int) -> int | None:
    """Give the connected calls of the attempts."""
    return rate(connected, attempts)


def right_party_rate(right_party: int, attempts: int) -> int | None:
    """Give the conversations with the right party of the attempts."""
    return rate(right_party, attempts)


def promise_rate(promises: int, right_party: int) -> int | None:
    """Give the promises of the conversations with the right party."""
    return rate(promises, right_party)


def kept_rate(kept: int, partly: int, broken: int) -> int | None:
    """Give the kept promises (or their value) of those that are decided: one still open is in no rate."""
    return rate(kept, kept + partly + broken)


def liquidation(collected: int, assigned: int) -> int | None:
    """Give what was collected of what was given to collect, in one currency."""
    return rate(collected, assigned)


def cure_rate(cured: int, overdue: int) -> int | None:
    """Give the cases in which nothing is overdue any more of those in which something was."""
    return rate(cured, overdue)


def roll_rates(counts: Iterable[tuple[str, str, int]]) -> list[tuple[str, str, int, int | None]]:
    """Give, for each stage, the share of its cases that stood in each stage later: from, to, cases, rate."""
    rows = list(counts)
    totals: dict[str, int] = {}
    for before, _, cases in rows:
        totals[before] = totals.get(before, 0) + cases
    return [(before, after, cases, rate(cases, totals[before])) for before, after, cases in rows]


def first_call_resolution(resolved: int, reached: int) -> int | None:
    """Give the cases settled by their first conversation of those that were reached at all."""
    return rate(resolved, reached)


def handle_time(talk_s: int, wrap_s: int, calls: int) -> int | None:
    """Give the seconds a call took, talking and wrapping up, on average."""
    return (2 * (talk_s + wrap_s) + calls) // (2 * calls) if calls > 0 else None


def median(values: Sequence[int]) -> int | None:
    """Give the value in the middle, of two the mean rounded down; ``None`` of none."""
    ordered = sorted(values)
    if not ordered:
        return None
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) // 2
