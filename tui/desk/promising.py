"""What a typed promise means for a case: days, amounts, checks, and the sentence to read out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Literal

from domain.affordability import AffordablePlan, affordable_plans
from domain.case import reading
from domain.case.ability import AbilitySheet
from domain.case.model import Case
from domain.case.parts import PromisePart
from domain.dates import PhraseReading, echo, read_phrase
from domain.dates.arithmetic import month_of, next_pay_day
from domain.formats import day_plain
from domain.gate.holidays import HolidayCalendar
from domain.i18n import tr, trn
from domain.money import format_money, parse_amount
from domain.policy import Policy
from domain.promises import (
    CaptureIssue,
    Standing,
    WorkingDays,
    changes_so_far,
    check_promise,
    instalments,
    judge_case,
    level,
    standing_promises,
)
from screens.ports import PromiseEntry, PromiseStep, PromiseView, Refused
from screens.widgets.promiselines import method_name


@dataclass(frozen=True, slots=True)
class PromiseReader:
    """Reads promise entries under a policy; the calendar is asked for the customer's region."""

    policy: Policy
    calendar: HolidayCalendar

    def read(self, case: Case, entry: PromiseEntry, now: datetime) -> PromiseView:
        """Say what a promise would be; errors are in the view, nothing is raised."""
        today = reading.customer_day(case, now)
        owed = reading.balance(case, today).owed
        phrase = read_phrase(entry.when, today, pay_day=case.customer.pay_day, date_order=_order(case))
        if phrase.date is None:
            return self._nothing(case, phrase)
        amended = next((each for each in case.promises if each.id == entry.amends), None)
        whole = amended.total if amended is not None else max(0, owed)
        try:
            total = parse_amount(entry.amount, case.currency) if entry.amount.strip() else whole
        except ValueError:
            return _unread(case, "amount", tr("This is no amount: write it like 1200 or 1,200.50."))
        try:
            parts = self._parts(case, phrase, entry, total)
        except ValueError:
            return _unread(case, "parts", tr("These payments do not add up: check the amounts and the number."))
        return self._view(case, entry, phrase, parts, today, owed)

    def working_days(self, case: Case) -> WorkingDays:
        """Give the working days of a customer's region."""
        region = case.customer.region
        if region is None:
            return WorkingDays()
        return WorkingDays(
            lambda day: self.calendar.is_holiday(day, region), lambda day: self.calendar.is_makeup_workday(day, region)
        )

    def _nothing(self, case: Case, phrase: PhraseReading) -> PromiseView:
        issues: tuple[CaptureIssue, ...] = ()
        asks = phrase.needs == "pay_day"
        if asks:
            words = tr("Ask which day of the month the customer is paid: ↵ writes it down once.")
            issues = (CaptureIssue("pay_day", "error", words),)
        why = "" if asks else phrase.why
        return PromiseView(
            (), case.currency, "", why, issues, "", ready=False, proposal=phrase.mentioned, asks_pay_day=asks
        )

    def _parts(self, case: Case, phrase: PhraseReading, entry: PromiseEntry, total: int) -> tuple[PromisePart, ...]:
        if phrase.date is None:
            return ()
        if len(phrase.parts) > 1:
            return self._said_parts(case, phrase, total, entry)
        count = int(entry.count) if entry.count.strip() else 1
        if count == 1:
            total = _said_amount(phrase, total, case.currency) if not entry.amount.strip() else total
        return instalments(
            total,
            count,
            phrase.date,
            entry.every,
            first_amount=parse_amount(entry.first, case.currency) if entry.first.strip() and count > 1 else None,
            spread=entry.spread,
            month_day=int(entry.month_day) if entry.month_day else _month_end(phrase),
            working=self.working_days(case),
            shift=entry.shift if count > 1 else "",
        )

    def _said_parts(
        self, case: Case, phrase: PhraseReading, total: int, entry: PromiseEntry
    ) -> tuple[PromisePart, ...]:
        left = total
        parts: list[PromisePart] = []
        working, first = self.working_days(case), phrase.parts[0].date
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
            parts.append(PromisePart(working.shifted(said.date, entry.shift, first), amount))
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
        stand = standing_promises(standings, case.currency)
        changed = next((each for each in stand if each.promise.id == entry.amends), stand[-1] if stand else None)
        working = self.working_days(case)
        issues = check_promise(
            parts,
            owed=owed,
            currency=case.currency,
            today=today,
            kind=self.policy.promise.named(self.kind_of(entry, parts)),
            open_promises=0 if entry.amends else len(stand),
            changes=changes_so_far(standings, changed) if changed is not None else None,
            broken=level(standings),
            pay_day=case.customer.pay_day,
            frozen=any(freeze.resolved_by is None for freeze in case.freezes),
            is_holiday=working.is_holiday,
            is_makeup=working.is_makeup,
        )
        ready = not any(issue.severity == "error" for issue in issues)
        proposal = next((issue.proposal for issue in issues if issue.proposal is not None), None)
        words = echo(parts[0].due, today) if len(parts) == 1 else _plan_words(parts, case.currency, today)
        if len(parts) == 1 and not entry.amount.strip() and parts[0].amount != max(0, owed):
            words += " · " + format_money(parts[0].amount, case.currency)
        return PromiseView(
            parts,
            case.currency,
            words,
            phrase.why,
            issues,
            recap(parts, case.currency, entry.method),
            ready,
            proposal if len(parts) == 1 else None,
            entry.when.strip(),
            shift_offered=any(issue.code == "days_off" for issue in issues),
            amends=entry.amends,
            kind=self.kind_of(entry, parts) or "",
        )

    def kind_of(self, entry: PromiseEntry, parts: Sequence[PromisePart]) -> str | None:
        """Name the promise type: the one asked for, for several payments the house's type "plan" if it has one."""
        names = {variant.name for variant in self.policy.promise.variants}
        wanted = entry.kind or ("plan" if len(parts) > 1 else "")
        return wanted if wanted in names else None

    def move(self, case: Case, entry: PromiseEntry, step: PromiseStep, now: datetime) -> date | Refused:
        """Give the day a key moves the date to."""
        today = reading.customer_day(case, now)
        phrase = read_phrase(entry.when, today, pay_day=case.customer.pay_day, date_order=_order(case))
        if len(phrase.parts) > 1:
            return Refused(tr("These are several payments: change the days in the text."), "parts")
        day = phrase.date or phrase.mentioned or today
        if step == "pay_day":
            if case.customer.pay_day is None:
                return Refused(tr("The pay day is not known: ask for the day of the month."), "pay_day")
            return next_pay_day(day + timedelta(days=1), case.customer.pay_day)
        if step == "month_end":
            end = month_of(day)[1]
            return end if end > day else month_of(day + timedelta(days=1))[1]
        days = {"day": 1, "day_back": -1, "week": 7, "week_back": -7}[step]
        return max(today, day + timedelta(days=days))

    def standing(self, case: Case, now: datetime) -> Standing | None:
        """Give the promise money is still expected from, the newest where there are several."""
        today = reading.customer_day(case, now)
        found = standing_promises(judge_case(case, today, self.policy.promise), case.currency)
        return found[-1] if found else None

    def affordable(self, case: Case, sheet: AbilitySheet, now: datetime) -> tuple[AffordablePlan, ...]:
        """Give the plans a sheet allows for what is owed."""
        today = reading.customer_day(case, now)
        owed = reading.balance(case, today).owed
        return affordable_plans(sheet, owed, today, self.policy.promise, self.working_days(case))


def _order(case: Case) -> Literal["MDY", "DMY"]:
    """Tell how dates in figures are written where the customer is: month first in few places, the United States above all."""
    return "MDY" if case.customer.region in (None, "US", "CN", "TW", "HK", "MO", "JP", "KR", "PH") else "DMY"


def _unread(case: Case, code: str, words: str) -> PromiseView:
    return PromiseView((), case.currency, "", "", (CaptureIssue(code, "error", words),), "", ready=False)


def _said_amount(phrase: PhraseReading, total: int, currency: str) -> int:
    """Give what "half on Friday" or "200 next week" promises where no amount was typed."""
    if phrase.amount is not None:
        return parse_amount(phrase.amount, currency)
    return int(Fraction(total) * phrase.share) if phrase.share else total


def _month_end(phrase: PhraseReading) -> int | None:
    """Keep the ends of months where the end of one was said: "月底" three times is not the 30th three times."""
    if not phrase.range or phrase.date is None:
        return None
    return 31 if phrase.date == month_of(phrase.date)[1] else None


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


def _spoken(day: date) -> str:
    return day_plain(day)
