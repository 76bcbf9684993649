"""Importing files: nothing half, and nothing twice.

The file is read outside the transaction; then every case it touches is written in one. A file whose content is known
changes no case, no version and no feed. A customer who is missing from a newer file is never closed silently.
"""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

import msgspec
from sqlalchemy import func, select

from domain.canonical import canonical_bytes, digest, to_plain
from domain.case.undoing import taken_back
from domain.cash import PaymentsReading, payments_to_json
from domain.facts.payloads import AccountStated, CaseClosed, ContactsStated
from domain.i18n import tr, trn
from domain.ids import digest_id
from domain.receivables import (
    ContactsReading,
    CustomerSummary,
    Question,
    Reading,
    ReadingOptions,
    contacts_to_json,
    join_contacts,
    to_json,
)
from domain.supervision import ImportKind, PaymentRow
from server.audit import record
from server.cases.casework import Casework
from server.cases.finding import agent_id
from server.cases.open_case import OpenCase
from server.cases.planning import active_agents
from server.database.engine import Database, Transaction
from server.database.schema import CASE
from server.deeds import Deed, Done
from server.imports.accounts import Account, Market, accounts_of, contacts_of, same_content
from server.imports.payments import book_payments
from server.imports.reading import read_contact_file, read_file, read_payments_file
from server.imports.runs import Run, note_run
from server.people.directory import Person, find
from server.people.sessions import Caller
from server.steps import Tell

Kind = ImportKind

EVEN: Final = "even"
NOBODY: Final = "none"


class ImportRefused(ValueError):  # noqa: N818 - it answers a request, it reports no malfunction
    """The import cannot be carried out as asked; the message is one sentence."""


class QuestionsOpen(Exception):  # noqa: N818 - it answers a request, it reports no malfunction
    """The file must not be imported before somebody has answered; ``report`` has the questions."""

    def __init__(self, report: dict[str, Any]) -> None:
        super().__init__("questions")
        self.report = report


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be imported, and how.

    ``assign`` is ``even``, ``none`` or an agent's login or id. ``rows`` lists every row with its class.
    """

    id: str
    kind: Kind
    filename: str
    options: ReadingOptions
    market: Market
    creditor: str = "main"
    assign: str = EVEN
    dry_run: bool = False
    profile: str | None = None
    rows: bool = False


@dataclass(slots=True)
class _Outcome:
    counts: Counter[str] = field(default_factory=Counter)
    warnings: list[str] = field(default_factory=list)
    cases: set[str] = field(default_factory=set)
    lines: list[PaymentRow] | None = None


class _NotForGood(Exception):  # noqa: N818 - it takes a rehearsed import back
    def __init__(self, answer: bytes) -> None:
        super().__init__("dry run")
        self.answer = answer


def import_file(database: Database, caller: Caller, order: Order, data: bytes, tell: Tell) -> bytes:
    """Read a file and bring it in; answer JSON: the report row by row and, under ``applied``, what changed.

    ``tell`` hears how far it is: ``reading`` rows, ``matching`` customers, ``writing`` cases; what it raises takes
    everything back. The same order with the same file is answered as the first time. Raises
    :class:`domain.receivables.NotReceivables`, :class:`QuestionsOpen`, :class:`ImportRefused` and
    :class:`server.deeds.IdReused`, in which cases nothing was imported.
    """
    deed = Deed("import", order.id, digest(canonical_bytes([caller.team, order]) + data))
    with database.reading() as transaction:
        done = deed.answer(transaction)
    if done is not None:
        return done.content
    rows_told = functools.partial(tell, "reading")
    work: Callable[[Transaction], _Outcome]
    if order.kind == "contacts":
        contacts = read_contact_file(data, order.filename, order.options, rows_told)
        report, classified = contacts_to_json(contacts), contacts.classified
        work = functools.partial(_bring_in_contacts, caller=caller, order=order, contacts=contacts, tell=tell)
    elif order.kind == "payments":
        payments = read_payments_file(data, order.filename, order.options, rows_told)
        report, classified = payments_to_json(payments), payments.classified
        if any(question["blocking"] for question in report["questions"]):
            raise QuestionsOpen(report)
        work = functools.partial(_bring_in_payments, caller=caller, order=order, payments=payments, tell=tell)
    else:
        reading = read_file(data, order.filename, order.options, rows_told)
        report, classified = to_json(reading), reading.classified
        _check_questions(reading, report)
        as_of = reading.as_of or database.clock.now().date()
        accounts = accounts_of(reading, order.id, as_of, order.market)
        dated = reading.as_of is not None
        work = functools.partial(
            _bring_in_accounts, caller=caller, order=order, accounts=accounts, dated=dated, tell=tell
        )
        _warn_of_disputes(reading, report)

    if order.rows:
        report["classified"] = [
            {"row": each.row, "class": each.row_class, "reason": each.reason} for each in classified
        ]

    def carry_out(transaction: Transaction) -> bytes:
        known = deed.answer(transaction)
        if known is not None:
            return known.content
        outcome = work(transaction)
        answer = msgspec.json.encode(_completed(report, order, outcome))
        if order.dry_run:
            raise _NotForGood(answer)
        run = Run(order.id, order.kind, order.creditor, order.filename, order.profile)
        note_run(transaction, caller, run, outcome.counts, outcome.cases)
        deed.remember(transaction, Done(200, answer))
        tell("writing", 1, 1)  # the last moment in which nobody's waiting any more takes it back
        return answer

    try:
        return database.write(carry_out)
    except _NotForGood as rehearsal:
        return rehearsal.answer


def _completed(report: dict[str, Any], order: Order, outcome: _Outcome) -> dict[str, Any]:
    booked = {} if outcome.lines is None else {"payments": [to_plain(line) for line in outcome.lines]}
    return (
        report
        | booked
        | {
            "warnings": [{"row": None, "text": text} for text in outcome.warnings] + report["warnings"],
            "import": order.id,
            "kind": order.kind,
            "dry_run": order.dry_run,
            "applied": dict(sorted(outcome.counts.items())),
        }
    )


def _warn_of_disputes(reading: Reading, report: dict[str, Any]) -> None:
    disputed = sum(item.disputed is True for item in reading.items)
    if disputed:
        text = trn(
            "{n} item is disputed according to the ledger; raise the dispute on its case.",
            "{n} items are disputed according to the ledger; raise the disputes on their cases.",
            disputed,
        )
        report["warnings"].append({"row": None, "text": text.format(n=disputed)})


def _check_questions(reading: Reading, report: dict[str, Any]) -> None:
    if any(item.currency is None for item in reading.items):
        for question in report["questions"]:
            question["blocking"] = question["blocking"] or question["code"] == "currency"
        if not any(question["code"] == "currency" for question in report["questions"]):
            asked = Question("currency", tr("Some rows name no currency. Which one are they in?"))
            report["questions"].append(
                {"code": asked.code, "text": asked.text, "choices": [], "blocking": asked.blocking}
            )
    if any(question["blocking"] for question in report["questions"]):
        raise QuestionsOpen(report)


# --- receivables ------------------------------------------------------------------------------------------------------


def _bring_in_accounts(
    transaction: Transaction, *, caller: Caller, order: Order, accounts: Sequence[Account], dated: bool, tell: Tell
) -> _Outcome:
    outcome = _Outcome()
    by_case = {digest_id("c", caller.team, order.creditor, each.key): each for each in accounts}
    casework = Casework(transaction)
    known = casework.open(by_case)
    dealer = _Dealer(transaction, caller.team, order.assign)
    for done, case_id in enumerate(sorted(by_case)):
        tell("matching", done, len(by_case))
        account = by_case[case_id]
        case = known.get(case_id) or casework.create(case_id, caller.team, order.creditor, account.key)
        case.source = order.creditor
        outcome.counts[_state(casework, case, account, order, dated=dated)] += 1
        if account.owes and case.touched and not dealer.is_in_hands(case):
            dealer.deal(casework, case, order.id)
            outcome.counts["assigned" if case.owner is not None else "pool"] += 1
    outcome.cases = {case.id for case in casework.cases.values() if case.touched}
    casework.finish(tell=functools.partial(tell, "writing"))
    _warn_of_missing(transaction, caller, order, set(by_case), outcome)
    record(transaction, caller.id, "import.applied", order.id, caller.team, kind=order.kind, **outcome.counts)
    return outcome


def _state(casework: Casework, case: OpenCase, account: Account, order: Order, *, dated: bool) -> str:
    gone = taken_back(each.fact for each in case.existing)
    stated = [
        each.fact for each in case.existing if isinstance(each.fact.payload, AccountStated) and each.fact.id not in gone
    ]
    newest = max(stated, key=lambda fact: (_as_of(fact.payload), fact.at, fact.id), default=None)
    last = newest.payload if newest is not None else None
    assert last is None or isinstance(last, AccountStated)
    if last is not None and dated and account.stated.as_of < last.as_of:
        return "older"
    if same_content(last, account.stated, day_matters=dated):
        return "unchanged"
    casework.state(case, account.stated, digest_id("f", order.id, case.id, "account"))
    if not account.owes:
        if case.folded.closed is None:
            casework.state(case, CaseClosed("settled"), digest_id("f", order.id, case.id, "closed"))
        return "settled"
    if case.is_new:
        return "created"
    return "reopened" if case.was_closed is not None else "updated"


def _as_of(payload: object) -> date:
    assert isinstance(payload, AccountStated)
    return payload.as_of


class _Dealer:
    """Gives new cases to agents: in turn, those with the fewest cases first; to one; or to nobody."""

    def __init__(self, transaction: Transaction, team: str, assign: str) -> None:
        agents = active_agents(transaction, team)
        self._active = {agent.id for agent in agents}
        self._seats: list[Person] = []
        if assign == EVEN:
            loads = _loads(transaction, team)
            self._seats = sorted(agents, key=lambda agent: (loads.get(agent.id, 0), agent.login))
        elif assign != NOBODY:
            found = agent_id(transaction, team, assign, active=True)
            person = find(transaction, found) if found else None
            if person is None:
                raise ImportRefused(tr("There is no agent of that name in your team; nothing was imported."))
            self._seats = [person]
        self._turn = 0

    def is_in_hands(self, case: OpenCase) -> bool:
        """Tell whether somebody who still works here owns the case."""
        return case.owner in self._active

    def deal(self, casework: Casework, case: OpenCase, import_id: str) -> None:
        """Give a case to whose turn it is; a case of somebody who left goes to the pool where nobody is named."""
        if self._seats:
            agent = self._seats[self._turn % len(self._seats)]
            self._turn += 1
            casework.assign(case, agent.id, agent.name, import_id)
        elif case.owner is not None:
            casework.assign(case, None, None, import_id)


def _loads(transaction: Transaction, team: str) -> dict[str, int]:
    query = (
        select(CASE.c.owner_id, func.count().label("cases"))
        .where(CASE.c.team == team, CASE.c.closed.is_(None), CASE.c.owner_id.is_not(None))
        .group_by(CASE.c.owner_id)
    )
    return {row.owner_id: row.cases for row in transaction.connection.execute(query)}


def _warn_of_missing(transaction: Transaction, caller: Caller, order: Order, seen: set[str], outcome: _Outcome) -> None:
    query = select(CASE.c.id).where(
        CASE.c.team == caller.team, CASE.c.source == order.creditor, CASE.c.closed.is_(None)
    )
    missing = sum(case_id not in seen for case_id in transaction.connection.execute(query).scalars())
    if missing:
        outcome.counts["missing"] = missing
        outcome.warnings.append(
            trn(
                "{n} open case is not in this file; it stays open. Close it if the customer has paid.",
                "{n} open cases are not in this file; they stay open. Close them if the customers have paid.",
                missing,
            ).format(n=missing)
        )


# --- contacts ---------------------------------------------------------------------------------------------------------


def _bring_in_contacts(
    transaction: Transaction, *, caller: Caller, order: Order, contacts: ContactsReading, tell: Tell
) -> _Outcome:
    outcome = _Outcome()
    query = (
        select(CASE.c.id, CASE.c.customer_key, CASE.c.customer, CASE.c.customer_id)
        .where(CASE.c.team == caller.team, CASE.c.creditor == order.creditor)
        .order_by(CASE.c.id)
    )
    rows = transaction.connection.execute(query).all()
    customers = [CustomerSummary(row.customer_key, row.customer_id, row.customer) for row in rows]
    case_of = {row.customer_key: row.id for row in rows}
    report = join_contacts(customers, contacts)
    casework = Casework(transaction)
    cases = casework.open(case_of[match.customer.key] for match in report.matched)
    for done, match in enumerate(report.matched):
        tell("matching", done, len(report.matched))
        case = cases[case_of[match.customer.key]]
        stated = contacts_of(match, contacts, order.id)
        gone = taken_back(each.fact for each in case.existing)
        known = [
            each.fact
            for each in case.existing
            if isinstance(each.fact.payload, ContactsStated) and each.fact.id not in gone
        ]
        last = max(known, key=lambda fact: (fact.at, fact.id)).payload if known else None
        if isinstance(last, ContactsStated) and _same_contacts(last, stated):
            outcome.counts["unchanged"] += 1
            continue
        casework.state(case, stated, digest_id("f", order.id, case.id, "contacts"))
        outcome.counts["updated"] += 1
        outcome.cases.add(case.id)
    casework.finish(tell=functools.partial(tell, "writing"))
    for name, found in (("ambiguous", report.ambiguous), ("missing", report.missing), ("unused", report.unused)):
        if found:
            outcome.counts[name] = len(found)
    record(transaction, caller.id, "import.applied", order.id, caller.team, kind=order.kind, **outcome.counts)
    return outcome


def _same_contacts(one: ContactsStated, other: ContactsStated) -> bool:
    return (one.phones, one.email, one.person) == (other.phones, other.email, other.person)


# --- payments ---------------------------------------------------------------------------------------------------------


def _bring_in_payments(
    transaction: Transaction, *, caller: Caller, order: Order, payments: PaymentsReading, tell: Tell
) -> _Outcome:
    booked = book_payments(transaction, caller, order.id, payments, tell)
    return _Outcome(booked.counts, [], booked.cases, booked.lines)
