"""The dial gate's answer: allowed, or refused with the rule, its source, the facts and the first allowed instant."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Literal

from domain.gate.pack import Severity, Status
from domain.records import dataclass

Code = Literal["ok", "window", "cap", "cooldown", "stop", "lease", "third_party", "holiday"]

Kind = Literal["stop", "lease", "third_party", "cooldown", "window", "cap"]
"""What sort of rule refuses, in the order of refusal; a window that a holiday has shut refuses with the code ``holiday``."""


@dataclass(frozen=True, slots=True)
class Note:
    """Something to know that does not decide: a rule that only warns or informs, or one beside the deciding one."""

    code: Code
    rule: str
    source: str
    text: str
    severity: Severity


@dataclass(frozen=True, slots=True)
class Reason:
    """Why one rule does not allow the call now, in words, with the contacts it counted."""

    code: Code
    rule: str
    source: str
    text: str
    alternative: str | None = None
    counted: tuple[datetime, ...] = ()
    most: int | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What the dial gate says about one call.

    ``code`` is stable; ``rule`` is the deciding rule in words and ``rule_id`` its stable name (of the window when the
    call is allowed). A refusal of severity ``warn`` may be overridden with a reason, ``block`` may not. ``counted`` are
    the instants of the contacts a cap or cool-down counted, ``most`` the cap's limit. ``next`` is the first instant
    (UTC) at which every rule allows the call, supposing that nothing else happens and the machine has synced; ``None``
    when nobody can know it. ``text`` and ``alternative`` are sentences for the agent.
    """

    allowed: bool
    code: Code
    rule: str
    source: str
    severity: Severity
    text: str
    counted: tuple[datetime, ...]
    next: datetime | None
    zones: tuple[str, ...]
    alternative: str | None
    warnings: tuple[Note, ...]
    pack: str
    pack_status: Status
    rule_id: str
    rule_status: Status
    most: int | None = None

    @property
    def overridable(self) -> bool:
        """Tell whether a person may call nevertheless by giving a reason."""
        return not self.allowed and self.severity == "warn"


def answer_to_json(answer: Answer) -> dict[str, Any]:
    """Write the answer as plain JSON values; instants in RFC 3339 with ``Z``."""
    return {
        "allowed": answer.allowed,
        "code": answer.code,
        "rule": answer.rule,
        "rule_id": answer.rule_id,
        "source": answer.source,
        "severity": answer.severity,
        "text": answer.text,
        "counted": [_written(instant) for instant in answer.counted],
        "most": answer.most,
        "next": None if answer.next is None else _written(answer.next),
        "zones": list(answer.zones),
        "alternative": answer.alternative,
        "warnings": [
            {
                "code": note.code,
                "rule": note.rule,
                "source": note.source,
                "text": note.text,
                "severity": note.severity,
            }
            for note in answer.warnings
        ],
        "pack": answer.pack,
        "pack_status": answer.pack_status,
        "rule_status": answer.rule_status,
    }


def _written(instant: datetime) -> str:
    precise = "auto" if instant.microsecond == 0 else "milliseconds"
    return instant.astimezone(UTC).isoformat(timespec=precise).replace("+00:00", "Z")
