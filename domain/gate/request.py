"""What the dial gate is asked, and the facts about the case it judges by."""

from __future__ import annotations

from dataclasses import field
from datetime import datetime, time
from typing import Final, Literal

from domain.records import dataclass

Channel = Literal["call", "sms", "email", "letter"]
Person = Literal["debtor", "guarantor", "third_party"]
Place = Literal["home", "work", "mobile", "unknown"]
ContactKind = Literal["attempt", "connected", "conversation", "message"]
StopKind = Literal[
    "cease", "opt_out_channel", "opt_out_number", "represented", "deceased", "insolvency", "third_party_refused"
]

ALL_CHANNELS: Final[tuple[Channel, ...]] = ("call", "sms", "email", "letter")


@dataclass(frozen=True, slots=True)
class Contact:
    """One contact that happened or was tried: by any agent, on any channel, synced or not.

    ``at`` is an aware UTC instant. ``kind`` is the most that came of it; the kinds are nested: a ``conversation`` (with
    the right person) was also ``connected`` (somebody answered), and both were an ``attempt``. ``message`` is an SMS,
    e-mail, letter, or a message left on an answering machine: an attempt that reached somebody without connecting.
    ``debts`` are the debts it was about; empty means not known and counts for every debt. ``number=None`` is not known
    and counts for every number. ``who`` tells several guarantors or contact persons apart; ``None`` is not known.
    ``excluded`` names the exclusions that apply (``consented``, ``not_connected``); a cap says which it honours.
    """

    at: datetime
    kind: ContactKind = "attempt"
    channel: Channel = "call"
    number: str | None = field(default=None, repr=False)
    debts: tuple[str, ...] = ()
    place: Place = "unknown"
    person: Person = "debtor"
    effective: bool = False
    excluded: frozenset[str] = frozenset()
    who: str | None = None


@dataclass(frozen=True, slots=True)
class Stop:
    """A stop flag that nobody has lifted. ``number`` and ``channel`` narrow the opt-outs; ``source`` is its fact's id.

    It holds whatever ``since`` says: a clock set back must not lift it. A kind not known here stops everything.
    """

    kind: StopKind | str
    number: str | None = field(default=None, repr=False)
    channel: Channel | None = None
    since: datetime | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class Cooldown:
    """Quiet that the case itself brings: dispute, hardship, breathing space. ``until=None`` lasts until resolved.

    ``debts`` are those it is about; empty means all of them.
    """

    kind: str
    until: datetime | None = None
    debts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AgreedTime:
    """A time from ``start`` until before ``end`` (UTC) the debtor agreed to be called at, and when they said so."""

    start: datetime
    end: datetime
    given: datetime


@dataclass(frozen=True, slots=True)
class RefusedTime:
    """Local times the debtor called inconvenient: from ``start`` until before ``end`` on ``weekdays`` (0 = Monday).

    ``end`` at or before ``start`` goes on past midnight; both equal is the whole day.
    """

    start: time
    end: time
    weekdays: tuple[int, ...] = (0, 1, 2, 3, 4, 5, 6)


@dataclass(frozen=True, slots=True)
class CallRequest:
    """May this call be made? Everything the answer depends on; nothing is looked up elsewhere.

    ``at`` is an aware instant. ``zones`` are all IANA zones the debtor may be in; with none the local time is not known
    and nothing is allowed. ``number=None`` asks about the case: rules about single numbers do not apply. ``debts`` are
    those the call is about; empty means all. ``lease_until=None`` says that there is no lease (on the server);
    otherwise the facts are known to be complete before that instant only. ``agreed`` and ``refused`` are times the
    debtor named. ``debtor_unreachable`` and ``permission`` matter when ``person`` is a third party: the debtor cannot be
    reached at any number, and the debtor or a court authorised this person. ``region`` is the debtor's country, for
    holidays. ``channel`` lets a notice be judged by the same rules.
    """

    at: datetime
    zones: tuple[str, ...]
    number: str | None = field(default=None, repr=False)
    debts: tuple[str, ...] = ()
    person: Person = "debtor"
    place: Place = "unknown"
    contacts: tuple[Contact, ...] = ()
    stops: tuple[Stop, ...] = ()
    cooldowns: tuple[Cooldown, ...] = ()
    lease_until: datetime | None = None
    agreed: tuple[AgreedTime, ...] = ()
    refused: tuple[RefusedTime, ...] = ()
    debtor_unreachable: bool = False
    permission: bool = False
    region: str | None = None
    channel: Channel = "call"
    who: str | None = None
