"""Payments and reversals from the bank or the ledger, found their case and stated as facts."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, insert, select

from domain.facts.payloads import PaymentReceived, PaymentReversed
from domain.i18n import tr
from domain.ids import digest_id
from domain.receivables.customers import id_key
from domain.supervision import PaymentAnswer, PaymentRequest
from domain.text import clean_line
from domain.text import fold as searchable
from server.audit import record
from server.cases.casework import Casework
from server.cases.finding import contains
from server.cases.open_case import OpenCase
from server.database.engine import Transaction
from server.database.schema import CASE, PAYMENT
from server.figures.cash import note_cash
from server.people.sessions import Caller

_LARGEST = 10**15  # minor units; anything above is a mistake of the sender
_CANDIDATES = 50
_CURRENCY = re.compile("[A-Z]{3}")


class PaymentRefused(ValueError):  # noqa: N818 - it answers a request, it reports no malfunction
    """The payment cannot be booked as it stands; the message is one sentence."""


class NoSuchCase(Exception):  # noqa: N818 - it answers a request, it reports no malfunction
    """No case of the caller's team fits: whether there is one elsewhere is not told."""


def take_payment(transaction: Transaction, caller: Caller, payment_id: str, request: PaymentRequest) -> PaymentAnswer:
    """Book a payment or a reversal on its case; both are facts and change nothing the second time.

    Raises :class:`NoSuchCase` and :class:`PaymentRefused`.
    """
    if request.reverses is not None:
        return _reverse(transaction, caller, payment_id, request)
    if request.amount is None or request.currency is None or request.day is None:
        raise PaymentRefused(tr("A payment needs an amount in minor units, a currency and a day."))
    if not 0 < request.amount <= _LARGEST:
        raise PaymentRefused(
            tr("The amount is a positive number of minor units; a payment that came back is a reversal.")
        )
    if not _CURRENCY.fullmatch(request.currency):
        raise PaymentRefused(tr("The currency is a code of ISO 4217, such as EUR."))
    casework = Casework(transaction)
    case = _open(casework, _find(transaction, caller, request))
    paid = clean_line(request.debt) if request.debt else None
    debt = next((each.id for each in case.folded.debts if paid is not None and paid in (each.id, each.doc)), paid)
    casework.state(
        case,
        PaymentReceived(payment_id, request.amount, request.currency, request.day, debt),
        digest_id("f", "payment", payment_id),
    )
    return _book(transaction, caller, casework, case, payment_id, None, request.day)


def _reverse(transaction: Transaction, caller: Caller, payment_id: str, request: PaymentRequest) -> PaymentAnswer:
    query = select(PAYMENT.c.case_id).where(PAYMENT.c.id == request.reverses, PAYMENT.c.reverses.is_(None))
    case_id = transaction.connection.execute(query).scalar()
    if case_id is None or not _ids(transaction, (CASE.c.id == case_id) & (CASE.c.team == caller.team)):
        raise NoSuchCase
    casework = Casework(transaction)
    case = _open(casework, case_id)
    assert request.reverses is not None
    reason = clean_line(request.reason) if request.reason else None
    casework.state(case, PaymentReversed(request.reverses, reason), digest_id("f", "payment", payment_id))
    return _book(transaction, caller, casework, case, payment_id, request.reverses)


def _book(
    transaction: Transaction,
    caller: Caller,
    casework: Casework,
    case: OpenCase,
    payment_id: str,
    reverses: str | None,
    day: date | None = None,
) -> PaymentAnswer:
    transaction.connection.execute(insert(PAYMENT).values(id=payment_id, case_id=case.id, reverses=reverses))
    note_cash(transaction, caller.team, min(day, transaction.now.date()) if day is not None else None, "feed")
    record(transaction, caller.id, "payment.reversed" if reverses else "payment.received", case.id, caller.team)
    return PaymentAnswer(payment_id, case.id, casework.finish()[case.id])


def _open(casework: Casework, case_id: str) -> OpenCase:
    return casework.open([case_id])[case_id]


def _find(transaction: Transaction, caller: Caller, request: PaymentRequest) -> str:
    mine = CASE.c.team == caller.team
    if request.case is not None:
        found = _ids(transaction, mine & (CASE.c.id == request.case))
    elif request.customer is not None:
        number = clean_line(request.customer)
        keys = [f"id:{id_key(number)}", f"id:={number}"]
        found = _ids(transaction, mine & CASE.c.customer_key.in_(keys))
        if len(found) > 1 and request.debt is not None:
            found = [case for case in _by_document(transaction, mine, request.debt) if case in found]
    elif request.debt is not None:
        found = _by_document(transaction, mine, request.debt)
    else:
        raise PaymentRefused(tr("Name the case, the customer or the document that was paid."))
    if not found:
        raise NoSuchCase
    if len(found) > 1:
        raise PaymentRefused(tr("Several cases fit; name the case."))
    return found[0]


def _ids(transaction: Transaction, condition: ColumnElement[bool]) -> list[str]:
    return list(transaction.connection.execute(select(CASE.c.id).where(condition).limit(_CANDIDATES)).scalars())


def _by_document(transaction: Transaction, mine: ColumnElement[bool], debt: str) -> list[str]:
    """Find the cases with a debt of that document number; the search text narrows it down, the document decides."""
    number = clean_line(debt)
    if not number:
        return []
    query = select(CASE.c.id, CASE.c.doc).where(mine, contains(CASE.c.search, searchable(number))).limit(_CANDIDATES)
    return [row.id for row in transaction.connection.execute(query) if number in _documents(row.doc)]


def _documents(doc: bytes) -> set[str]:
    body: dict[str, Any] = msgspec.json.decode(doc)
    return {debt["doc"] for debt in body.get("debts", ()) if "doc" in debt}
