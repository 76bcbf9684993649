"""Which facts a promise consists of: a new one, or the change of one that stands, and what a supervisor is asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from domain.capture import replaced_promises
from domain.case import reading
from domain.case.model import Case
from domain.facts import payloads as p
from domain.formats import day_plain
from domain.i18n import tr
from domain.money import format_money
from domain.promises import PromiseType, judge_case
from screens.ports import PromiseEntry, PromiseView
from tui.desk.promising import needs_approval


@dataclass(frozen=True, slots=True)
class PromiseMoment:
    """When and on what a promise is captured; ``call`` is absent outside a call, ``new_id`` makes ids.

    ``who`` promises: ``self``, or the ``person_id`` of somebody the customer authorised.
    """

    case: Case
    now: datetime
    kind: PromiseType
    call: str | None
    new_id: Callable[[], str]
    who: str = "self"


def promise_facts(moment: PromiseMoment, view: PromiseView, entry: PromiseEntry) -> tuple[list[p.Payload], str]:
    """Give the facts of a promise and its id; whatever exceeds the agent's authority asks for approval."""
    amended = next((each for each in moment.case.promises if each.id == entry.amends and each.ended is None), None)
    asks = needs_approval(view.issues)
    facts: list[p.Payload] = []
    if amended is not None:
        promise_id = amended.id
        facts.append(
            p.PromiseAmended(
                promise_id,
                view.parts,
                base=amended.tip,
                call=moment.call,
                words=view.words or None,
                method=entry.method,
                needs_approval=asks,
            )
        )
    else:
        made = _made(moment, view, entry, asks)
        promise_id = made.promise_id
        facts.append(made)
    if asks:
        reasons = "; ".join(issue.text for issue in view.issues if issue.severity == "approval")
        facts.append(p.ApprovalAsked(what=_what(view), promise_id=promise_id, note=reasons))
    return facts, promise_id


def _made(moment: PromiseMoment, view: PromiseView, entry: PromiseEntry, asks: bool) -> p.PromiseMade:
    case = moment.case
    zones = reading.zones(case)
    debts = tuple(debt.id for debt in case.debts if debt.currency == view.currency and debt.open > 0)
    standings = judge_case(case, reading.customer_day(case, moment.now), moment.kind)
    return p.PromiseMade(
        promise_id=moment.new_id(),
        currency=view.currency,
        parts=view.parts,
        method=entry.method,
        call=moment.call,
        debts=debts,
        promised_by=moment.who,
        relation=next((each.relation for each in case.people if each.id == moment.who), None),
        words=view.words or None,
        recap=moment.call is not None,
        supersedes=replaced_promises(standings, view.currency, debts),
        zone=zones[0] if zones else None,
        needs_approval=asks,
        kind=view.kind or None,
        reason=case.reason,
    )


def _what(view: PromiseView) -> str:
    codes = {issue.code for issue in view.issues if issue.severity == "approval"}
    return "horizon" if codes == {"horizon"} else "plan" if len(view.parts) > 1 else "promise"


def saved_words(view: PromiseView) -> str:
    """Say what was saved; a promise that waits for a supervisor says so."""
    amount = format_money(sum(part.amount for part in view.parts), view.currency)
    several = len(view.parts) > 1
    if view.amends:
        words = (
            tr("promise changed to {n} payments from {day}") if several else tr("promise changed to {amount} for {day}")
        )
    elif several:
        words = tr("plan of {amount} in {n} payments from {day} saved")
    else:
        words = tr("promise of {amount} for {day} saved")
    said = words.format(amount=amount, day=day_plain(view.parts[0].due), n=len(view.parts))
    return tr("{what}; a supervisor has to approve it").format(what=said) if needs_approval(view.issues) else said


def read_pay_day(text: str, today: date) -> int | None:
    """Read the day of the month of a pay day: 25, 25th, 二十五号, 月底; ``None`` for anything else."""
    from domain.dates import read_phrase

    plain = text.strip()
    if plain.isdecimal():
        number = int(plain)
        return number if 1 <= number <= 31 else None
    reading_of = read_phrase(plain, today)
    if reading_of.date is None:
        return None
    return 31 if reading_of.range else reading_of.date.day
