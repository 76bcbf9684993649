"""What is asked of a promise before it is saved."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Literal

from domain.case.parts import PromisePart
from domain.i18n import tr
from domain.money import format_money
from domain.promises.types import PromiseType
from domain.records import dataclass

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
    candidate = day
    while candidate >= today:
        if candidate.weekday() < 5 and not is_holiday(candidate):
            return candidate
        candidate -= timedelta(days=1)
    return None


def check_promise(
    parts: Sequence[PromisePart],
    *,
    owed: int,
    currency: str,
    today: date,
    kind: PromiseType,
    open_promises: int = 0,
    broken: int = 0,
    pay_day: int | None = None,
    is_holiday: Callable[[date], bool] = lambda _day: False,
) -> tuple[CaptureIssue, ...]:
    """Check a promise as it is being captured; ``today`` is the customer's day, ``owed`` what is open now (minor units)."""
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
    issues += _horizon(last, today, kind)
    if len(parts) > kind.most_parts:
        issues.append(CaptureIssue("parts", "error", tr("A plan has at most {n} payments.").format(n=kind.most_parts)))
    if len(parts) > 1 and parts[0].amount * 100 < total * kind.smallest_first:
        text = tr("The first payment is below {percent} % of the whole: a supervisor has to approve it.")
        issues.append(CaptureIssue("first_part", "approval", text.format(percent=kind.smallest_first)))
    if kind.approval_above is not None and total > kind.approval_above:
        issues.append(CaptureIssue("authority", "approval", tr("This amount needs a supervisor's approval.")))
    issues += _day_issues(parts[0].due, today, pay_day, is_holiday)
    if open_promises:
        issues.append(CaptureIssue("second", "warning", tr("There is an open promise already; this one replaces it.")))
    if broken >= kind.supervisor_after_broken:
        text = tr("{n} promises were not kept before: tell a supervisor.")
        issues.append(CaptureIssue("broken_before", "warning", text.format(n=broken)))
    return tuple(issues)


def _horizon(last: date, today: date, kind: PromiseType) -> list[CaptureIssue]:
    days = (last - today).days
    if days > kind.horizon_limit_days:
        text = tr("{n} days ahead is beyond the limit of {limit}.").format(n=days, limit=kind.horizon_limit_days)
        return [CaptureIssue("horizon", "error", text, today + timedelta(days=kind.horizon_days))]
    if days > kind.horizon_days:
        text = tr("{n} days ahead is beyond {horizon}: a supervisor has to approve it.")
        return [
            CaptureIssue(
                "horizon",
                "approval",
                text.format(n=days, horizon=kind.horizon_days),
                today + timedelta(days=kind.horizon_days),
            )
        ]
    return []


def _day_issues(day: date, today: date, pay_day: int | None, is_holiday: Callable[[date], bool]) -> list[CaptureIssue]:
    issues = []
    if is_holiday(day):
        issues.append(
            CaptureIssue(
                "holiday", "warning", tr("That is a public holiday."), working_day_before(day, today, is_holiday)
            )
        )
    elif day.weekday() >= 5:
        issues.append(
            CaptureIssue("weekend", "warning", tr("That is a weekend."), working_day_before(day, today, is_holiday))
        )
    if pay_day is not None and day.day < pay_day and day.month == today.month and today.day < pay_day:
        issues.append(
            CaptureIssue("before_pay_day", "warning", tr("That is before pay day ({day}).").format(day=pay_day))
        )
    return issues
