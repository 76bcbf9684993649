"""Instalment plans: every date and amount, before anybody agrees to them."""

from __future__ import annotations

from datetime import date
from typing import Literal

from domain.case.parts import PromisePart

Interval = Literal["week", "two_weeks", "month"]


def instalments(
    total: int, count: int, first: date, every: Interval, *, first_amount: int | None = None
) -> tuple[PromisePart, ...]:
    """Spread ``total`` minor units over ``count`` payments; the last one takes what division leaves.

    Monthly plans keep the day of the month of ``first`` and fall back to the month's last day where it is missing.
    Raises ``ValueError`` when there is nothing to spread: fewer than one payment, or less than one unit for each.
    """
    from dateutil.relativedelta import relativedelta

    if count < 1 or total < count:
        raise ValueError("a plan needs at least one payment and one minor unit for each")
    head = total // count if first_amount is None else first_amount
    if not 0 < head <= total or (count == 1 and head != total):
        raise ValueError("the first payment must be more than nothing and at most the whole")
    rest_count = count - 1
    rest_each = (total - head) // rest_count if rest_count else 0
    if rest_count and rest_each < 1:
        raise ValueError("nothing is left for the later payments")
    amounts = [head, *([rest_each] * rest_count)]
    amounts[-1] += total - sum(amounts)
    steps = {"week": relativedelta(weeks=1), "two_weeks": relativedelta(weeks=2), "month": relativedelta(months=1)}
    return tuple(PromisePart(first + steps[every] * index, amount) for index, amount in enumerate(amounts))
