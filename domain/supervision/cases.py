"""Cases as a supervisor finds, lists and opens them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """Which cases a supervisor means; every condition given must hold. ``owner`` is an agent's id or login.

    ``min_owed`` and ``max_owed`` are minor units of the case's main currency. ``idle_days`` means cases nobody has worked
    for at least so many days, ``untouched`` those nobody has ever called. ``bucket`` is the code of a place in the queue
    (:class:`domain.queue.Bucket`). ``imported`` names an import that brought the case in or changed it.
    """

    owner: str | None = None
    unassigned: bool = False
    q: str | None = field(default=None, repr=False)
    currency: str | None = None
    min_days: int | None = None
    max_days: int | None = None
    min_owed: int | None = None
    max_owed: int | None = None
    idle_days: int | None = None
    untouched: bool = False
    bucket: str | None = None
    segment: str | None = None
    language: str | None = None
    imported: str | None = None


@dataclass(frozen=True, slots=True)
class CaseLine:
    """One case as a supervisor's list shows it. Amounts are minor units; ``owner`` is absent in the pool.

    ``next_at`` is when the next action is due (absent: now, or somebody has to decide first), ``bucket`` its place in the
    queue as of the last change, absent while it is held back. ``held_until`` is the end of a hold against moving it.
    """

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
    overdue: int = 0
    attempts: int = 0
    broken: int = 0
    waiting: int = 0
    stopped: bool = False
    bucket: str | None = None
    next_at: str | None = None
    last_attempt_at: str | None = None
    promise_due: str | None = None
    held_until: str | None = None


@dataclass(frozen=True, slots=True)
class CasePage:
    """What ``GET /v1/cases`` answers; ``next`` is what to ask ``after`` for more, absent on the last page."""

    cases: list[CaseLine]
    total: int
    next: str | None = None


@dataclass(frozen=True, slots=True)
class CaseFile:
    """What ``GET /v1/cases/{id}`` answers: the document as its owner has it, and who that is."""

    case: str
    ver: int
    team: str
    body: dict[str, Any] = field(repr=False)
    owner_login: str | None = None
    owner_name: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class QueueLine:
    """One line of somebody's queue, as they see it. Amounts are minor units, ``score`` 0 to 100.

    ``bucket`` is absent while the case is held back; ``points`` explains the score.
    """

    case: str
    customer: str = field(repr=False)
    why: str
    score: int
    overdue: int
    owed: int
    currency: str
    days_past_due: int
    callable: bool
    bucket: str | None = None
    next_at: str | None = None
    points: list[ScorePart] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ScorePart:
    """One reason for a score: ``reason`` in English, to be translated where it is shown."""

    reason: str
    points: int
    most: int


@dataclass(frozen=True, slots=True)
class QueuePage:
    """What ``GET /v1/agents/{id}/queue`` answers: an agent's queue, best first, then what is held back."""

    agent: str
    login: str
    lines: list[QueueLine]
    today: int
    held: int
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
