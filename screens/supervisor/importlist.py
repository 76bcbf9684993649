"""What came in, newest first: by whom, what it changed, and whether it can still be taken back."""

from __future__ import annotations

from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import Static

from domain.i18n import mark, tr, trn
from domain.supervision import CaseFilter, ImportLine
from screens.ports import Refused
from screens.supervisor import words
from screens.supervisor.commands import bindings
from screens.supervisor.frame import DeskScreen
from screens.supervisor.importing import applied_words
from screens.supervisor.ports import SupervisorDesk
from screens.widgets.linetable import Cell, Column, LineTable, Row

COLUMNS: Final = (
    Column("at", mark("When"), 17),
    Column("file", mark("File"), 22),
    Column("who", mark("Who"), 12, drop=2),
    Column("what", mark("What"), 0),
    Column("undo", mark("Undo"), 20, drop=1),
)


class ImportListScreen(DeskScreen):
    """The list of imports."""

    PLACE = "importlist"
    BINDINGS: ClassVar[list[BindingType]] = bindings("importlist", "desk")
    AUTO_FOCUS = "LineTable"

    def __init__(self, desk: SupervisorDesk) -> None:
        super().__init__(desk)
        self._imports: list[ImportLine] = []
        self._next: str | None = None

    def body(self) -> ComposeResult:
        """Give the list."""
        yield LineTable(COLUMNS)
        yield Static(id="empty")

    def heading(self) -> str:
        """Name the screen."""
        return tr("What came in")

    async def load(self) -> None:
        """Ask for the newest."""
        page = await self._desk.imports()
        if self.refused(page) or isinstance(page, Refused):
            return
        self._imports, self._next = page.imports, page.next
        self.repaint()

    def on_line_table_more_wanted(self) -> None:
        """Ask for older ones."""
        if self._next is not None:
            before, self._next = self._next, None
            self.run_worker(self._more(before), group="more", exclusive=False, exit_on_error=False)

    async def _more(self, before: str) -> None:
        page = await self._desk.imports(before)
        if not isinstance(page, Refused):
            self._imports, self._next = [*self._imports, *page.imports], page.next
            self.repaint()

    def repaint(self) -> None:
        """Show what is known."""
        if not self.is_ready:
            return
        total = len(self._imports) + (1 if self._next else 0)
        self.query_one(LineTable).show([self._row(each) for each in self._imports], total=total)
        self.set_class(not self._imports, "-empty")
        if not self._imports:
            self.query_one("#empty", Static).update(Content(tr("Nothing has come in yet. Esc, then o opens a file.")))

    def _row(self, line: ImportLine) -> Row:
        undo = {
            "possible": tr("possible"),
            "called": trn("too late: {n} called", "too late: {n} called", line.called).format(n=line.called),
            "undone": tr("taken back"),
        }[line.undo]
        return Row(
            line.id,
            (
                Cell(words.when(line.at, self._desk.now())),
                Cell(line.filename or line.kind),
                Cell(line.actor_name or line.actor),
                Cell(applied_words(line.counts)),
                Cell(undo, "muted" if line.undo != "possible" else "good"),
            ),
        )

    def _line(self) -> ImportLine | None:
        key = self.query_one(LineTable).selected
        return next((each for each in self._imports if each.id == key), None)

    def on_line_table_chosen(self) -> None:
        """Show the cases of the import."""
        line = self._line()
        if line is not None:
            self.post_message(self.Go("cases", CaseFilter(imported=line.id)))

    def action_undo(self) -> None:
        """Take the import under the cursor back."""
        line = self._line()
        if line is None:
            return
        if line.undo != "possible":
            said = tr("It cannot be taken back: customers have been called on it, or it was taken back already.")
            self.say(said, trouble=True)
            return
        self.carry_out(self._undo(line.id))

    async def _undo(self, change: str) -> None:
        answer = await self._desk.undo_import(change)
        if not self.refused(answer):
            self.say(tr("taken back: everything is as it was before the file"))
            self.reload()
