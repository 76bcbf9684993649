"""What people ask of a case: how much, how late, since when, what next.

Everything here is worked out from the case and a day or an instant; nothing is stored.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final

from domain.case.model import Attempt, Case, OtherPerson, StopFlag
from domain.case.parts import Debt, Phone
from domain.clock import day_in
from domain.codes import Catalogue
from domain.records import dataclass

_CONSUMER_STAGES: Final = ((0, "C"), (5, "S1"), (15, "S2"), (30, "S3"), (60, "M2"), (90, "M3"))
_BUSINESS_STAGES: Final = ((0, "C"), (30, "1–30"), (60, "31–60"), (90, "61–90"), (120, "91–120"))


@dataclass(frozen=True, slots=True)
class Balance:
    """What is open in one currency (minor units): everything, and the part whose due day has passed."""

    currency: str
    owed: int
    overdue: int


def payments_since(case: Case, currency: str) -> int:
    """Add up what arrived after the ledger's day, which the debts do not show yet."""
    return sum(
        payment.amount
        for payment in case.payments
        if payment.currency == currency
        and payment.reversed_by is None
        and (case.as_of is None or payment.day > case.as_of)
    )


def balance(case: Case, today: date, currency: str | None = None) -> Balance:
    """Tell what is owed in ``currency`` (the case's main one by default) on ``today``.

    Credits count against what is overdue. A debt without a due day counts as overdue: the ledger lists it as open.
    """
    wanted = currency or case.currency
    paid = payments_since(case, wanted)
    owed = sum(debt.open for debt in case.debts if debt.currency == wanted) - paid
    late = sum(debt.open for debt in case.debts if debt.currency == wanted and is_overdue(debt, today)) - paid
    return Balance(wanted, owed, max(0, min(late, owed)))


def other_balances(case: Case, today: date) -> tuple[Balance, ...]:
    """Tell what is owed in the other currencies of the case."""
    others = sorted({debt.currency for debt in case.debts} - {case.currency})
    return tuple(balance(case, today, currency) for currency in others)


def is_overdue(debt: Debt, today: date) -> bool:
    """Tell whether a debt's day has passed; credits count at once."""
    return debt.open < 0 or debt.due is None or debt.due < today


def days_past_due(case: Case, today: date) -> int:
    """Count the days since the oldest open debt was due; 0 when nothing is late, never negative."""
    days = [(today - debt.due).days for debt in case.debts if debt.open > 0 and debt.due is not None]
    return max([0, *days])


def debt_days(debt: Debt, today: date) -> int | None:
    """Count the days since a debt was due; negative before it is, ``None`` without a due day."""
    return None if debt.due is None else (today - debt.due).days


def stage(days: int, segment: str) -> str:
    """Name the ageing stage: C, S1 … M3+ for consumers; 1–30 … 120+ for business receivables."""
    bounds = _CONSUMER_STAGES if segment == "consumer" else _BUSINESS_STAGES
    return next((name for limit, name in bounds if days <= limit), "M3+" if segment == "consumer" else "120+")


def days_to_next_stage(days: int, segment: str) -> int | None:
    """Count the days until the next ageing stage begins; ``None`` in the last one."""
    bounds = _CONSUMER_STAGES if segment == "consumer" else _BUSINESS_STAGES
    return next((limit + 1 - days for limit, _ in bounds if days <= limit), None)


def good_phones(case: Case) -> tuple[Phone, ...]:
    """Give the numbers nobody reported as wrong and nobody asked us not to use."""
    if not case.bad_numbers and not case.stops:
        return case.phones
    bad = {report.number for report in case.bad_numbers}
    bad |= {stop.number for stop in case.stops if stop.number and stop.lifted_by is None and _of_calls(stop)}
    return tuple(phone for phone in case.phones if phone.e164 not in bad)


def person_of(case: Case, number: str) -> OtherPerson | None:
    """Tell whose number it is when it is not the customer's own."""
    if not case.people or any(phone.e164 == number for phone in case.phones):
        return None
    return next((each for each in case.people if any(phone.e164 == number for phone in each.phones)), None)


def numbers(case: Case) -> tuple[Phone, ...]:
    """Give every number that leads to the customer: their own first, then those of other people."""
    return (*case.phones, *(phone for person in case.people for phone in person.phones))


def zones(case: Case, phone: Phone | None = None) -> tuple[str, ...]:
    """Give every zone the customer may be in: as stated, else all zones of the number, else of all good numbers."""
    if case.customer.zone:
        return (case.customer.zone,)
    if phone is not None:
        return phone.zones
    good = good_phones(case)
    if len(good) == 1:
        return good[0].zones
    return tuple(sorted({zone for each in good for zone in each.zones}))


def customer_day(case: Case, now: datetime) -> date:
    """Tell which day it is for the customer; the earliest one where several zones are possible, UTC where none is."""
    return day_in_zones(zones(case), now)


def day_in_zones(possible: tuple[str, ...], now: datetime) -> date:
    """Tell the earliest day it may be in some zones, UTC's where there is none."""
    return min((day_in(now, zone) for zone in possible), default=now.date())


def last_conversation(case: Case, codes: Catalogue) -> Attempt | None:
    """Give the newest attempt that reached the right party."""
    for attempt in reversed(case.attempts):
        code = codes.get(attempt.code)
        if code is not None and code.has("conversation"):
            return attempt
    return None


def standing_stops(case: Case) -> tuple[str, ...]:
    """Name the stop flags that hold for every call to the customer; of one number or somebody else they are not."""
    return tuple(
        stop.kind
        for stop in case.stops
        if stop.lifted_by is None
        and not _of_one_number(stop)
        and stop.kind != "third_party_refused"
        and _of_calls(stop)
    )


def _of_one_number(stop: StopFlag) -> bool:
    """Tell whether a stop is about one number; a death or a lawyer is not, on whatever number it was reported."""
    return stop.number is not None and stop.kind in ("opt_out_number", "opt_out_channel")


def _of_calls(stop: StopFlag) -> bool:
    """Tell whether a stop is about calls; an opt-out may be about another channel."""
    return stop.channel in (None, "call")


def is_abandoned(attempt: Attempt, now: datetime, minutes: int) -> bool:
    """Tell whether an attempt has had no end for so many minutes: it is over, and counts whatever else happens."""
    return attempt.ended_at is None and now - attempt.at >= timedelta(minutes=minutes)
