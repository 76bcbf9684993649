"""Moving cases: to somebody, to the pool, by a strategy; previewed, carried out in batches, undone."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from domain.supervision.cases import CaseFilter

StrategyName = Literal["even", "capacity", "priorities", "skills", "last_owner"]
"""How cases are dealt out: see :mod:`domain.distribution`."""


@dataclass(frozen=True, slots=True)
class ReassignmentRequest:
    """What ``PUT /v1/reassignments/{id}`` takes.

    The cases are named or filtered. They go to the agent ``to`` (id or login), to the pool (``to`` is ``null``), or are
    dealt out by a ``strategy`` over ``agents`` (everybody in the team who is not away where none are named).
    ``after_wrapup`` waits for a running call, at most 15 minutes. ``force`` lets the new owner call before the old one's
    device has confirmed. ``budget_ms`` lets the server answer after about so long with what is done; the same request
    again carries on. ``held`` takes cases along that a hold keeps where they are.
    """

    cases: list[str] | None = None
    filter: CaseFilter | None = None
    to: str | None = None
    strategy: StrategyName | None = None
    agents: list[str] = field(default_factory=list)
    mode: Literal["after_wrapup", "now"] = "after_wrapup"
    force: bool = False
    reason: str | None = field(default=None, repr=False)
    dry_run: bool = False
    budget_ms: int | None = None
    held: bool = False


MoveStatus = Literal["planned", "moved", "waiting", "unchanged", "closed", "refused", "held"]


@dataclass(frozen=True, slots=True)
class MovedCase:
    """What became of one case of a reassignment; absent agents are the pool. ``refused`` says no more than that."""

    case: str
    status: MoveStatus
    source: str | None = None
    target: str | None = None


@dataclass(frozen=True, slots=True)
class AgentLoad:
    """How many open cases an agent has before and after, and what they owe (minor units by currency).

    ``offline`` is set where the agent's device has not been heard from within a minute: their cases leave it at the
    latest when the lease ends, ``lease_until``.
    """

    agent: str
    login: str
    before: int
    after: int
    owed_before: dict[str, int] = field(default_factory=dict)
    owed_after: dict[str, int] = field(default_factory=dict)
    capacity: int | None = None
    offline: bool = False
    lease_until: str | None = None


@dataclass(frozen=True, slots=True)
class ReassignmentAnswer:
    """What ``PUT`` and ``GET /v1/reassignments/{id}`` answer; ``counts`` has the cases by status.

    ``state`` is ``running`` while some are still planned: send the same request again. ``done`` of ``total`` cases have
    been decided. ``undone_by`` names the reassignment that took this one back.
    """

    id: str
    counts: dict[str, int]
    cases: list[MovedCase]
    agents: list[AgentLoad]
    state: Literal["preview", "running", "done"] = "done"
    done: int = 0
    total: int = 0
    pool_before: int = 0
    pool_after: int = 0
    undone_by: str | None = None


@dataclass(frozen=True, slots=True)
class ReassignmentLine:
    """One reassignment in the list; ``kind`` says what it was part of."""

    id: str
    at: str
    actor: str
    kind: Literal["reassignment", "undo", "absence", "return", "age_out"]
    state: Literal["running", "done"]
    counts: dict[str, int]
    strategy: str | None = None
    to: str | None = None
    reason: str | None = field(default=None, repr=False)
    actor_name: str | None = field(default=None, repr=False)
    undone_by: str | None = None


@dataclass(frozen=True, slots=True)
class ReassignmentPage:
    """What ``GET /v1/reassignments`` answers, newest first; ``next`` is what to ask ``before`` for more."""

    reassignments: list[ReassignmentLine]
    next: str | None = None


@dataclass(frozen=True, slots=True)
class UndoRequest:
    """What ``PUT …/undo`` takes: nothing but, if one likes, a reason. The same request again changes nothing."""

    reason: str | None = field(default=None, repr=False)
    dry_run: bool = False
