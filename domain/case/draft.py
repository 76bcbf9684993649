"""A case while facts are being applied to it: the same collections, but they can still change."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import date, datetime
from typing import Final

from domain.case import promising
from domain.case.ability import AbilitySheet
from domain.case.model import (
    Attempt,
    BadNumber,
    Callback,
    Case,
    Customer,
    Freeze,
    Hold,
    Moment,
    OtherPerson,
    Payment,
    Promise,
    Review,
    StopFlag,
)
from domain.case.parts import Debt, Phone

TIMELINE_LENGTH: Final = 60
"""How many moments a case carries with it; the history endpoint has the rest."""

ATTEMPTS_KEPT: Final = 200
"""How many attempts a case carries: more than any pack's rolling window can count."""


_COLLECTIONS: Final = frozenset({list, dict})


class CaseDraft:
    """The mutable side of :class:`domain.case.model.Case`, alive only inside a fold."""

    def __init__(self, case: Case) -> None:
        self.id: str = case.id
        self.customer: Customer = case.customer
        self.owner: str | None = case.owner
        self.as_of: date | None = case.as_of
        self.debts: list[Debt] = list(case.debts)
        self.account_phones: list[Phone] = list(case.phones)
        self.contact_phones: list[Phone] = []
        self.contact_name: str | None = None
        self.attempts: list[Attempt] = list(case.attempts)
        self.promises: list[Promise] = list(case.promises)
        self.payments: list[Payment] = list(case.payments)
        self.callbacks: list[Callback] = list(case.callbacks)
        self.stops: list[StopFlag] = list(case.stops)
        self.freezes: list[Freeze] = list(case.freezes)
        self.bad_numbers: list[BadNumber] = list(case.bad_numbers)
        self.people: list[OtherPerson] = list(case.people)
        self.reviews: list[Review] = list(case.reviews)
        self.reason: str | None = case.reason
        self.sheet: AbilitySheet | None = case.sheet
        self.escalated: str | None = case.escalated
        self.closed: str | None = case.closed
        self.timeline: list[Moment] = list(case.timeline)
        self.older: int = case.older
        self.hold: Hold | None = case.hold
        self.silent = case.silent
        self.approvals_asked: dict[str, str] = {}
        self.reversals: dict[str, tuple[str, datetime]] = {}

    def copy(self) -> CaseDraft:
        """Give a draft that changes independently of this one; what stands in the collections never changes."""
        other = CaseDraft.__new__(CaseDraft)
        mine = other.__dict__
        mine.update(self.__dict__)
        for name, value in self.__dict__.items():
            if type(value) in _COLLECTIONS:
                mine[name] = value.copy()
        return other

    def known_facts(self) -> set[str]:
        """Give the ids of the facts this case shows already."""
        known = {moment.fact for moment in self.timeline}
        known |= {attempt.id for attempt in self.attempts}
        known |= {promise.fact for promise in self.promises} | {promise.tip for promise in self.promises}
        return known | {callback.fact for callback in self.callbacks}

    def attempt_index(self, call: str | None, author: str) -> int | None:
        """Find the attempt ``call`` names, or the author's newest one that has not ended."""
        for index in range(len(self.attempts) - 1, -1, -1):
            attempt = self.attempts[index]
            if attempt.id == call or (call is None and attempt.author == author and attempt.ended_at is None):
                return index
        return None

    def promise_index(self, promise_id: str | None) -> int | None:
        """Find a promise by its id."""
        return next((i for i, promise in enumerate(self.promises) if promise.id == promise_id), None)

    def retract(self, fact: str) -> None:
        """Take away what ``fact`` put here. Attempts stay: a retracted attempt still counts."""
        self.timeline = [replace(m, retracted=True) if m.fact == fact else m for m in self.timeline]
        self.callbacks = [each for each in self.callbacks if each.fact != fact]
        self.stops = [each for each in self.stops if each.fact != fact]
        self.freezes = [each for each in self.freezes if each.fact != fact]
        self.bad_numbers = [each for each in self.bad_numbers if each.fact != fact]
        self.people = [each for each in self.people if each.fact != fact]
        self.reviews = [each for each in self.reviews if each.fact != fact]
        promising.retract(self, fact)
        moment = next(m for m in self.timeline if m.fact == fact)
        if moment.type == "reason.given":
            self.reason = next(
                (
                    str(m.data["code"])
                    for m in reversed(self.timeline)
                    if m.type == moment.type and not m.retracted and m.data.get("code")
                ),
                None,
            )
        elif moment.type == "escalation.asked":
            self.escalated = None
        elif moment.type == "attempt.ended":
            self.attempts = [
                replace(a, code=None, ended_at=None, talk_seconds=None) if a.id == moment.data.get("call") else a
                for a in self.attempts
            ]

    def finish(self) -> Case:
        """Freeze the draft into a case."""
        cut = max(0, len(self.timeline) - TIMELINE_LENGTH)
        return Case(
            id=self.id,
            customer=self.customer,
            owner=self.owner,
            as_of=self.as_of,
            currency=self._main_currency(),
            debts=tuple(self.debts),
            phones=self._phones(),
            attempts=tuple(self.attempts[-ATTEMPTS_KEPT:]),
            promises=tuple(self.promises),
            payments=tuple(self.payments),
            callbacks=tuple(sorted(self.callbacks, key=lambda each: (each.due, each.fact))),
            stops=tuple(self.stops),
            freezes=tuple(self.freezes),
            bad_numbers=tuple(self.bad_numbers),
            people=tuple(self.people),
            reviews=tuple(self.reviews),
            reason=self.reason,
            sheet=self.sheet,
            escalated=self.escalated,
            closed=self.closed,
            timeline=tuple(self.timeline[cut:]),
            older=self.older + cut,
            hold=self.hold,
            silent=self.silent,
        )

    def _phones(self) -> tuple[Phone, ...]:
        distinct = {(phone.e164, phone.extension): phone for phone in [*self.account_phones, *self.contact_phones]}
        return tuple(distinct.values())

    def _main_currency(self) -> str:
        sums: defaultdict[str, int] = defaultdict(int)
        for debt in self.debts:
            sums[debt.currency] += debt.open
        return max(sums, key=lambda currency: (sums[currency], currency), default="")
