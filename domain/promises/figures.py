"""What promises come to: the kept rate by cohort, what falls due by day, and the cash to be expected of it.

The kept rate is kept ÷ (kept + partly kept + broken), by count and by value, over promises that are decided; one still
open, frozen or waiting is in no rate. A cohort is the promises whose last part fell due in the same stretch of days.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from fractions import Fraction
from typing import TypeVar

from domain.promises.judging import STANDING, Standing
from domain.records import dataclass

Cohort = TypeVar("Cohort")


@dataclass(frozen=True, slots=True)
class KeptRate:
    """How many promises of one currency were kept, and how much of them (minor units)."""

    kept: int = 0
    partly_kept: int = 0
    broken: int = 0
    kept_value: int = 0
    promised_value: int = 0
    paid_value: int = 0

    @property
    def matured(self) -> int:
        """How many promises are decided."""
        return self.kept + self.partly_kept + self.broken

    @property
    def by_count(self) -> Fraction | None:
        """Kept promises of the decided ones; absent where none is decided."""
        return Fraction(self.kept, self.matured) if self.matured else None

    @property
    def by_value(self) -> Fraction | None:
        """The value of kept promises of the value of the decided ones; absent where none is decided."""
        return Fraction(self.kept_value, self.promised_value) if self.promised_value else None

    def with_one(self, standing: Standing) -> KeptRate:
        """Count a decided promise too."""
        total = standing.promise.total
        kept = standing.state == "kept"
        return KeptRate(
            self.kept + kept,
            self.partly_kept + (standing.state == "partly_kept"),
            self.broken + (standing.state == "broken"),
            self.kept_value + (total if kept else 0),
            self.promised_value + total,
            self.paid_value + standing.paid,
        )


@dataclass(frozen=True, slots=True)
class DueDay:
    """What is promised for a day in one currency and not paid yet (minor units), in how many payments."""

    day: date
    currency: str
    amount: int
    payments: int


def kept_rates(standings: Iterable[Standing]) -> dict[str, KeptRate]:
    """Give the kept rate of each currency."""
    return {currency: rate for (_, currency), rate in kept_rates_by(standings, lambda _day: None).items()}


def kept_rates_by(
    standings: Iterable[Standing], cohort: Callable[[date], Cohort]
) -> dict[tuple[Cohort, str], KeptRate]:
    """Give the kept rate of each cohort and currency; ``cohort`` names the cohort of a due day."""
    rates: defaultdict[tuple[Cohort, str], KeptRate] = defaultdict(KeptRate)
    for standing in standings:
        if standing.matured:
            key = (cohort(standing.promise.last_due), standing.promise.currency)
            rates[key] = rates[key].with_one(standing)
    return dict(rates)


def due_days(standings: Iterable[Standing]) -> tuple[DueDay, ...]:
    """Give what is promised day by day and not paid yet, earliest first."""
    amounts: defaultdict[tuple[date, str], int] = defaultdict(int)
    payments: defaultdict[tuple[date, str], int] = defaultdict(int)
    for standing in standings:
        if standing.state not in STANDING:
            continue
        got = standing.part_paid or (0,) * len(standing.promise.parts)
        for part, paid in zip(standing.promise.parts, got, strict=True):
            if part.amount > paid:
                key = (part.due, standing.promise.currency)
                amounts[key] += part.amount - paid
                payments[key] += 1
    return tuple(
        DueDay(day, currency, amounts[day, currency], payments[day, currency]) for day, currency in sorted(amounts)
    )


def expected_cash(days: Iterable[DueDay], rates: Mapping[str, KeptRate]) -> tuple[DueDay, ...]:
    """Give the cash to be expected: what is promised, times the share of the promised value that used to come in.

    A currency without a decided promise is left out: there is nothing to expect from.
    """
    expected = []
    for day in days:
        rate = rates.get(day.currency)
        if rate is not None and rate.promised_value:
            amount = day.amount * min(rate.paid_value, rate.promised_value) // rate.promised_value
            expected.append(DueDay(day.day, day.currency, amount, day.payments))
    return tuple(expected)
