"""What a script is made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

ACTIONS: Final = frozenset(
    {
        "promise",
        "promise_today",
        "callback",
        "reason",
        "dispute",
        "hardship",
        "note",
        "identity",
        "disclosed",
        "escalate",
        "cease",
    }
)
"""What an answer may start on the call screen, besides ``outcome:<code>``."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One numbered answer of the customer: it leads to a stage, starts an action, or both."""

    key: str
    text: str
    goto: str | None = None
    action: str | None = None


@dataclass(frozen=True, slots=True)
class Stage:
    """One step of the conversation. ``hint`` is for the agent and is never read out."""

    id: str
    title: str
    say: str
    answers: tuple[Answer, ...]
    hint: str | None = None


@dataclass(frozen=True, slots=True)
class Script:
    """A whole conversation in one language for one segment. ``digest`` identifies exactly this text."""

    id: str
    language: str
    segment: str
    version: int
    stages: tuple[Stage, ...]
    digest: str

    def stage(self, stage_id: str) -> Stage:
        """Give a stage by its id; the first one when there is none of that name."""
        return next((stage for stage in self.stages if stage.id == stage_id), self.stages[0])
