"""The desk behind the supervisor's screens: every question goes to the server, every refusal comes back in words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from data.decoding import NotUnderstoodError, convert
from data.supervision import SupervisorLine
from domain.agent import AgentInfo
from domain.case.model import Case
from domain.clock import Clock, format_instant
from domain.i18n import tr
from domain.supervision import CaseFilter, CasePage, QueuePage
from screens.ports import Refused
from screens.supervisor.ports import BoardView, Link, OpenedCase
from tui.supervising.link import DeskLink

PAGE: Final = 200
"""Cases asked for at once: several screenfuls, a tenth of a second."""
WEEK: Final = timedelta(days=6)
"""With today, the seven days of the column of kept promises."""
WEEK_EVERY: Final = timedelta(minutes=1)


class ServerDesk:
    """A supervisor's desk on one server, for one session."""

    def __init__(self, line: SupervisorLine, person: AgentInfo, clock: Clock) -> None:
        self._line = line
        self._person = person
        self.follower = DeskLink(line, clock)
        self._week: dict[str, tuple[int, int]] = {}
        self._week_read: datetime | None = None

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
