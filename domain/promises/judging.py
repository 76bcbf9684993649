"""How a promise stands on a day: open, kept, partly kept or broken.

The same facts and the same day always give the same answer, so judging can be repeated for any day. Payments are
allocated first in, first out over the parts of all promises of a currency, in the order they fall due; a payment counts
for a part until the end of its due day plus the grace days.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from domain.case.model import Case, Payment, Promise
from domain.case.parts import PromisePart
from domain.promises.types import PromiseType

State = Literal["open", "kept", "partly_kept", "broken", "superseded", "withdrawn", "retracted", "pending_approval"]


@dataclass(frozen=True, slots=True)
class Standing:
    """A promise judged on a day.

    ``paid`` is what was allocated to it, ``missing`` what its parts still lack (both minor units); ``next_part`` is the
    earliest part that is not paid; ``decided_on`` is the day the state became final.
    """

    promise: Promise
    state: State
    paid: int
    missing: int
    next_part: PromisePart | None
    decided_on: date | None = None


def judge(promise: Promise, payments: Iterable[Payment], today: date, kind: PromiseType) -> Standing:
    """Judge one promise against the payments allocated to nobody else."""
    return _judge_in_order([promise], list(payments), today, kind)[0]


def judge_case(case: Case, today: date, kind: PromiseType) -> tuple[Standing, ...]:
    """Judge every promise of a case on ``today`` (the customer's day), in the order they were made."""
    if not case.promises:
        return ()
    return tuple(_judge_in_order(list(case.promises), list(case.payments), today, kind))


def level(standings: Iterable[Standing]) -> int:
    """Count the promises that were not kept so far."""
    return sum(standing.state in ("broken", "partly_kept") for standing in standings)


@dataclass(slots=True)
class _Purse:
    day: date
    currency: str
    left: int


def _judge_in_order(promises: list[Promise], payments: list[Payment], today: date, kind: PromiseType) -> list[Standing]:
    purses = [
        _Purse(payment.day, payment.currency, payment.amount)
        for payment in sorted(payments, key=lambda each: (each.day, each.at, each.id))
        if payment.reversed_by is None and payment.amount > 0
    ]
    counting = [promise for promise in promises if promise.ended is None and promise.approval != "refused"]
    grace = timedelta(days=kind.grace_days)
    slots = sorted(
        (
            (part.due, promise.at, promise.id, index, promise)
            for promise in counting
            for index, part in enumerate(promise.parts)
        ),
        key=lambda slot: slot[:4],
    )
    paid: dict[tuple[str, int], int] = {}
    for due, made, promise_id, index, promise in slots:
        wanted = promise.parts[index].amount
        got = 0
        for purse in purses:
            if got >= wanted:
                break
            if purse.currency == promise.currency and purse.left > 0 and made.date() <= purse.day <= due + grace:
                taken = min(purse.left, wanted - got)
                purse.left -= taken
                got += taken
        paid[promise_id, index] = got
    return [_standing(promise, paid, today, kind) for promise in promises]


def _standing(promise: Promise, paid: dict[tuple[str, int], int], today: date, kind: PromiseType) -> Standing:
    got = [paid.get((promise.id, index), 0) for index in range(len(promise.parts))]
    total = sum(got)
    missing = promise.total - total
    if promise.ended is not None:
        ended: State = promise.ended  # type: ignore[assignment]  # the fold writes only members of State here
        return Standing(promise, ended, total, missing, None)
    if promise.approval == "refused":
        return Standing(promise, "withdrawn", total, missing, None)
    grace = timedelta(days=kind.grace_days)
    pending: PromisePart | None = None
    for part, amount in zip(promise.parts, got, strict=True):
        enough = amount * 100 >= part.amount * kind.threshold
        if not enough and today > part.due + grace:
            failed: State = "partly_kept" if total > 0 else "broken"
            return Standing(promise, failed, total, missing, part, part.due + grace + timedelta(days=1))
        if not enough and pending is None:
            pending = part
    if pending is None:
        return Standing(promise, "kept", total, missing, None, promise.last_due)
    return Standing(promise, "pending_approval" if promise.approval == "asked" else "open", total, missing, pending)
