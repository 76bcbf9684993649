"""What facts and cases are both made of: a debt, a number to ring, an instalment.

Apart from the facts themselves, because the queue shows cases without knowing any kind of fact.
"""

from __future__ import annotations

from dataclasses import field
from datetime import date

from domain.records import dataclass


@dataclass(frozen=True, slots=True)
class Debt:
    """One open item: an invoice, a loan instalment, or a credit (negative ``open``).

    ``open`` and ``amount`` are minor units of ``currency``; ``due`` is absent where the ledger has none.
    """

    id: str
    open: int
    currency: str
    doc: str | None = None
    doc_date: date | None = None
    due: date | None = None
    amount: int | None = None
    kind: str = "invoice"


@dataclass(frozen=True, slots=True)
class Phone:
    """A way to ring somebody. ``zones`` are all the zones the number may be in (IANA names)."""

    e164: str = field(repr=False)
    extension: str | None = None
    type: str = "unknown"
    region: str | None = None
    zones: tuple[str, ...] = ()
    label: str | None = None


@dataclass(frozen=True, slots=True)
class PromisePart:
    """One instalment: a day and an amount in minor units."""

    due: date
    amount: int


def share_debts(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Tell whether two lists of debts have one in common; an empty list means all debts."""
    return not one or not other or not set(one).isdisjoint(other)
