"""The audit trail as supervisors read it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class AuditLine:
    """One line of the audit trail: ids and figures only.

    ``seq`` is its place in the team's chain, ``digest`` covers it and the line before it.
    """

    id: str
    at: str
    actor: str
    action: str
    subject: str
    detail: dict[str, Any]
    seq: int
    digest: str
    actor_name: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class AuditPage:
    """What ``GET /v1/audit`` answers, newest first; ``next`` is what to ask ``before`` for more."""

    lines: list[AuditLine]
    next: str | None = None


@dataclass(frozen=True, slots=True)
class AuditChain:
    """What ``GET /v1/audit/chain`` answers: whether the team's trail is as it was written.

    ``length`` lines were found whole, the last of them with ``digest``. A broken chain says at which line and how:
    ``gap`` (a line is missing or there twice), ``changed``, or ``end`` (lines were cut off).
    """

    chain: str
    whole: bool
    length: int
    digest: str
    broken_at: int | None = None
    fault: Literal["gap", "changed", "end"] | None = None
