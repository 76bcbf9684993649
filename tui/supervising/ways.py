"""Which screen stands behind which place of the supervisor's desk; each is imported when it is first wanted."""

from __future__ import annotations

from typing import Any

from screens.commands import Place
from screens.supervisor.frame import DeskScreen
from screens.supervisor.ports import SupervisorDesk


def screen_for(place: Place, desk: SupervisorDesk, what: Any) -> DeskScreen:
    """Build a screen; ``what`` is what it is about."""
    match place:
        case "board":
            from screens.supervisor.board import BoardScreen

            return BoardScreen(desk)
        case "cases":
            from screens.supervisor.cases import CasesScreen

            return CasesScreen(desk, what)
        case _:
            raise LookupError(place)
