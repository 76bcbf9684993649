"""The desk behind the supervisor's screens: every question goes to the server, every refusal comes back in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final

from data.answers import Failure
from data.decoding import NotUnderstoodError, convert
from data.supervision import SupervisorLine
from domain.agent import AgentInfo
from domain.case.model import Case
from domain.clock import Clock, format_instant
from domain.i18n import tr
from domain.ids import IdSource
from domain.supervision import (
    AgentList,
    AuditChain,
    AuditPage,
    CaseFilter,
    CasePage,
    CashForecast,
    CashState,
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
    StopPage,
)
from screens.ports import Refused
from screens.supervisor.importing import FileLook, ImportStep
from screens.supervisor.ports import BoardView, Link, MoveSource, OpenedCase
from screens.supervisor.ports_team import TeamDesk
from tui.supervising.filework import file_bytes, look, report_of
from tui.supervising.housework import HouseWork
from tui.supervising.link import DeskLink
from tui.supervising.teamwork import ServerTeam

PAGE: Final = 200
"""Cases asked for at once: several screenfuls, a tenth of a second."""
MOST: Final = 1000
"""Most cases the server gives at once."""
WEEK: Final = timedelta(days=6)
"""With today, the seven days of the column of kept promises."""
WEEK_EVERY: Final = timedelta(minutes=1)


class ServerDesk(HouseWork):
    """A supervisor's desk on one server, for one session."""

    def __init__(self, line: SupervisorLine, person: AgentInfo, clock: Clock, *, may_read_files: bool = True) -> None:
        self._may_read_files = may_read_files
        super().__init__(line, DeskLink(line, clock))
        self._person = person
        self._staff = ServerTeam(line, self.follower)
        self._week: dict[str, tuple[int, int]] = {}
        self._week_read: datetime | None = None
        self._ids = IdSource(self.follower.clock)
        self._named_for: dict[str, tuple[str, ...]] = {}

    @property
    def name(self) -> str:
        """The supervisor's name."""
        return self._person.name

    @property
    def team(self) -> str:
        """The supervisor's team."""
        return self._person.team

    def now(self) -> datetime:
        """Tell the instant by the server's clock."""
        return self.follower.clock.now()

    def link(self) -> Link:
        """Tell how the line is."""
        return self.follower.link()

    def subscribe(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call ``listener`` when something may have changed."""
        return self.follower.subscribe(listener)

    async def board(self) -> BoardView | Refused:
        """Read the live board, the day as it is here, and now and then the week behind it."""
        now = self.now()
        today = now.astimezone().replace(hour=0, minute=0, second=0, microsecond=0)
        board = self.follower.taken(await self._line.board(format_instant(today)))
        if isinstance(board, Refused):
            return board
        if self._week_read is None or now - self._week_read > WEEK_EVERY:
            answer = self.follower.taken(await self._line.board(format_instant(today - WEEK)))
            if not isinstance(answer, Refused):
                self._week_read = now
                self._week = {row.agent: (row.kept, row.broken) for row in answer.agents}
        return BoardView(board, self._week)

    async def cash(self) -> CashState | Refused:
        """Read how fresh the payments are."""
        return self.follower.taken(await self._line.cash())

    async def cases(self, wanted: CaseFilter, after: str | None = None, sort: str = "id") -> CasePage | Refused:
        """Read one page of the cases that are wanted."""
        return self.follower.taken(await self._line.cases(wanted, after, PAGE, sort))

    async def queue(self, agent: str, after: str | None = None) -> QueuePage | Refused:
        """Read one page of an agent's queue."""
        return self.follower.taken(await self._line.queue(agent, after, PAGE))

    async def case(self, case_id: str) -> OpenedCase | Refused:
        """Open one case."""
        answer = self.follower.taken(await self._line.case(case_id))
        if isinstance(answer, Refused):
            return answer
        try:
            case = convert(answer.body, Case)
        except NotUnderstoodError:
            return Refused(tr("This case was written by a later version of duecall; update this one to read it."))
        return OpenedCase(case, answer.ver, answer.owner_name or answer.owner_login or "")

    def new_id(self) -> str:
        """Give an id for something that is to be changed."""
        return self._ids.new()

    @property
    def staff(self) -> TeamDesk:
        """The team itself."""
        return self._staff

    async def agents(self) -> AgentList | Refused:
        """Read the team and the pool."""
        return self.follower.taken(await self._line.agents())

    async def move(self, change: str, source: MoveSource, request: ReassignmentRequest) -> ReassignmentAnswer | Refused:
        """Move cases, or preview it. Cases of several filters are looked up first: a request takes one."""
        if len(source.filters) == 1:
            request = replace(request, filter=source.filters[0])
        else:
            cases = source.cases or self._named_for.get(change) or await self._named(source)
            if isinstance(cases, Refused):
                return cases
            if not request.dry_run:
                self._named_for = {change: cases}  # however often it is asked again, it names the same ones
            request = replace(request, cases=list(cases))
        return self.follower.taken(await self._line.reassign(change, request))

    async def _named(self, source: MoveSource) -> tuple[str, ...] | Refused:
        """Name the cases of several filters."""
        found: dict[str, None] = {}
        for wanted in source.filters:
            after: str | None = None
            while True:
                page = self.follower.taken(await self._line.cases(wanted, after, MOST))
                if isinstance(page, Refused):
                    return page
                found |= {case.id: None for case in page.cases}
                after = page.next
                if after is None:
                    break
        return tuple(found)

    async def undo_move(self, change: str) -> ReassignmentAnswer | Refused:
        """Give cases back."""
        return self.follower.taken(await self._line.undo_reassignment(change))

    async def moves(self, before: str | None = None) -> ReassignmentPage | Refused:
        """Read what was moved."""
        return self.follower.taken(await self._line.reassignments(before, PAGE))

    async def reviews(self, kind: str | None, after: str | None = None) -> ReviewPage | Refused:
        """Read what waits for a decision."""
        return self.follower.taken(await self._line.reviews(kind, after, PAGE))

    async def decide(self, fact: str, decision: ReviewDecision) -> ReviewDecided | Refused:
        """Decide."""
        return self.follower.taken(await self._line.decide(fact, decision))

    async def undo_decision(self, fact: str) -> ReviewDecided | Refused:
        """Take a decision back."""
        return self.follower.taken(await self._line.undo_decided("reviews", fact))

    async def stops(self, after: str | None = None) -> StopPage | Refused:
        """Read the stop flags that stand."""
        return self.follower.taken(await self._line.stops(after, PAGE))

    async def lift_stop(self, fact: str, reason: str) -> ReviewDecided | Refused:
        """Lift a stop flag."""
        return self.follower.taken(await self._line.lift_stop(fact, reason))

    async def undo_stop(self, fact: str) -> ReviewDecided | Refused:
        """Let a stop flag stand again."""
        return self.follower.taken(await self._line.undo_decided("stops", fact))

    @property
    def may_read_files(self) -> bool:
        """Whether files of this machine may be chosen."""
        return self._may_read_files

    async def try_import(
        self,
        file: Path,
        kind: ImportKind,
        profile: str | None,
        answers: Mapping[str, str],
        told: Callable[[ImportStep], None],
    ) -> FileLook | Refused:
        """Have the server read a file."""
        query = self._import_query(file, kind, profile, answers) | {"dry_run": "true"}
        return await self._hand_over(self.new_id(), file, kind, query, told)

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
        """Bring a file in."""
        query = self._import_query(file, kind, profile, answers) | ({"remember": remember} if remember else {})
        return await self._hand_over(change, file, kind, query, told)

    async def is_in(self, change: str) -> bool | Refused:
        """Tell whether an import was brought in."""
        answer = await self._line.import_line(change)
        if isinstance(answer, Failure) and answer.status == 403:
            return False
        taken = self.follower.taken(answer)
        return taken if isinstance(taken, Refused) else True

    def _import_query(
        self, file: Path, kind: ImportKind, profile: str | None, answers: Mapping[str, str]
    ) -> dict[str, str]:
        named = {"profile": profile} if profile else {}
        return {"kind": kind, "filename": file.name, "rows": "true", **named, **answers}

    async def _hand_over(
        self,
        change: str,
        file: Path,
        kind: ImportKind,
        query: Mapping[str, str],
        told: Callable[[ImportStep], None],
    ) -> FileLook | Refused:
        content = await file_bytes(file)
        if isinstance(content, Refused):
            return content
        answer = await self._line.put_import(
            change, content, query, lambda step: told(ImportStep(step.stage, step.done, step.total))
        )
        if isinstance(answer, Failure) and answer.extra.get("questions"):
            return look(report_of(answer.extra), kind)
        taken = self.follower.taken(answer)
        return taken if isinstance(taken, Refused) else look(report_of(taken), kind)

    async def undo_import(self, change: str) -> ImportLine | Refused:
        """Take an import back."""
        return self.follower.taken(await self._line.undo_import(change))

    async def imports(self, before: str | None = None) -> ImportPage | Refused:
        """Read what came in."""
        return self.follower.taken(await self._line.imports(before, PAGE))

    async def import_profiles(self) -> ProfileList | Refused:
        """Read the profiles."""
        return self.follower.taken(await self._line.import_profiles())

    async def promise_calendar(self, since: date, until: date) -> PromiseCalendar | Refused:
        """Read what falls due."""
        return self.follower.taken(await self._line.promise_calendar(since, until))

    async def cash_forecast(self, until: date) -> CashForecast | Refused:
        """Read what cash to expect."""
        return self.follower.taken(await self._line.cash_forecast(until))

    async def promises(
        self, due: date | None, state: str | None, since: date | None, until: date | None, after: str | None = None
    ) -> PromisePage | Refused:
        """Read promises."""
        asked = {"due": due, "state": state, "since": since, "until": until}
        query = {name: str(value) for name, value in asked.items() if value is not None}
        return self.follower.taken(await self._line.promises(query, after, PAGE))

    async def judge(self, day: date) -> Judged | Refused:
        """Judge a day again."""
        return self.follower.taken(await self._line.judge(day))

    async def report_names(self) -> ReportList | Refused:
        """Read which figures there are."""
        return self.follower.taken(await self._line.report_names())

    async def report(self, name: str, since: date, until: date) -> Report | Refused:
        """Read a figure."""
        return self.follower.taken(await self._line.report(name, self._report_query(since, until)))

    async def report_csv(self, name: str, since: date, until: date) -> bytes | Refused:
        """Read a figure as CSV."""
        return self.follower.taken(await self._line.report_csv(name, self._report_query(since, until)))

    def _report_query(self, since: date, until: date) -> dict[str, str]:
        """Write which days are meant, as they are here."""
        offset = self.now().astimezone().utcoffset() or timedelta()
        return {"since": f"{since}", "until": f"{until}", "offset": str(int(offset.total_seconds()) // 60)}

    async def audit(self, query: Mapping[str, str], before: str | None = None) -> AuditPage | Refused:
        """Read the trail."""
        return self.follower.taken(await self._line.audit(query, before, PAGE))

    async def audit_chain(self) -> AuditChain | Refused:
        """Have the chain verified."""
        return self.follower.taken(await self._line.audit_chain())

    async def audit_csv(self, query: Mapping[str, str]) -> bytes | Refused:
        """Read the trail as CSV."""
        return self.follower.taken(await self._line.audit_csv(query))
