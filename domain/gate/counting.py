"""Counting contacts: which ones a cap or cool-down counts, and until when each of them counts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Final

from domain.gate.localtime import local_day, start_of_day
from domain.gate.pack import Cap, CooldownRule, Scope
from domain.gate.request import CallRequest, Contact
from domain.records import dataclass

_DAY: Final = timedelta(days=1)
# A contact older than its period and these days can count in no zone; it is passed over without looking at zones.
_SLACK: Final = timedelta(days=3)
_LONGEST: Final = {"day": timedelta(days=1), "week": timedelta(days=7), "month": timedelta(days=31)}


@dataclass(frozen=True, slots=True)
class Tally:
    """What was counted: the ``counted`` instants in order, and when the limit allows one more.

    ``free_from`` is the instant from which fewer than the limit still count, whenever that is or was; ``None`` for a
    limit of none at all.
    """

    counted: tuple[datetime, ...]
    free_from: datetime | None


def tally_cap(cap: Cap, request: CallRequest) -> Tally | None:
    """Count for ``cap`` at ``request.at``; ``None`` when the cap is not about this call or nothing counts.

    A period is looked at in every zone the debtor may be in, and a rolling period of n days also as n × 24 hours; a
    contact counts as long as it counts in any of these ways, which is the strictest reading. Contacts later than ``at``
    count: they were made before the clock was set back.
    """
    relevant = _relevant(cap, request)
    if relevant is None:
        return None
    if cap.most == 0:
        return Tally(tuple(sorted(contact.at for contact in relevant)), None)
    worst: Tally | None = None
    for contacts in _groups(cap.scope, request, relevant):
        if len(contacts) < cap.most:
            continue
        expiries = sorted((cap_expiry(cap, contact.at, request.zones), contact.at) for contact in contacts)
        free_from = expiries[-cap.most][0]
        if worst is None or worst.free_from is None or free_from > worst.free_from:
            counted = sorted(at for expiry, at in expiries if expiry > request.at)
            worst = Tally(tuple(counted), free_from)
    return worst


def count_for(cap: Cap, request: CallRequest) -> tuple[datetime, ...]:
    """List the contacts that count against ``cap`` at ``request.at``, for the debt that has most of them."""
    relevant = _relevant(cap, request)
    if relevant is None:
        return ()
    counts = [
        sorted(contact.at for contact in group if cap_expiry(cap, contact.at, request.zones) > request.at)
        for group in _groups(cap.scope, request, relevant)
    ]
    fullest: list[datetime] = max(counts, key=len, default=[])
    return tuple(fullest)


def is_reached(cap: Cap, request: CallRequest) -> bool:
    """Tell whether ``cap`` is about this call and :func:`count_for` lists as many contacts as it allows, or more."""
    relevant = _relevant(cap, request)
    if relevant is None or len(relevant) < cap.most:
        return False  # most calls; until when each of the few counts need not be worked out
    return len(count_for(cap, request)) >= cap.most


def _relevant(cap: Cap, request: CallRequest) -> list[Contact] | None:
    """Give the contacts that may count, however long ago; ``None`` when the cap is not about this call."""
    if request.channel not in cap.channels or not _at_place(cap, request.place):
        return None
    if cap.scope == "number" and request.number is None:
        return None
    return [contact for contact in _recent(cap, request) if _counts(cap, request, contact)]


def tally_conversations(rule: CooldownRule, request: CallRequest) -> Tally | None:
    """Find the conversations after which ``rule`` keeps quiet; ``None`` when there are none."""
    if rule.days is None or request.channel != "call":
        return None
    recent = request.at - timedelta(days=rule.days) - _SLACK
    contacts = [
        contact
        for contact in request.contacts
        if contact.kind == "conversation"
        and contact.at > recent
        and contact.excluded.isdisjoint(rule.exclude)
        and (not rule.per_person or _same_person(contact, request))
        and _in_scope(rule.scope, request, contact)
    ]
    if not contacts:
        return None
    ends = [(quiet_until(rule.days, contact.at, request.zones), contact.at) for contact in contacts]
    return Tally(tuple(sorted(at for end, at in ends if end > request.at)), max(ends)[0])


def quiet_until(days: int, began: datetime, zones: Iterable[str]) -> datetime:
    """Give the end of a quiet of ``days`` calendar days whose first is the day of ``began``, in the latest zone."""
    return max(start_of_day(zone, local_day(zone, began) + days * _DAY) for zone in zones)


def cap_expiry(cap: Cap, at: datetime, zones: Iterable[str]) -> datetime:
    """Give the instant from which a contact at ``at`` no longer counts against ``cap`` in any zone."""
    ends = [start_of_day(zone, _day_after(cap, local_day(zone, at))) for zone in zones]
    if cap.period == "rolling":
        ends.append(at + cap.days * _DAY)
    return max(ends)


def _day_after(cap: Cap, day: date) -> date:
    """Give the first day of the next period after the one that ``day`` belongs to or begins."""
    match cap.period:
        case "day":
            return day + _DAY
        case "rolling":
            return day + cap.days * _DAY
        case "week":  # ISO 8601: Monday to Sunday
            return day + (7 - day.weekday()) * _DAY
        case "month":
            return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def _recent(cap: Cap, request: CallRequest) -> Iterable[Contact]:
    since = request.at - (_LONGEST.get(cap.period) or timedelta(days=cap.days)) - _SLACK
    return (contact for contact in request.contacts if contact.at > since)


def _counts(cap: Cap, request: CallRequest, contact: Contact) -> bool:
    return (
        _is_unit(cap, contact)
        and contact.channel in cap.channels
        and _at_place(cap, contact.place)
        and contact.excluded.isdisjoint(cap.exclude)
        and (not cap.per_person or _same_person(contact, request))
        and (cap.scope == "debt" or _in_scope(cap.scope, request, contact))
    )


def _is_unit(cap: Cap, contact: Contact) -> bool:
    match cap.unit:
        case "attempt":
            return True
        case "connected":
            return contact.kind in ("connected", "conversation")
        case "conversation":
            return contact.kind == "conversation"
        case "message":
            return contact.kind == "message"
        case "contact":
            return contact.kind != "attempt"
        case "effective":
            return contact.effective


def _at_place(cap: Cap, place: str) -> bool:
    if cap.scope == "work":
        return place == "work"
    return not cap.places or place in cap.places


def _in_scope(scope: Scope, request: CallRequest, contact: Contact) -> bool:
    match scope:
        case "number":
            return contact.number is None or request.number is None or contact.number == request.number
        case "contact":
            return _same_person(contact, request)
        case "debt":
            return not contact.debts or not request.debts or not set(contact.debts).isdisjoint(request.debts)
        case "debtor" | "work":
            return True


def _same_person(contact: Contact, request: CallRequest) -> bool:
    """Compare the persons; one not known by name may be the same."""
    known_apart = contact.who is not None and request.who is not None and contact.who != request.who
    return contact.person == request.person and not known_apart


def _groups(scope: Scope, request: CallRequest, contacts: list[Contact]) -> list[list[Contact]]:
    """Split by debt where the cap is per debt: the call is about every one of its debts, so the fullest decides."""
    if scope != "debt" or not request.debts:
        return [contacts]
    return [[contact for contact in contacts if not contact.debts or debt in contact.debts] for debt in request.debts]
