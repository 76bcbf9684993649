"""The agents of a team as their supervisor plans with them: what they can take on, when they are away, what stays put."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from domain.supervision.cases import CaseFilter
from domain.supervision.moving import StrategyName


@dataclass(frozen=True, slots=True)
class AgentProfile:
    """What ``PUT /v1/agents/{id}`` takes (``If-Match``): how much an agent can take on, and what.

    ``capacity`` is open cases (absent: no limit of their own), ``languages`` ISO 639 codes, ``skills`` the team's own
    words (a segment, a stage, ``legal``), matched with what cases ask for.
    """

    capacity: int | None = None
    languages: list[str] = field(default_factory=list)
    skills: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class AgentLine:
    """One agent as the distribution screen shows them. ``owed`` is minor units by currency; ``etag`` is for ``If-Match``.

    ``absence`` names the absence that is running.
    """

    agent: str
    login: str
    name: str = field(repr=False)
    active: bool
    cases: int
    owed: dict[str, int]
    profile: AgentProfile
    etag: str
    absence: str | None = None
    away_until: date | None = None


@dataclass(frozen=True, slots=True)
class AgentList:
    """What ``GET /v1/agents`` answers: the team by login, and the pool."""

    agents: list[AgentLine]
    pool: int
    pool_owed: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AbsenceRequest:
    """What ``PUT /v1/absences/{id}`` takes: somebody is away, and their work is spread until they are back.

    ``since`` and ``until`` are the first and the last day away; ``until`` absent means until they are called back. The
    work moves as soon as ``since`` has come. ``dry_run`` answers what would move.
    """

    agent: str
    since: date
    until: date | None = None
    strategy: StrategyName = "even"
    agents: list[str] = field(default_factory=list)
    reason: str | None = field(default=None, repr=False)
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class Absence:
    """One absence. ``spread`` and ``returned`` are the reassignments that moved the work and brought it back."""

    id: str
    agent: str
    login: str
    since: date
    state: Literal["planned", "away", "back"]
    until: date | None = None
    cases: int = 0
    spread: str | None = None
    returned: str | None = None


@dataclass(frozen=True, slots=True)
class AbsenceList:
    """What ``GET /v1/absences`` answers, newest first."""

    absences: list[Absence]


@dataclass(frozen=True, slots=True)
class HoldRequest:
    """What ``PUT /v1/holds/{id}`` takes: these cases stay where they are up to the end of day ``until``.

    No strategy, no absence and no age-out rule moves them; a supervisor who names them with ``held`` may.
    """

    until: date
    cases: list[str] | None = None
    filter: CaseFilter | None = None
    reason: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class HoldAnswer:
    """What holds answer: how many cases it keeps, and whether it has been released."""

    id: str
    until: date
    cases: int
    at: str
    actor: str
    actor_name: str | None = field(default=None, repr=False)
    reason: str | None = field(default=None, repr=False)
    released: bool = False


@dataclass(frozen=True, slots=True)
class HoldList:
    """What ``GET /v1/holds`` answers: the holds that stand, the next to end first."""

    holds: list[HoldAnswer]
