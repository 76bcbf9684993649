"""What each kind of fact carries.

Every field that a rule does not need is optional, so that a fact written by an older or a foreign client is understood as
far as it goes. Amounts are minor units, days are plain dates, instants are UTC.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal

from domain.case.ability import AbilitySheet
from domain.case.parts import Debt as Debt
from domain.case.parts import Phone as Phone
from domain.case.parts import PromisePart as PromisePart
from domain.facts.stated import AccountStated as AccountStated
from domain.facts.stated import CaseAssigned as CaseAssigned
from domain.facts.stated import CaseClosed as CaseClosed
from domain.facts.stated import CaseRecalled as CaseRecalled
from domain.facts.stated import ContactsStated as ContactsStated
from domain.facts.stated import PaymentReceived as PaymentReceived
from domain.facts.stated import PaymentReversed as PaymentReversed

StopKind = Literal[
    "cease", "opt_out_channel", "opt_out_number", "represented", "deceased", "insolvency", "third_party_refused"
]
"""Stop flags: set at once, never overwritten by a later code, lifted only by a supervisor with a reason."""


@dataclass(frozen=True, slots=True)
class AttemptStarted:
    """``attempt.started``: somebody is about to be rung. Durable before the number is shown. Its id is the call's id.

    ``script`` names the script the call began with, ``script_version`` is what people call its version, and
    ``script_digest`` the SHA-256 of its text.
    ``who`` is the ``person_id`` of somebody else than the customer. ``override`` is why a rule that only warns was
    set aside.
    """

    number: str | None = field(default=None, repr=False)
    channel: Literal["call", "sms", "email", "letter"] = "call"
    person: Literal["debtor", "guarantor", "third_party"] = "debtor"
    script: str | None = None
    script_version: str | None = None
    script_digest: str | None = None
    gate: str | None = None
    who: str | None = None
    override: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class AttemptEnded:
    """``attempt.ended``: how call ``call`` went. ``code`` is a result code; the durations are seconds.

    ``script`` is the one the call ended with, ``stages`` those of its stages that were reached, in order, and ``offers``
    the rungs of the negotiation that were offered.
    """

    call: str | None = None
    code: str | None = None
    talk_seconds: int | None = None
    wrap_seconds: int | None = None
    number: str | None = field(default=None, repr=False)
    script: str | None = None
    script_version: str | None = None
    script_digest: str | None = None
    stages: tuple[str, ...] = ()
    offers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class IdentityChecked:
    """``identity.checked``: which factors were confirmed. The values themselves are never written."""

    call: str | None = None
    factors: tuple[str, ...] = ()
    passed: bool = True
    who: str = "self"


@dataclass(frozen=True, slots=True)
class DisclosureRead:
    """``disclosure.read``: a required text was read out; ``digest`` is the hash of exactly that text."""

    call: str | None = None
    name: str | None = None
    digest: str | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class NoteAdded:
    """``note.added``: what the agent wants the next one to know; ``sheet`` is the ability-to-pay sheet it sums up."""

    text: str = field(default="", repr=False)
    call: str | None = None
    sheet: AbilitySheet | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class PromiseMade:
    """``promise.made``: somebody promised to pay. ``supersedes`` names the promises its author saw and replaced.

    ``kind`` is a promise type of the house, absent for the standard one. ``debts`` are the ids it covers, none for all.
    ``promised_by`` says who promised and ``relation`` what they are to the customer; ``reason`` is a reason for default.
    """

    promise_id: str
    currency: str
    parts: tuple[PromisePart, ...]
    method: str | None = None
    call: str | None = None
    debts: tuple[str, ...] = ()
    promised_by: str | None = None
    words: str | None = field(default=None, repr=False)
    recap: bool | None = None
    supersedes: tuple[str, ...] = ()
    zone: str | None = None
    needs_approval: bool = False
    kind: str | None = None
    relation: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class PromiseAmended:
    """``promise.amended``: the same promise with other parts; ``base`` is the fact it changes."""

    promise_id: str
    parts: tuple[PromisePart, ...]
    base: str | None = None
    reason: str | None = field(default=None, repr=False)
    call: str | None = None
    words: str | None = field(default=None, repr=False)
    method: str | None = None
    needs_approval: bool = False


@dataclass(frozen=True, slots=True)
class PromiseWithdrawn:
    """``promise.withdrawn``: the promise no longer stands."""

    promise_id: str
    base: str | None = None
    reason: str | None = field(default=None, repr=False)
    call: str | None = None


@dataclass(frozen=True, slots=True)
class CallbackSet:
    """``callback.set``: when to ring again. ``timed`` is false when only a day was named."""

    due: datetime
    timed: bool = True
    number: str | None = field(default=None, repr=False)
    call: str | None = None
    reason: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class CallbackCleared:
    """``callback.cleared``: the call-back set by fact ``base`` (or all of them) is done with."""

    base: str | None = None


@dataclass(frozen=True, slots=True)
class ReasonGiven:
    """``reason.given``: why it is overdue, as a code of the reasons list; ``income_day`` is the customer's pay day.

    An empty code says nothing about the reason: only the pay day was learned.
    """

    code: str
    call: str | None = None
    note: str | None = field(default=None, repr=False)
    income_day: int | None = None


@dataclass(frozen=True, slots=True)
class DisputeRaised:
    """``dispute.raised``: the customer contests the debt; calling freezes until a supervisor resolves it."""

    code: str = "amount"
    call: str | None = None
    debts: tuple[str, ...] = ()
    note: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class HardshipRaised:
    """``hardship.raised``: the customer cannot pay for reasons of hardship; calling freezes."""

    code: str = "hardship"
    call: str | None = None
    note: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class ConsentWithdrawn:
    """``consent.withdrawn``: do not use this channel or number, or stop altogether when neither is named."""

    channel: str | None = None
    number: str | None = field(default=None, repr=False)
    call: str | None = None


@dataclass(frozen=True, slots=True)
class ConsentGiven:
    """``consent.given``: a channel or number may be used again; wins only with ``evidence`` and the withdrawal in ``base``."""

    channel: str | None = None
    number: str | None = field(default=None, repr=False)
    base: str | None = None
    evidence: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class ContactReported:
    """``contact.reported``: what was learned about a number or a person; the number is blocked at once."""

    what: str = "wrong_number"
    number: str | None = field(default=None, repr=False)
    call: str | None = None
    note: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class FileViewed:
    """``file.viewed``: somebody looked at a ``part`` of the customer file that is masked otherwise."""

    part: str = "identity"
    call: str | None = None


@dataclass(frozen=True, slots=True)
class PersonNamed:
    """``person.named``: somebody through whom the customer can be reached; the newest word on ``person_id`` holds.

    ``authorised`` says that the customer or a court allows to speak with this person about the debt, ``evidence`` how
    that is known.
    """

    person_id: str
    name: str = field(default="", repr=False)
    relation: str | None = None
    phones: tuple[Phone, ...] = field(default=(), repr=False)
    authorised: bool = False
    evidence: str | None = field(default=None, repr=False)
    call: str | None = None


@dataclass(frozen=True, slots=True)
class ApprovalAsked:
    """``approval.asked``: something beyond the agent's authority waits for a supervisor."""

    what: str = "plan"
    promise_id: str | None = None
    note: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class ApprovalDecided:
    """``approval.decided``: the supervisor's word on fact ``base``."""

    base: str
    approved: bool
    reason: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class EscalationAsked:
    """``escalation.asked``: leaves the agent's queue and goes to ``to``."""

    to: str = "supervisor"
    call: str | None = None
    note: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class FactRetracted:
    """``fact.retracted``: fact ``base`` was a mistake. A retracted attempt still counts.

    ``by_supervisor`` is the server's word, worked out when it received the fact, whatever the event claimed.
    """

    base: str
    reason: str | None = field(default=None, repr=False)
    by_supervisor: bool | None = None


Payload = (
    AccountStated
    | ContactsStated
    | CaseAssigned
    | CaseClosed
    | CaseRecalled
    | AttemptStarted
    | AttemptEnded
    | IdentityChecked
    | DisclosureRead
    | NoteAdded
    | PromiseMade
    | PromiseAmended
    | PromiseWithdrawn
    | PaymentReceived
    | PaymentReversed
    | CallbackSet
    | CallbackCleared
    | ReasonGiven
    | DisputeRaised
    | HardshipRaised
    | ConsentWithdrawn
    | ConsentGiven
    | ContactReported
    | FileViewed
    | PersonNamed
    | ApprovalAsked
    | ApprovalDecided
    | EscalationAsked
    | FactRetracted
)

CLIENT_TYPES: Final[dict[str, type[Payload]]] = {
    "attempt.started": AttemptStarted,
    "attempt.ended": AttemptEnded,
    "identity.checked": IdentityChecked,
    "disclosure.read": DisclosureRead,
    "note.added": NoteAdded,
    "promise.made": PromiseMade,
    "promise.amended": PromiseAmended,
    "promise.withdrawn": PromiseWithdrawn,
    "callback.set": CallbackSet,
    "callback.cleared": CallbackCleared,
    "reason.given": ReasonGiven,
    "dispute.raised": DisputeRaised,
    "hardship.raised": HardshipRaised,
    "consent.withdrawn": ConsentWithdrawn,
    "consent.given": ConsentGiven,
    "contact.reported": ContactReported,
    "file.viewed": FileViewed,
    "person.named": PersonNamed,
    "approval.asked": ApprovalAsked,
    "approval.decided": ApprovalDecided,
    "escalation.asked": EscalationAsked,
    "fact.retracted": FactRetracted,
}
"""What a device may hand over."""

SERVER_TYPES: Final[dict[str, type[Payload]]] = {
    "account.stated": AccountStated,
    "contacts.stated": ContactsStated,
    "case.assigned": CaseAssigned,
    "case.closed": CaseClosed,
    "case.recalled": CaseRecalled,
    "payment.received": PaymentReceived,
    "payment.reversed": PaymentReversed,
}
"""What only the server writes; from a device it is quarantined."""

PAYLOADS: Final[dict[str, type[Payload]]] = CLIENT_TYPES | SERVER_TYPES

TYPE_OF: Final[dict[type[Payload], str]] = {payload: name for name, payload in PAYLOADS.items()}
"""The wire's name of each payload."""
