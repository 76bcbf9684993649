"""The words of the queue."""

from __future__ import annotations

from dataclasses import field
from datetime import datetime
from enum import IntEnum
from typing import Protocol

from domain.i18n import tr
from domain.records import dataclass


class Bucket(IntEnum):
    """The hard order of the queue; points only order cases inside a bucket."""

    CALLBACK_DUE = 0
    BROKEN_PROMISE = 1
    DUE_TODAY = 2
    CALLBACK_TODAY = 3
    NEW = 4
    PARTLY_KEPT = 5
    REMINDER = 6
    REST = 7
    NO_NUMBER = 8

    @property
    def code(self) -> str:
        """The stable name for JSON: ``broken_promise``."""
        return self.name.lower()


class Verdict(Protocol):
    """What the queue wants to know of a dial-gate answer."""

    @property
    def allowed(self) -> bool:
        """Whether the customer may be called now."""
        ...

    @property
    def next(self) -> datetime | None:
        """The first instant at which a call is allowed, if one is known."""
        ...

    @property
    def code(self) -> str:
        """The stable refusal code, ``"ok"`` when allowed."""
        ...

    @property
    def text(self) -> str:
        """Why not, in words."""
        ...

    @property
    def rule(self) -> str:
        """The rule that decided."""
        ...

    @property
    def source(self) -> str:
        """Where the rule is written."""
        ...


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a case belongs today.

    ``bucket`` is absent while it is held back; then ``next`` is when it comes by itself (absent: somebody has to decide
    first; ``since`` is then when that began). ``why`` is a sentence for the agent; ``order`` sorts inside the bucket
    before points do.
    """

    bucket: Bucket | None
    why: str
    next: datetime | None = None
    order: float = 0.0
    kind: str = "call"
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class NextAction:
    """The one dated next action of an open case."""

    kind: str
    at: datetime
    why: str


@dataclass(frozen=True, slots=True)
class Points:
    """One reason for a case's score, with its share of the 100 points."""

    reason: str
    points: int
    most: int

    @property
    def name(self) -> str:
        """The reason in the interface language."""
        return tr(self.reason)


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One line of the queue. ``overdue`` is minor units of ``currency``; ``zone`` is where the customer is, if known."""

    case_id: str
    customer: str = field(repr=False)
    bucket: Bucket | None
    why: str
    score: int
    overdue: int
    owed: int
    currency: str
    days: int
    verdict: Verdict | None
    next_allowed: datetime | None
    zone: str | None
    points: tuple[Points, ...] = ()
    pinned: bool = False
    kind: str = "call"

    @property
    def callable(self) -> bool:
        """Whether the customer is due and may be called now."""
        return self.bucket is not None and self.verdict is not None and self.verdict.allowed


@dataclass(frozen=True, slots=True)
class Queue:
    """Today's calls, best first, and everything that is held back, soonest first. Nothing is dropped silently."""

    today: tuple[QueueRow, ...]
    not_now: tuple[QueueRow, ...]

    @property
    def next_instant(self) -> datetime | None:
        """When the next held-back case comes up."""
        return min((row.next_allowed for row in self.not_now if row.next_allowed is not None), default=None)
