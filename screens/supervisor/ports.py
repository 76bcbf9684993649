"""What the supervisor's screens ask of the application, and the values that pass between them.

All of a supervisor's work is done on the server, so everything that answers with data is asynchronous and gives a
:class:`~screens.ports.Refused` with one sentence where it could not be done.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol

from domain.case.model import Case
from domain.supervision import Board, CaseFilter, CasePage, QueuePage
from screens.ports import Refused

LinkState = Literal["live", "asking", "away", "login"]
"""``live``: the server tells of changes. ``asking``: it is asked every few seconds. ``away``: it cannot be reached.
``login``: the session has ended."""


@dataclass(frozen=True, slots=True)
class Link:
    """How the line to the server is; ``heard`` is when it last answered (UTC)."""

    state: LinkState
    heard: datetime | None


@dataclass(frozen=True, slots=True)
class BoardView:
    """The board, and by agent how many promises of the last seven days were kept and how many were not."""

    board: Board
    week: Mapping[str, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class OpenedCase:
    """A case with everything on it, and whose it is."""

    case: Case = field(repr=False)
    ver: int
    owner: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class MoveSource:
    """Which cases are to be moved: named, or found by any of some filters. ``words`` says which, ``count`` how many."""

    words: str = field(repr=False)
    count: int
    cases: tuple[str, ...] = ()
    filters: tuple[CaseFilter, ...] = ()


class SupervisorDesk(Protocol):
    """One supervisor's work on one server."""

    @property
    def name(self) -> str:
        """The supervisor's name."""
        ...

    @property
    def team(self) -> str:
        """The supervisor's team."""
        ...

    def now(self) -> datetime:
        """Tell the instant by the server's clock."""
        ...

    def link(self) -> Link:
        """Tell how the line to the server is."""
        ...

    def subscribe(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Have ``listener`` called (on the application's thread) when something may have changed; gives the way out."""
        ...

    async def board(self) -> BoardView | Refused:
        """Read the live board."""
        ...

    async def cases(self, wanted: CaseFilter, after: str | None = None, sort: str = "id") -> CasePage | Refused:
        """Read one page of the cases that are wanted."""
        ...

    async def queue(self, agent: str, after: str | None = None) -> QueuePage | Refused:
        """Read one page of an agent's queue, as they see it."""
        ...

    async def case(self, case_id: str) -> OpenedCase | Refused:
        """Open one case; the audit trail says so."""
        ...
