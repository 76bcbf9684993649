"""What is dealt out, and to whom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

NOBODY: Final = None
"""The pool."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """One case to be dealt. ``owed`` is minor units, ``priority`` its place in the queue's hard order (0 first).

    ``tags`` are the words a skill may name (segment, stage …); ``last_owners`` are the agents who had it before, the
    newest first.
    """

    case: str
    owed: int = 0
    priority: int = 0
    language: str | None = None
    tags: frozenset[str] = frozenset()
    last_owners: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Seat:
    """One agent who may be given cases.

    ``load`` counts the open cases they keep besides what is dealt now; ``capacity`` is the most they can have, absent for
    no limit. No ``languages`` means that none was written down, and then every one will do.
    """

    agent: str
    load: int = 0
    capacity: int | None = None
    languages: frozenset[str] = frozenset()
    skills: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Plan:
    """Who gets what: every parcel once. ``None`` is the pool, for what nobody can take."""

    targets: Mapping[str, str | None] = field(default_factory=dict)

    @property
    def unplaced(self) -> tuple[str, ...]:
        """The cases nobody could take, in order."""
        return tuple(sorted(case for case, agent in self.targets.items() if agent is None))

    def of(self, agent: str) -> tuple[str, ...]:
        """Give the cases of an agent, in order."""
        return tuple(sorted(case for case, target in self.targets.items() if target == agent))
