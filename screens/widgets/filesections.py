"""What stands in each section of the customer file, line by line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from domain.case import reading
from domain.case.model import Case, Moment
from domain.case.numbers import NumberHealth, health
from domain.case.parts import Phone
from domain.codes.reasons import reason
from domain.formats import day_plain, zone_city
from domain.freshness import CashState, cash_words
from domain.i18n import mark, tr, trn
from domain.money import format_money
from domain.phones import display, masked
from domain.phones.carriers import carrier_of
from domain.policy import Policy
from domain.promises.judging import Standing, judge_case
from domain.queue import next_action
from screens.widgets.brief import stage_words
from screens.widgets.cells import fit
from screens.widgets.linelist import Kind, LazyLines, ListedLine
from screens.widgets.timeline import moment_pieces, moment_words

_LOOKS: Final[dict[str, Kind]] = {"": "plain", "muted": "muted", "gone": "gone", "warning": "warning"}
_HIDDEN: Final = "••••••"
_COMMUNICATIONS: Final = frozenset({"attempt.started", "attempt.ended", "callback.set", "notice.sent"})
_QUARRELS: Final = frozenset(
    {
        "note.added",
        "dispute.raised",
        "hardship.raised",
        "reason.given",
        "consent.withdrawn",
        "consent.given",
        "contact.reported",
        "approval.asked",
        "approval.decided",
        "escalation.asked",
    }
)
_STOPS: Final = {
    "cease": mark("asked us to stop calling"),
    "opt_out_channel": mark("a channel is closed"),
    "opt_out_number": mark("asked us not to use this number"),
    "represented": mark("represented by a lawyer"),
    "deceased": mark("deceased"),
    "insolvency": mark("insolvent"),
    "third_party_refused": mark("somebody else asked not to be called"),
}
_STATES: Final = {
    "open": mark("open"),
    "kept": mark("kept"),
    "partly_kept": mark("partly kept"),
    "broken": mark("broken"),
    "superseded": mark("replaced"),
    "withdrawn": mark("withdrawn"),
    "retracted": mark("taken back"),
    "pending_approval": mark("waits for approval"),
    "frozen": mark("frozen"),
}


@dataclass(frozen=True, slots=True)
class FileView:
    """A case as somebody looks at it now. ``shown`` says that what is masked has been asked for."""

    case: Case
    now: datetime
    policy: Policy
    shown: bool
    is_unsent: Callable[[str], bool]
    verdict_words: Callable[[Phone], str]
    cash: CashState

    @property
    def zone(self) -> ZoneInfo | None:
        """The zone the customer's days are counted in."""
        zones = reading.zones(self.case)
        return ZoneInfo(zones[0]) if zones else None

    @property
    def today(self) -> date:
        """The customer's day."""
        return reading.customer_day(self.case, self.now)


def customer_lines(view: FileView) -> list[ListedLine]:
    """Who it is, how they are reached, who else there is, and what stands against calling."""
    case, who = view.case, view.case.customer
    lines = [
        _pair(tr("Customer"), who.name or case.id, "strong"),
        _pair(tr("Standing"), stage_words(case, view.now)),
    ]
    lines += [_pair(tr("Customer number"), who.id or case.id)]
    lines += [_pair(tr("Also known as"), " · ".join(who.aliases))] if who.aliases else []
    for label, value in ((tr("Person"), who.person), (tr("E-mail"), who.email), (tr("Address"), who.address)):
        if value:
            lines.append(_pair(label, value if view.shown else _HIDDEN, "plain" if view.shown else "muted"))
    if case.reason is not None:
        given = reason(case.reason)
        lines.append(_pair(tr("Reason"), given.name if given else case.reason))
    if who.pay_day:
        lines.append(_pair(tr("Pay day"), tr("day {day} of the month").format(day=who.pay_day)))
    action = next_action(case, view.now, view.policy)
    if action is not None:
        local = action.at.astimezone(view.zone)
        lines.append(_pair(tr("Next"), f"{day_plain(local.date())} {local:%H:%M} · {action.why}", "accent"))
    lines += [_BLANK, _title(tr("Numbers"))]
    lines += [line for phone in case.phones for line in _phone_lines(view, phone)] or [_note(tr("no number"))]
    lines += [_BLANK, _title(tr("Other people"))]
    for person in case.people:
        told = tr("may be told of the debt") if person.authorised else tr("must not be told of the debt")
        words = " · ".join(each for each in (person.name, person.relation, told) if each)
        lines.append(ListedLine(((words, "plain" if person.authorised else "warning"),)))
        lines += [line for phone in person.phones for line in _phone_lines(view, phone)]
    if not case.people:
        lines.append(_note(tr("nobody: + names somebody, with the number and whether they may be told of the debt")))
    stops = [stop for stop in case.stops if stop.lifted_by is None]
    if stops:
        lines += [_BLANK, _title(tr("Must not be contacted"))]
    for stop in stops:
        words = tr(_STOPS.get(stop.kind, "must not be called"))
        about = " · ".join(
            each
            for each in (
                _channel(stop.channel) if stop.channel else None,
                _number(view, stop.number) if stop.number else None,
            )
            if each
        )
        since = tr("since {day}, lifted only by a supervisor").format(
            day=day_plain(stop.at.astimezone(view.zone).date())
        )
        lines.append(
            ListedLine((("‖ " + words, "error"), (f" {about}" if about else "", "plain"), (f" · {since}", "muted")))
        )
    return lines


def debt_lines(view: FileView) -> list[ListedLine]:
    """Every debt, oldest first, with its days and its stage."""
    case, today = view.case, view.today
    ordered = sorted(case.debts, key=lambda debt: (debt.due is None, debt.due or today, debt.id))
    lines = [_heads((tr("Document"), 20), (tr("Due"), 14), (tr("Late"), 8), (tr("Stage"), 8), (tr("Open amount"), -16))]
    for debt in ordered:
        days = reading.debt_days(debt, today)
        late = "" if days is None or days <= 0 else str(days)
        stage = "" if days is None else reading.stage(max(0, days), case.customer.segment)
        due = day_plain(debt.due) if debt.due else tr("no day")
        cells = fit(debt.doc or debt.id, 20) + " " + fit(due, 14) + " " + fit(late, 8) + " " + fit(stage, 8)
        amount = fit(format_money(debt.open, debt.currency), 16, right=True)
        kind: Kind = "warning" if days is not None and days > 0 else "plain"
        lines.append(ListedLine(((cells, "plain"), (" " + amount, kind), (f"  {debt.kind}", "muted"))))
    for sums in (reading.balance(case, today), *reading.other_balances(case, today)):
        if sums.currency:
            total = tr("owed {owed}, of it overdue {late}").format(
                owed=format_money(sums.owed, sums.currency), late=format_money(sums.overdue, sums.currency)
            )
            lines += [_BLANK, ListedLine(((total, "strong"),))]
    if case.as_of is not None:
        lines.append(_note(tr("ledger as of {day}").format(day=day_plain(case.as_of))))
    return lines if case.debts else [_note(tr("no debts: the ledger of {day} has none").format(day=_as_of(case)))]


def money_lines(view: FileView) -> list[ListedLine]:
    """Every promise with what became of it, and every payment, newest first."""
    case = view.case
    lines = [_title(tr("Promises"))]
    standings = judge_case(case, view.today, view.policy.promise)
    lines += [line for standing in reversed(standings) for line in _promise_lines(view, standing)]
    if not standings:
        lines.append(_note(tr("none yet")))
    lines += [_BLANK, _title(tr("Payments")), _note(cash_words(view.cash, view.now))]
    for payment in sorted(case.payments, key=lambda each: (each.day, each.fact), reverse=True):
        gone = payment.reversed_by is not None
        words = (
            f"{fit(day_plain(payment.day), 16)} {fit(format_money(payment.amount, payment.currency), 16, right=True)}"
        )
        tail = "  " + (payment.debt or "") + ("  " + tr("reversed") if gone else "")
        lines.append(ListedLine(((words, "gone" if gone else "success"), (tail, "muted"))))
    if not case.payments:
        lines.append(_note(tr("none known")))
    return lines


def history_lines(view: FileView, moments: Sequence[Moment]) -> LazyLines[Moment]:
    """Everything that happened, newest first; each line is made when it comes into sight."""
    return LazyLines(moments, lambda moment: _moment_line(view, moment))


def chosen_moments(view: FileView, moments: Sequence[Moment], section: str) -> list[Moment]:
    """Give the moments of a section, newest first: all of them, the contacts made, or quarrels and notes."""
    kinds = {"contacts": _COMMUNICATIONS, "notes": _QUARRELS}.get(section)
    return [
        moment
        for moment in moments
        if (kinds is None or moment.type in kinds) and moment_words(moment, view.case, view.policy.catalogue)
    ]


def _moment_line(view: FileView, moment: Moment) -> ListedLine:
    pieces = moment_pieces(
        moment, view.case, view.zone, view.today, unsent=view.is_unsent(moment.fact), codes=view.policy.catalogue
    )
    return ListedLine(tuple((text, _LOOKS[look]) for text, look in pieces))


def _phone_lines(view: FileView, phone: Phone) -> list[ListedLine]:
    known = health(view.case, phone.e164, view.policy.catalogue)
    sign, kind = ("●", "success")
    against = ""
    if known.stop is not None:
        sign, kind, against = "‖", "error", tr(_STOPS.get(known.stop.kind, "must not be called"))
    elif known.bad is not None:
        code = view.policy.catalogue.get(known.bad.what)
        sign, kind, against = "✗", "error", code.name if code else known.bad.what
    where = " · ".join(
        each
        for each in (
            _label(phone.label),
            _kind(phone),
            carrier_of(phone.e164),
            phone.region,
            _local_times(view, phone),
        )
        if each
    )
    first = ListedLine(
        (
            (f"{sign} ", _look(kind)),
            (_number(view, phone.e164), "strong"),
            (f"  {against}" if against else "", "error"),
            (f"  {where}", "plain"),
        )
    )
    if not known.tries:
        results = tr("untried: nothing is known about it")
    else:
        last = " · ".join(_result(view, attempt.code, attempt.at) for attempt in known.last)
        tries = trn("{n} try", "{n} tries", known.tries).format(n=known.tries)
        said = tr("{health}: {tries}, {answered} answered: {last}")
        results = said.format(health=health_words(known), tries=tries, answered=known.answered, last=last)
    words = "" if against else view.verdict_words(phone)
    return [first, ListedLine((("    " + results, "muted"), (" · " + words if words else "", "muted")))]


def health_words(known: NumberHealth) -> str:
    """Say in words how a number has done: half of the calls answered is well."""
    if not known.answered:
        return tr("has never answered")
    return tr("answers well") if 2 * known.answered >= known.tries else tr("seldom answers")


def _look(kind: str) -> Kind:
    return "success" if kind == "success" else "error"


def _number(view: FileView, e164: str) -> str:
    return display(e164) if view.shown else masked(e164)


def _kind(phone: Phone) -> str:
    words = {
        "mobile": tr("mobile"),
        "fixed_line": tr("landline"),
        "fixed_line_or_mobile": tr("landline or mobile"),
        "toll_free": tr("toll-free"),
        "voip": tr("internet telephone"),
        "unknown": "",
    }
    return words.get(phone.type, phone.type.replace("_", " "))


def _label(label: str | None) -> str:
    words = {"home": tr("home"), "work": tr("work"), "mobile": "", "fax": tr("fax")}
    return words.get(label, label) if label else ""


def _channel(channel: str) -> str:
    words = {"call": tr("calls"), "sms": tr("text messages"), "email": tr("e-mails"), "letter": tr("letters")}
    return words.get(channel, channel)


def _local_times(view: FileView, phone: Phone) -> str:
    times = sorted({view.now.astimezone(ZoneInfo(zone)).strftime("%H:%M") for zone in phone.zones})
    if not times:
        return tr("time zone unknown")
    if len(times) == 1:
        return tr("{time} in {city}").format(time=times[0], city=zone_city(phone.zones[0]))
    return tr("{first}–{last} in {n} possible zones").format(first=times[0], last=times[-1], n=len(phone.zones))


def _result(view: FileView, code_id: str | None, at: datetime) -> str:
    code = view.policy.catalogue.get(code_id)
    name = code.name if code else code_id or tr("not ended")
    return f"{name} {day_plain(at.astimezone(view.zone).date())}"


def _promise_lines(view: FileView, standing: Standing) -> list[ListedLine]:
    promise = standing.promise
    state = promise.ended or standing.state
    kind: Kind = (
        "success"
        if state == "kept"
        else "error"
        if state in ("broken", "partly_kept")
        else "gone"
        if promise.ended
        else "accent"
    )
    made = day_plain(promise.at.astimezone(view.zone).date())
    head = f"{format_money(promise.total, promise.currency)}  {tr(_STATES.get(state, state))}"
    paid = tr("paid {paid}").format(paid=format_money(standing.paid, promise.currency)) if standing.paid else ""
    tail = " · ".join(
        each for each in (paid, tr("made {day}").format(day=made), promise.author_name, promise.method) if each
    )
    lines = [ListedLine(((head, kind), (f"  {tail}", "muted")))]
    for part in promise.parts:
        due = f"    {fit(day_plain(part.due), 16)} {fit(format_money(part.amount, promise.currency), 16, right=True)}"
        lines.append(ListedLine(((due, "plain"),)))
    if promise.words:
        lines.append(ListedLine(((f"    “{promise.words}”", "muted"),)))
    return lines


def _as_of(case: Case) -> str:
    return day_plain(case.as_of) if case.as_of else "–"


def _pair(label: str, words: str, kind: Kind = "plain") -> ListedLine:
    return ListedLine(((fit(label, 16), "muted"), (words, kind)))


def _heads(*columns: tuple[str, int]) -> ListedLine:
    return ListedLine(((" ".join(fit(name, abs(cells), right=cells < 0) for name, cells in columns), "muted"),))


def _title(words: str) -> ListedLine:
    return ListedLine(((words, "accent"),))


def _note(words: str) -> ListedLine:
    return ListedLine(((words, "muted"),))


_BLANK: Final = ListedLine((("", "plain"),))
