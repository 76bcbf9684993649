"""Instalment plans: every date and amount, before anybody agrees to them."""

from __future__ import annotations

from datetime import date
from typing import Literal

from domain.case.parts import PromisePart
from domain.promises.workdays import Shift, WorkingDays

Interval = Literal["week", "two_weeks", "month"]
Spread = Literal["equal", "last"]
"""``equal`` payments differ by one minor unit at most; ``last`` makes them round and leaves the rest to the last one."""

_ROUND = 100
"""What round payments are a multiple of, in minor units."""


def instalments(
    total: int,
    count: int,
    first: date,
    every: Interval,
    *,
    first_amount: int | None = None,
    spread: Spread = "equal",
    month_day: int | None = None,
    working: WorkingDays | None = None,
    shift: Shift = "",
) -> tuple[PromisePart, ...]:
    """Spread ``total`` minor units over ``count`` payments.

    ``first_amount`` is what is paid on the first day where that differs from the rest. Monthly plans keep the day of the
    month of ``first``, or ``month_day`` from the second payment on, and fall back to the month's last day where it is
    missing. With ``working`` and ``shift`` a payment on a day off moves to the working day before or after. Raises
    ``ValueError`` when there is nothing to spread: fewer than one payment, or less than one unit for each.
    """
    if count < 1 or total < count:
        raise ValueError("a plan needs at least one payment and one minor unit for each")
    if first_amount is not None and (not 0 < first_amount <= total or (count == 1 and first_amount != total)):
        raise ValueError("the first payment must be more than nothing and at most the whole")
    if first_amount is None:
        amounts = _shares(total, count, spread)
    else:
        amounts = [first_amount, *(_shares(total - first_amount, count - 1, spread) if count > 1 else [])]
    days = due_days_of(first, count, every, month_day)
    if working is not None and shift:
        days = [working.shifted(day, shift, first) for day in days]
    return tuple(PromisePart(day, amount) for day, amount in zip(days, amounts, strict=True))


def due_days_of(first: date, count: int, every: Interval, month_day: int | None = None) -> list[date]:
    """Give the days of a plan; see :func:`instalments`."""
    from dateutil.rrule import MONTHLY, WEEKLY, rrule

    if every != "month":
        rule = rrule(WEEKLY, dtstart=first, interval=1 if every == "week" else 2, count=count)
        return [each.date() for each in rule]
    wanted = month_day or first.day
    # of the days up to the wanted one that a month has, the last: the 31st falls on 28 or 29 February
    rule = rrule(MONTHLY, dtstart=first.replace(day=1), bymonthday=range(min(wanted, 28), wanted + 1), bysetpos=-1)
    later = (each.date() for each in rule if each.date() > first)
    return [first, *(next(later) for _ in range(count - 1))]


def _shares(total: int, count: int, spread: Spread) -> list[int]:
    if total < count:
        raise ValueError("nothing is left for the later payments")
    each, over = divmod(total, count)
    if spread == "last":
        each = each // _ROUND * _ROUND or each
        return [*([each] * (count - 1)), total - each * (count - 1)]
    return [each + (place >= count - over) for place in range(count)]
