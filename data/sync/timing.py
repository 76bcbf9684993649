"""How far this machine's clock is from the server's, and how long the lease lasts by it.

As in NTP (RFC 5905, section 8): the server's instant is taken to lie in the middle of the request; half the round trip
is the most this can be wrong by.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from data.answers import Timing
from data.position import Contact
from domain.clock import format_instant

if TYPE_CHECKING:
    from domain.wire import ChangesPage

LONGEST_ROUND_TRIP: Final = timedelta(seconds=10)
"""Slower answers say too little about the clocks, unless one was set."""
WEIGHT: Final = 0.2
"""How much one measurement moves the estimate when it is no better than those before."""
LONGEST_LEASE_S: Final = 7 * 86_400

_MILLISECOND: Final = timedelta(milliseconds=1)
_STEP: Final = timedelta(seconds=1)


def measured(contact: Contact, timing: Timing) -> Contact:
    """Take one answer into the estimate of the offset.

    The first one counts whole; so does one that contradicts the estimate by more than both can be wrong: a clock was
    set. That is believed of the slowest answer too, for who may call goes by this clock. Otherwise the estimate moves a
    part of the way, further for a quicker answer.
    """
    round_trip = timing.received_at - timing.sent_at
    if timing.server_time is None or round_trip < timedelta():
        return contact
    sample = timing.server_time - (timing.sent_at + round_trip / 2)
    milliseconds = round_trip // _MILLISECOND
    known = contact.round_trip_ms
    slow = round_trip > LONGEST_ROUND_TRIP
    contradicts = abs(sample - contact.offset) > (round_trip + (known or 0) * _MILLISECOND) / 2 + _STEP
    if contradicts or (known is None and not slow):
        return replace(contact, offset_ms=round(sample / _MILLISECOND), round_trip_ms=milliseconds)
    if known is None or slow:
        return contact
    weight = WEIGHT if milliseconds >= known else min(1.0, WEIGHT * (known + 1) / (milliseconds + 1))
    moved = contact.offset + (sample - contact.offset) * weight
    typical = known + (milliseconds - known) * WEIGHT
    return replace(contact, offset_ms=round(moved / _MILLISECOND), round_trip_ms=round(typical))


def leased(contact: Contact, timing: Timing, lease_s: int) -> Contact:
    """Note that the feed was heard from.

    The lease counts from when the request left, not from when the answer came: the server lets somebody else call when
    it believes that the lease has ended, and it cannot know how long its answer took.
    """
    asked = timing.sent_at + contact.offset
    lease = timedelta(seconds=min(max(lease_s, 0), LONGEST_LEASE_S))
    return replace(contact, last_contact=asked, lease_until=asked + lease)


def told_by(page: ChangesPage, contact: Contact, timing: Timing) -> Contact:
    """Note what a page of the feed says about who may call, and about the server's history.

    Without a lease, a page that is not the last begins none: the policy that says from when on calls are allowed may be
    on the last page, and the cases before it.
    """
    if page.epoch != contact.epoch:
        contact = replace(without_lease(contact), epoch=page.epoch, received_through=page.device.received_through)
    others = tuple(
        (each.name or "", format_instant(each.since), format_instant(each.until)) for each in page.others or ()
    )
    contact = replace(contact, others=others)
    if page.more and contact.lease_until is None:
        return contact
    return leased(contact, timing, page.lease_s)


def without_lease(contact: Contact) -> Contact:
    """End the lease, where there was a history before: a server with another one has forgotten who may call what."""
    return contact if contact.epoch is None else replace(contact, lease_until=None)
