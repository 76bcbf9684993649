"""Payments, one by one and as a file."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

PaymentFate = Literal["booked", "known", "unmatched", "ambiguous", "refused"]
"""What became of a row of a payments file."""


@dataclass(frozen=True, slots=True)
class PaymentRequest:
    """What ``PUT /v1/payments/{id}`` takes: money that arrived, or a payment that came back (``reverses``).

    The case is named by its id, or by the customer's id or the document paid, as the ledger spells them. ``amount`` is
    minor units of ``currency``; a payment needs ``amount``, ``currency`` and ``day``, a reversal only ``reverses``.
    """

    case: str | None = None
    customer: str | None = field(default=None, repr=False)
    debt: str | None = None
    amount: int | None = None
    currency: str | None = None
    day: date | None = None
    reverses: str | None = None
    reason: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class PaymentAnswer:
    """What ``PUT /v1/payments/{id}`` answers: the case it went to, and the version of its document that shows it."""

    id: str
    case: str
    ver: int


@dataclass(frozen=True, slots=True)
class PaymentRow:
    """One payment of a file and what became of it; ``amount`` is a decimal string, negative for one that came back.

    ``text`` says why where it was not booked.
    """

    row: int
    fate: PaymentFate
    amount: str
    currency: str | None = None
    day: date | None = None
    customer_id: str | None = None
    customer: str | None = field(default=None, repr=False)
    doc: str | None = None
    reference: str | None = field(default=None, repr=False)
    payment: str | None = None
    case: str | None = None
    text: str | None = field(default=None, repr=False)
