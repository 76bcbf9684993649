"""What the screens about the team ask of the application: what agents can take on, who is away, which cases stay put."""

from __future__ import annotations

from typing import Protocol

from domain.supervision import (
    Absence,
    AbsenceList,
    AbsenceRequest,
    AgentLine,
    AgentProfile,
    HoldAnswer,
    HoldList,
    ReassignmentAnswer,
)
from screens.ports import Refused
from screens.supervisor.ports import MoveSource


class TeamDesk(Protocol):
    """A supervisor's work on the team itself. What is changed carries an id of the caller's: again changes nothing."""

    async def write_profile(self, agent: AgentLine, profile: AgentProfile) -> AgentLine | Refused:
        """Write what an agent can take on, over the version that was seen."""
        ...

    async def absences(self) -> AbsenceList | Refused:
        """Read who is, was or will be away, newest first."""
        ...

    async def try_absence(self, request: AbsenceRequest) -> ReassignmentAnswer | Refused:
        """Say what an absence would move; nothing is changed."""
        ...

    async def write_absence(self, absence: str, request: AbsenceRequest) -> Absence | Refused:
        """Write an absence down; the work is spread once its first day has come."""
        ...

    async def end_absence(self, absence: str) -> Absence | Refused:
        """Call somebody back: what the others still have of theirs is given back."""
        ...

    async def holds(self) -> HoldList | Refused:
        """Read the holds that stand, the next to end first."""
        ...

    async def hold(self, change: str, source: MoveSource, until: str, reason: str | None) -> HoldAnswer | Refused:
        """Keep cases where they are up to the end of a day (ISO 8601)."""
        ...

    async def release(self, change: str) -> HoldAnswer | Refused:
        """Let the cases of a hold go."""
        ...
