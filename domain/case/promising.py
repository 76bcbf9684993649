"""What facts about promises, approvals and payments do to a case.

Promises end by being replaced, withdrawn, retracted or refused; how they stand on a day is not decided here but by
:mod:`domain.promises.judging`. Every step only looks at facts, so the order of arrival never shows.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from domain.case.model import Payment, Promise, PromiseVersion, Review
from domain.case.parts import PromisePart, share_debts

if TYPE_CHECKING:
    from domain.case.draft import CaseDraft
    from domain.facts import Fact
    from domain.facts import payloads as p

CONCURRENT: Final = "concurrent-promises"
"""Two promises for the same debt whose authors had not seen one another: a supervisor says which one stands."""


def promise_made(draft: CaseDraft, fact: Fact, made: p.PromiseMade) -> None:
    """Add a promise; the ones it names end, the ones it did not know stay and ask for review."""
    if not made.parts or any(promise.id == made.promise_id for promise in draft.promises):
        draft.reviews.append(Review(fact.id, "promise-id-reused", fact.at))
        return
    concurrent, later = False, None
    for index, promise in enumerate(draft.promises):
        if promise.ended is not None or not _same_subject(promise, made):
            continue
        if promise.id in made.supersedes:
            draft.promises[index] = replace(promise, ended="superseded", by=made.promise_id, ended_at=fact.at)
        elif made.promise_id in promise.supersedes:
            later = promise  # its author's clock is behind: the replacement stands before what it replaces
        else:
            concurrent = True
    if concurrent and later is None:
        draft.reviews.append(Review(fact.id, CONCURRENT, fact.at))
    draft.promises.append(
        Promise(
            id=made.promise_id,
            fact=fact.id,
            tip=fact.id,
            at=fact.at,
            author=fact.author,
            currency=made.currency,
            parts=_in_order(made.parts),
            method=made.method,
            words=made.words,
            zone=made.zone,
            ended=None if later is None else "superseded",
            by=None if later is None else later.id,
            ended_at=None if later is None else fact.at,
            approval="asked" if made.needs_approval else None,
            author_name=fact.author_name,
            kind=made.kind,
            debts=made.debts,
            call=made.call,
            device=fact.device,
            promised_by=made.promised_by,
            relation=made.relation,
            reason=made.reason,
            recap=made.recap,
            supersedes=made.supersedes,
            asked=draft.approvals_asked.get(made.promise_id),
        )
    )


def _same_subject(promise: Promise, made: p.PromiseMade) -> bool:
    return promise.currency == made.currency and share_debts(promise.debts, made.debts)


def _in_order(parts: tuple[PromisePart, ...]) -> tuple[PromisePart, ...]:
    return tuple(sorted(parts, key=lambda part: (part.due, part.amount)))


def promise_amended(draft: CaseDraft, fact: Fact, amended: p.PromiseAmended) -> None:
    """Give a promise other parts; one that changes something older than the newest version asks for review."""
    index = draft.promise_index(amended.promise_id)
    if index is None or not amended.parts:
        draft.reviews.append(Review(fact.id, "promise-unknown", fact.at))
        return
    promise = draft.promises[index]
    if amended.base not in (None, promise.tip) or promise.ended is not None:
        draft.reviews.append(Review(fact.id, "concurrent-amendment", fact.at))
        return
    before = PromiseVersion(promise.tip, promise.parts, promise.approval)
    draft.promises[index] = replace(
        promise,
        parts=_in_order(amended.parts),
        tip=fact.id,
        method=amended.method or promise.method,
        words=amended.words or promise.words,
        approval=_approval_after(promise, amended),
        earlier=(*promise.earlier, before),
    )


def _approval_after(promise: Promise, amended: p.PromiseAmended) -> str | None:
    """Say what an amendment leaves to be approved: one that stays within the agent's authority needs nobody any more."""
    if amended.needs_approval:
        return "asked"
    return None if promise.approval == "asked" else promise.approval


def promise_withdrawn(draft: CaseDraft, fact: Fact, withdrawn: p.PromiseWithdrawn) -> None:
    """End a promise by the customer's or the agent's word."""
    index = draft.promise_index(withdrawn.promise_id)
    if index is None:
        draft.reviews.append(Review(fact.id, "promise-unknown", fact.at))
    elif withdrawn.base not in (None, draft.promises[index].tip):
        draft.reviews.append(Review(fact.id, "concurrent-amendment", fact.at))
    elif draft.promises[index].ended is None:
        draft.promises[index] = replace(
            draft.promises[index],
            ended="withdrawn",
            tip=fact.id,
            tip_before=draft.promises[index].tip,
            ended_at=fact.at,
            ended_reason=withdrawn.reason,
            withdrawn_by=fact.author,
        )


def approval_asked(draft: CaseDraft, fact: Fact, asked: p.ApprovalAsked) -> None:
    """Let a promise wait for a supervisor."""
    if asked.promise_id is None:
        return
    draft.approvals_asked[asked.promise_id] = fact.id
    index = draft.promise_index(asked.promise_id)
    if index is not None and draft.promises[index].approval != "refused":
        draft.promises[index] = replace(draft.promises[index], approval="asked", asked=fact.id)


def approval_decided(draft: CaseDraft, fact: Fact, decided: p.ApprovalDecided) -> None:
    """Take a supervisor's word on a promise: asked-for approval, or which of two concurrent promises stands."""
    for index, promise in enumerate(draft.promises):
        if decided.base in (promise.fact, promise.tip, promise.asked) and promise.approval == "asked":
            if decided.approved:
                draft.promises[index] = replace(promise, approval="approved", decided_by=fact.id)
            else:
                _refuse(draft, index, fact, decided.reason)
    if any(each.fact == decided.base and each.kind == CONCURRENT and not each.decided_by for each in draft.reviews):
        _settle_concurrency(draft, fact, decided)


def _refuse(draft: CaseDraft, index: int, fact: Fact, reason: str | None) -> None:
    """Undo what was not approved: an amendment goes back to the version before, a replacement to what it replaced."""
    promise = draft.promises[index]
    if promise.earlier and promise.tip != promise.fact:
        before = promise.earlier[-1]
        draft.promises[index] = replace(
            promise,
            parts=before.parts,
            tip=before.fact,
            approval=before.approval,
            decided_by=fact.id,
            earlier=promise.earlier[:-1],
        )
        return
    draft.promises[index] = replace(
        promise, approval="refused", ended="withdrawn", ended_at=fact.at, ended_reason=reason, decided_by=fact.id
    )
    _give_back(draft, promise.id)


def _settle_concurrency(draft: CaseDraft, fact: Fact, decided: p.ApprovalDecided) -> None:
    """Keep the promise under review and end the others for the same debts, or the other way round."""
    chosen = next((promise for promise in draft.promises if promise.fact == decided.base), None)
    if chosen is None or chosen.ended is not None:
        return
    for index, promise in enumerate(draft.promises):
        if promise.ended is not None or promise.currency != chosen.currency:
            continue
        if promise.id == chosen.id and not decided.approved:
            draft.promises[index] = replace(
                promise, ended="withdrawn", ended_at=fact.at, ended_reason=decided.reason, decided_by=fact.id
            )
        elif promise.id != chosen.id and decided.approved and share_debts(promise.debts, chosen.debts):
            draft.promises[index] = replace(promise, ended="superseded", by=chosen.id, ended_at=fact.at)


def _give_back(draft: CaseDraft, promise_id: str) -> None:
    """Let the promises one replaced stand again."""
    draft.promises = [
        replace(promise, ended=None, by=None, ended_at=None)
        if promise.by == promise_id and promise.ended == "superseded"
        else promise
        for promise in draft.promises
    ]


def retract(draft: CaseDraft, fact: str) -> None:
    """Take away what a retracted fact did to a promise; the server's word on an approval stays."""
    for index, promise in enumerate(draft.promises):
        if promise.fact == fact:
            moment = next((each for each in draft.timeline if each.fact == fact), None)
            draft.promises[index] = replace(promise, ended="retracted", ended_at=moment.at if moment else promise.at)
            _give_back(draft, promise.id)
            return
        if promise.ended == "withdrawn" and promise.tip == fact:
            tip = promise.tip_before or promise.fact
            draft.promises[index] = replace(
                promise, ended=None, tip=tip, tip_before=None, ended_at=None, ended_reason=None, withdrawn_by=None
            )
            return
        if promise.earlier and promise.tip == fact:
            before = promise.earlier[-1]
            draft.promises[index] = replace(
                promise, parts=before.parts, tip=before.fact, approval=before.approval, earlier=promise.earlier[:-1]
            )
            return
        if promise.asked == fact and promise.approval == "asked":
            draft.promises[index] = replace(promise, approval=None, asked=None)
            return


def payment_received(draft: CaseDraft, fact: Fact, payment: p.PaymentReceived) -> None:
    """Add a payment; a repeated id is ignored. One whose reversal stands before it has been taken back already."""
    if any(known.id == payment.payment_id for known in draft.payments):
        draft.timeline.pop()
        return
    taken_by, taken_at = draft.reversals.get(payment.payment_id, (None, None))
    draft.payments.append(
        Payment(
            payment.payment_id,
            fact.id,
            fact.at,
            payment.day,
            payment.amount,
            payment.currency,
            payment.debt,
            taken_by,
            taken_at,
        )
    )


def payment_reversed(draft: CaseDraft, fact: Fact, reversal: p.PaymentReversed) -> None:
    """Take a payment back."""
    draft.reversals.setdefault(reversal.payment_id, (fact.id, fact.at))
    for index, payment in enumerate(draft.payments):
        if payment.id == reversal.payment_id and payment.reversed_by is None:
            draft.payments[index] = replace(payment, reversed_by=fact.id, reversed_at=fact.at)
