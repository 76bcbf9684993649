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
        case "move":
            from screens.supervisor.move import MoveScreen

            return MoveScreen(desk, what)
        case "moves":
            from screens.supervisor.moves import MovesScreen

            return MovesScreen(desk)
        case "team":
            from screens.supervisor.team import TeamScreen

            return TeamScreen(desk)
        case "holds":
            from screens.supervisor.holds import HoldsScreen

            return HoldsScreen(desk)
        case "decisions":
            from screens.supervisor.decisions import DecisionsScreen

            return DecisionsScreen(desk, what)
        case "imports":
            from screens.supervisor.imports import ImportsScreen

            return ImportsScreen(desk)
        case "importlist":
            from screens.supervisor.importlist import ImportListScreen

            return ImportListScreen(desk)
        case "promises":
            from screens.supervisor.promises import PromisesScreen

            return PromisesScreen(desk)
        case "figures":
            from screens.supervisor.figures import FiguresScreen

            return FiguresScreen(desk)
        case "editors":
            from screens.supervisor.editors import EditorsScreen

            return EditorsScreen(desk)
        case "strategy":
            from screens.supervisor.strategy import StrategyScreen

            return StrategyScreen(desk)
        case "audit":
            from screens.supervisor.audit import AuditScreen

            return AuditScreen(desk, what)
        case _:
            raise LookupError(place)
