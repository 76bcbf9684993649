"""The rules of a pack bound to one request: each knows when it allows the call and can explain itself.

A limit is asked one question, "when, from this instant on, do you first allow it?". The same question decides whether
the call is allowed now and, asked in turn until all limits agree, finds the first instant that is right for all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from domain.gate import wording
from domain.gate.answer import Kind, Reason
from domain.gate.counting import Tally, quiet_until, tally_cap, tally_conversations
from domain.gate.holidays import HolidayCalendar
from domain.gate.hours import OpenHours, first_open_everywhere, hours_of, hours_outside
from domain.gate.localtime import local_day, start_of_day
from domain.gate.pack import Pack, Rule, Severity, Status, ThirdPartyRule, WindowRule, Wording
from domain.gate.request import AgreedTime, CallRequest, Cooldown, Stop
from domain.records import dataclass

FirstAllowed = Callable[[datetime], datetime | None]
_WITH_A_REPRESENTATIVE: Final = ("represented", "deceased", "insolvency")
# What holds where a pack says nothing about other people.
_NOBODY_ELSE: Final = ThirdPartyRule(
    id="third-party",
    rule=Wording("Only the customer, guarantors and those they name", "仅限客户、担保人及其指定人员"),
    source="House policy",
    status="verified",
)


@dataclass(frozen=True, slots=True)
class Limit:
    """One rule applied to one request.

    ``kind`` is what sort of rule it is. ``first_allowed(t)`` is the first instant at or after ``t`` this rule allows,
    ``None`` if it cannot be known.
    ``allows(t)`` is the same question about ``t`` alone, where that can be told sooner; whoever only wants to know whether
    a call may be made now has no use for the next opening.
    ``renewable`` limits (the lease) are not waited for: the machine can do something about them at any time.
    """

    kind: Kind
    rule_id: str
    status: Status
    severity: Severity
    first_allowed: FirstAllowed
    explain: Callable[[], Reason]
    renewable: bool = False
    allows: Callable[[datetime], bool] | None = None

    def holds(self, at: datetime) -> bool:
        """Tell whether the rule keeps a call from being made at ``at``."""
        return not self.allows(at) if self.allows is not None else self.first_allowed(at) != at


def limits_for(request: CallRequest, pack: Pack, calendar: HolidayCalendar) -> Iterator[Limit]:
    """Bind every rule that can bear on the request, in the order of refusal.

    Stops, lease, third party, cool-downs, windows and holidays, caps. Without a known zone nothing after the cool-downs
    can be judged, and the call is refused there.
    """
    yield from _stops(request)
    yield from _lease(request)
    yield from _third_party(request, pack)
    yield from _case_cooldowns(request, pack)
    if not request.zones:
        yield Limit("window", "zone", pack.status, "block", _never, wording.unknown_zone)
        return
    yield from conversation_cooldowns(request, pack)
    yield from _windows(request, pack, calendar)
    yield from _caps(request, pack)


def _never(_: datetime) -> datetime | None:
    return None


def _stops(request: CallRequest) -> Iterator[Limit]:
    for stop in request.stops:
        if _stops_this(stop, request):
            yield Limit("stop", f"stop-{stop.kind}", "verified", "block", _never, partial(wording.stopped, stop))


def _stops_this(stop: Stop, request: CallRequest) -> bool:
    """Tell whether a stop is about this call; one of a kind not known here stops everything."""
    match stop.kind:
        case "opt_out_channel":
            here = stop.number is None or request.number is None or stop.number == request.number
            return here and stop.channel in (None, request.channel)
        case "opt_out_number":
            here = stop.number is None or stop.number == request.number
            return here and stop.channel in (None, request.channel)
        case "third_party_refused":
            here = stop.number is None or request.number is None or stop.number == request.number
            return here and request.person == "third_party"
        case kind if kind in _WITH_A_REPRESENTATIVE:
            # The lawyer, executor or administrator is whom one calls instead, and is authorised to talk.
            return not (request.person == "third_party" and request.permission)
        case _:
            return True


def _lease(request: CallRequest) -> Iterator[Limit]:
    until = request.lease_until
    if until is not None:
        yield Limit(
            "lease",
            "lease",
            "verified",
            "block",
            lambda t: t if t < until else None,
            partial(wording.lease_over, until, request.zones),
            renewable=True,
        )


def _third_party(request: CallRequest, pack: Pack) -> Iterator[Limit]:
    for rule in pack.third_parties or (_NOBODY_ELSE,):
        if request.person in rule.persons:
            continue
        reached = tuple(
            sorted(
                contact.at
                for contact in request.contacts
                if contact.person == "third_party"
                and contact.kind != "attempt"
                and (contact.who is None or request.who is None or contact.who == request.who)
                and (contact.number is None or request.number is None or contact.number == request.number)
            )
        )
        if _may_call_other(rule, request, len(reached)):
            continue
        yield _limit("third_party", rule, request, _never, partial(wording.third_party, rule, reached))


def _may_call_other(rule: ThirdPartyRule, request: CallRequest, reached: int) -> bool:
    if request.permission and rule.with_permission:
        return True
    if rule.most is not None and reached >= rule.most:
        return False
    return rule.others == "allowed" or (rule.others == "when_unreachable" and request.debtor_unreachable)


def _case_cooldowns(request: CallRequest, pack: Pack) -> Iterator[Limit]:
    for cooldown in request.cooldowns:
        if cooldown.debts and request.debts and set(cooldown.debts).isdisjoint(request.debts):
            continue

        def first(t: datetime, cooldown: Cooldown = cooldown) -> datetime | None:
            return None if cooldown.until is None else max(t, cooldown.until)

        rules = [rule for rule in pack.cooldowns if rule.after == cooldown.kind]
        for rule in rules:
            explain = partial(wording.cooling_down, cooldown, rule, request.zones)
            yield _limit("cooldown", rule, request, first, explain)
        if not rules:
            explain = partial(wording.cooling_down, cooldown, None, request.zones)
            yield Limit("cooldown", f"cooldown-{cooldown.kind}", "verified", "block", first, explain)


def conversation_cooldowns(request: CallRequest, pack: Pack) -> Iterator[Limit]:
    """Bind the rules that keep quiet after a conversation; none without a zone."""
    if not request.zones:
        return
    for rule in pack.cooldowns:
        if rule.after == "conversation" and (tally := tally_conversations(rule, request)) is not None:
            yield _limit("cooldown", rule, request, _after(tally), partial(wording.quiet, rule, tally, request))


def _windows(request: CallRequest, pack: Pack, calendar: HolidayCalendar) -> Iterator[Limit]:
    for rule in pack.windows:
        if request.channel not in rule.channels or (rule.places and request.place not in rule.places):
            continue
        hours = hours_of(rule, request.region, calendar)
        yield _limit(
            "window",
            rule,
            request,
            _inside(hours, request.zones),
            partial(wording.closed, rule, hours, request),
            allows=partial(_is_open, hours, request.zones),
        )
        if rule.holiday is not None and rule.holiday.policy == "warn":
            yield from _holiday_warning(rule, hours, request)
    if request.refused:
        left = hours_outside(request.refused)
        explain = partial(wording.refused_time, request)
        yield Limit("window", "refused-time", "verified", "block", _inside(left, request.zones), explain)


def _holiday_warning(rule: WindowRule, hours: OpenHours, request: CallRequest) -> Iterator[Limit]:
    holiday = rule.holiday
    if holiday is not None and any(hours.is_holiday(local_day(zone, request.at)) for zone in request.zones):
        explain = partial(wording.holiday_today, holiday)
        yield Limit("window", f"{rule.id}-holiday", rule.status, "info", _never, explain)


def _caps(request: CallRequest, pack: Pack) -> Iterator[Limit]:
    for cap in pack.caps:
        if (tally := tally_cap(cap, request)) is not None:
            yield _limit("cap", cap, request, _after(tally), partial(wording.used_up, cap, tally, request))


def _after(tally: Tally) -> FirstAllowed:
    free_from = tally.free_from
    return _never if free_from is None else lambda t: max(t, free_from)


def _is_open(hours: OpenHours, zones: tuple[str, ...], at: datetime) -> bool:
    return all(hours.is_open(zone, at) for zone in zones)


def _inside(hours: OpenHours, zones: tuple[str, ...]) -> FirstAllowed:
    return lambda t: t if _is_open(hours, zones, t) else first_open_everywhere(hours, zones, t)


def _limit(
    kind: Kind,
    rule: Rule,
    request: CallRequest,
    first: FirstAllowed,
    explain: Callable[[], Reason],
    *,
    allows: Callable[[datetime], bool] | None = None,
) -> Limit:
    if rule.starts is not None or rule.ends is not None:
        first, allows = _in_force(rule, request.zones, first), None
    if rule.unless_agreed and request.agreed:
        first, allows = _or_agreed(rule, request, first), None
    return Limit(kind, rule.id, rule.status, rule.severity, first, explain, allows=allows)


def _in_force(rule: Rule, zones: tuple[str, ...], first: FirstAllowed) -> FirstAllowed:
    """Let the rule hold only between its days; in several zones from the earliest start to the latest end."""
    starts = None if rule.starts is None else min((start_of_day(zone, rule.starts) for zone in zones), default=None)
    after = None if rule.ends is None else rule.ends + timedelta(days=1)
    ends = None if after is None else max((start_of_day(zone, after) for zone in zones), default=None)

    def limited(t: datetime) -> datetime | None:
        if (starts is not None and t < starts) or (ends is not None and t >= ends):
            return t
        allowed = first(t)
        return ends if ends is not None and (allowed is None or allowed > ends) else allowed

    return limited


def _or_agreed(rule: Rule, request: CallRequest, first: FirstAllowed) -> FirstAllowed:
    """Allow what the debtor agreed to as well, while the agreement lasts."""
    times = [(agreed.start, _agreement_ends(rule, agreed, request)) for agreed in request.agreed]

    def widened(t: datetime) -> datetime | None:
        allowed = first(t)
        if allowed == t:
            return t
        agreed = [max(t, start) for start, end in times if max(t, start) < end]
        return min([*agreed, *([] if allowed is None else [allowed])], default=None)

    return widened


def _agreement_ends(rule: Rule, agreed: AgreedTime, request: CallRequest) -> datetime:
    if rule.agreed_days is None or not request.zones:
        return agreed.end
    return min(agreed.end, min(quiet_until(rule.agreed_days, agreed.given, (zone,)) for zone in request.zones))
