"""The dial gate: the one function that every path to a call goes through.

It is asked when the queue is built, again at the moment of dialling, and again at the server; it looks nothing up and
knows no clock, so the same question always has the same answer.

The first refusal in this order decides: stop → lease → third party → cool-down → window or holiday → cap. A rule that
may be overridden decides only when no rule behind it blocks.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from domain.gate import wording
from domain.gate.answer import Answer, Kind, Note
from domain.gate.counting import count_for, is_reached
from domain.gate.holidays import HolidayCalendar, PublicHolidays
from domain.gate.limits import Limit, conversation_cooldowns, limits_for
from domain.gate.localtime import find_zone
from domain.gate.pack import Cap, Pack
from domain.gate.request import CallRequest
from domain.records import dataclass

_PUBLIC_HOLIDAYS: Final = PublicHolidays()
_ROUNDS: Final = 400  # each round moves to a later opening; sixty days of two openings and the caps need far fewer


def may_call(request: CallRequest, pack: Pack, *, holidays: HolidayCalendar = _PUBLIC_HOLIDAYS) -> Answer:
    """Say whether the call may be made now, and if not, by which rule and from when.

    The answer's ``next`` is the first instant that every rule allows, supposing that nothing else happens and the lease
    is renewed in time; ``None`` when nobody can know it (a stop, an unresolved dispute, no opening in sixty days).
    Raises ``ValueError`` when ``request.at`` has no zone.
    """
    request = _checked(request)
    limits = limits_for(request, pack, holidays)
    deciding, soft, seen = _weigh(limits, request.at)
    if deciding is None:
        return _allow(request, pack, soft)
    return _refuse(request, pack, deciding, soft, [*seen, *limits])


def refused_by(request: CallRequest, pack: Pack, *, holidays: HolidayCalendar = _PUBLIC_HOLIDAYS) -> Kind | None:
    """Tell what sort of rule decides against the call as :func:`may_call` does, in no words; ``None`` when none does.

    For whoever asks about many calls and shows no answer to anybody: words and the next allowed instant are what an
    answer costs most.
    """
    request = _checked(request)
    deciding, _, _ = _weigh(limits_for(request, pack, holidays), request.at)
    return None if deciding is None else deciding.kind


def is_quiet(request: CallRequest, pack: Pack) -> bool:
    """Tell whether a conversation keeps the customer's quiet at ``request.at``, whatever else there is about the call."""
    request = _checked(request)
    return any(limit.holds(request.at) for limit in conversation_cooldowns(request, pack))


def _checked(request: CallRequest) -> CallRequest:
    if request.at.tzinfo is None:
        raise ValueError("the instant of a call needs a zone")
    if any(find_zone(zone) is None for zone in request.zones):
        return replace(request, zones=())  # one candidate nobody can check makes the local time unknown
    return request


def _weigh(limits: Iterable[Limit], at: datetime) -> tuple[Limit | None, list[Limit], list[Limit]]:
    """Find the limit that decides; give it with the others that do not allow the call either, and all looked at.

    Looking ends at the first limit that blocks.
    """
    seen: list[Limit] = []
    soft: list[Limit] = []
    for limit in limits:
        seen.append(limit)
        if not limit.holds(at):
            continue
        if limit.severity == "block":
            return limit, soft, seen
        soft.append(limit)
    warning = next((limit for limit in soft if limit.severity == "warn"), None)
    return warning, [limit for limit in soft if limit is not warning], seen


@dataclass(frozen=True, slots=True)
class CapUse:
    """How far one cap is used up for a request: ``counted`` contacts of at most ``cap.most``."""

    cap: Cap
    counted: tuple[datetime, ...]


def cap_use(request: CallRequest, pack: Pack) -> tuple[CapUse, ...]:
    """List how far each cap is used up at ``request.at``, for the screen ("2 today of 3")."""
    if not request.zones or any(find_zone(zone) is None for zone in request.zones):
        return ()
    return tuple(CapUse(cap, count_for(cap, request)) for cap in pack.caps)


def caps_reached(request: CallRequest, pack: Pack) -> tuple[Cap, ...]:
    """List the caps that are about this call and used up, as :func:`cap_use` counts."""
    if not request.zones or any(find_zone(zone) is None for zone in request.zones):
        return ()
    return tuple(cap for cap in pack.caps if is_reached(cap, request))


def _refuse(
    request: CallRequest, pack: Pack, deciding: Limit, others: Sequence[Limit], limits: Sequence[Limit]
) -> Answer:
    reason = deciding.explain()
    allowed_from = None if deciding.renewable else _first_allowed(limits, request.at.astimezone(UTC))
    notes = [_note(limit) for limit in others]
    if allowed_from is not None and request.lease_until is not None and request.lease_until <= allowed_from:
        text = wording.sync_before(request.lease_until, request.zones)
        lease = wording.lease_over(request.lease_until, request.zones)
        notes.append(Note("lease", lease.rule, lease.source, text, "info"))
    return Answer(
        allowed=False,
        code=reason.code,
        rule=reason.rule,
        source=reason.source,
        severity=deciding.severity,
        text=wording.from_then_on(reason.text, allowed_from, request.zones),
        counted=reason.counted,
        next=None if allowed_from is None else allowed_from.astimezone(UTC),
        zones=request.zones,
        alternative=reason.alternative,
        warnings=tuple(notes),
        pack=pack.name,
        pack_status=pack.status,
        rule_id=deciding.rule_id,
        rule_status=deciding.status,
        most=reason.most,
    )


def _allow(request: CallRequest, pack: Pack, soft: Sequence[Limit]) -> Answer:
    window = next((rule for rule in pack.windows if request.channel in rule.channels), None)
    return Answer(
        allowed=True,
        code="ok",
        rule=window.rule.shown() if window is not None else pack.title.shown(),
        source=window.source if window is not None else "",
        severity="info",
        text=wording.may_be_called(request),
        counted=(),
        next=None,
        zones=request.zones,
        alternative=None,
        warnings=tuple(_note(limit) for limit in soft),
        pack=pack.name,
        pack_status=pack.status,
        rule_id=window.id if window is not None else "",
        rule_status=window.status if window is not None else pack.status,
    )


def _note(limit: Limit) -> Note:
    reason = limit.explain()
    return Note(reason.code, reason.rule, reason.source, reason.text, limit.severity)


def _first_allowed(limits: Sequence[Limit], at: datetime) -> datetime | None:
    """Ask the limits in turn for their first instant until all of them agree on one."""
    asked = [limit for limit in limits if limit.severity != "info" and not limit.renewable]
    here = at
    for _ in range(_ROUNDS):
        later = here
        for limit in asked:
            allowed = limit.first_allowed(later)
            if allowed is None:
                return None
            later = allowed
        if later == here:
            return here
        here = later
    return None
