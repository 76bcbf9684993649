"""Cases: an agent's queue as they see it, or the cases a filter finds; marked here, moved from here."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.timer import Timer
from textual.widgets import Input, Static

from domain.formats import day_plain
from domain.i18n import mark, tr, trn
from domain.money import format_money
from domain.supervision import BoardRow, CaseFilter, CaseLine, QueueLine
from screens.ports import Refused
from screens.supervisor import words
from screens.supervisor.asking import AskLine
from screens.supervisor.casepanel import PAUSE, case_lines
from screens.supervisor.commands import bindings
from screens.supervisor.filtering import filter_words, read_filter
from screens.supervisor.frame import DeskScreen
from screens.supervisor.ports import MoveSource, SupervisorDesk
from screens.supervisor.team_words import TypedDays, read_until
from screens.widgets.linetable import Cell, Column, LineTable, Row

FOUND: Final = (
    Column("customer", mark("Customer"), 0),
    Column("owed", mark("Owed"), 15, right=True),
    Column("days", mark("Days"), 5, right=True),
    Column("bucket", mark("Place"), 15, drop=2),
    Column("owner", mark("Owner"), 12, drop=1),
    Column("last", mark("Called"), 10, right=True, drop=3),
)
QUEUE: Final = (
    Column("customer", mark("Customer"), 0),
    Column("why", mark("Why"), 24, drop=1),
    Column("score", mark("Points"), 6, right=True, drop=2),
    Column("owed", mark("Overdue"), 15, right=True),
    Column("days", mark("Days"), 5, right=True),
)
SORTS: Final = ("id", "owed", "days", "idle", "customer")


class CasesScreen(DeskScreen):
    """A list of cases with the case under the cursor beside it. ``what`` is an agent's line of the board, or a filter."""

    PLACE = "cases"
    JUDGES = True
    BINDINGS: ClassVar[list[BindingType]] = bindings("cases", "desk")
    AUTO_FOCUS = "LineTable"

    def __init__(self, desk: SupervisorDesk, what: BoardRow | CaseFilter) -> None:
        super().__init__(desk)
        self._agent = what if isinstance(what, BoardRow) else None
        self._filter = what if isinstance(what, CaseFilter) else CaseFilter(owner=what.agent)
        self._sort = "id"
        self._found: list[CaseLine] = []
        self._queue: list[QueueLine] = []
        self._total = 0
        self._next: str | None = None
        self._loading_more = False
        self._resting: Timer | None = None

    def body(self) -> ComposeResult:
        """Filter line, list, case."""
        yield Static(id="title")
        yield Input(id="asked", placeholder=tr("words · owner:LOGIN · pool · days>30 · owed>5000 · idle>14 · new"))
        with Horizontal(id="main"):
            yield LineTable(FOUND if self._agent is None else QUEUE, markable=True)
            yield Static(id="empty")
            with VerticalScroll(id="side", can_focus=False):
                yield Static(id="side-text")

    def heading(self) -> str:
        """Say whose cases, or which."""
        return (self._agent.name or self._agent.login) if self._agent is not None else tr("Cases")

    # --- loading ---

    async def load(self) -> None:
        """Ask again for as many rows as there are."""
        wanted = max(1, len(self._found) if self._agent is None else len(self._queue))
        found: list[CaseLine] = []
        queue: list[QueueLine] = []
        after: str | None = None
        while True:
            if not await self._page(after, found, queue):
                return
            after = self._next
            if after is None or len(found) + len(queue) >= wanted:
                break
        self._found, self._queue = found, queue
        self.repaint()

    async def _page(self, after: str | None, found: list[CaseLine], queue: list[QueueLine]) -> bool:
        if self._agent is not None:
            page = await self._desk.queue(self._agent.agent, after)
            if isinstance(page, Refused):
                self.say(page.text, trouble=True)
                return False
            queue += page.lines
            self._total, self._next = page.today + page.held, page.next
            return True
        listed = await self._desk.cases(self._filter, after, self._sort)
        if isinstance(listed, Refused):
            self.say(listed.text, trouble=True)
            return False
        found += listed.cases
        self._total, self._next = listed.total, listed.next
        return True

    async def _more(self) -> None:
        try:
            if await self._page(self._next, self._found, self._queue):
                self.repaint()
        finally:
            self._loading_more = False

    def on_line_table_more_wanted(self) -> None:
        """Ask for the next page, once."""
        if self._next is not None and not self._loading_more:
            self._loading_more = True
            self.run_worker(self._more(), group="more", exclusive=False, exit_on_error=False)

    # --- showing ---

    def repaint(self) -> None:
        """Show the cases that are known."""
        if not self.is_ready:
            return
        table = self.query_one(LineTable)
        rows = [self._found_row(each) for each in self._found] + [self._queue_row(each) for each in self._queue]
        table.show(rows, total=self._total)
        if self._agent is None and self._sort != "id":
            column = {"owed": "owed", "days": "days", "idle": "last", "customer": "customer"}[self._sort]
            table.show_order(column, descending=self._sort in ("owed", "days", "idle"))
        self.set_class(not rows, "-empty")
        if not rows:
            self.query_one("#empty", Static).update(Content(self._empty_words()))
            self.query_one("#side-text", Static).update("")
        self._show_title()

    def _empty_words(self) -> str:
        if self._agent is not None:
            return tr("Nothing in this queue. Esc, then d hands out the pool.")
        return tr("No case is like that. / changes the filter; an empty one shows every case.")

    def _show_title(self) -> None:
        said = [trn("{n} case", "{n} cases", self._total).format(n=self._total)]
        if self._agent is None:
            said.append(filter_words(self._filter))
        marks = self.query_one(LineTable).marks
        if marks:
            said.append(tr("{n} marked").format(n=len(marks)))
        self.query_one("#title", Static).update(Content(" · ".join(each for each in said if each)))

    def _found_row(self, line: CaseLine) -> Row:
        flags = ("‖ " if line.stopped else "") + ("? " if line.waiting else "") + ("⌂ " if line.held_until else "")
        now = self._desk.now()
        return Row(
            line.id,
            (
                Cell(flags + line.customer),
                Cell(format_money(line.owed, line.currency)),
                Cell(str(line.days_past_due)),
                Cell(words.bucket_words(line.bucket), "muted"),
                Cell(line.owner_login or tr("the pool"), "" if line.owner_login else "warn"),
                Cell(words.when_short(line.last_attempt_at, now) or tr("never"), "muted"),
            ),
        )

    def _queue_row(self, line: QueueLine) -> Row:
        return Row(
            line.case,
            (
                Cell(line.customer, "" if line.callable else "muted"),
                Cell(("" if line.callable else "☾ ") + line.why, "muted"),
                Cell(str(line.score)),
                Cell(format_money(line.overdue or line.owed, line.currency)),
                Cell(str(line.days_past_due)),
            ),
        )

    # --- the case beside the list ---

    def on_line_table_highlighted(self, event: LineTable.Highlighted) -> None:
        """Read the case once the cursor rests on it."""
        if self._resting is not None:
            self._resting.stop()
        self._resting = self.set_timer(PAUSE, self._open_side) if event.key is not None else None

    def _open_side(self) -> None:
        key = self.query_one(LineTable).selected if self.is_ready else None
        if key is not None:
            self.run_worker(self._show_case(key), group="side", exclusive=True, exit_on_error=False)

    async def _show_case(self, case_id: str) -> None:
        opened = await self._desk.case(case_id)
        if not self.is_ready or self.query_one(LineTable).selected != case_id:
            return
        side = self.query_one("#side-text", Static)
        if isinstance(opened, Refused):
            side.update(Content(opened.text))
            return
        side.update(Content("\n").join(case_lines(opened, self._desk.now())))
        self.query_one("#side", VerticalScroll).scroll_home(animate=False)

    # --- keys ---

    def on_line_table_marked(self) -> None:
        """Say how many are marked."""
        self._show_title()

    def action_mark(self) -> None:
        """Mark the case under the cursor."""
        self.query_one(LineTable).toggle_mark()

    def action_mark_all(self) -> None:
        """Mark every case that has been loaded, or none."""
        self.query_one(LineTable).mark_all()

    def action_filter(self) -> None:
        """Open the filter line."""
        if self._agent is not None:
            self.say(tr("This is one agent's queue; Esc, then f finds cases of everybody."))
            return
        asked = self.query_one("#asked", Input)
        asked.add_class("open")
        asked.value = filter_words(self._filter, typed=True)
        asked.focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Take the filter, or say what is wrong with it."""
        read = read_filter(event.value)
        if isinstance(read, Refused):
            self.say(read.text, trouble=True)
            return
        self._filter = read
        self._found = []
        self._close_filter()
        self.query_one(LineTable).mark([])
        self.reload()

    def _close_filter(self) -> None:
        self.query_one("#asked", Input).remove_class("open")
        self.query_one(LineTable).focus()

    def action_back(self) -> None:
        """Close the filter line, or go back."""
        if self.query_one("#asked", Input).has_class("open"):
            self._close_filter()
        else:
            super().action_back()

    def action_sort(self) -> None:
        """Sort by the next thing."""
        if self._agent is None:
            self._sort = SORTS[(SORTS.index(self._sort) + 1) % len(SORTS)]
            self._found = []
            self.reload()

    def _wanted(self) -> MoveSource | None:
        """Give the marked cases; without marks, everything the filter finds."""
        marks = self.query_one(LineTable).marks
        if marks:
            said = trn("{n} marked case", "{n} marked cases", len(marks)).format(n=len(marks))
            return MoveSource(said, len(marks), cases=marks)
        if not self._total:
            return None
        said = filter_words(self._filter) or tr("every case")
        if self._agent is not None:
            said = tr("the queue of {name}").format(name=self._agent.name or self._agent.login)
        return MoveSource(said, self._total, filters=(self._filter,))

    def action_reassign(self) -> None:
        """Move the marked cases; without marks, everything the filter finds."""
        source = self._wanted()
        if source is not None:
            self.post_message(self.Go("move", source))

    def action_hold(self) -> None:
        """Keep the marked cases where they are; without marks, everything the filter finds."""
        source = self._wanted()
        if source is None:
            return

        def typed(text: str | None) -> None:
            if text is None:
                return
            read = read_until(text, self._desk.now().astimezone().date())
            if isinstance(read, Refused):
                self.say(read.text, trouble=True)
            else:
                self.carry_out(self._hold(source, read))

        cases = trn("{n} case", "{n} cases", source.count).format(n=source.count)
        question = tr("Until when do they stay where they are ({what}, {cases})? Then a comma and the reason.")
        hint = tr("fri, waits for the credit note · in 3 days · 2026-12-01")
        self.app.push_screen(AskLine(question.format(what=source.words, cases=cases), hint=hint), typed)

    async def _hold(self, source: MoveSource, until: TypedDays) -> None:
        answer = await self._desk.staff.hold(self._desk.new_id(), source, until.first.isoformat(), until.reason)
        if self.refused(answer) or isinstance(answer, Refused):
            return
        said = trn("{n} case stays until {day}", "{n} cases stay until {day}", answer.cases)
        day = day_plain(answer.until)
        self.say(tr("{what}; h on the board lets go").format(what=said.format(n=answer.cases, day=day)))

    def action_pool(self) -> None:
        """Show the cases nobody owns."""
        if self._agent is None:
            self._filter = replace(CaseFilter(), unassigned=not self._filter.unassigned)
            self._found = []
            self.reload()
