"""What has been moved, newest first: by whom, how much, why; each can be taken back."""

from __future__ import annotations

from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import Static

from domain.i18n import mark, tr, trn
from domain.supervision import ReassignmentLine
from screens.ports import Refused
from screens.supervisor import words
from screens.supervisor.commands import bindings
from screens.supervisor.frame import DeskScreen
from screens.supervisor.ports import SupervisorDesk
from screens.widgets.linetable import Cell, Column, LineTable, Row

COLUMNS: Final = (
    Column("at", mark("When"), 17),
    Column("kind", mark("What"), 16),
    Column("actor", mark("Who"), 14, drop=2),
    Column("to", mark("Where to"), 18, drop=1),
    Column("cases", mark("Cases"), 6, right=True),
    Column("reason", mark("Why"), 0),
)


class MovesScreen(DeskScreen):
    """The list of moves."""

    PLACE = "moves"
    BINDINGS: ClassVar[list[BindingType]] = bindings("moves", "desk")
    AUTO_FOCUS = "LineTable"

    def __init__(self, desk: SupervisorDesk) -> None:
        super().__init__(desk)
        self._moves: list[ReassignmentLine] = []
        self._next: str | None = None
        self._names: dict[str, str] = {}

    def body(self) -> ComposeResult:
        """Give the list."""
        yield LineTable(COLUMNS)
        yield Static(id="empty")

    def heading(self) -> str:
        """Name the screen."""
        return tr("What has been moved")

    async def load(self) -> None:
        """Ask for the newest, and for the names of people."""
        agents = await self._desk.agents()
        if not isinstance(agents, Refused):
            self._names = {name: each.name or each.login for each in agents.agents for name in (each.agent, each.login)}
        page = await self._desk.moves()
        if self.refused(page) or isinstance(page, Refused):
            return
        self._moves, self._next = page.reassignments, page.next
        self.repaint()

    def on_line_table_more_wanted(self) -> None:
        """Ask for older ones."""
        if self._next is not None:
            before, self._next = self._next, None
            self.run_worker(self._more(before), group="more", exclusive=False, exit_on_error=False)

    async def _more(self, before: str) -> None:
        page = await self._desk.moves(before)
        if not isinstance(page, Refused):
            self._moves, self._next = [*self._moves, *page.reassignments], page.next
            self.repaint()

    def repaint(self) -> None:
        """Show what is known."""
        if not self.is_ready:
            return
        total = len(self._moves) + (1 if self._next else 0)
        self.query_one(LineTable).show([self._row(each) for each in self._moves], total=total)
        self.set_class(not self._moves, "-empty")
        if not self._moves:
            self.query_one("#empty", Static).update(
                Content(tr("Nothing has been moved yet. Esc goes back; r and d on the board move cases."))
            )

    def _row(self, line: ReassignmentLine) -> Row:
        kinds = {
            "reassignment": tr("moved"),
            "undo": tr("taken back"),
            "absence": tr("absence"),
            "return": tr("back from absence"),
            "age_out": tr("aged out"),
        }
        moved = line.counts.get("moved", 0) + line.counts.get("waiting", 0)
        target = (
            line.strategy.replace("_", " ")
            if line.strategy
            else self._names.get(line.to or "", line.to or tr("the pool"))
        )
        undone = tr("undone") if line.undone_by else ""
        said = " · ".join(each for each in (undone, line.reason or "") if each)
        return Row(
            line.id,
            (
                Cell(words.when(line.at, self._desk.now())),
                Cell(kinds.get(line.kind, line.kind)),
                Cell(line.actor_name or line.actor),
                Cell(target),
                Cell(str(moved)),
                Cell(said, "muted" if line.undone_by else ""),
            ),
        )

    def action_undo(self) -> None:
        """Take the move under the cursor back."""
        key = self.query_one(LineTable).selected
        line = next((each for each in self._moves if each.id == key), None)
        if line is None:
            return
        if line.undone_by:
            self.say(tr("This was taken back already."), trouble=True)
            return
        self.carry_out(self._undo(line.id))

    async def _undo(self, change: str) -> None:
        answer = await self._desk.undo_move(change)
        if self.refused(answer) or isinstance(answer, Refused):
            return
        moved = answer.counts.get("moved", 0) + answer.counts.get("waiting", 0)
        said = trn("taken back: {n} case is where it was", "taken back: {n} cases are where they were", moved)
        self.say(said.format(n=moved))
        self.reload()
