"""Flags: what a supervisor should know about an accepted fact. They are never a reason to refuse it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final, get_args

from domain.case.model import Callback, Case, StopFlag
from domain.clock import milliseconds
from domain.facts import order_key
from domain.facts.payloads import (
    AttemptStarted,
    CallbackCleared,
    CallbackSet,
    FactRetracted,
    PromiseAmended,
    PromiseMade,
)
from domain.policy import Policy
from domain.records import dataclass
from domain.wire import Flag, Seen
from server.cases.open_case import OpenCase
from server.facts import gatecheck
from server.facts.stored import StoredFact
from server.facts.visibility import Outlook
from server.figures.past import CHANGES_CALLBACKS

LATE: Final = timedelta(hours=24)
"""A fact that travelled longer is flagged ``late``."""
FUTURE: Final = timedelta(minutes=2)
"""A fact whose author's clock was further ahead than this is flagged ``clock-suspect``."""

_WHOLE_CUSTOMER: Final = frozenset({"cease", "represented", "deceased", "insolvency"})
_ORDER: Final = {flag: place for place, flag in enumerate(get_args(Flag))}


@dataclass(frozen=True, slots=True)
class Lease:
    """When a device might not call: after ``until``, and between ``lapse_from`` and ``lapse_to`` (milliseconds)."""

    until: int
    lapse_from: int
    lapse_to: int

    def covers(self, at: datetime) -> bool:
        """Tell whether the device was allowed to call at an instant."""
        moment = milliseconds(at)
        return moment <= self.until and not self.lapse_from < moment < self.lapse_to


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What flags are judged by besides the fact and its case.

    ``at`` is the author's instant before it was clamped. ``lease`` is absent for people whose machines have none.
    """

    at: datetime
    now: datetime
    seen: Seen | None
    outlook: Outlook
    is_owner: bool
    lease: Lease | None
    policy: Policy


def flags_for(case: OpenCase, stored: StoredFact, about: Circumstances) -> list[Flag]:
    """Judge one fact on its case with everything known now folded in; answer in the order of the wire's list."""
    folded, payload = case.folded, stored.fact.payload
    flags: set[Flag] = set()
    if not about.is_owner:
        flags.add("after-reassignment")
    if case.was_closed is not None:
        flags.add("after-closure")
    if about.lease is not None and not about.lease.covers(about.at):
        flags.add("lease-expired")
    if about.at - about.now > FUTURE:
        flags.add("clock-suspect")
    if about.now - about.at > LATE:
        flags.add("late")
    if isinstance(payload, AttemptStarted):
        if _stopped(folded, payload, stored.fact.at):
            flags.add("after-optout")
        later, standing = _added_after(case, stored), _callbacks_before(case, stored)
        flags.update(gatecheck.flags_for(folded, stored.fact, payload, later, about.policy, standing))
    if isinstance(payload, AttemptStarted | PromiseMade | PromiseAmended) and about.outlook.missed_a_payment(
        case, about.seen
    ):
        flags.add("unseen-payment")
    for each in folded.reviews:
        if each.fact == stored.fact.id and each.kind.startswith("concurrent"):
            flags.add("concurrent")
    return sorted(flags, key=_ORDER.__getitem__) if flags else []


def _added_after(case: OpenCase, stored: StoredFact) -> set[str]:
    place = order_key(stored.fact)
    return {each.fact.id for each in case.added if order_key(each.fact) > place}


def _callbacks_before(case: OpenCase, stored: StoredFact) -> list[Callback]:
    """Give the call-backs that stood when a fact was written: what was agreed then, whatever became of it since."""
    standing: dict[str, Callback] = {}
    place = order_key(stored.fact)
    about = [
        *case.callbacks_before,
        *(each.fact for each in case.added if type(each.fact.payload) in CHANGES_CALLBACKS),
    ]
    for fact in sorted((fact for fact in about if order_key(fact) < place), key=order_key):
        match fact.payload:
            case CallbackSet(due=due, timed=timed, number=number):
                standing[fact.id] = Callback(fact.id, due, timed, fact.author, number, fact.at)
            case CallbackCleared(base=None):
                standing.clear()
            case CallbackCleared(base=str(base)) | FactRetracted(base=base):
                standing.pop(base, None)
    return list(standing.values())


def _stopped(case: Case, attempt: AttemptStarted, at: datetime) -> bool:
    return any(stop.lifted_by is None and stop.at < at and _applies(stop, attempt) for stop in case.stops)


def _applies(stop: StopFlag, attempt: AttemptStarted) -> bool:
    if stop.kind in _WHOLE_CUSTOMER:
        return True
    if stop.kind == "opt_out_channel":
        return stop.channel == attempt.channel
    if stop.number is not None:
        return stop.number == attempt.number and stop.channel in (None, attempt.channel)
    return stop.kind == "third_party_refused" and attempt.person == "third_party"
