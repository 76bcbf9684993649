"""What is asked of a promise before it is saved."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Literal

from domain.case.parts import PromisePart
from domain.formats import day_plain
from domain.i18n import tr, trn
from domain.money import format_money
from domain.promises.types import PromiseType
from domain.promises.workdays import WorkingDays
from domain.records import dataclass

_DAYS_NAMED = 3

Severity = Literal["error", "approval", "warning"]


@dataclass(frozen=True, slots=True)
class CaptureIssue:
    """Something about a promise the agent should know before saving it.

    ``error`` cannot be saved, ``approval`` is saved as waiting for a supervisor, ``warning`` is only said. ``proposal``
    is a day that would not have the problem.
    """

    code: str
    severity: Severity
    text: str
    proposal: date | None = None


def working_day_before(day: date, today: date, is_holiday: Callable[[date], bool]) -> date | None:
    """Find the last working day before ``day`` that is not before ``today``."""
    return WorkingDays(is_holiday).before(day, today)


def check_promise(
    parts: Sequence[PromisePart],
    *,
    owed: int,
    currency: str,
    today: date,
    kind: PromiseType,
    open_promises: int = 0,
    changes: int | None = None,
    broken: int = 0,
    pay_day: int | None = None,
    frozen: bool = False,
    is_holiday: Callable[[date], bool] = lambda _day: False,
    is_makeup: Callable[[date], bool] = lambda _day: False,
) -> tuple[CaptureIssue, ...]:
    """Check a promise as it is being captured; ``today`` is the customer's day, ``owed`` what is open now (minor units).

    ``changes`` counts how often the promise that is amended or replaced was changed before; absent for a new one.
    ``frozen`` says that a dispute or hardship waits for a decision.
    """
    if not parts:
        return (CaptureIssue("no_date", "error", tr("Say a day first.")),)
    issues: list[CaptureIssue] = []
    total = sum(part.amount for part in parts)
    if any(part.amount <= 0 for part in parts):
        issues.append(CaptureIssue("amount", "error", tr("The amount must be more than nothing.")))
    if total > owed:
        text = tr("{amount} is more than the {owed} owed.")
        filled = text.format(amount=format_money(total, currency), owed=format_money(owed, currency))
        issues.append(CaptureIssue("more_than_owed", "warning", filled))
    first, last = min(part.due for part in parts), max(part.due for part in parts)
    if first < today:
        issues.append(CaptureIssue("past", "error", tr("This day is already past for the customer.")))
    issues += _horizon(first, last, today, kind)
    issues += _authority(parts, total, kind)
    issues += _days_off(parts, today, WorkingDays(is_holiday, is_makeup))
    issues += _before_pay_day(parts[0].due, today, pay_day)
    if changes is not None and changes >= kind.renegotiations:
        text = tr("This promise was changed {n} times already: a supervisor has to approve another change.")
        issues.append(CaptureIssue("renegotiated", "approval", text.format(n=changes)))
    if open_promises:
        issues.append(CaptureIssue("second", "warning", tr("There is an open promise already; this one replaces it.")))
    if broken >= kind.supervisor_after_broken:
        text = tr("{n} promises were not kept before: a supervisor has to approve another one.")
        issues.append(CaptureIssue("broken_before", "approval", text.format(n=broken)))
    if frozen:
        text = tr("A dispute or hardship waits for a supervisor: this promise is frozen until that is decided.")
        issues.append(CaptureIssue("frozen", "warning", text))
    return tuple(issues)


def _authority(parts: Sequence[PromisePart], total: int, kind: PromiseType) -> list[CaptureIssue]:
    issues = []
    if len(parts) > kind.most_parts:
        issues.append(CaptureIssue("parts", "error", tr("A plan has at most {n} payments.").format(n=kind.most_parts)))
    if len(parts) > 1 and parts[0].amount * 100 < total * kind.smallest_first:
        text = tr("The first payment is below {percent} % of the whole: a supervisor has to approve it.")
        issues.append(CaptureIssue("first_part", "approval", text.format(percent=kind.smallest_first)))
    if kind.approval_above is not None and total > kind.approval_above:
        issues.append(CaptureIssue("authority", "approval", tr("This amount needs a supervisor's approval.")))
    return issues


def _horizon(first: date, last: date, today: date, kind: PromiseType) -> list[CaptureIssue]:
    proposal = today + timedelta(days=kind.horizon_days)
    days = (first - today).days
    if days > kind.horizon_limit_days:
        text = tr("{n} days ahead is beyond the limit of {limit}.").format(n=days, limit=kind.horizon_limit_days)
        return [CaptureIssue("horizon", "error", text, proposal)]
    days = (last - today).days
    if days > kind.horizon_days:
        text = tr("{n} days ahead is beyond {horizon}: a supervisor has to approve it.")
        filled = text.format(n=days, horizon=kind.horizon_days)
        return [CaptureIssue("horizon", "approval", filled, proposal if first == last else None)]
    return []


def _days_off(parts: Sequence[PromisePart], today: date, working: WorkingDays) -> list[CaptureIssue]:
    off = [(part.due, why) for part in parts if (why := working.day_off(part.due)) is not None]
    if not off:
        return []
    if len(parts) > 1:
        text = trn("{n} payment falls on a day off: {days}.", "{n} payments fall on days off: {days}.", len(off))
        named = ", ".join(day_plain(day) for day, _ in off[:_DAYS_NAMED]) + (" …" if len(off) > _DAYS_NAMED else "")
        return [CaptureIssue("days_off", "warning", text.format(n=len(off), days=named))]
    day, why = off[0]
    words = tr("That is a public holiday.") if why == "holiday" else tr("That is a weekend.")
    return [CaptureIssue(why, "warning", words, working.before(day, today))]


def _before_pay_day(day: date, today: date, pay_day: int | None) -> list[CaptureIssue]:
    if pay_day is not None and day.day < pay_day and day.month == today.month and today.day < pay_day:
        text = tr("That is before pay day ({day}).").format(day=pay_day)
        return [CaptureIssue("before_pay_day", "warning", text)]
    return []
