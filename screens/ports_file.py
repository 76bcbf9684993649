"""What the customer file asks of the application."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from domain.case.model import Moment
from screens.ports import Refused, Saved


@dataclass(frozen=True, slots=True)
class OlderMoments:
    """Moments before those a case carries, newest first; ``following`` is what to ask for next, absent at the beginning."""

    moments: Sequence[Moment] = field(repr=False)
    following: str | None


@dataclass(frozen=True, slots=True)
class PersonEntry:
    """What the agent typed about somebody else, as text. ``known`` is the id of a person who is named already."""

    name: str = field(repr=False)
    relation: str = ""
    number: str = field(default="", repr=False)
    authorised: bool = False
    evidence: str = field(default="", repr=False)
    known: str | None = None


class FileDesk(Protocol):
    """The agent's rights on a customer file. What is called saved is on this machine's disk."""

    def look(self, case_id: str, part: str) -> Saved | Refused:
        """Record that somebody is about to look at what is masked; only after that it may be shown."""
        ...

    def name_person(self, case_id: str, entry: PersonEntry) -> Saved | Refused:
        """Record somebody else than the customer."""
        ...

    async def older(self, case_id: str, before: str) -> OlderMoments | Refused:
        """Fetch what happened before the moment of fact ``before``; refused while the server is out of reach."""
        ...
