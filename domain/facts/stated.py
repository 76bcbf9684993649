"""What only the server states: the ledger, the contact list, whose case it is, and the money that arrived.

Amounts are minor units, days are plain dates.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from domain.case.parts import Debt, Phone


@dataclass(frozen=True, slots=True)
class AccountStated:
    """``account.stated`` (server): what the ledger says about a customer as of a day. The newest replaces the older."""

    as_of: date
    import_id: str
    name: str = field(repr=False)
    customer_id: str | None = None
    aliases: tuple[str, ...] = field(default=(), repr=False)
    segment: Literal["consumer", "business"] = "business"
    region: str | None = None
    language: str | None = None
    debts: tuple[Debt, ...] = ()
    phones: tuple[Phone, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class ContactsStated:
    """``contacts.stated`` (server): how a customer can be reached, from a contacts file. The newest replaces the older."""

    import_id: str
    phones: tuple[Phone, ...] = field(default=(), repr=False)
    email: str | None = field(default=None, repr=False)
    person: str | None = field(default=None, repr=False)
    address: str | None = field(default=None, repr=False)
    zone: str | None = None
    pay_day: int | None = None
    name: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class CaseAssigned:
    """``case.assigned`` (server): who owns the case from now on; absent ``agent`` puts it into the pool."""

    agent: str | None = None
    agent_name: str | None = field(default=None, repr=False)
    reassignment: str | None = None


@dataclass(frozen=True, slots=True)
class CaseClosed:
    """``case.closed`` (server): nothing more to collect here."""

    reason: str = "settled"


@dataclass(frozen=True, slots=True)
class CaseRecalled:
    """``case.recalled`` (server): the creditor took the case back."""

    reason: str = "recalled"


@dataclass(frozen=True, slots=True)
class PaymentReceived:
    """``payment.received`` (server): money arrived on ``day``; a repeated ``payment_id`` is ignored."""

    payment_id: str
    amount: int
    currency: str
    day: date
    debt: str | None = None


@dataclass(frozen=True, slots=True)
class PaymentReversed:
    """``payment.reversed`` (server): a payment came back."""

    payment_id: str
    reason: str | None = None
