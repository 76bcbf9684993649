"""The house's documents as supervisors edit them: versions, differences, checks, going back, and trying a change out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class VersionLine:
    """One version of a document; ``note`` is why, ``restored`` the version it brought back."""

    ver: int
    at: str
    actor: str
    size: int
    actor_name: str | None = field(default=None, repr=False)
    note: str | None = field(default=None, repr=False)
    restored: int | None = None


@dataclass(frozen=True, slots=True)
class VersionList:
    """What ``GET /v1/{document}/versions`` answers, newest first."""

    document: str
    versions: list[VersionLine]


@dataclass(frozen=True, slots=True)
class Difference:
    """One change between two versions. ``path`` leads to it: ``promise.grace_days``, ``texts[1]``.

    Texts of several lines come as unified lines in ``lines``; everything else as the value ``before`` and ``after``.
    """

    path: str
    op: Literal["added", "removed", "changed"]
    before: Any = None
    after: Any = None
    lines: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class DocumentDiff:
    """What ``GET /v1/{document}/diff?from=&to=`` answers."""

    document: str
    before: int
    after: int
    differences: list[Difference]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing the check found; ``error`` stands in the way of publishing. ``line`` counts from 1 in the text at ``path``."""

    path: str
    severity: Literal["error", "warning"]
    text: str
    line: int | None = None


@dataclass(frozen=True, slots=True)
class DocumentCheck:
    """What ``PUT /v1/{document}/check`` answers; nothing is published by it."""

    ok: bool
    findings: list[Finding]


@dataclass(frozen=True, slots=True)
class Rollback:
    """What ``PUT /v1/{document}/rollback`` takes (``If-Match``): the version to bring back as the newest."""

    ver: int
    note: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class SimulationRequest:
    """What ``POST /v1/simulations`` takes: a policy not yet published, and whose queues to try it on (all where absent)."""

    policy: dict[str, Any]
    agent: str | None = None
    limit: int = 200


@dataclass(frozen=True, slots=True)
class SimulatedCase:
    """One case whose place would change. Ranks count from 1 in its owner's queue, absent while held back."""

    case: str
    customer: str = field(repr=False)
    owner_login: str
    old_score: int
    new_score: int
    old_why: str
    new_why: str
    old_rank: int | None = None
    new_rank: int | None = None
    reasons: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Simulation:
    """What ``POST /v1/simulations`` answers: the cases looked at, how many would move, the largest moves first."""

    cases: int
    changed: int
    agents: int
    entered: int
    left: int
    rows: list[SimulatedCase]
