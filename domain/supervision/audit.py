"""The audit trail as supervisors read it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class AuditLine:
    """One line of the audit trail: ids and figures only."""

    id: str
    at: str
    actor: str
    action: str
    subject: str
    detail: dict[str, Any]
    actor_name: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class AuditPage:
    """What ``GET /v1/audit`` answers, newest first; ``next`` is what to ask ``before`` for more."""

    lines: list[AuditLine]
    next: str | None = None
