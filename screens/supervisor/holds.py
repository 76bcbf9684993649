"""Holds: cases that stay where they are until a day has passed, whatever is dealt out meanwhile."""

from __future__ import annotations

from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import Static

from domain.formats import day_plain
from domain.i18n import mark, tr, trn
from domain.supervision import HoldAnswer
from screens.ports import Refused
from screens.supervisor import words
from screens.supervisor.commands import bindings
from screens.supervisor.frame import DeskScreen
from screens.supervisor.ports import SupervisorDesk
from screens.widgets.linetable import Cell, Column, LineTable, Row

COLUMNS: Final = (
    Column("until", mark("Until"), 16),
    Column("cases", mark("Cases"), 6, right=True),
    Column("actor", mark("Who"), 16, drop=1),
    Column("at", mark("Since"), 17, drop=2),
    Column("reason", mark("Why"), 0),
)


class HoldsScreen(DeskScreen):
    """The holds that stand, the next to end first."""

    PLACE = "holds"
    BINDINGS: ClassVar[list[BindingType]] = bindings("holds", "desk")
    AUTO_FOCUS = "LineTable"

    def __init__(self, desk: SupervisorDesk) -> None:
        super().__init__(desk)
        self._holds: list[HoldAnswer] = []

    def body(self) -> ComposeResult:
        """Give the list."""
        yield LineTable(COLUMNS)
        yield Static(id="empty")

    def heading(self) -> str:
        """Name the screen."""
        return tr("Cases that stay where they are")

    async def load(self) -> None:
        """Ask what is held."""
        answer = await self._desk.staff.holds()
        if self.refused(answer) or isinstance(answer, Refused):
            return
        self._holds = answer.holds
        self.repaint()

    def repaint(self) -> None:
        """Show what is held."""
        if not self.is_ready:
            return
        self.query_one(LineTable).show([self._row(each) for each in self._holds])
        self.set_class(not self._holds, "-empty")
        if not self._holds:
            said = tr("No case is held. In a list of cases (f on the board), h keeps the marked ones where they are.")
            self.query_one("#empty", Static).update(Content(said))

    def _row(self, hold: HoldAnswer) -> Row:
        return Row(
            hold.id,
            (
                Cell(day_plain(hold.until)),
                Cell(str(hold.cases)),
                Cell(hold.actor_name or hold.actor),
                Cell(words.when(hold.at, self._desk.now())),
                Cell(hold.reason or "–"),
            ),
        )

    def action_release(self) -> None:
        """Let the cases of the hold under the cursor go."""
        key = self.query_one(LineTable).selected
        if key is not None and any(each.id == key for each in self._holds):
            self.carry_out(self._release(key))

    async def _release(self, hold: str) -> None:
        answer = await self._desk.staff.release(hold)
        if self.refused(answer) or isinstance(answer, Refused):
            return
        said = trn("{n} case may be moved again", "{n} cases may be moved again", answer.cases)
        self.say(said.format(n=answer.cases))
        self.reload()
