"""The team's side of the supervisor's desk: profiles, absences and holds, asked of the server."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from data.answers import Failure
from domain.i18n import tr
from domain.supervision import (
    Absence,
    AbsenceList,
    AbsenceRequest,
    AgentLine,
    AgentProfile,
    HoldAnswer,
    HoldList,
    HoldRequest,
    ReassignmentAnswer,
)
from screens.ports import Refused
from screens.supervisor.ports import MoveSource

if TYPE_CHECKING:
    from data.supervision import SupervisorLine
    from tui.supervising.link import DeskLink


class ServerTeam:
    """See :class:`screens.supervisor.ports_team.TeamDesk` for what each method promises."""

    def __init__(self, line: SupervisorLine, follower: DeskLink) -> None:
        self._line = line
        self._follower = follower

    async def write_profile(self, agent: AgentLine, profile: AgentProfile) -> AgentLine | Refused:
        """Write what an agent can take on."""
        answer = await self._line.write_profile(agent.agent, profile, agent.etag)
        taken = self._follower.taken(answer)
        if isinstance(taken, Refused) and isinstance(answer, Failure) and answer.status == 412:
            return Refused(taken.text, "outdated")
        return taken

    async def absences(self) -> AbsenceList | Refused:
        """Read the absences."""
        return self._follower.taken(await self._line.absences())

    async def try_absence(self, request: AbsenceRequest) -> ReassignmentAnswer | Refused:
        """Say what an absence would move."""
        return self._follower.taken(await self._line.try_absence("preview", request))

    async def write_absence(self, absence: str, request: AbsenceRequest) -> Absence | Refused:
        """Write an absence down."""
        return self._follower.taken(await self._line.write_absence(absence, request))

    async def end_absence(self, absence: str) -> Absence | Refused:
        """Call somebody back."""
        return self._follower.taken(await self._line.end_absence(absence))

    async def holds(self) -> HoldList | Refused:
        """Read the holds."""
        return self._follower.taken(await self._line.holds())

    async def hold(self, change: str, source: MoveSource, until: str, reason: str | None) -> HoldAnswer | Refused:
        """Keep cases where they are."""
        if len(source.filters) > 1:
            return Refused(tr("Holds take one filter at a time; nothing was changed."))
        request = HoldRequest(
            date.fromisoformat(until),
            list(source.cases) if source.cases else None,
            source.filters[0] if source.filters else None,
            reason,
        )
        return self._follower.taken(await self._line.hold(change, request))

    async def release(self, change: str) -> HoldAnswer | Refused:
        """Let cases go."""
        return self._follower.taken(await self._line.release(change))
