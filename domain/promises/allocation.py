"""Payments allocated first in, first out over the open parts of promises.

A payment goes to the parts that are open on its day, the one due first before the others; what is left of it belongs to
nobody. A payment that came back is taken out again, except from promises that had been confirmed by then.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from domain.case.model import Payment, Promise
from domain.promises.types import PromiseType
from domain.promises.windows import DayOf, FrozenTime, deadline


@dataclass(slots=True)
class Account:
    """What a promise has been given so far; alive only while it is judged.

    ``ended`` is the day it was replaced or withdrawn; ``got`` has one sum for each part (minor units).
    """

    promise: Promise
    kind: PromiseType
    made: date
    ended: date | None
    frozen: tuple[FrozenTime, ...]
    deadlines: tuple[date | None, ...] = ()
    got: list[int] = field(default_factory=list)
    kept_on: date | None = None
    last_payment: date | None = None

    def __post_init__(self) -> None:
        self.deadlines = tuple(deadline(part, self.kind, self.frozen) for part in self.promise.parts)
        self.empty()

    def empty(self) -> None:
        """Forget what was given."""
        self.got = [0] * len(self.promise.parts)
        self.kept_on = self.last_payment = None

    @property
    def paid(self) -> int:
        """What was given altogether, in minor units."""
        return sum(self.got)

    def failed_on(self, day: date) -> date | None:
        """Give the day on which it was plain that too little had come, if that is ``day`` or before."""
        if self.kept_on is not None:
            return None
        wanted, had = 0, self.paid
        for part, last in zip(self.promise.parts, self.deadlines, strict=True):
            wanted += part.amount
            if last is not None and last < day and had * 100 < wanted * self.kind.threshold:
                return last + timedelta(days=1)
        return None

    def takes(self, payment: Payment) -> bool:
        """Tell whether a payment may count for this promise."""
        promise = self.promise
        return (
            self.kept_on is None
            and payment.currency == promise.currency
            and self.made <= payment.day
            and payment.at > promise.at
            and (self.ended is None or (payment.day <= self.ended and _before_end(payment, promise)))
            and self.failed_on(payment.day) is None
        )

    def give(self, index: int, amount: int, day: date) -> None:
        """Put money on a part; the promise is kept as soon as enough has come."""
        self.got[index] += amount
        self.last_payment = day
        if self.paid * 100 >= self.promise.total * self.kind.threshold:
            self.kept_on = day


def _before_end(payment: Payment, promise: Promise) -> bool:
    return promise.ended_at is None or payment.at < promise.ended_at


def _meant_for_another(account: Account, accounts: Sequence[Account], payment: Payment) -> bool:
    """Tell whether a payment names a debt that another promise covers and this one does not."""
    covers = account.promise.debts
    if payment.debt is None or not covers or payment.debt in covers:
        return False
    return any(payment.debt in other.promise.debts for other in accounts)


@dataclass(frozen=True, slots=True)
class _Share:
    """What one payment gave to one part."""

    account: Account
    index: int
    amount: int


@dataclass(slots=True)
class _Purse:
    """A payment as far as it still counts; ``fixed`` shares stay though the payment came back."""

    payment: Payment
    fixed: tuple[_Share, ...] | None = None
    shares: list[_Share] = field(default_factory=list)


def allocate(accounts: Sequence[Account], payments: Iterable[Payment], day_of: DayOf, today: date) -> None:
    """Allocate the payments up to ``today``; the accounts hold the result."""
    known = sorted(
        (payment for payment in payments if payment.amount > 0 and payment.day <= today),
        key=lambda each: (each.day, each.at, each.id),
    )
    if not accounts or not known:
        return
    purses = [_Purse(payment) for payment in known]
    reversals = sorted(
        ((purse.payment.reversed_at, purse.payment.id, purse) for purse in purses if purse.payment.reversed_at),
        key=lambda each: each[:2],
    )
    for instant, _, purse in reversals:
        back = day_of(instant)
        if back > today:
            continue
        _run(accounts, purses, min(back, today))
        purse.fixed = tuple(share for share in purse.shares if _confirmed(share.account, back))
    _run(accounts, purses, today)


def _confirmed(account: Account, day: date) -> bool:
    return account.kept_on is not None and account.kept_on + timedelta(days=account.kind.confirm_days) <= day


def _run(accounts: Sequence[Account], purses: Sequence[_Purse], today: date) -> None:
    for account in accounts:
        account.empty()
    slots = sorted(
        (part.due, account.promise.at, account.promise.id, index, place)
        for place, account in enumerate(accounts)
        for index, part in enumerate(account.promise.parts)
    )
    for purse in purses:
        purse.shares = []
        if purse.payment.day > today:
            continue
        if purse.fixed is not None:
            for share in purse.fixed:
                share.account.give(share.index, share.amount, purse.payment.day)
            purse.shares = list(purse.fixed)
            continue
        left = purse.payment.amount
        for *_, index, place in slots:
            account = accounts[place]
            wanted = account.promise.parts[index].amount - account.got[index]
            if left <= 0:
                break
            if wanted <= 0 or not account.takes(purse.payment) or _meant_for_another(account, accounts, purse.payment):
                continue
            taken = min(left, wanted)
            left -= taken
            account.give(index, taken, purse.payment.day)
            purse.shares.append(_Share(account, index, taken))
