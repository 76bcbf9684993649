"""A case: one customer with the debts one creditor has against them, as its facts have made it.

Every collection keeps the id of the fact that put an entry there, so that a retraction can take exactly that away. What
depends on the day (is a promise broken? is a call-back due?) is not stored here; :mod:`domain.promises.judging` and
:mod:`domain.queue` work it out.
"""

from __future__ import annotations

from dataclasses import field
from datetime import date, datetime
from typing import Any

from domain.case.ability import AbilitySheet
from domain.case.parts import Debt, Phone, PromisePart
from domain.records import dataclass


@dataclass(frozen=True, slots=True)
class Customer:
    """Who owes. ``segment`` is ``"consumer"`` or ``"business"``; ``zone`` is stated by a contacts file or absent."""

    name: str = field(default="", repr=False)
    id: str | None = None
    aliases: tuple[str, ...] = field(default=(), repr=False)
    segment: str = "business"
    region: str | None = None
    language: str | None = None
    person: str | None = field(default=None, repr=False)
    email: str | None = field(default=None, repr=False)
    address: str | None = field(default=None, repr=False)
    zone: str | None = None
    pay_day: int | None = None


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try to reach somebody. It counts whatever else happens; ``code`` is absent until it ended."""

    id: str
    at: datetime
    author: str
    number: str | None = field(default=None, repr=False)
    channel: str = "call"
    person: str = "debtor"
    code: str | None = None
    talk_seconds: int | None = None
    verified: bool = False
    ended_at: datetime | None = None
    who: str | None = None


@dataclass(frozen=True, slots=True)
class PromiseVersion:
    """What a promise was before an amendment: the fact that made it so, and its parts."""

    fact: str
    parts: tuple[PromisePart, ...]
    approval: str | None = None


@dataclass(frozen=True, slots=True)
class Promise:
    """A promise to pay; what depends on the day is judged by :mod:`domain.promises.judging`.

    ``tip`` is the fact that last changed it; ``earlier`` are the versions before that, oldest first. ``ended`` is
    ``"superseded"``, ``"withdrawn"``, ``"retracted"`` or absent, since ``ended_at``; ``by`` names the promise that
    superseded it, ``withdrawn_by`` the agent who withdrew it. ``approval`` is ``"asked"`` (by fact ``asked``),
    ``"approved"``, ``"refused"`` (by ``decided_by``) or absent. ``kind`` names its promise type, absent for the standard
    one; ``debts`` are the ids it covers, none for all of them.
    """

    id: str
    fact: str
    tip: str
    at: datetime
    author: str
    currency: str
    parts: tuple[PromisePart, ...]
    method: str | None = None
    words: str | None = field(default=None, repr=False)
    zone: str | None = None
    ended: str | None = None
    by: str | None = None
    approval: str | None = None
    author_name: str | None = field(default=None, repr=False)
    kind: str | None = None
    debts: tuple[str, ...] = ()
    call: str | None = None
    device: str | None = None
    promised_by: str | None = None
    relation: str | None = None
    reason: str | None = None
    recap: bool | None = None
    supersedes: tuple[str, ...] = ()
    ended_at: datetime | None = None
    ended_reason: str | None = field(default=None, repr=False)
    withdrawn_by: str | None = None
    tip_before: str | None = None
    asked: str | None = None
    decided_by: str | None = None
    earlier: tuple[PromiseVersion, ...] = ()

    @property
    def total(self) -> int:
        """The whole amount, in minor units."""
        return sum(part.amount for part in self.parts)

    @property
    def last_due(self) -> date:
        """The day of the last part."""
        return max(part.due for part in self.parts)


@dataclass(frozen=True, slots=True)
class Payment:
    """Money that arrived; ``reversed_by`` is the fact that took it back, at ``reversed_at``."""

    id: str
    fact: str
    at: datetime
    day: date
    amount: int
    currency: str
    debt: str | None = None
    reversed_by: str | None = None
    reversed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Callback:
    """When somebody asked to be rung again; ``fact`` made it, at ``given``."""

    fact: str
    due: datetime
    timed: bool
    author: str
    number: str | None = field(default=None, repr=False)
    given: datetime | None = None


@dataclass(frozen=True, slots=True)
class OtherPerson:
    """Somebody else than the customer; ``authorised`` says that the debt may be spoken about with them."""

    id: str
    fact: str
    at: datetime
    name: str = field(default="", repr=False)
    relation: str | None = None
    phones: tuple[Phone, ...] = field(default=(), repr=False)
    authorised: bool = False


@dataclass(frozen=True, slots=True)
class StopFlag:
    """Why this customer, channel or number must not be contacted; ``lifted_by`` is the supervisor's fact."""

    fact: str
    kind: str
    at: datetime
    number: str | None = field(default=None, repr=False)
    channel: str | None = None
    lifted_by: str | None = None


@dataclass(frozen=True, slots=True)
class Freeze:
    """A dispute, hardship or breathing space that waits for a supervisor; ``debts`` are what it is about, none for all."""

    fact: str
    kind: str
    code: str
    at: datetime
    resolved_by: str | None = None
    resolved_at: datetime | None = None
    debts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BadNumber:
    """A number somebody reported as wrong or dead."""

    fact: str
    number: str = field(repr=False)
    what: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Review:
    """Something a supervisor has to look at: two concurrent promises, an escalation, an approval."""

    fact: str
    kind: str
    at: datetime
    decided_by: str | None = None


@dataclass(frozen=True, slots=True)
class Moment:
    """One line of the timeline: a fact as people read it. ``data`` is the payload as it travels."""

    fact: str
    at: datetime
    type: str
    author: str
    data: dict[str, Any] = field(repr=False)
    author_name: str | None = field(default=None, repr=False)
    retracted: bool = False


@dataclass(frozen=True, slots=True)
class Hold:
    """Who may still call this case, and until when: its last owner's device has not let go yet."""

    by: str = field(repr=False)
    until: datetime


@dataclass(frozen=True, slots=True)
class Silence:
    """A machine that may have called since it was last heard from, at ``since``, until its lease ends at ``until``.

    ``by`` is the person, or, where ``own`` says that it is another machine of the agent's own, that machine's name.
    """

    by: str = field(repr=False)
    since: datetime
    until: datetime
    own: bool = False


@dataclass(frozen=True, slots=True)
class Case:
    """Everything one agent may know about a case. ``owner`` is an agent's id, or absent in the pool.

    ``timeline`` holds the newest :data:`domain.case.fold.TIMELINE_LENGTH` moments, oldest first; ``older`` counts the
    ones the history endpoint still has. ``reason`` is the last reason for default given, ``sheet`` the last
    ability-to-pay sheet. ``hold`` is set by the server after a reassignment, ``silent`` after one that was forced; neither
    is ever set by a fact.
    """

    id: str
    customer: Customer = field(repr=False)
    owner: str | None = None
    as_of: date | None = None
    currency: str = ""
    debts: tuple[Debt, ...] = ()
    phones: tuple[Phone, ...] = field(default=(), repr=False)
    attempts: tuple[Attempt, ...] = ()
    promises: tuple[Promise, ...] = ()
    payments: tuple[Payment, ...] = ()
    callbacks: tuple[Callback, ...] = ()
    stops: tuple[StopFlag, ...] = ()
    freezes: tuple[Freeze, ...] = ()
    bad_numbers: tuple[BadNumber, ...] = field(default=(), repr=False)
    people: tuple[OtherPerson, ...] = field(default=(), repr=False)
    reviews: tuple[Review, ...] = ()
    reason: str | None = None
    sheet: AbilitySheet | None = field(default=None, repr=False)
    escalated: str | None = None
    closed: str | None = None
    timeline: tuple[Moment, ...] = field(default=(), repr=False)
    older: int = 0
    hold: Hold | None = None
    silent: tuple[Silence, ...] = ()

    @property
    def open_attempt(self) -> Attempt | None:
        """The newest attempt that has not ended, if any."""
        return next((attempt for attempt in reversed(self.attempts) if attempt.ended_at is None), None)
