"""A case out of the set of its facts.

:func:`fold` sorts the facts by :func:`domain.facts.order_key` and applies one after the other, so any arrival order gives
the same case, byte for byte. :func:`overlay` applies facts the server has not answered yet on top of its last word; the
rules are the same ones.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from domain.canonical import to_plain
from domain.case import promising
from domain.case.draft import TIMELINE_LENGTH, CaseDraft
from domain.case.model import (
    Attempt,
    BadNumber,
    Callback,
    Case,
    Customer,
    Freeze,
    Moment,
    OtherPerson,
    Review,
    StopFlag,
)
from domain.case.undoing import taken_back
from domain.facts import Fact, order_key
from domain.facts import payloads as p
from domain.records import dataclass

RETRACTION_WINDOW: Final = timedelta(hours=24)
"""How long authors may take their own facts back; never one that stops contact."""

_STOPPING_REPORTS: Final = frozenset({"deceased", "represented", "insolvency", "third_party_refused"})
_BAD_NUMBER_REPORTS: Final = frozenset({"wrong_number", "disconnected", "wrong_party", "not_in_service"})
_NOT_ON_TIMELINE: Final = frozenset({p.CallbackCleared, p.FileViewed})


def fold(case_id: str, facts: Iterable[Fact]) -> Case:
    """Make the case out of all its facts, in whatever order they come; a fact given twice counts once."""
    return folding(case_id, facts).case


@dataclass(frozen=True, slots=True)
class Folding:
    """A case with what its fold held last, so that facts written after all the others can be folded on top of it.

    ``last`` is the place of the last fact in the order, ``retracts`` what its retractions name.
    """

    case: Case
    draft: CaseDraft
    last: tuple[datetime, str] | None
    retracts: frozenset[str]

    def with_later(self, facts: Iterable[Fact]) -> Folding | None:
        """Give the folding of everything so far and ``facts``, which are not among it: the same as folding all at once.

        Nothing where that cannot be told without the earlier facts: where one of the new ones stands before an earlier
        one, takes a fact back, or is taken back itself.
        """
        later = sorted(facts, key=order_key)
        if not later:
            return self
        if self.last is not None and order_key(later[0]) <= self.last:
            return None
        if any(fact.id in self.retracts or isinstance(fact.payload, p.FactRetracted) for fact in later):
            return None
        draft = self.draft.copy()
        for fact in later:
            _apply(draft, fact)
        return Folding(draft.finish(), draft, order_key(later[-1]), self.retracts)


def folding(case_id: str, facts: Iterable[Fact]) -> Folding:
    """Fold facts, in whatever order they come, and keep what later ones can be folded onto."""
    distinct = {fact.id: fact for fact in facts}
    draft = CaseDraft(Case(id=case_id, customer=Customer()))
    gone = taken_back(distinct.values())
    ordered = sorted(distinct.values(), key=order_key)
    for fact in ordered:
        if fact.id in gone:
            draft.timeline.append(Moment(fact.id, fact.at, fact.type, fact.author, {}, fact.author_name, True))
        else:
            _apply(draft, fact)
    retracts = frozenset(each.payload.base for each in ordered if isinstance(each.payload, p.FactRetracted))
    return Folding(draft.finish(), draft, order_key(ordered[-1]) if ordered else None, retracts)


def overlay(case: Case, facts: Iterable[Fact]) -> Case:
    """Show ``case`` with unsent facts on top; facts it contains already change nothing."""
    pending = sorted(facts, key=order_key)
    if not pending:
        return case
    draft = CaseDraft(case)
    known = draft.known_facts()
    for fact in pending:
        if fact.id not in known:
            _apply(draft, fact)
    return draft.finish()


def stops_contact(kind: str, what: str | None = None) -> bool:
    """Tell whether a fact of type ``kind`` sets a stop flag; ``what`` is what a contact report reports."""
    return kind == "consent.withdrawn" or (kind == "contact.reported" and what in _STOPPING_REPORTS)


def may_retract(fact: Fact, retracted: p.FactRetracted, base: Moment) -> bool:
    """Tell whether a retraction takes effect on ``base``.

    The server may, a supervisor may, and the author within a day. What stops contact stays whoever set it: only a
    supervisor takes it away, and only with a reason.
    """
    if fact.author == "server":
        return True
    if stops_contact(base.type, base.data.get("what")):
        return bool(retracted.by_supervisor) and bool((retracted.reason or "").strip())
    in_time = fact.author == base.author and fact.at - base.at <= RETRACTION_WINDOW
    return in_time or bool(retracted.by_supervisor)


def _apply(draft: CaseDraft, fact: Fact) -> None:
    payload = fact.payload
    kind = type(payload)
    step: Callable[[CaseDraft, Fact, Any], None] | None = _STEPS.get(kind)
    if step is None:
        return
    if kind not in _NOT_ON_TIMELINE:
        summary = _SUMMARIES.get(kind)
        told = to_plain(payload) if summary is None else summary(payload)
        draft.timeline.append(Moment(fact.id, fact.at, fact.type, fact.author, told, fact.author_name))
    step(draft, fact, payload)


def _account_summary(account: p.AccountStated) -> dict[str, Any]:
    total = sum(debt.open for debt in account.debts)
    summary: dict[str, Any] = {"as_of": account.as_of.isoformat(), "debts": len(account.debts), "open": total}
    if account.debts:
        summary["currency"] = account.debts[0].currency
    return summary


def _contacts_summary(contacts: p.ContactsStated) -> dict[str, Any]:
    return {"phones": len(contacts.phones)}


def _account_stated(draft: CaseDraft, _fact: Fact, account: p.AccountStated) -> None:
    if draft.as_of is not None and account.as_of < draft.as_of:
        return
    draft.as_of = account.as_of
    draft.debts = list(account.debts)
    draft.account_phones = list(account.phones)
    draft.closed = None if any(debt.open > 0 for debt in account.debts) else draft.closed
    draft.customer = replace(
        draft.customer,
        name=_name(account.name, account.customer_id, draft.contact_name),
        id=account.customer_id,
        aliases=account.aliases,
        segment=account.segment,
        region=account.region,
        language=account.language,
    )


def _name(ledger: str, customer_id: str | None, contact: str | None) -> str:
    """Choose what to call a customer: a ledger without names repeats the id, and then the contact list knows better."""
    return contact if contact and ledger in ("", customer_id) else ledger


def _contacts_stated(draft: CaseDraft, _fact: Fact, contacts: p.ContactsStated) -> None:
    draft.contact_phones = list(contacts.phones)
    draft.contact_name = contacts.name
    draft.customer = replace(
        draft.customer,
        name=_name(draft.customer.name, draft.customer.id, contacts.name),
        person=contacts.person or draft.customer.person,
        email=contacts.email or draft.customer.email,
        address=contacts.address or draft.customer.address,
        zone=contacts.zone or draft.customer.zone,
        pay_day=contacts.pay_day or draft.customer.pay_day,
    )


def _case_assigned(draft: CaseDraft, _fact: Fact, assigned: p.CaseAssigned) -> None:
    draft.owner = assigned.agent


def _case_closed(draft: CaseDraft, _fact: Fact, closed: p.CaseClosed) -> None:
    draft.closed = closed.reason


def _case_recalled(draft: CaseDraft, _fact: Fact, recalled: p.CaseRecalled) -> None:
    draft.closed = recalled.reason


def _attempt_started(draft: CaseDraft, fact: Fact, started: p.AttemptStarted) -> None:
    draft.attempts.append(
        Attempt(fact.id, fact.at, fact.author, started.number, started.channel, started.person, who=started.who)
    )


def _attempt_ended(draft: CaseDraft, fact: Fact, ended: p.AttemptEnded) -> None:
    index = draft.attempt_index(ended.call, fact.author)
    if index is not None:
        draft.attempts[index] = replace(
            draft.attempts[index], code=ended.code, talk_seconds=ended.talk_seconds, ended_at=fact.at
        )


def _identity_checked(draft: CaseDraft, fact: Fact, checked: p.IdentityChecked) -> None:
    index = draft.attempt_index(checked.call, fact.author)
    if index is not None:
        draft.attempts[index] = replace(draft.attempts[index], verified=checked.passed)


def _only_on_timeline(_draft: CaseDraft, _fact: Fact, _payload: p.Payload) -> None:
    """Nothing but the moment itself is kept."""


def _note_added(draft: CaseDraft, _fact: Fact, note: p.NoteAdded) -> None:
    """Keep the newest ability-to-pay sheet; a retraction leaves it, as a guess is better than none."""
    if note.sheet is not None:
        draft.sheet = note.sheet
        if note.sheet.pay_day is not None:
            draft.customer = replace(draft.customer, pay_day=note.sheet.pay_day)


def _callback_set(draft: CaseDraft, fact: Fact, callback: p.CallbackSet) -> None:
    draft.callbacks.append(Callback(fact.id, callback.due, callback.timed, fact.author, callback.number, fact.at))


def _callback_cleared(draft: CaseDraft, _fact: Fact, cleared: p.CallbackCleared) -> None:
    draft.callbacks = [each for each in draft.callbacks if cleared.base not in (None, each.fact)]


def _reason_given(draft: CaseDraft, _fact: Fact, given: p.ReasonGiven) -> None:
    draft.reason = given.code or draft.reason
    if given.income_day is not None:
        draft.customer = replace(draft.customer, pay_day=given.income_day)


def _dispute_raised(draft: CaseDraft, fact: Fact, dispute: p.DisputeRaised) -> None:
    draft.freezes.append(Freeze(fact.id, "dispute", dispute.code, fact.at, debts=dispute.debts))
    draft.reviews.append(Review(fact.id, "dispute", fact.at))


def _hardship_raised(draft: CaseDraft, fact: Fact, hardship: p.HardshipRaised) -> None:
    kind = "breathing_space" if hardship.code == "breathing_space" else "hardship"
    draft.freezes.append(Freeze(fact.id, kind, hardship.code, fact.at))
    draft.reviews.append(Review(fact.id, "hardship", fact.at))


def _consent_withdrawn(draft: CaseDraft, fact: Fact, consent: p.ConsentWithdrawn) -> None:
    kind = "opt_out_number" if consent.number else "opt_out_channel" if consent.channel else "cease"
    draft.stops.append(StopFlag(fact.id, kind, fact.at, consent.number, consent.channel))


def _consent_given(draft: CaseDraft, fact: Fact, consent: p.ConsentGiven) -> None:
    if not consent.evidence:
        return
    for index, stop in enumerate(draft.stops):
        if stop.fact == consent.base and stop.kind in ("opt_out_channel", "opt_out_number"):
            draft.stops[index] = replace(stop, lifted_by=fact.id)


def _contact_reported(draft: CaseDraft, fact: Fact, report: p.ContactReported) -> None:
    if report.what in _STOPPING_REPORTS:
        draft.stops.append(StopFlag(fact.id, report.what, fact.at, report.number))
    elif report.what in _BAD_NUMBER_REPORTS and report.number:
        draft.bad_numbers.append(BadNumber(fact.id, report.number, report.what, fact.at))


def _person_named(draft: CaseDraft, fact: Fact, named: p.PersonNamed) -> None:
    person = OtherPerson(
        named.person_id, fact.id, fact.at, named.name, named.relation, named.phones, authorised=named.authorised
    )
    draft.people = [each for each in draft.people if each.id != named.person_id] + [person]


def _approval_asked(draft: CaseDraft, fact: Fact, asked: p.ApprovalAsked) -> None:
    draft.reviews.append(Review(fact.id, f"approval:{asked.what}", fact.at))
    promising.approval_asked(draft, fact, asked)


def _approval_decided(draft: CaseDraft, fact: Fact, decided: p.ApprovalDecided) -> None:
    promising.approval_decided(draft, fact, decided)
    for index, review in enumerate(draft.reviews):
        if review.fact == decided.base and review.decided_by is None:
            draft.reviews[index] = replace(review, decided_by=fact.id)
            if review.kind == "escalation:supervisor" or (
                review.kind.startswith("escalation:") and not decided.approved
            ):
                draft.escalated = None  # dealt with, or not taken up: it is the agent's again
    if decided.approved:
        for index, freeze in enumerate(draft.freezes):
            if freeze.fact == decided.base:
                draft.freezes[index] = replace(freeze, resolved_by=fact.id, resolved_at=fact.at)
        for index, stop in enumerate(draft.stops):
            if stop.fact == decided.base and (decided.reason or "").strip():
                draft.stops[index] = replace(stop, lifted_by=fact.id)


def _escalation_asked(draft: CaseDraft, fact: Fact, escalation: p.EscalationAsked) -> None:
    draft.escalated = escalation.to
    draft.reviews.append(Review(fact.id, f"escalation:{escalation.to}", fact.at))


def _fact_retracted(draft: CaseDraft, fact: Fact, retracted: p.FactRetracted) -> None:
    moment = next((each for each in draft.timeline if each.fact == retracted.base), None)
    if moment is None or moment.type == "fact.retracted":
        return
    if may_retract(fact, retracted, moment):
        draft.retract(retracted.base)


_SUMMARIES: Final[Mapping[type, Callable[[Any], dict[str, Any]]]] = {
    p.AccountStated: _account_summary,
    p.ContactsStated: _contacts_summary,
}
"""What the timeline tells of a fact that is too long to be told whole."""

_STEPS: Final[Mapping[type, Callable[[CaseDraft, Fact, Any], None]]] = {
    p.AccountStated: _account_stated,
    p.ContactsStated: _contacts_stated,
    p.CaseAssigned: _case_assigned,
    p.CaseClosed: _case_closed,
    p.CaseRecalled: _case_recalled,
    p.AttemptStarted: _attempt_started,
    p.AttemptEnded: _attempt_ended,
    p.IdentityChecked: _identity_checked,
    p.DisclosureRead: _only_on_timeline,
    p.NoteAdded: _note_added,
    p.PromiseMade: promising.promise_made,
    p.PromiseAmended: promising.promise_amended,
    p.PromiseWithdrawn: promising.promise_withdrawn,
    p.PaymentReceived: promising.payment_received,
    p.PaymentReversed: promising.payment_reversed,
    p.CallbackSet: _callback_set,
    p.CallbackCleared: _callback_cleared,
    p.ReasonGiven: _reason_given,
    p.DisputeRaised: _dispute_raised,
    p.HardshipRaised: _hardship_raised,
    p.ConsentWithdrawn: _consent_withdrawn,
    p.ConsentGiven: _consent_given,
    p.ContactReported: _contact_reported,
    p.FileViewed: _only_on_timeline,
    p.PersonNamed: _person_named,
    p.ApprovalAsked: _approval_asked,
    p.ApprovalDecided: _approval_decided,
    p.EscalationAsked: _escalation_asked,
    p.FactRetracted: _fact_retracted,
}

__all__ = [
    "RETRACTION_WINDOW",
    "TIMELINE_LENGTH",
    "Folding",
    "fold",
    "folding",
    "may_retract",
    "overlay",
    "stops_contact",
]
