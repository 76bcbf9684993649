"""A case in a few lines: who, local time, owes, why now, promises, last contact."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from textual.content import Content

from domain.case import reading
from domain.case.model import Case
from domain.codes.reasons import reason
from domain.formats import clock_time, day_plain, days_overdue, span, zone_city
from domain.freshness import CashState, cash_words
from domain.i18n import tr, trn
from domain.money import format_money
from domain.policy import Policy
from domain.promises.judging import STANDING, judge_case
from domain.queue import QueueRow, Verdict
from domain.queue.placing import next_action
from screens.widgets.cells import fit


def local_time_words(case: Case, now: datetime) -> str:
    """Say what time it is for the customer; a span where several zones are possible."""
    zones = reading.zones(case)
    if not zones:
        return tr("time zone unknown")
    times = sorted({now.astimezone(ZoneInfo(zone)).strftime("%H:%M") for zone in zones})
    if len(times) == 1:
        return tr("{time} in {city}").format(time=times[0], city=zone_city(zones[0]))
    return tr("{first}–{last} in {n} possible zones").format(first=times[0], last=times[-1], n=len(zones))


def stage_words(case: Case, now: datetime) -> str:
    """Say the ageing stage, how late and how much."""
    today = reading.customer_day(case, now)
    days = reading.days_past_due(case, today)
    stage = reading.stage(days, case.customer.segment)
    money = reading.balance(case, today)
    items = sum(1 for debt in case.debts if debt.open > 0)
    words = [stage, days_overdue(days) if days else tr("not overdue")]
    amount = format_money(money.owed, money.currency)
    words.append(trn("{amount} on {n} item", "{amount} on {n} items", items).format(amount=amount, n=items))
    words += [format_money(other.owed, other.currency) for other in reading.other_balances(case, today)]
    return " · ".join(words)


def verdict_words(verdict: Verdict) -> Content:
    """Say whether the customer may be called now, and if not, when and by which rule."""
    if verdict.allowed:
        return Content.styled(tr("may be called"), "$text-success")
    return Content.styled(verdict.text, "$text-warning")


def brief_lines(
    case: Case, row: QueueRow | None, verdict: Verdict, now: datetime, policy: Policy, cash: CashState
) -> list[Content]:
    """Give the brief, one content a line; ``cash`` says how fresh the payments are that promises are judged by."""
    lines = [
        Content.assemble(
            (case.customer.name or case.id, "bold"), "   ", (local_time_words(case, now), "$foreground-muted")
        ),
        Content.assemble(stage_words(case, now)),
        verdict_words(verdict),
    ]
    if row is not None:
        lines.append(_pair(tr("Why now"), row.why))
    lines.append(_pair(tr("Promises"), _promise_counts(case, policy, now)))
    lines.append(_pair(tr("Last"), _last_contact(case, policy, now)))
    if case.reason is not None:
        given = reason(case.reason)
        words = given.name if given else case.reason
        if case.customer.pay_day:
            words += " · " + tr("pay day {day}").format(day=case.customer.pay_day)
        lines.append(_pair(tr("Reason"), words))
    lines.append(_pair(tr("Attempts"), _attempt_counts(case, now)))
    action = next_action(case, now, policy)
    if action is not None and row is not None and row.bucket is None:
        local = action.at.astimezone(ZoneInfo(reading.zones(case)[0])) if reading.zones(case) else action.at
        lines.append(_pair(tr("Next"), f"{day_plain(local.date())} {local:%H:%M}"))
    if case.as_of is not None:
        lines.append(_pair(tr("Ledger"), tr("as of {day}").format(day=day_plain(case.as_of)) + _last_payment(case)))
    lines.append(_pair(tr("Cash"), cash_words(cash, now)))
    return lines


def _last_payment(case: Case) -> str:
    newest = max((payment.day for payment in case.payments if payment.reversed_by is None), default=None)
    return "" if newest is None else " · " + tr("last payment {day}").format(day=day_plain(newest))


def _pair(label: str, words: str) -> Content:
    return Content.assemble((fit(label, 10), "$foreground-muted"), words)


def _promise_counts(case: Case, policy: Policy, now: datetime) -> str:
    standings = judge_case(case, reading.customer_day(case, now), policy.promise)
    kept = sum(each.state == "kept" for each in standings)
    broken = sum(each.state in ("broken", "partly_kept") for each in standings)
    still = [each for each in standings if each.state in STANDING]
    words = tr("kept {kept} · broken {broken} · open {still}").format(kept=kept, broken=broken, still=len(still))
    for each in still[:1]:
        part = each.next_part
        if part is not None:
            words += ": " + tr("{amount} due {day}").format(
                amount=format_money(part.amount, each.promise.currency), day=day_plain(part.due)
            )
        if each.state == "frozen":
            words += " · " + tr("frozen")
        elif each.state == "pending_approval":
            words += " · " + tr("waits for approval")
    return words


def _last_contact(case: Case, policy: Policy, now: datetime) -> str:
    for attempt in reversed(case.attempts):
        abandoned = reading.is_abandoned(attempt, now, policy.abandoned_minutes)
        if attempt.ended_at is None and not abandoned:
            continue
        zones = reading.zones(case)
        zone = zones[0] if zones else "UTC"
        code = policy.catalogue.get(attempt.code)
        local = attempt.at.astimezone(ZoneInfo(zone))
        if abandoned:
            return f"{day_plain(local.date())} {clock_time(attempt.at, zone)} · " + tr(
                "abandoned: no outcome, it counts"
            )
        words = (
            f"{day_plain(local.date())} {clock_time(attempt.at, zone)} · {code.name if code else attempt.code or ''}"
        )
        if attempt.talk_seconds:
            words += " · " + span(timedelta(seconds=attempt.talk_seconds))
        return words
    return tr("never contacted")


def _attempt_counts(case: Case, now: datetime) -> str:
    zones = reading.zones(case)
    zone = ZoneInfo(zones[0]) if zones else None
    today = now.astimezone(zone).date()
    days = [(today - attempt.at.astimezone(zone).date()).days for attempt in case.attempts]
    return tr("{today} today · {week} in 7 days").format(today=days.count(0), week=sum(day < 7 for day in days))
