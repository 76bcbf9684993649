"""A rule pack: what one jurisdiction or house allows, as dated and cited data."""

from __future__ import annotations

from datetime import date
from typing import Final, Literal

from domain.gate.request import ALL_CHANNELS, Channel, Person, Place
from domain.i18n import language
from domain.records import dataclass

Severity = Literal["block", "warn", "info"]
"""``block`` refuses; ``warn`` refuses too, but may be overridden with a reason that is audited; ``info`` only says so."""

Status = Literal["verified", "unverified"]
"""``verified``: somebody read the rule in the source named. ``unverified``: it comes from a secondary source."""

Unit = Literal["attempt", "connected", "conversation", "message", "contact", "effective"]
Scope = Literal["debt", "debtor", "number", "contact", "work"]
Period = Literal["day", "week", "month", "rolling"]
HolidayPolicy = Literal["normal", "shorter", "none", "warn"]
CooldownReason = Literal["conversation", "dispute", "hardship", "breathing_space"]
OtherPersons = Literal["never", "when_unreachable", "allowed"]
Occasion = Literal["open", "verify", "disclose", "voicemail", "third_party", "recording", "close"]

Hours = tuple[tuple[int, int], ...]
"""Windows of one day as (first minute, minute after the last) since local midnight; past 1440 is the next day."""

NO_HOURS: Final[Hours] = ()


@dataclass(frozen=True, slots=True)
class Wording:
    """A sentence in English and, when the pack has it, in Chinese."""

    en: str
    zh: str | None = None

    def shown(self) -> str:
        """Give the sentence in the language of the interface, English when it has no other."""
        return self.zh if self.zh is not None and language() == "zh" else self.en


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What every rule of a pack says about itself.

    ``id`` is stable and unique in its pack. ``source`` cites the law (``12 CFR 1006.14(b)(2)``). The rule is in force
    from ``starts`` through ``ends``, both days included, in the debtor's zone; ``None`` is unbounded. With
    ``unless_agreed`` it does not hold at times the debtor agreed to; ``agreed_days`` limits how long such an agreement
    lasts, the day it was given being day 1.
    """

    id: str
    rule: Wording
    source: str
    status: Status
    severity: Severity = "block"
    starts: date | None = None
    ends: date | None = None
    unless_agreed: bool = False
    agreed_days: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HolidayRule:
    """What public holidays change: nothing, shorter ``hours``, no call at all, or a warning.

    ``calendar`` is an ISO 3166 country, or ``debtor`` for the country of the request. On a day that country works
    instead of a bridging day, the hours of weekday ``makeup_as`` (0 = Monday) hold.
    """

    policy: HolidayPolicy
    calendar: str
    rule: Wording
    source: str
    hours: Hours = NO_HOURS
    makeup_as: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowRule(Rule):
    """When contact is allowed, in the local time of every zone the debtor may be in; ``week[0]`` is Monday."""

    week: tuple[Hours, Hours, Hours, Hours, Hours, Hours, Hours]
    channels: tuple[Channel, ...] = ("call", "sms", "email")
    places: tuple[Place, ...] = ()
    holiday: HolidayRule | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cap(Rule):
    """At most ``most`` contacts of one kind in one period.

    ``unit`` says what is counted:

    - ``attempt``: every try, reached or not, and every message on the channels;
    - ``connected``: calls somebody answered; ``conversation``: those that became a conversation;
    - ``effective``: calls marked effective (connected, verified, long enough);
    - ``message``: messages, also on an answering machine;
    - ``contact``: whatever reached somebody: answered calls and messages.

    ``scope`` says about what: one ``debt``, the whole ``debtor``, one ``number``, one ``contact`` person, or the
    debtor at ``work``. ``per_person`` counts each person apart. ``places`` limits the rule to numbers at those places.
    ``exclude`` names the exclusions of contacts that are not counted.
    """

    most: int
    unit: Unit
    scope: Scope
    period: Period
    days: int = 0
    channels: tuple[Channel, ...] = ALL_CHANNELS
    places: tuple[Place, ...] = ()
    per_person: bool = False
    exclude: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CooldownRule(Rule):
    """Quiet after something happened: ``days`` calendar days of which the day itself is the first.

    ``days=None`` lasts until a person resolves it. Only ``conversation`` is found in the contacts; the others are
    facts of the case that the request brings along.
    """

    after: CooldownReason
    days: int | None = None
    scope: Scope = "debtor"
    per_person: bool = False
    exclude: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ThirdPartyRule(Rule):
    """Whom one may call besides ``persons``.

    ``others``: never, only while the debtor cannot be reached, or always. ``with_permission``: somebody the debtor or
    a court authorised may be called. ``most`` limits how often such a person may be reached at all.
    """

    persons: tuple[Person, ...] = ("debtor", "guarantor")
    others: OtherPersons = "never"
    with_permission: bool = True
    most: int | None = None


@dataclass(frozen=True, slots=True)
class Duty:
    """What must be said on an occasion; acknowledged by a key, and the hash of the text is stored with the call."""

    id: str
    occasion: Occasion
    text: Wording
    source: str


@dataclass(frozen=True, slots=True)
class Retention:
    """How many years something is kept at least."""

    what: str
    years: int
    source: str


@dataclass(frozen=True, slots=True)
class Pack:
    """Rules that hold together. ``checked`` is the day they were last compared with their sources.

    ``status`` is ``verified`` only when every rule of the pack is. ``effective_seconds`` is how long a verified call
    lasts at least to be "effective" where a cap counts those.
    """

    name: str
    title: Wording
    status: Status
    checked: date
    country: str | None = None
    note: Wording | None = None
    effective_seconds: int = 0
    windows: tuple[WindowRule, ...] = ()
    caps: tuple[Cap, ...] = ()
    cooldowns: tuple[CooldownRule, ...] = ()
    third_parties: tuple[ThirdPartyRule, ...] = ()
    duties: tuple[Duty, ...] = ()
    retentions: tuple[Retention, ...] = ()

    def cooldown_after(self, reason: str) -> CooldownRule | None:
        """Find the rule for quiet after ``reason``, or ``None`` when this pack has none."""
        return next((rule for rule in self.cooldowns if rule.after == reason), None)
