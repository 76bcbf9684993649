"""What the supervisor's screens ask of the application, and the values that pass between them.

All of a supervisor's work is done on the server, so everything that answers with data is asynchronous and gives a
:class:`~screens.ports.Refused` with one sentence where it could not be done.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol

from textual.content import Content

from domain.case.model import Case
from domain.supervision import (
    AgentList,
    AuditChain,
    AuditPage,
    Board,
    CaseFilter,
    CasePage,
    CashForecast,
    CashState,
    DocumentCheck,
    ImportKind,
    ImportLine,
    ImportPage,
    Judged,
    ProfileList,
    PromiseCalendar,
    PromisePage,
    QueuePage,
    ReassignmentAnswer,
    ReassignmentPage,
    ReassignmentRequest,
    Report,
    ReportList,
    ReviewDecided,
    ReviewDecision,
    ReviewPage,
    Simulation,
    StopPage,
    VersionList,
)
from screens.ports import Refused
from screens.supervisor.house import Draft, HouseDocument, Part
from screens.supervisor.importing import FileLook, ImportStep

if TYPE_CHECKING:
    from screens.supervisor.ports_team import TeamDesk

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

    async def cash(self) -> CashState | Refused:
        """Read how fresh the payments are."""
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

    def new_id(self) -> str:
        """Give an id for something that is to be changed; the same id again changes nothing."""
        ...

    @property
    def staff(self) -> TeamDesk:
        """The team itself: what agents can take on, who is away, which cases stay put."""
        ...

    async def agents(self) -> AgentList | Refused:
        """Read who is in the team, what they have, and what lies in the pool."""
        ...

    async def move(self, change: str, source: MoveSource, request: ReassignmentRequest) -> ReassignmentAnswer | Refused:
        """Move cases, or with ``dry_run`` say what it would come to. While it answers ``running``, ask again."""
        ...

    async def undo_move(self, change: str) -> ReassignmentAnswer | Refused:
        """Give the cases of a move back to whom they came from."""
        ...

    async def moves(self, before: str | None = None) -> ReassignmentPage | Refused:
        """Read what was moved, newest first."""
        ...

    async def reviews(self, kind: str | None, after: str | None = None) -> ReviewPage | Refused:
        """Read what waits for a decision, of one kind or all."""
        ...

    async def decide(self, fact: str, decision: ReviewDecision) -> ReviewDecided | Refused:
        """Decide."""
        ...

    async def undo_decision(self, fact: str) -> ReviewDecided | Refused:
        """Take a decision back."""
        ...

    async def stops(self, after: str | None = None) -> StopPage | Refused:
        """Read the stop flags that stand."""
        ...

    async def lift_stop(self, fact: str, reason: str) -> ReviewDecided | Refused:
        """Lift a stop flag for a reason."""
        ...

    async def undo_stop(self, fact: str) -> ReviewDecided | Refused:
        """Let a stop flag stand again."""
        ...

    @property
    def may_read_files(self) -> bool:
        """Whether files of this machine may be chosen: not where strangers' browsers show the screens."""
        ...

    async def try_import(
        self,
        file: Path,
        kind: ImportKind,
        profile: str | None,
        answers: Mapping[str, str],
        told: Callable[[ImportStep], None],
    ) -> FileLook | Refused:
        """Have the server read a file and say what it would change; nothing is changed. ``told`` hears how far it is."""
        ...

    async def bring_in(
        self,
        change: str,
        file: Path,
        kind: ImportKind,
        profile: str | None,
        answers: Mapping[str, str],
        remember: str | None,
        told: Callable[[ImportStep], None],
    ) -> FileLook | Refused:
        """Bring a file in, whole or not at all; ``remember`` keeps the answers as a profile of that name.

        Where it is cancelled, nothing comes in unless the server had done it already: :meth:`is_in` knows.
        """
        ...

    async def is_in(self, change: str) -> bool | Refused:
        """Tell whether an import was brought in."""
        ...

    async def undo_import(self, change: str) -> ImportLine | Refused:
        """Take a whole import back."""
        ...

    async def imports(self, before: str | None = None) -> ImportPage | Refused:
        """Read what came in, newest first."""
        ...

    async def import_profiles(self) -> ProfileList | Refused:
        """Read the answers that are remembered by source."""
        ...

    async def promise_calendar(self, since: date, until: date) -> PromiseCalendar | Refused:
        """Read what falls due, day by day."""
        ...

    async def cash_forecast(self, until: date) -> CashForecast | Refused:
        """Read what cash to expect up to a day."""
        ...

    async def promises(
        self, due: date | None, state: str | None, since: date | None, until: date | None, after: str | None = None
    ) -> PromisePage | Refused:
        """Read promises: those of a day, or those of some days in a state."""
        ...

    async def judge(self, day: date) -> Judged | Refused:
        """Judge a day again."""
        ...

    async def report_names(self) -> ReportList | Refused:
        """Read which figures there are."""
        ...

    async def report(self, name: str, since: date, until: date) -> Report | Refused:
        """Read a figure as a table."""
        ...

    @property
    def drafts(self) -> dict[tuple[str, str], Draft]:
        """The drafts of this sitting, by document and part; they outlive the screen."""
        ...

    async def house(self, name: str) -> HouseDocument | Refused:
        """Read one of the house's documents."""
        ...

    def parts_of(self, document: HouseDocument) -> list[Part]:
        """Give the texts a document is edited as."""
        ...

    def new_script(self, document: HouseDocument, like: Part | None) -> Part:
        """Give a script that is not published yet, a copy of another one to begin with."""
        ...

    def new_pack(self, name: str, like: Part | None) -> Part:
        """Give a rule pack of the house's own that is not published yet, a copy of another one to begin with."""
        ...

    async def remove(self, part: Part, etag: str, note: str) -> HouseDocument | Refused:
        """Publish a document without a script, or without a rule pack of the house's own."""
        ...

    async def check(self, draft: Draft) -> DocumentCheck | Refused:
        """Have a draft checked in its document; nothing is published."""
        ...

    async def publish(self, draft: Draft, note: str) -> HouseDocument | Refused:
        """Publish a draft; refused with the code ``outdated`` where somebody was faster."""
        ...

    async def versions(self, name: str) -> VersionList | Refused:
        """Read the versions of a document, newest first."""
        ...

    async def difference(self, name: str, before: int, after: int) -> list[Content] | Refused:
        """Read what changed between two versions, as lines to show."""
        ...

    async def rollback(self, name: str, ver: int, etag: str, note: str) -> HouseDocument | Refused:
        """Bring a version back as the newest."""
        ...

    async def audit(self, query: Mapping[str, str], before: str | None = None) -> AuditPage | Refused:
        """Read the trail, newest first."""
        ...

    async def audit_chain(self) -> AuditChain | Refused:
        """Have the chain of the trail verified."""
        ...

    async def report_csv(self, name: str, since: date, until: date) -> bytes | Refused:
        """Read a figure as CSV that is safe in a spreadsheet."""
        ...

    async def audit_csv(self, query: Mapping[str, str]) -> bytes | Refused:
        """Read the trail as CSV that is safe in a spreadsheet."""
        ...

    async def simulate(self, policy: Mapping[str, object]) -> Simulation | Refused:
        """Try a policy that is not published on today's cases."""
        ...

    async def publish_policy(self, policy: Mapping[str, object], etag: str, note: str) -> HouseDocument | Refused:
        """Publish a policy; refused with the code ``outdated`` where somebody was faster."""
        ...
