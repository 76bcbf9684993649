"""The ability-to-pay sheet: what comes in, when, and what must go out before this debt."""

from __future__ import annotations

from dataclasses import field
from fractions import Fraction
from typing import Final, Literal

from domain.records import dataclass

PayInterval = Literal["month", "two_weeks", "week"]
"""How often income comes."""

_PAY_DAYS_A_YEAR: Final[dict[PayInterval, int]] = {"month": 12, "two_weeks": 26, "week": 52}


@dataclass(frozen=True, slots=True)
class AbilitySheet:
    """What a customer said about their means.

    ``income`` is take-home pay for each ``interval``, ``essentials`` (rent, food, travel, children) and ``other_debts`` are
    by the month; all in minor units of ``currency``. ``pay_day`` is the day of the month of monthly pay, or of the next pay.
    """

    currency: str
    income: int = field(repr=False)
    essentials: int = field(default=0, repr=False)
    other_debts: int = field(default=0, repr=False)
    pay_day: int | None = None
    interval: PayInterval = "month"

    @property
    def monthly_income(self) -> int:
        """Income by the month, in minor units, rounded down."""
        return int(Fraction(self.income * _PAY_DAYS_A_YEAR[self.interval], 12))

    @property
    def left(self) -> int:
        """What is left of a month after essentials and other debts, in minor units; negative where it does not suffice."""
        return self.monthly_income - self.essentials - self.other_debts

    @property
    def left_each_pay_day(self) -> int:
        """What is left of each pay, in minor units, rounded down; negative where it does not suffice."""
        return self.left * 12 // _PAY_DAYS_A_YEAR[self.interval]
