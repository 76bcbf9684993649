"""Booking a payments file: each payment on the one case it fits, nothing twice, what fits nowhere listed with the reason."""

from __future__ import annotations

import functools
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from sqlalchemy import delete, insert, select

from domain.cash import PaymentItem, PaymentsReading
from domain.facts.payloads import PaymentReceived, PaymentReversed
from domain.i18n import tr
from domain.ids import digest_id
from domain.receivables.customers import id_key, name_key
from domain.supervision import PaymentFate, PaymentRow
from domain.text import fold as searchable
from server.audit import record
from server.cases.casework import Casework
from server.cases.open_case import OpenCase
from server.database.engine import Transaction
from server.database.schema import CASE, DEED, PAYMENT
from server.figures.cash import note_cash
from server.people.sessions import Caller
from server.steps import Tell

_ROW: Final = "payment-row"
"""What the rows of payments files are remembered as: the deed's digest is their import, its answer the case."""

_TAKEN_BACK: Final = "~back"
_UNDONE: Final = "import undone"
_LARGEST: Final = 10**15
_SHORTEST_NUMBER: Final = 4
_CHUNK: Final = 500


@dataclass(slots=True)
class Booked:
    """What became of a file: one line a payment, counts, and the cases that changed."""

    lines: list[PaymentRow] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    cases: set[str] = field(default_factory=set)


@dataclass(slots=True)
class _Candidates:
    """Which cases a file's words could mean."""

    by_id: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    by_name: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    by_doc: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))


def book_payments(
    transaction: Transaction, caller: Caller, import_id: str, reading: PaymentsReading, tell: Tell
) -> Booked:
    """Book every payment of a file that fits exactly one case of the caller's team."""
    known = _known(transaction, caller.team, reading.payments)
    candidates = _candidates(transaction, caller.team, reading.payments)
    chosen = {payment.id: _choose(payment, candidates) for payment in reading.payments}
    casework = Casework(transaction)
    cases = casework.open(case for case, _ in chosen.values() if case is not None)
    done = Booked()
    deeds: list[dict[str, object]] = []
    through: date | None = None
    for counted, payment in enumerate(reading.payments):
        tell("matching", counted, len(reading.payments))
        row_id, (case_id, text) = _row_id(caller.team, payment), chosen[payment.id]
        fate: PaymentFate = "ambiguous" if text is not None else "unmatched"
        if row_id in known:
            fate, case_id, text = "known", known[row_id], None
        elif case_id is not None:
            fate, text = _book(casework, cases[case_id], payment, import_id)
            if fate == "booked":
                done.cases.add(case_id)
                deeds.append(_deed(transaction, row_id, import_id, case_id))
        elif text is None:
            text = tr("No case has this customer or document.")
        if fate in ("booked", "known"):
            through = payment.day if through is None else max(through, payment.day)
        done.counts[fate] += 1
        done.lines.append(_line(payment, fate, case_id, text))
    if deeds:
        transaction.connection.execute(insert(DEED), deeds)
    casework.finish(tell=functools.partial(tell, "writing"))
    if through is not None:
        note_cash(transaction, caller.team, min(through, transaction.now.date()), "file")
    record(transaction, caller.id, "import.applied", import_id, caller.team, kind="payments", **done.counts)
    return done


def _deed(transaction: Transaction, row_id: str, import_id: str, case_id: str) -> dict[str, object]:
    return {
        "kind": _ROW,
        "id": row_id,
        "digest": import_id,
        "status": 200,
        "answer": case_id.encode(),
        "at_ms": transaction.now_ms,
    }


def take_back(transaction: Transaction, import_id: str, cases: Iterable[str]) -> None:
    """Reverse what an import booked; its rows are forgotten, so that another file may book them again."""
    casework = Casework(transaction)
    for case in casework.open(cases).values():
        for payment in case.folded.payments:
            if payment.id.startswith(f"{import_id}/") and payment.reversed_by is None:
                _state_reversal(casework, case, f"{payment.id}{_TAKEN_BACK}", payment.id, _UNDONE)
    transaction.connection.execute(delete(DEED).where(DEED.c.kind == _ROW, DEED.c.digest == import_id))
    casework.finish()


def _book(casework: Casework, case: OpenCase, payment: PaymentItem, import_id: str) -> tuple[PaymentFate, str | None]:
    currency = payment.currency or case.folded.currency
    amount = payment.minor(currency)
    if not 0 < abs(amount) <= _LARGEST:
        return "refused", tr("The amount of the payment cannot be booked.")
    name = f"{import_id}/{payment.id}"
    if amount < 0:
        back = _came_back(case, currency, -amount, payment.doc)
        if back is None:
            return "refused", tr("There is no payment of this amount on the case that could have come back.")
        _state_reversal(casework, case, name, back, None)
        return "booked", None
    paid = next((debt.id for debt in case.folded.debts if payment.doc in (debt.id, debt.doc)), payment.doc)
    received = PaymentReceived(name, amount, currency, payment.day, paid)
    casework.state(case, received, digest_id("f", "payment", name))
    casework.transaction.connection.execute(insert(PAYMENT).values(id=name, case_id=case.id, reverses=None))
    return "booked", None


def _state_reversal(casework: Casework, case: OpenCase, name: str, payment: str, reason: str | None) -> None:
    casework.state(case, PaymentReversed(payment, reason), digest_id("f", "payment", name))
    casework.transaction.connection.execute(insert(PAYMENT).values(id=name, case_id=case.id, reverses=payment))


def _came_back(case: OpenCase, currency: str, amount: int, doc: str | None) -> str | None:
    """Name the newest payment of an amount that has not come back yet; one for the same document where there is one."""
    debts = {debt.id for debt in case.folded.debts if doc is not None and doc in (debt.id, debt.doc)}
    fitting = [
        payment
        for payment in case.folded.payments
        if (payment.currency, payment.amount) == (currency, amount) and payment.reversed_by is None
    ]
    fitting.sort(key=lambda payment: (payment.debt in debts, payment.day, payment.at, payment.id))
    return fitting[-1].id if fitting else None


def _choose(payment: PaymentItem, found: _Candidates) -> tuple[str | None, str | None]:
    """Give the one case a payment fits, or why there is none: the document counts most, then the number, then the name."""
    by_doc = found.by_doc.get(searchable(payment.doc), set()) if payment.doc else set()
    by_id = found.by_id.get(id_key(payment.customer_id), set()) if payment.customer_id else set()
    by_name = found.by_name.get(name_key(payment.customer), set()) if payment.customer else set()
    for cases in (by_doc & by_id, by_doc & by_name, by_doc, by_id & by_name, by_id, by_name):
        if len(cases) == 1:
            return next(iter(cases)), None
    told = set[str]().union(*(found.by_doc.get(word, set()) for word in _words(payment.reference)))
    if len(told) == 1:
        return next(iter(told)), None
    if by_doc or by_id or by_name or told:
        return None, tr("Several cases fit; book it on one of them by hand.")
    return None, None


def _candidates(transaction: Transaction, team: str, payments: Sequence[PaymentItem]) -> _Candidates:
    ids = {id_key(payment.customer_id) for payment in payments if payment.customer_id}
    names = {name_key(payment.customer) for payment in payments if payment.customer}
    docs = {searchable(payment.doc) for payment in payments if payment.doc}
    docs |= {word for payment in payments for word in _words(payment.reference)}
    found = _Candidates()
    query = select(CASE.c.id, CASE.c.customer, CASE.c.customer_id, CASE.c.search).where(CASE.c.team == team)
    for row in transaction.connection.execute(query):
        number, name = id_key(row.customer_id or ""), name_key(row.customer)
        if row.customer_id and number in ids:
            found.by_id[number].add(row.id)
        if name in names:
            found.by_name[name].add(row.id)
        about = {searchable(row.customer), searchable(row.customer_id or "")}
        for word in docs.intersection(row.search.split("\n")) - about:
            found.by_doc[word].add(row.id)
    return found


def _words(reference: str | None) -> set[str]:
    """Give the words of a reference that could be the number of a document: those with a digit in them."""
    words = searchable(reference or "").replace(",", " ").replace(";", " ").replace("/", " ").split()
    return {word for word in words if len(word) >= _SHORTEST_NUMBER and any(char.isdigit() for char in word)}


def _row_id(team: str, payment: PaymentItem) -> str:
    return digest_id("y", team, payment.id)


def _known(transaction: Transaction, team: str, payments: Sequence[PaymentItem]) -> dict[str, str]:
    """Give the case of each payment that was booked from a file before."""
    ids = [_row_id(team, payment) for payment in payments]
    known: dict[str, str] = {}
    for start in range(0, len(ids), _CHUNK):
        query = select(DEED.c.id, DEED.c.answer).where(DEED.c.kind == _ROW, DEED.c.id.in_(ids[start : start + _CHUNK]))
        known.update({row.id: bytes(row.answer).decode() for row in transaction.connection.execute(query)})
    return known


def _line(payment: PaymentItem, fate: PaymentFate, case: str | None, text: str | None) -> PaymentRow:
    return PaymentRow(
        row=payment.row,
        fate=fate,
        amount=str(payment.value),
        currency=payment.currency,
        day=payment.day,
        customer_id=payment.customer_id,
        customer=payment.customer,
        doc=payment.doc,
        reference=payment.reference,
        payment=payment.id,
        case=case,
        text=text,
    )
