"""Payment plans a customer can keep: none takes all that is left, each begins with the next pay.

A plan that takes everything breaks with the first surprise, so the quickest one proposed leaves a fifth of what is left to
the customer, the next one two fifths, the easiest a good half.
"""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from typing import Final

from domain.case.ability import AbilitySheet
from domain.case.parts import PromisePart
from domain.dates.arithmetic import next_pay_day
from domain.i18n import mark, tr
from domain.money import format_money
from domain.promises.plans import instalments
from domain.promises.types import PromiseType
from domain.promises.workdays import WorkingDays
from domain.records import dataclass

_SHARES: Final = (
    (mark("quickest"), Fraction(4, 5)),
    (mark("balanced"), Fraction(3, 5)),
    (mark("easiest"), Fraction(2, 5)),
)
"""Names of plans, and how much of what is left they take."""


@dataclass(frozen=True, slots=True)
class AffordablePlan:
    """A plan the sheet allows: what a promise form has to be filled with, and what comes of it.

    ``share`` is the part of what is left that its largest regular payment takes; ``month_day`` the day monthly payments keep.
    """

    name: str
    count: int
    first: date
    month_day: int | None
    parts: tuple[PromisePart, ...]
    share: Fraction

    @property
    def label(self) -> str:
        """The plan's name in the interface language."""
        return tr(self.name)


def affordable_plans(
    sheet: AbilitySheet, owed: int, today: date, kind: PromiseType, working: WorkingDays | None = None
) -> tuple[AffordablePlan, ...]:
    """Propose up to three plans for ``owed`` minor units, the quickest first; none where nothing suffices.

    Payments fall on pay days, those on a day off on the next working day; there are never more than ``kind`` allows.
    """
    left = sheet.left_each_pay_day
    if left <= 0 or owed <= 0:
        return ()
    first = _first_pay_day(sheet, today)
    month_day = sheet.pay_day if sheet.interval == "month" else None
    plans: list[AffordablePlan] = []
    for name, share in _SHARES:
        most = int(left * share)
        count = -(-owed // most) if most > 0 else kind.most_parts + 1
        if count > kind.most_parts or any(plan.count == count for plan in plans):
            continue
        parts = instalments(
            owed,
            count,
            first,
            sheet.interval,
            spread="last",
            month_day=month_day,
            working=working,
            shift="after" if working is not None else "",
        )
        largest = max(part.amount for part in parts)
        plans.append(AffordablePlan(name, count, first, month_day, parts, Fraction(largest, left)))
    return tuple(plans)


def why_none(sheet: AbilitySheet, owed: int, kind: PromiseType) -> str:
    """Say why there is no plan to propose, and what to do instead."""
    if owed <= 0:
        return tr("Nothing is owed: there is no plan to make.")
    if sheet.left <= 0:
        return tr(
            "Nothing is left of a month: offer hardship help (⟦H call.hardship⟧) instead of a promise that cannot be kept."
        )
    words = tr(
        "{left} a month cannot cover {owed} in {n} payments: a part payment, or hardship help (⟦H call.hardship⟧)."
    )
    return words.format(
        left=format_money(sheet.left, sheet.currency), owed=format_money(owed, sheet.currency), n=kind.most_parts
    )


def _first_pay_day(sheet: AbilitySheet, today: date) -> date:
    """Give the first pay day after ``today``; without one a week from today, so that there is time to arrange it."""
    if sheet.pay_day is None:
        return today + timedelta(days=7)
    return next_pay_day(today + timedelta(days=1), sheet.pay_day)
