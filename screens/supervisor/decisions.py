"""Decisions: what waits, the case beside it, one key to decide, one to take it back."""

from __future__ import annotations

from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.timer import Timer
from textual.widgets import Static

from domain.i18n import mark, tr
from domain.money import format_money
from domain.supervision import ReviewDecision, ReviewItem, StopItem
from screens.ports import Refused
from screens.supervisor import words
from screens.supervisor.asking import AskLine
from screens.supervisor.casepanel import PAUSE, case_lines
from screens.supervisor.commands import bindings
from screens.supervisor.decision_words import KINDS, kind_words, review_lines, stop_lines, two_to_choose
from screens.supervisor.frame import DeskScreen
from screens.supervisor.ports import SupervisorDesk
from screens.widgets.linetable import Cell, Column, LineTable, Row

COLUMNS: Final = (
    Column("kind", mark("What"), 22),
    Column("customer", mark("Customer"), 0),
    Column("owed", mark("Owed"), 13, right=True, drop=1),
    Column("from", mark("From"), 12, drop=2),
    Column("at", mark("Since"), 10, right=True),
)
STOPS: Final = "stops"
"""The list of stop flags, beside the kinds of reviews."""

Waiting = ReviewItem | StopItem


class DecisionsScreen(DeskScreen):
    """What waits for a supervisor; ``kind`` shows only one kind of it."""

    PLACE = "decisions"
    JUDGES = True
    BINDINGS: ClassVar[list[BindingType]] = bindings("decisions", "desk")
    AUTO_FOCUS = "LineTable"

    def __init__(self, desk: SupervisorDesk, kind: str | None = None) -> None:
        super().__init__(desk)
        self._kind = kind
        self._items: list[Waiting] = []
        self._next: str | None = None
        self._counts: dict[str, int] = {}
        self._resting: Timer | None = None
        self._decided: list[tuple[str, str]] = []
        self._shown_case: str | None = None
        self._busy: set[str] = set()

    def body(self) -> ComposeResult:
        """Kinds with their counts, the list, the question with its case."""
        yield Static(id="title")
        with Horizontal(id="main"):
            yield LineTable(COLUMNS)
            yield Static(id="empty")
            with VerticalScroll(id="side", can_focus=False):
                yield Static(id="asked-text")
                yield Static(id="side-text")

    def heading(self) -> str:
        """Name what is shown."""
        return tr("Stop flags") if self._kind == STOPS else tr("Decisions")

    # --- loading ---

    async def load(self) -> None:
        """Ask what waits."""
        if self._kind == STOPS:
            stops = await self._desk.stops()
            if self.refused(stops) or isinstance(stops, Refused):
                return
            self._items, self._next = list(stops.stops), stops.next
        else:
            page = await self._desk.reviews(self._kind)
            if self.refused(page) or isinstance(page, Refused):
                return
            self._items, self._next, self._counts = list(page.reviews), page.next, page.counts
        self.repaint()

    def on_line_table_more_wanted(self) -> None:
        """Ask for the next page."""
        if self._next is not None:
            after, self._next = self._next, None
            self.run_worker(self._more(after), group="more", exclusive=False, exit_on_error=False)

    async def _more(self, after: str) -> None:
        if self._kind == STOPS:
            stops = await self._desk.stops(after)
            if not isinstance(stops, Refused):
                self._items, self._next = [*self._items, *stops.stops], stops.next
        else:
            page = await self._desk.reviews(self._kind, after)
            if not isinstance(page, Refused):
                self._items, self._next = [*self._items, *page.reviews], page.next
        self.repaint()

    # --- showing ---

    def repaint(self) -> None:
        """Show what waits."""
        if not self.is_ready:
            return
        total = len(self._items) + (1 if self._next else 0)
        self.query_one(LineTable).show([self._row(item) for item in self._items], total=total)
        self.set_class(not self._items, "-empty")
        if not self._items:
            self.query_one("#empty", Static).update(Content(self._empty_words()))
            self.query_one("#side-text", Static).update("")
        self.query_one("#title", Static).update(Content(self._title()))
        self._show_question()

    def _empty_words(self) -> str:
        if self._kind == STOPS:
            return tr("No stop flag stands.")
        if any(self._counts.values()):
            return tr("Nothing of this kind waits. f shows the next kind.")
        return tr("Nothing waits for you. Esc goes back.")

    def _title(self) -> str:
        parts = [f"{kind_words(kind)} {self._counts[kind]}" for kind in KINDS if self._counts.get(kind)]
        shown = tr("all") if self._kind is None else tr("stop flags") if self._kind == STOPS else kind_words(self._kind)
        return " · ".join([tr("shown: {what}").format(what=shown), *parts])

    def _row(self, item: Waiting) -> Row:
        said = words.stop_words(item.kind) if isinstance(item, StopItem) else kind_words(item.kind)
        owed = ""
        if isinstance(item, ReviewItem) and item.owed is not None and item.currency:
            owed = format_money(item.owed, item.currency)
        return Row(
            item.fact,
            (
                Cell(said),
                Cell(item.customer or item.case),
                Cell(owed),
                Cell(item.author_name or "", "muted"),
                Cell(words.when_short(item.at, self._desk.now()), "muted"),
            ),
        )

    @property
    def _item(self) -> Waiting | None:
        key = self.query_one(LineTable).selected
        return next((item for item in self._items if item.fact == key), None)

    def on_line_table_highlighted(self) -> None:
        """Show the question at once, and its case when the cursor rests."""
        self._show_question()
        if self._resting is not None:
            self._resting.stop()
        self._resting = self.set_timer(PAUSE, self._open_side)

    def _show_question(self) -> None:
        item = self._item
        asked = self.query_one("#asked-text", Static)
        if item is None:
            asked.update("")
            return
        lines = stop_lines(item) if isinstance(item, StopItem) else review_lines(item)
        asked.update(Content("\n").join([*lines, Content("")]))

    def _open_side(self) -> None:
        item = self._item if self.is_ready else None
        if item is not None and item.case:
            self.run_worker(self._show_case(item.case), group="side", exclusive=True, exit_on_error=False)

    async def _show_case(self, case_id: str) -> None:
        opened = await self._desk.case(case_id)
        if not self.is_ready or self._item is None or self._item.case != case_id:
            return
        side = self.query_one("#side-text", Static)
        if isinstance(opened, Refused):
            side.update(Content.styled(tr("The case is not here, or not yours."), "$foreground-muted"))
            return
        side.update(Content("\n").join(case_lines(opened, self._desk.now())))

    # --- deciding ---

    def action_approve(self) -> None:
        """Say yes; a stop flag is lifted for a reason."""
        item = self._item
        if isinstance(item, StopItem):
            self._lift(item)
        elif item is not None:
            self._decide(item, ReviewDecision(True))

    def action_refuse(self) -> None:
        """Say no."""
        item = self._item
        if isinstance(item, ReviewItem):
            self._decide(item, ReviewDecision(False))

    def action_approve_because(self) -> None:
        """Say yes, for a reason."""
        self._with_reason(approved=True)

    def action_refuse_because(self) -> None:
        """Say no, for a reason."""
        self._with_reason(approved=False)

    def _with_reason(self, *, approved: bool) -> None:
        item = self._item
        if not isinstance(item, ReviewItem):
            return

        def answered(reason: str | None) -> None:
            if reason:
                self._decide(item, ReviewDecision(approved, reason))

        question = tr("Why yes? It stays on the case.") if approved else tr("Why no? It stays on the case.")
        self.app.push_screen(AskLine(question), answered)

    def action_keep(self, number: int) -> None:
        """Keep one of two concurrent promises, or of two changes of one promise."""
        item = self._item
        if not isinstance(item, ReviewItem) or not two_to_choose(item) or number > len(item.promises):
            return
        chosen = item.promises[number - 1]
        if item.kind.startswith("concurrent-amendment"):
            self._decide(item, ReviewDecision(number > 1, keep=str(chosen.get("tip"))))
        else:
            self._decide(item, ReviewDecision(True, keep=str(chosen.get("id"))))

    def _lift(self, item: StopItem) -> None:
        def answered(reason: str | None) -> None:
            if reason:
                self.carry_out(self._lift_because(item, reason))

        name = item.customer or item.case
        question = tr("Lift “{flag}” for {name}: why? It stays on the case.").format(
            flag=words.stop_words(item.kind), name=name
        )
        self.app.push_screen(AskLine(question), answered)

    async def _lift_because(self, item: StopItem, reason: str) -> None:
        answer = await self._desk.lift_stop(item.fact, reason)
        if self.refused(answer):
            return
        self._decided.append((STOPS, item.fact))
        self._gone(item, tr("lifted · u undoes"))

    def _decide(self, item: ReviewItem, decision: ReviewDecision) -> None:
        if item.fact not in self._busy:
            self._busy.add(item.fact)
            self.carry_out(self._send(item, decision))

    async def _send(self, item: ReviewItem, decision: ReviewDecision) -> None:
        try:
            answer = await self._desk.decide(item.fact, decision)
        finally:
            self._busy.discard(item.fact)
        if self.refused(answer):
            return
        self._decided.append(("reviews", item.fact))
        self._gone(item, tr("decided: yes · u undoes") if decision.approved else tr("decided: no · u undoes"))

    def _gone(self, item: Waiting, said: str) -> None:
        """Take what was decided off the list at once; the next one is under the cursor."""
        self._items = [each for each in self._items if each.fact != item.fact]
        kind = item.kind.partition(":")[0]
        if self._counts.get(kind):
            self._counts[kind] -= 1
        self.repaint()
        self.say(said)
        self.reload()

    def action_undo(self) -> None:
        """Take the last decision of this sitting back."""
        if not self._decided:
            self.say(tr("Nothing has been decided in this sitting; the audit trail lists what was decided before."))
            return
        self.carry_out(self._undo(*self._decided.pop()))

    async def _undo(self, kind: str, fact: str) -> None:
        answer = await (self._desk.undo_stop(fact) if kind == STOPS else self._desk.undo_decision(fact))
        if self.refused(answer):
            return
        self.say(tr("taken back; it waits again"))
        self.reload()

    def action_kind(self) -> None:
        """Show the next kind that waits, then all of them."""
        waiting: list[str | None] = [None, *(kind for kind in KINDS if self._counts.get(kind))]
        place = waiting.index(self._kind) if self._kind in waiting else -1
        self._show_kind(waiting[(place + 1) % len(waiting)])

    def action_stops(self) -> None:
        """Show the stop flags, or what waits."""
        self._show_kind(None if self._kind == STOPS else STOPS)

    def _show_kind(self, kind: str | None) -> None:
        self._kind, self._items, self._next = kind, [], None
        self.repaint()
        self.reload()

    def on_line_table_chosen(self) -> None:
        """Scroll the case on."""
        self.query_one("#side", VerticalScroll).scroll_page_down(animate=False)
