"""What reading a payments file gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from domain.receivables.amounts import to_minor
from domain.receivables.model import ClassifiedRow, DateOrder, DecimalMark, Question, RowClass, RowNote


@dataclass(frozen=True, slots=True)
class PaymentItem:
    """One payment; ``value`` is in whole units of its currency and negative for money that went back.

    ``id`` is the same whenever the same payment is read again, from this file or one that overlaps with it.
    """

    row: int
    id: str
    day: date
    value: Decimal
    currency: str | None
    customer_id: str | None = None
    customer: str | None = field(default=None, repr=False)
    doc: str | None = None
    reference: str | None = field(default=None, repr=False)

    def minor(self, currency: str) -> int:
        """Give the amount in minor units of a currency."""
        return to_minor(self.value, currency)


@dataclass(frozen=True, slots=True)
class PaymentsReading:
    """Everything read from one payments file; ``rows`` counts every row in exactly one class."""

    encoding: str
    sheet: str | None
    date_order: DateOrder | None
    decimal: DecimalMark | None
    currency: str | None
    payments: tuple[PaymentItem, ...]
    rows: Mapping[RowClass, int]
    classified: tuple[ClassifiedRow, ...]
    questions: tuple[Question, ...]
    warnings: tuple[RowNote, ...]
    errors: tuple[RowNote, ...]
    unread: tuple[str, ...]

    @property
    def total(self) -> Decimal:
        """The sum of all payments, whatever their currencies."""
        return sum((payment.value for payment in self.payments), Decimal(0))
