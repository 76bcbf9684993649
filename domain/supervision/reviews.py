"""Decisions: what waits for a supervisor, what was decided, and taking a decision back."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class ReviewItem:
    """Something that waits for a supervisor.

    ``kind`` is a review of the case (``dispute``, ``hardship``, ``concurrent-promises``, ``escalation:legal``,
    ``approval:plan`` …), or ``quarantined`` or ``conflict`` for an event kept apart; then ``reason`` says why and ``event``
    is the event as it came. ``data`` is the fact it is about, as it travels. ``promises`` are the case's promises it
    concerns (as in the case's document). The case's line of figures stands beside it; amounts are minor units.
    """

    fact: str
    kind: str
    case: str
    at: str
    author: str | None = None
    author_name: str | None = field(default=None, repr=False)
    reason: str | None = None
    event: dict[str, Any] | None = field(default=None, repr=False)
    data: dict[str, Any] | None = field(default=None, repr=False)
    promises: list[dict[str, Any]] = field(default_factory=list, repr=False)
    customer: str | None = field(default=None, repr=False)
    currency: str | None = None
    owed: int | None = None
    overdue: int | None = None
    days_past_due: int | None = None
    owner: str | None = None
    owner_login: str | None = None


@dataclass(frozen=True, slots=True)
class ReviewPage:
    """What ``GET /v1/reviews`` answers, oldest first; ``more`` where the list was cut, ``next`` to ask ``after`` for.

    ``counts`` has what waits by the part of the kind before the colon.
    """

    reviews: list[ReviewItem]
    more: bool
    counts: dict[str, int] = field(default_factory=dict)
    next: str | None = None


@dataclass(frozen=True, slots=True)
class ReviewDecision:
    """What ``PUT /v1/reviews/{fact}`` takes.

    A review of a case is approved or refused; an event kept apart is accepted into its case (``approved``) or dismissed.
    Approving a dispute or a hardship settles it, and calling goes on; refusing leaves the case frozen. An escalation that
    is refused, and one to the supervisor in any case, comes back to the agent's queue. Of two concurrent
    promises, ``keep`` names the one that stands; the other is withdrawn. Of two changes of one promise, ``keep`` names the
    fact of the version that stands (its ``tip``); approving means the change under review, which becomes a fact of the
    supervisor's.
    """

    approved: bool
    reason: str | None = field(default=None, repr=False)
    keep: str | None = None


@dataclass(frozen=True, slots=True)
class ReviewDecided:
    """What ``PUT /v1/reviews/{fact}`` answers: the case it concerned and, where that changed, its new version.

    ``undone`` is set once the decision was taken back.
    """

    fact: str
    approved: bool
    case: str
    ver: int | None = None
    undone: bool | None = None


@dataclass(frozen=True, slots=True)
class StopItem:
    """One stop flag that stands: why a customer, a channel or a number must not be contacted."""

    fact: str
    kind: str
    case: str
    at: str
    customer: str = field(repr=False)
    author: str | None = None
    author_name: str | None = field(default=None, repr=False)
    number: str | None = field(default=None, repr=False)
    channel: str | None = None
    owner_login: str | None = None


@dataclass(frozen=True, slots=True)
class StopPage:
    """What ``GET /v1/stops`` answers, by case; ``next`` is what to ask ``after`` for more."""

    stops: list[StopItem]
    next: str | None = None


@dataclass(frozen=True, slots=True)
class StopLift:
    """What ``PUT /v1/stops/{fact}`` takes: the flag is lifted, for a reason that stays on the case."""

    reason: str = field(repr=False)
