"""What happened to a case, newest first, one moment a line."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from textual.content import Content

from domain.case import reading
from domain.case.model import Case, Moment
from domain.clock import parse_instant
from domain.codes import Catalogue, catalogue
from domain.codes.reasons import reason
from domain.formats import day_plain, day_short, span
from domain.i18n import mark, tr, trn
from domain.money import format_money

Looked = tuple[str, str]
"""A piece of a line and its look: ``""``, ``muted``, ``gone`` or ``warning``."""

_STYLES: Final = {"": "", "muted": "$foreground-muted", "gone": "strike $foreground-muted", "warning": "$warning"}


def timeline(
    case: Case, now: datetime, is_unsent: Callable[[str], bool], codes: Catalogue | None = None
) -> list[Content]:
    """Give the timeline, newest moment first, on the customer's clock; what is not sent yet carries a mark.

    ``codes`` are the result codes of the house, the shipped ones when absent.
    """
    zones = reading.zones(case)
    zone = ZoneInfo(zones[0]) if zones else None
    today = now.astimezone(zone).date()
    lines = [
        Content.assemble(*((text, _STYLES[look]) for text, look in pieces))
        for moment in reversed(case.timeline)
        if (pieces := moment_pieces(moment, case, zone, today, unsent=is_unsent(moment.fact), codes=codes))
    ]
    if case.older:
        lines.append(
            Content.styled(
                trn("{n} older entry", "{n} older entries", case.older).format(n=case.older), "$foreground-muted"
            )
        )
    return lines


def moment_pieces(
    moment: Moment,
    case: Case,
    zone: ZoneInfo | None,
    today: date,
    *,
    unsent: bool = False,
    codes: Catalogue | None = None,
) -> tuple[Looked, ...]:
    """Say when a moment was, what, and by whom; nothing for what people need not see."""
    words = moment_words(moment, case, codes)
    if not words:
        return ()
    local = moment.at.astimezone(zone)
    pieces: list[Looked] = [
        (f"{day_short(local.date(), today)} {local:%H:%M}  ", "muted"),
        (words, "gone" if moment.retracted else ""),
    ]
    if moment.author_name:
        pieces.append((f" · {moment.author_name}", "muted"))
    if unsent:
        pieces.append((" ↑", "warning"))
    return tuple(pieces)


def moment_words(moment: Moment, case: Case, codes: Catalogue | None = None) -> str:
    """Say what a moment was; empty for what people need not see."""
    if moment.type == "attempt.ended":
        return _ended(moment.data, codes or catalogue())
    speak = _WORDS.get(moment.type)
    return speak(moment.data, case) if speak else moment.type


def _started(data: dict[str, Any], _case: Case) -> str:
    why = data.get("override")
    return tr("a warning was set aside: {why}").format(why=str(why).replace("\n", " ")) if why else ""


def _person(data: dict[str, Any], _case: Case) -> str:
    words = tr("named: {who}, may be told of the debt") if data.get("authorised") else tr("named: {who}")
    who = " · ".join(str(each) for each in (data.get("name"), data.get("relation")) if each)
    return words.format(who=who)


def _ended(data: dict[str, Any], codes: Catalogue) -> str:
    code = codes.get(data.get("code"))
    words = code.name if code else str(data.get("code") or tr("call ended"))
    talk = data.get("talk_seconds")
    return tr("call {length} · {result}").format(length=span(timedelta(seconds=talk)), result=words) if talk else words


def _promise(data: dict[str, Any], _case: Case) -> str:
    parts = data.get("parts", [])
    total = format_money(sum(part["amount"] for part in parts), str(data.get("currency", "")))
    if len(parts) == 1:
        return tr("promised {amount} for {day}").format(amount=total, day=_day(parts[0]["due"]))
    return trn("plan: {amount} in {n} part", "plan: {amount} in {n} parts", len(parts)).format(
        amount=total, n=len(parts)
    )


def _withdrawn(data: dict[str, Any], _case: Case) -> str:
    why = str(data.get("reason") or "")
    return tr("promise withdrawn") + (f": {why}" if why else "")


def _amended(data: dict[str, Any], case: Case) -> str:
    return tr("promise changed: {what}").format(what=_promise({**data, "currency": case.currency}, case))


def _payment(data: dict[str, Any], _case: Case) -> str:
    return tr("payment {amount}").format(amount=format_money(data["amount"], str(data["currency"])))


def _callback(data: dict[str, Any], case: Case) -> str:
    zones = reading.zones(case)
    due = parse_instant(str(data["due"])).astimezone(ZoneInfo(zones[0]) if zones else None)
    when = day_plain(due.date()) + (f" {due:%H:%M}" if data.get("timed", True) else "")
    return tr("call-back set for {when}").format(when=when)


def _reason(data: dict[str, Any], _case: Case) -> str:
    if not data.get("code") and data.get("income_day"):
        return tr("pay day {day}").format(day=data["income_day"])
    found = reason(str(data.get("code")))
    return tr("reason: {reason}").format(reason=found.name if found else data.get("code"))


def _noted(label: str) -> Callable[[dict[str, Any], Case], str]:
    def speak(data: dict[str, Any], _case: Case) -> str:
        note = str(data.get("note") or "")
        return tr(label) + (f": {note}" if note else "")

    return speak


def _consent(data: dict[str, Any], _case: Case) -> str:
    return tr("asked us not to use this number") if data.get("number") else tr("asked us to stop")


def _report(data: dict[str, Any], _case: Case) -> str:
    code = catalogue().get(str(data.get("what")))
    return tr("reported: {what}").format(what=code.name if code else data.get("what"))


def _assigned(data: dict[str, Any], _case: Case) -> str:
    name = data.get("agent_name")
    return (
        tr("assigned to {name}").format(name=name)
        if name
        else tr("assigned")
        if data.get("agent")
        else tr("put into the pool")
    )


def _account(data: dict[str, Any], _case: Case) -> str:
    words = tr("ledger of {day}").format(day=_day(str(data["as_of"])))
    if "currency" in data:
        words += ": " + format_money(data["open"], str(data["currency"]))
    return words


def _fixed(words: str) -> Callable[[dict[str, Any], Case], str]:
    return lambda _data, _case: tr(words) if words else ""


def _day(text: str) -> str:
    return day_plain(date.fromisoformat(text))


def _identity(data: dict[str, Any], case: Case) -> str:
    if not data.get("passed", True):
        return tr("identity not confirmed")
    other = next((each for each in case.people if each.id == data.get("who")), None)
    if other is None:
        return tr("identity confirmed")
    who = " · ".join(each for each in (other.name, other.relation) if each)
    return tr("identity confirmed: {who}, for the customer").format(who=who)


def _note(data: dict[str, Any], _case: Case) -> str:
    return "“" + str(data.get("text", "")).replace("\n", " ") + "”"


_WORDS: Final[dict[str, Callable[[dict[str, Any], Case], str]]] = {
    "attempt.started": _started,
    "identity.checked": _identity,
    "disclosure.read": _fixed(mark("disclosure read")),
    "note.added": _note,
    "promise.made": _promise,
    "promise.amended": _amended,
    "promise.withdrawn": _withdrawn,
    "payment.received": _payment,
    "payment.reversed": _fixed(mark("payment reversed")),
    "callback.set": _callback,
    "reason.given": _reason,
    "dispute.raised": _noted(mark("disputed")),
    "hardship.raised": _noted(mark("hardship")),
    "consent.withdrawn": _consent,
    "consent.given": _fixed(mark("consent given again")),
    "contact.reported": _report,
    "person.named": _person,
    "approval.asked": _noted(mark("approval asked for")),
    "approval.decided": _fixed(mark("supervisor decided")),
    "escalation.asked": _noted(mark("handed to the supervisor")),
    "case.assigned": _assigned,
    "case.closed": _fixed(mark("closed")),
    "case.recalled": _fixed(mark("taken back by the creditor")),
    "account.stated": _account,
    "contacts.stated": _fixed(mark("contacts imported")),
    "fact.retracted": _fixed(mark("taken back")),
}
