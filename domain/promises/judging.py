"""How a promise stands on a day: open, kept, partly kept, broken, frozen, replaced, withdrawn or waiting for approval.

The same facts and the same day always give the same answer, so judging can be repeated for any day and changes nothing
the second time. A part may be paid until the end of its due day plus the grace days, in the customer's zone; a payment
inside that window judges at once. What was decided before a promise was replaced or withdrawn stays decided.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Final, Literal, get_args

from domain.case import reading
from domain.case.model import Case, Freeze, Payment, Promise
from domain.case.parts import PromisePart
from domain.clock import day_in
from domain.promises.allocation import Account, allocate
from domain.promises.types import PromiseType
from domain.promises.windows import DayOf, frozen_times
from domain.records import dataclass

State = Literal[
    "open", "kept", "partly_kept", "broken", "superseded", "withdrawn", "retracted", "pending_approval", "frozen"
]
STATES: Final[tuple[State, ...]] = get_args(State)
NOT_KEPT: Final = frozenset({"broken", "partly_kept"})
"""The states that count against a customer."""
STANDING: Final = frozenset({"open", "pending_approval", "frozen"})
"""The states in which money is still expected."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A promise judged on a day.

    ``paid`` is what was allocated to it, ``missing`` what its parts still lack (both minor units), ``part_paid`` the same
    part by part; ``next_part`` is the earliest part that is not paid; ``decided_on`` is the day the state became final.
    ``confirmed`` says that a payment coming back changes nothing any more. ``level`` counts the promises not kept before
    this one was made.
    """

    promise: Promise
    state: State
    paid: int
    missing: int
    next_part: PromisePart | None
    decided_on: date | None = None
    confirmed: bool = False
    last_payment: date | None = None
    level: int = 0
    part_paid: tuple[int, ...] = ()

    @property
    def matured(self) -> bool:
        """Whether it is decided: kept, partly kept or broken."""
        return self.state in ("kept", "partly_kept", "broken")


def judge(promise: Promise, payments: Iterable[Payment], today: date, kind: PromiseType) -> Standing:
    """Judge one promise against the payments allocated to nobody else, in the zone it was made in."""
    zone = promise.zone or "UTC"
    return _judged([promise], tuple(payments), (), today, kind, lambda instant: day_in(instant, zone))[0]


def judge_case(case: Case, today: date, kind: PromiseType) -> tuple[Standing, ...]:
    """Judge every promise of a case on ``today`` (the customer's day), in the order they were made.

    ``kind`` is the standard type with its variants. What happened after ``today`` is left out of account, so a day long
    past can be judged again.
    """
    if not case.promises:
        return ()
    zones = reading.zones(case)
    return _judged(
        case.promises,
        case.payments,
        case.freezes,
        today,
        kind,
        lambda instant: reading.day_in_zones(zones, instant),
    )


def judge_case_at(case: Case, now: datetime, kind: PromiseType) -> tuple[Standing, ...]:
    """Judge every promise of a case at an instant, on the day it then is for the customer."""
    return judge_case(case, reading.customer_day(case, now), kind)


def decided_between(standings: Iterable[Standing], first: date, last: date) -> tuple[Standing, ...]:
    """Give the promises that were decided on ``first`` to ``last``: what a day's job has to tell."""
    return tuple(
        standing
        for standing in standings
        if standing.matured and standing.decided_on is not None and first <= standing.decided_on <= last
    )


def level(standings: Iterable[Standing]) -> int:
    """Count the promises that were not kept so far."""
    return sum(standing.state in NOT_KEPT for standing in standings)


def _judged(
    promises: Sequence[Promise],
    payments: Sequence[Payment],
    freezes: Sequence[Freeze],
    today: date,
    kind: PromiseType,
    day_of: DayOf,
) -> tuple[Standing, ...]:
    accounts = []
    for promise in promises:
        made = day_of(promise.at)
        ended = day_of(promise.ended_at) if promise.ended is not None and promise.ended_at is not None else None
        accounts.append(
            Account(
                promise,
                kind.named(promise.kind),
                made,
                ended if ended is not None and ended <= today else None,
                frozen_times(promise, freezes, day_of, today) if freezes else (),
            )
        )
    counting = [account for account in accounts if account.promise.ended != "retracted"]
    allocate(counting, payments, day_of, today)
    standings = tuple(_standing(account, today) for account in accounts)
    if len(standings) == 1 or not level(standings):
        return standings
    return tuple(
        replace(standing, level=_level_before(standings, account.made))
        for standing, account in zip(standings, accounts, strict=True)
    )


def _level_before(standings: Sequence[Standing], day: date) -> int:
    return sum(
        standing.state in NOT_KEPT and standing.decided_on is not None and standing.decided_on <= day
        for standing in standings
    )


def _standing(account: Account, today: date) -> Standing:
    promise = account.promise
    paid = account.paid
    failed = account.failed_on(today)
    if failed is not None and account.ended is not None and failed > account.ended:
        failed = None  # replaced or withdrawn while there was still time
    state, decided = _state(account, failed)
    confirmed = account.kept_on is not None and account.kept_on + timedelta(days=account.kind.confirm_days) <= today
    return Standing(
        promise,
        state,
        paid,
        promise.total - paid,
        _next_part(account) if state in STANDING or state in NOT_KEPT else None,
        decided,
        confirmed and state == "kept",
        account.last_payment,
        0,
        tuple(account.got),
    )


def _state(account: Account, failed: date | None) -> tuple[State, date | None]:
    promise = account.promise
    if promise.ended == "retracted":
        return "retracted", None
    if account.kept_on is not None:
        return "kept", account.kept_on
    if failed is not None:
        return ("partly_kept" if account.paid > 0 else "broken"), failed
    if promise.ended == "superseded" and (account.ended is not None or promise.ended_at is None):
        return "superseded", account.ended
    if promise.ended == "withdrawn" and (account.ended is not None or promise.ended_at is None):
        return "withdrawn", account.ended
    if any(time.end is None for time in account.frozen):
        return "frozen", None
    return ("pending_approval" if promise.approval == "asked" else "open"), None


def _next_part(account: Account) -> PromisePart | None:
    wanted, had = 0, account.paid
    for part in account.promise.parts:
        wanted += part.amount
        if had * 100 < wanted * account.kind.threshold:
            return part
    return None
