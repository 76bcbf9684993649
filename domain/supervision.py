"""The part of the sync protocol that supervisors and ledgers speak: moving cases, lists, payments, reviews, the board.

Like :mod:`domain.wire`, these dataclasses are the one definition for both ends.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """Which cases a supervisor means; every condition given must hold. ``owner`` is an agent's id or login."""

    owner: str | None = None
    unassigned: bool = False
    q: str | None = field(default=None, repr=False)
    currency: str | None = None
    min_days: int | None = None
    max_days: int | None = None


@dataclass(frozen=True, slots=True)
class ReassignmentRequest:
    """What ``PUT /v1/reassignments/{id}`` takes.

    The cases are named or filtered. They go to the agent ``to`` (id or login), to the pool (``to`` is ``null``), or are
    dealt out evenly over ``agents`` (everybody in the team where none are named). ``after_wrapup`` waits for a running
    call, at most 15 minutes. ``force`` lets the new owner call before the old one's device has confirmed.
    """

    cases: list[str] | None = None
    filter: CaseFilter | None = None
    to: str | None = None
    strategy: Literal["even"] | None = None
    agents: list[str] = field(default_factory=list)
    mode: Literal["after_wrapup", "now"] = "after_wrapup"
    force: bool = False
    reason: str | None = field(default=None, repr=False)
    dry_run: bool = False


MoveStatus = Literal["planned", "moved", "waiting", "unchanged", "closed", "refused"]


@dataclass(frozen=True, slots=True)
class MovedCase:
    """What became of one case of a reassignment; absent agents are the pool. ``refused`` says no more than that."""

    case: str
    status: MoveStatus
    source: str | None = None
    target: str | None = None


@dataclass(frozen=True, slots=True)
class AgentLoad:
    """How many open cases an agent has before and after."""

    agent: str
    login: str
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class ReassignmentAnswer:
    """What ``PUT /v1/reassignments/{id}`` answers; ``counts`` has the cases by status."""

    id: str
    counts: dict[str, int]
    cases: list[MovedCase]
    agents: list[AgentLoad]


@dataclass(frozen=True, slots=True)
class CaseLine:
    """One case as a supervisor's list shows it. Amounts are minor units; ``owner`` is absent in the pool."""

    id: str
    ver: int
    customer: str = field(repr=False)
    currency: str
    owed: int
    days_past_due: int
    updated_at: str
    customer_id: str | None = None
    owner: str | None = None
    owner_login: str | None = None
    closed: str | None = None


@dataclass(frozen=True, slots=True)
class CasePage:
    """What ``GET /v1/cases`` answers; ``next`` is what to ask ``after`` for more, absent on the last page."""

    cases: list[CaseLine]
    total: int
    next: str | None = None


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """What ``GET /v1/cases/{id}/history`` answers: moments, newest first, and what to ask ``before`` for more."""

    case: str
    moments: list[dict[str, Any]] = field(repr=False)
    next: str | None = None


@dataclass(frozen=True, slots=True)
class DrawnCase:
    """What ``POST /v1/cases/next`` answers: the case that is now the caller's, and its document."""

    case: str
    ver: int
    body: dict[str, Any] = field(repr=False)


@dataclass(frozen=True, slots=True)
class PaymentRequest:
    """What ``PUT /v1/payments/{id}`` takes: money that arrived, or a payment that came back (``reverses``).

    The case is named by its id, or by the customer's id or the document paid, as the ledger spells them. ``amount`` is
    minor units of ``currency``; a payment needs ``amount``, ``currency`` and ``day``, a reversal only ``reverses``.
    """

    case: str | None = None
    customer: str | None = field(default=None, repr=False)
    debt: str | None = None
    amount: int | None = None
    currency: str | None = None
    day: date | None = None
    reverses: str | None = None
    reason: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class PaymentAnswer:
    """What ``PUT /v1/payments/{id}`` answers: the case it went to, and the version of its document that shows it."""

    id: str
    case: str
    ver: int


@dataclass(frozen=True, slots=True)
class ReviewItem:
    """Something that waits for a supervisor.

    ``kind`` is a review of the case (``dispute``, ``hardship``, ``concurrent-promises``, ``escalation:legal``,
    ``approval:plan`` …), or ``quarantined`` or ``conflict`` for an event kept apart; then ``reason`` says why and ``event``
    is the event as it came.
    """

    fact: str
    kind: str
    case: str
    at: str
    author: str | None = None
    author_name: str | None = field(default=None, repr=False)
    reason: str | None = None
    event: dict[str, Any] | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class ReviewPage:
    """What ``GET /v1/reviews`` answers, oldest first; ``more`` where the list was cut."""

    reviews: list[ReviewItem]
    more: bool


@dataclass(frozen=True, slots=True)
class ReviewDecision:
    """What ``PUT /v1/reviews/{fact}`` takes.

    A review of a case is approved or refused; an event kept apart is accepted into its case (``approved``) or dismissed.
    """

    approved: bool
    reason: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class ReviewDecided:
    """What ``PUT /v1/reviews/{fact}`` answers: the case it concerned and, where that changed, its new version."""

    fact: str
    approved: bool
    case: str
    ver: int | None = None


@dataclass(frozen=True, slots=True)
class BoardRow:
    """One agent on the board. The counts are since the instant asked for; ``promised`` is minor units by currency.

    ``online`` means that a device of theirs heard from the server within the last minute. ``gaps`` counts facts the server
    knows it has not received yet.
    """

    agent: str
    login: str
    name: str = field(repr=False)
    online: bool
    cases: int
    attempted: int
    attempts: int
    conversations: int
    promises: int
    promised: dict[str, int]
    gaps: int
    last_contact: str | None = None


@dataclass(frozen=True, slots=True)
class Board:
    """What ``GET /v1/board`` answers."""

    since: str
    agents: list[BoardRow]
    pool: int
    reviews: int


@dataclass(frozen=True, slots=True)
class AuditLine:
    """One line of the audit trail: ids and figures only."""

    id: str
    at: str
    actor: str
    action: str
    subject: str
    detail: dict[str, Any]


@dataclass(frozen=True, slots=True)
class AuditPage:
    """What ``GET /v1/audit`` answers, newest first; ``next`` is what to ask ``before`` for more."""

    lines: list[AuditLine]
    next: str | None = None
