"""What the dial gate is asked about a case."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final, cast

from domain.case import reading
from domain.case.model import Attempt, Case, Silence, StopFlag
from domain.case.parts import Phone
from domain.formats import clock_time
from domain.gate import Answer, CallRequest, Contact, Cooldown, Stop, load_pack, may_call
from domain.gate.request import AgreedTime, Channel, ContactKind, Person, Place
from domain.i18n import tr
from domain.policy import Policy

_AGREED_BEFORE: Final = timedelta(minutes=5)
_AGREED_AFTER: Final = timedelta(minutes=60)
"""How long around the time of a call-back the customer has agreed to be rung: a house rule."""

_PLACES: Final[dict[str, Place]] = {"work": "work", "office": "work", "home": "home", "mobile": "mobile"}


def may_call_case(
    case: Case,
    at: datetime,
    policy: Policy,
    *,
    phone: Phone | None,
    lease_until: datetime | None = None,
    pack: str | None = None,
    others: Sequence[Silence] = (),
    ahead: timedelta = timedelta(),
) -> Answer:
    """Ask the gate whether ``case`` may be called at ``at`` on ``phone``.

    ``others`` are other machines of the agent's that have not been heard from.

    ``lease_until`` is absent on the server, which knows everything. While the last owner's device may still call (see
    :class:`domain.case.model.Hold`) nobody else may, and nobody at all while the policy says so. ``ahead`` is by how much
    ``at`` may be ahead of the truth: what has to be over before somebody calls has to be over certainly.
    """
    region = case.customer.region or (phone.region if phone else None)
    chosen = load_pack(pack or policy.pack_for(case.customer.segment, region), policy.rule_packs)
    request = call_request(case, at, policy, phone=phone, lease_until=lease_until)
    answer = may_call(request, chosen)
    if case.silent or others:
        from domain.case.silence import count_silent

        answer = count_silent(answer, request, chosen, (*case.silent, *others))
    if answer.code == "stop":
        return answer
    zone = (reading.zones(case, phone) or ("UTC",))[0]
    if case.hold is not None and at < over_at(case.hold.until, ahead):
        words = tr("may be called by {name} until {time}")
        text = words.format(name=case.hold.by, time=clock_time(case.hold.until, zone))
        answer = _held(answer, case.hold.until, text, at)
    if policy.calls_from is not None and at < over_at(policy.calls_from, ahead):
        words = tr("the server was restored from a backup; calls may start again at {time}")
        text = words.format(time=clock_time(policy.calls_from, zone))
        answer = _held(answer, policy.calls_from, text, at)
    return answer


def over_at(until: datetime, ahead: timedelta) -> datetime:
    """Tell when a clock that may be ``ahead`` of the truth says that ``until`` has certainly been reached."""
    return until + max(ahead, timedelta())


def _held(answer: Answer, until: datetime, text: str, at: datetime) -> Answer:
    if at >= until:  # the clock says so, but it may have been set forward
        words = tr("{why}; this computer's clock may be ahead: sync to know whether it is time")
        text = words.format(why=text)
        answer = replace(answer, alternative=tr("Sync, then call."))
    return replace(
        answer,
        allowed=False,
        code="lease",
        rule=tr("one device at a time may call a customer"),
        rule_id="hold",
        severity="block",
        text=text,
        next=max(until, answer.next or at),
    )


def call_request(
    case: Case,
    at: datetime,
    policy: Policy,
    *,
    phone: Phone | None,
    lease_until: datetime | None = None,
    dialled: tuple[str | None, Channel] | None = None,
) -> CallRequest:
    """Put together everything the gate judges by.

    ``dialled`` is what was really used, number and channel, where that is known: ``phone`` is absent when the case does not
    have the number.
    """
    number, channel = dialled if dialled is not None else (phone.e164 if phone else None, "call")
    person = reading.person_of(case, phone.e164) if phone else None
    return CallRequest(
        at=at,
        zones=reading.zones(case, phone) if person is None or phone is None else phone.zones,
        number=number,
        channel=channel,
        person="debtor" if person is None else "third_party",
        who=None if person is None else person.id,
        permission=person is not None and person.authorised,
        debtor_unreachable=not reading.good_phones(case),
        place=_place(phone),
        contacts=tuple(contact for attempt in case.attempts if (contact := _contact(attempt, policy)) is not None),
        stops=tuple(_stop(case, stop) for stop in case.stops if stop.lifted_by is None),
        cooldowns=tuple(Cooldown(freeze.kind) for freeze in case.freezes if freeze.resolved_by is None),
        lease_until=lease_until,
        agreed=tuple(
            AgreedTime(callback.due - _AGREED_BEFORE, callback.due + _AGREED_AFTER, callback.given)
            for callback in case.callbacks
            if callback.timed and callback.given is not None
        ),
        region=case.customer.region or (phone.region if phone else None),
    )


def _stop(case: Case, stop: StopFlag) -> Stop:
    """Give a flag as the gate knows it; somebody else who answers on the customer's number and refuses closes it."""
    theirs = stop.kind == "third_party_refused" and any(phone.e164 == stop.number for phone in case.phones)
    kind = "opt_out_number" if theirs else stop.kind
    return Stop(kind, stop.number, cast("Channel | None", stop.channel), stop.at, stop.fact)


def _place(phone: Phone | None) -> Place:
    if phone is None:
        return "unknown"
    return _PLACES.get(phone.label or "", "mobile" if phone.type == "mobile" else "unknown")


def _contact(attempt: Attempt, policy: Policy) -> Contact | None:
    code = policy.catalogue.get(attempt.code)
    if code is not None and code.has("uncounted"):
        return None
    kind: ContactKind = "attempt"
    if code is not None:
        if code.has("conversation"):
            kind = "conversation"
        elif code.has("message"):
            kind = "message"
        elif code.has("connected"):
            kind = "connected"
    long_enough = (attempt.talk_seconds is None) or attempt.talk_seconds >= policy.effective_seconds
    return Contact(
        at=attempt.at,
        kind=kind,
        channel=cast("Channel", attempt.channel),
        number=attempt.number,
        person=cast("Person", attempt.person),
        who=attempt.who,
        effective=code is not None and code.has("effective") and long_enough,
    )
