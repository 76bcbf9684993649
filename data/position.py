"""What the device remembers of the server between two starts: how far it has read, and when it last heard from it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import date, datetime, timedelta
from typing import Any, Final

from data.feed import FeedPosition
from data.ports import DocumentStore
from domain.clock import format_instant, parse_instant
from domain.freshness import CashState
from domain.records import dataclass

CLOCK_SLACK: Final = timedelta(minutes=2)
"""How far a clock may be behind the last contact before it counts as set back."""


@dataclass(frozen=True, slots=True)
class Contact:
    """When the server was last heard. All instants are the corrected clock's; absent before the first contact.

    ``last_sync`` is when the feed was last read to its head. ``lease_until`` is how long cases may be called without
    hearing more. ``offset_ms`` is what to add to this machine's clock to get the server's, measured with a round
    trip of ``round_trip_ms``. ``received_through`` is how far the server had this device's facts, without a hole.
    ``others`` are the agent's other machines that were silent then: name, since when, until when. ``said`` is the
    server's own instant in the last answer, whatever this machine's clock was.
    """

    last_contact: datetime | None = None
    last_sync: datetime | None = None
    lease_until: datetime | None = None
    offset_ms: int = 0
    round_trip_ms: int | None = None
    epoch: str | None = None
    received_through: int = 0
    others: tuple[tuple[str, str, str], ...] = ()
    said: datetime | None = None

    @property
    def offset(self) -> timedelta:
        """What to add to this machine's clock."""
        return timedelta(milliseconds=self.offset_ms)

    def lease_holds(self, now: datetime) -> bool:
        """Tell whether cases may be called at ``now`` (corrected): the lease has begun and has not run out.

        A clock that was set back to before the last contact lengthens no lease.
        """
        if self.lease_until is None or self.last_contact is None:
            return False
        return self.last_contact - CLOCK_SLACK <= now < self.lease_until


class SyncMemory:
    """The stored :class:`~data.feed.FeedPosition` and :class:`Contact`.

    ``ahead`` tells how far the program's clock is ahead of the machine's (:class:`domain.clock.SteadyClock`). A contact's
    offset goes by the program's; what is stored goes by the machine's, because the next start begins with that one.
    """

    def __init__(self, store: DocumentStore, ahead: Callable[[], timedelta] = timedelta) -> None:
        self._table = store.table("sync")
        self._ahead = ahead
        self.position = FeedPosition()
        self.contact = Contact()
        self.cash = CashState()
        self.reload()

    def reload(self) -> None:
        """Read both anew from the store."""
        position = self._table.get_key("position")
        contact = self._table.get_key("contact")
        self.position = FeedPosition(**position) if position else FeedPosition()
        self.contact = self._by_program(_contact(dict(contact))) if contact else Contact()
        self.cash = _cash(self._table.get_key("cash"))

    def move(self, position: FeedPosition) -> None:
        """Store how far the feed has been read, as part of the caller's transaction."""
        self._table.put("position", asdict(position))
        self.position = position

    def remember(self, contact: Contact) -> None:
        """Store when the server was last heard."""
        plain = asdict(contact) | {"offset_ms": contact.offset_ms + self._ahead_ms()}
        for name in _INSTANTS:
            value = getattr(contact, name)
            plain[name] = format_instant(value) if value else None
        self._table.put("contact", plain)
        self.contact = contact

    def _by_program(self, stored: Contact) -> Contact:
        return replace(stored, offset_ms=stored.offset_ms - self._ahead_ms())

    def _ahead_ms(self) -> int:
        return self._ahead() // timedelta(milliseconds=1)

    def note_cash(self, cash: CashState) -> None:
        """Store how fresh the payments are, as part of the caller's transaction."""
        if cash != self.cash:
            through = cash.through.isoformat() if cash.through else None
            self._table.put("cash", {"received_at": cash.received_at, "through": through, "source": cash.source})
            self.cash = cash

    def scrubbed(self) -> None:
        """Note that no trace of removed documents is left."""
        self.move(replace(self.position, scrub_due=False))


_INSTANTS: Final = ("last_contact", "last_sync", "lease_until", "said")


def _cash(document: Any) -> CashState:
    if not document:
        return CashState()
    through = document["through"]
    return CashState(document["received_at"], date.fromisoformat(through) if through else None, document["source"])


def _contact(document: dict[str, object]) -> Contact:
    for name in _INSTANTS:
        value = document.get(name)
        document[name] = parse_instant(value) if isinstance(value, str) else None
    others = document.get("others")
    document["others"] = tuple(tuple(each) for each in others) if isinstance(others, list) else ()
    return Contact(**document)  # type: ignore[arg-type]  # written by remember(), field by field
