"""What the dial gate says to the agent: why not now, by which rule, and what to do instead."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from domain.formats import clock_time, day_plain, zone_city
from domain.gate.answer import Reason
from domain.gate.counting import Tally
from domain.gate.hours import OpenHours
from domain.gate.localtime import local_day
from domain.gate.pack import Cap, CooldownRule, HolidayRule, Hours, ThirdPartyRule, WindowRule
from domain.gate.request import CallRequest, Cooldown, Stop
from domain.i18n import tr, trn


def may_be_called(request: CallRequest) -> str:
    """Say that nothing is in the way, with the customer's time."""
    if not request.zones:
        return tr("May be contacted.")
    zone = request.zones[0]
    if len(request.zones) > 1:
        return tr("May be contacted: it is a permitted time in all {n} time zones of the number.").format(
            n=len(request.zones)
        )
    return tr("May be contacted: it is {time} in {place}.").format(
        time=clock_time(request.at, zone), place=zone_city(zone)
    )


def from_then_on(text: str, instant: datetime | None, zones: Sequence[str]) -> str:
    """Add to a refusal when the call will be allowed, in the customer's time."""
    if instant is None or not zones:
        return text
    return tr("{why} Allowed from {when}.").format(why=text, when=local_moment(instant, zones[0]))


def local_moment(instant: datetime, zone: str) -> str:
    """Write an instant in local time: ``Mon 23 Nov 08:00 in Shanghai``."""
    return tr("{day} {time} in {place}").format(
        day=day_plain(local_day(zone, instant)), time=clock_time(instant, zone), place=zone_city(zone)
    )


def stopped(stop: Stop) -> Reason:
    """Explain a stop flag."""
    text, alternative = _stop_words(stop)
    return Reason("stop", text, tr("Stop flag of the case"), text, alternative)


def _stop_words(stop: Stop) -> tuple[str, str]:
    supervisor = tr("Only a supervisor can lift this, with a reason.")
    match stop.kind:
        case "cease":
            return tr("The customer asked that all contact ends."), supervisor
        case "opt_out_channel":
            return tr("The customer does not accept this channel."), tr("Use a channel the customer accepts.")
        case "opt_out_number":
            return tr("The customer does not accept calls at this number."), tr("Use another number of the customer.")
        case "represented":
            return tr("The customer is represented by a lawyer."), tr("Talk to the lawyer.")
        case "deceased":
            return tr("The customer has died."), tr("Write to the executor of the estate.")
        case "insolvency":
            return tr("The customer is insolvent."), tr("File the claim with the administrator.")
        case "third_party_refused":
            return tr("This person asked not to be contacted again."), tr("Try the customer's own numbers.")
    return tr("A stop flag forbids contact."), supervisor


def lease_over(until: datetime, zones: Sequence[str]) -> Reason:
    """Explain that the facts are too old to count contacts by."""
    text = tr("The last sync is too old: other agents may have called since, and it is not known how often.")
    if zones:
        text = tr("{why} The lease ended {when}.").format(why=text, when=local_moment(until, zones[0]))
    return Reason("lease", tr("Calls need a recent sync"), tr("House policy (lease)"), text, tr("Sync, then call."))


def sync_before(instant: datetime, zones: Sequence[str]) -> str:
    """Say that the machine has to sync before the call will be allowed."""
    when = local_moment(instant, zones[0]) if zones else ""
    return tr("The lease ends before then. Sync before {when}.").format(when=when)


def third_party(rule: ThirdPartyRule, reached: tuple[datetime, ...]) -> Reason:
    """Explain that this person is not one to call."""
    if rule.most is not None and len(reached) >= rule.most:
        text = trn(
            "This person has been reached {n} time already.",
            "This person has been reached {n} times already.",
            len(reached),
        ).format(n=len(reached))
    elif rule.others == "when_unreachable":
        text = tr("Another person may be called only while the customer cannot be reached at any number.")
    else:
        text = tr("Only the customer and guarantors may be called.")
    alternative = tr("Try the customer's own numbers.")
    return Reason("third_party", rule.rule.shown(), rule.source, text, alternative, reached, rule.most)


def cooling_down(cooldown: Cooldown, rule: CooldownRule | None, zones: Sequence[str]) -> Reason:
    """Explain a dispute, a hardship or another quiet of the case."""
    match cooldown.kind:
        case "dispute":
            text, alternative = tr("The debt is disputed."), tr("A supervisor resolves the dispute first.")
        case "hardship":
            text, alternative = tr("The customer is in hardship."), tr("A supervisor decides on help first.")
        case "breathing_space":
            text, alternative = tr("The customer has a breathing space."), tr("Wait until it ends.")
        case _:
            text, alternative = tr("The case is at rest."), tr("A supervisor can end the rest.")
    if cooldown.until is None:
        text = tr("{why} No calls until it is resolved.").format(why=text)
    elif zones:
        text = tr("{why} No calls before {when}.").format(why=text, when=local_moment(cooldown.until, zones[0]))
    source = rule.source if rule is not None else tr("House policy")
    return Reason("cooldown", rule.rule.shown() if rule is not None else text, source, text, alternative)


def quiet(rule: CooldownRule, tally: Tally, request: CallRequest) -> Reason:
    """Explain the quiet after a conversation."""
    last = tally.counted[-1] if tally.counted else request.at
    text = tr("A conversation took place {when}; {n} days without calls follow, that day included.").format(
        when=local_moment(last, request.zones[0]), n=rule.days
    )
    alternative = tr("A letter or an e-mail may be sent.")
    return Reason("cooldown", rule.rule.shown(), rule.source, text, alternative, tally.counted)


def unknown_zone() -> Reason:
    """Explain that without a zone the local time is anybody's guess."""
    return Reason(
        "window",
        tr("Contact needs the customer's local time"),
        tr("House policy"),
        tr("The customer's time zone is not known, so nobody can tell what time it is there."),
        tr("Enter the customer's address or zone."),
    )


def closed(rule: WindowRule, hours: OpenHours, request: CallRequest) -> Reason:
    """Explain that it is too early, too late, or a holiday, where the customer is."""
    shut = [zone for zone in request.zones if not hours.is_open(zone, request.at)]
    zone = shut[0] if shut else request.zones[0]
    day = local_day(zone, request.at)
    usual = OpenHours(rule.week, None, None, hours.calendar)
    alternative = tr("Set a call-back for then.")
    holiday = rule.holiday
    if holiday is not None and shut and all(_shut_by_holiday(hours, usual, each, request.at) for each in shut):
        text = tr("It is a public holiday in {place}, {time}.").format(
            place=zone_city(zone), time=clock_time(request.at, zone)
        )
        return Reason("holiday", holiday.rule.shown(), holiday.source, text, alternative)
    allowed = _written_hours(hours.at(day))
    if len(request.zones) == 1:
        text = tr("It is {time} on {day} in {place}; contact is allowed {hours}.")
    else:
        text = tr(
            "The number may be in {n} time zones, and in {place} it is {time} on {day}; contact is allowed {hours}."
        )
    text = text.format(
        time=clock_time(request.at, zone),
        day=day_plain(day),
        place=zone_city(zone),
        hours=allowed,
        n=len(request.zones),
    )
    return Reason("window", rule.rule.shown(), rule.source, text, alternative)


def _shut_by_holiday(hours: OpenHours, usual: OpenHours, zone: str, instant: datetime) -> bool:
    return hours.is_restricted(local_day(zone, instant)) and usual.is_open(zone, instant)


def _written_hours(hours: Hours) -> str:
    if not hours:
        return tr("at no time that day")
    return tr(" and ").join(
        f"{first // 60:02d}:{first % 60:02d}–{last // 60:02d}:{last % 60:02d}" for first, last in hours
    )


def refused_time(request: CallRequest) -> Reason:
    """Explain that the customer called this time inconvenient."""
    text = tr("The customer asked not to be contacted at this time.")
    if request.zones:
        zone = request.zones[0]
        text = tr("It is {time} in {place}, and the customer asked not to be contacted at this time.").format(
            time=clock_time(request.at, zone), place=zone_city(zone)
        )
    rule = tr("Times the customer called inconvenient")
    return Reason("window", rule, tr("The customer's own request"), text, tr("Set a call-back for then."))


def holiday_today(holiday: HolidayRule) -> Reason:
    """Mention a public holiday."""
    return Reason("holiday", holiday.rule.shown(), holiday.source, tr("It is a public holiday where the customer is."))


def used_up(cap: Cap, tally: Tally, request: CallRequest) -> Reason:
    """Explain that a limit is reached."""
    used = len(tally.counted)
    text = trn(
        "{n} contact of at most {most} counts already: {rule}.",
        "{n} contacts of at most {most} count already: {rule}.",
        used,
    ).format(n=used, most=cap.most, rule=cap.rule.shown())
    if cap.scope == "number":
        alternative: str | None = tr("Another number of the customer may be free.")
    elif "email" not in cap.channels and request.channel == "call":
        alternative = tr("A letter or an e-mail does not count here.")
    elif "letter" not in cap.channels:
        alternative = tr("A letter does not count here.")
    else:
        alternative = None
    return Reason("cap", cap.rule.shown(), cap.source, text, alternative, tally.counted, cap.most)
