"""What a typed promise means for a case: days, amounts, checks, and the sentence to read out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction

from domain.case import reading
from domain.case.model import Case
from domain.case.parts import PromisePart
from domain.dates import PhraseReading, echo, read_phrase
from domain.formats import day_plain
from domain.i18n import tr, trn
from domain.money import format_money, parse_amount
from domain.policy import Policy
from domain.promises import CaptureIssue, check_promise, instalments, judge_case, level
from domain.promises.types import PromiseType
from screens.ports import PromiseEntry, PromiseView

METHODS = ("transfer", "card", "cash", "direct debit", "wallet")


@dataclass(frozen=True, slots=True)
class PromiseReader:
    """Reads promise entries under a policy; ``is_holiday`` is asked for the customer's region."""

    policy: Policy
    is_holiday: Callable[[date, str | None], bool]

    def read(self, case: Case, entry: PromiseEntry, now: datetime) -> PromiseView:
        """Say what a promise would be; errors are in the view, nothing is raised."""
        today = reading.customer_day(case, now)
        owed = reading.balance(case, today).owed
        phrase = read_phrase(entry.when, today, pay_day=case.customer.pay_day)
        if phrase.date is None:
            return self._nothing(case, phrase)
        try:
            total = parse_amount(entry.amount, case.currency) if entry.amount.strip() else max(0, owed)
        except ValueError:
            issue = CaptureIssue("amount", "error", tr("This is no amount: write it like 1200 or 1,200.50."))
            return PromiseView((), case.currency, "", "", (issue,), "", ready=False)
        try:
            parts = self._parts(case, phrase, entry, total)
        except ValueError:
            issue = CaptureIssue(
                "parts", "error", tr("These payments do not add up: check the amounts and the number.")
            )
            return PromiseView((), case.currency, "", "", (issue,), "", ready=False)
        return self._view(case, entry, phrase, parts, today, owed)

    def _nothing(self, case: Case, phrase: PhraseReading) -> PromiseView:
        issues: tuple[CaptureIssue, ...] = ()
        if phrase.needs == "pay_day":
            issues = (CaptureIssue("pay_day", "error", tr("Ask for the pay day, then type it: 25th.")),)
        return PromiseView((), case.currency, "", phrase.why, issues, "", ready=False, proposal=phrase.mentioned)

    def _parts(self, case: Case, phrase: PhraseReading, entry: PromiseEntry, total: int) -> tuple[PromisePart, ...]:
        if phrase.date is None:
            return ()
        if len(phrase.parts) > 1:
            return self._said_parts(case, phrase, total)
        count = int(entry.count) if entry.count.strip() else 1
        return instalments(total, count, phrase.date, entry.every)

    def _said_parts(self, case: Case, phrase: PhraseReading, total: int) -> tuple[PromisePart, ...]:
        left = total
        parts: list[PromisePart] = []
        for index, said in enumerate(phrase.parts):
            last = index == len(phrase.parts) - 1
            if said.amount is not None:
                amount = parse_amount(said.amount, case.currency)
            elif said.share is None or last:
                amount = left
            else:
                amount = int(Fraction(total) * said.share)
            if not 0 < amount <= left:
                raise ValueError("the parts are more than the whole")
            left -= amount
            parts.append(PromisePart(said.date, amount))
        return tuple(parts)

    def _view(
        self,
        case: Case,
        entry: PromiseEntry,
        phrase: PhraseReading,
        parts: tuple[PromisePart, ...],
        today: date,
        owed: int,
    ) -> PromiseView:
        standings = judge_case(case, today, self.policy.promise)
        still_open = sum(standing.state in ("open", "pending_approval") for standing in standings)
        issues = check_promise(
            parts,
            owed=owed,
            currency=case.currency,
            today=today,
            kind=self.policy.promise,
            open_promises=still_open,
            broken=level(standings),
            pay_day=case.customer.pay_day,
            is_holiday=lambda day: self.is_holiday(day, case.customer.region),
        )
        ready = not any(issue.severity == "error" for issue in issues)
        proposal = next((issue.proposal for issue in issues if issue.proposal is not None), None)
        words = echo(parts[0].due, today) if len(parts) == 1 else _plan_words(parts, case.currency, today)
        return PromiseView(
            parts,
            case.currency,
            words,
            phrase.why,
            issues,
            recap(parts, case.currency, entry.method),
            ready,
            proposal,
            entry.when.strip(),
        )


def needs_approval(issues: Sequence[CaptureIssue]) -> bool:
    """Tell whether a supervisor has to approve."""
    return any(issue.severity == "approval" for issue in issues)


def _plan_words(parts: tuple[PromisePart, ...], currency: str, today: date) -> str:
    total = format_money(sum(part.amount for part in parts), currency)
    words = trn("{n} payment, {total}: first {first}", "{n} payments, {total}: first {first}", len(parts))
    return words.format(n=len(parts), total=total, first=echo(parts[0].due, today))


def recap(parts: tuple[PromisePart, ...], currency: str, method: str) -> str:
    """Give the sentence that is said back to the customer."""
    if not parts:
        return ""
    if len(parts) == 1:
        words = tr("So you will pay {amount} by {method} on {day}. Is that right?")
        return words.format(
            amount=format_money(parts[0].amount, currency), method=method_name(method), day=_spoken(parts[0].due)
        )
    words = tr("So you will pay {plan} by {method}. Is that right?")
    each = tr(", then ").join(
        tr("{amount} on {day}").format(amount=format_money(part.amount, currency), day=_spoken(part.due))
        for part in parts
    )
    return words.format(plan=each, method=method_name(method))


def method_name(method: str) -> str:
    """Name a payment method in the interface language."""
    names = {
        "transfer": tr("bank transfer"),
        "card": tr("card"),
        "cash": tr("cash"),
        "direct debit": tr("direct debit"),
        "wallet": tr("mobile wallet"),
    }
    return names.get(method, method)


def _spoken(day: date) -> str:
    return day_plain(day)


__all__ = ["METHODS", "PromiseReader", "PromiseType", "method_name", "needs_approval", "recap"]
