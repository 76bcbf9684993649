"""What is known about a number from the calls that were made to it."""

from __future__ import annotations

from dataclasses import dataclass

from domain.case.model import Attempt, BadNumber, Case, StopFlag
from domain.codes import Catalogue

LAST_RESULTS: int = 3


@dataclass(frozen=True, slots=True)
class NumberHealth:
    """How a number has done: tries, how many were answered, the newest results first, and what speaks against it."""

    tries: int
    answered: int
    last: tuple[Attempt, ...]
    bad: BadNumber | None
    stop: StopFlag | None


def health(case: Case, number: str, codes: Catalogue) -> NumberHealth:
    """Tell how ``number`` (E.164) has done on this case."""
    tries = [attempt for attempt in case.attempts if attempt.number == number and attempt.channel == "call"]
    answered = 0
    for attempt in tries:
        code = codes.get(attempt.code)
        answered += code is not None and code.has("connected")
    return NumberHealth(
        len(tries),
        answered,
        tuple(tries[: -LAST_RESULTS - 1 : -1]),
        next((report for report in case.bad_numbers if report.number == number), None),
        next((stop for stop in case.stops if stop.number == number and stop.lifted_by is None), None),
    )
