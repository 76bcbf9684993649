"""Moving cases: to whom or by which strategy, what it would come to for everybody, then done, watched and undone."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.timer import Timer
from textual.widgets import Static

from domain.i18n import mark, tr, trn
from domain.supervision import AgentLine, AgentList, ReassignmentAnswer, ReassignmentRequest, StrategyName
from screens.ports import Refused
from screens.supervisor import words
from screens.supervisor.asking import AskLine
from screens.supervisor.commands import bindings
from screens.supervisor.frame import DeskScreen
from screens.supervisor.moving_words import preview_lines, result_words
from screens.supervisor.ports import MoveSource, SupervisorDesk
from screens.widgets.linetable import Cell, Column, LineTable, Row

TARGETS: Final = (
    Column("target", mark("Where to"), 0),
    Column("cases", mark("Cases"), 6, right=True),
    Column("owed", mark("Owed"), 13, right=True, drop=1),
)
STRATEGIES: Final[tuple[tuple[StrategyName, str, str], ...]] = (
    ("even", mark("evenly"), mark("equal counts, equal amounts")),
    ("capacity", mark("by capacity"), mark("to those with the most room")),
    ("priorities", mark("equal across priorities"), mark("everybody gets some of each place in the queue")),
    ("skills", mark("by language and skill"), mark("to those who speak and know what the case asks for")),
    ("last_owner", mark("same owner as last time"), mark("back to whoever had it, the rest evenly")),
)
_REST: Final = 0.3
_AT_ONCE_MS: Final = 800
"""How long the server works on a large move before it says how far it is."""


class MoveScreen(DeskScreen):
    """Where cases go. ``source`` says which."""

    PLACE = "move"
    JUDGES = True
    BINDINGS: ClassVar[list[BindingType]] = bindings("move", "desk")
    AUTO_FOCUS = "LineTable"

    def __init__(self, desk: SupervisorDesk, source: MoveSource) -> None:
        super().__init__(desk)
        self._source = source
        self._agents: AgentList | None = None
        self._now_mode = False
        self._held = False
        self._preview: ReassignmentAnswer | None = None
        self._previewed: ReassignmentRequest | None = None
        self._resting: Timer | None = None
        self._done: str | None = None
        self._result: list[Content] = []
        self._moving = False

    def body(self) -> ComposeResult:
        """Options, where to, what it would come to."""
        yield Static(id="title")
        yield Static(id="options")
        with Horizontal(id="main"):
            yield LineTable(TARGETS, id="targets", markable=True)
            with VerticalScroll(id="preview", can_focus=False):
                yield Static(id="preview-text")
        yield Static(id="progress")

    def heading(self) -> str:
        """Say which cases."""
        return tr("Moving {what}").format(what=self._source.words)

    async def load(self) -> None:
        """Ask who there is."""
        answer = await self._desk.agents()
        if self.refused(answer) or isinstance(answer, Refused):
            return
        self._agents = answer
        self.repaint()

    def repaint(self) -> None:
        """Show targets, options and preview."""
        if not self.is_ready or self._agents is None:
            return
        rows = [Row("heading strategies", (Cell(tr("By a strategy")),), heading=True)]
        rows += [Row(f"strategy {name}", (Cell(tr(said)), Cell(""), Cell(""))) for name, said, _ in STRATEGIES]
        rows.append(
            Row("heading agents", (Cell(tr("To one agent; Space marks those a strategy deals to")),), heading=True)
        )
        rows += [self._agent_row(agent) for agent in self._agents.agents if agent.active]
        pool = self._agents
        rows.append(
            Row("pool", (Cell(tr("the pool")), Cell(str(pool.pool)), Cell(words.money(pool.pool_owed, short=True))))
        )
        self.query_one(LineTable).show(rows)
        cases = trn("{n} case", "{n} cases", self._source.count).format(n=self._source.count)
        self.query_one("#title", Static).update(Content(f"{self._source.words} · {cases}"))
        self._show_options()
        self._show_preview()

    def _agent_row(self, agent: AgentLine) -> Row:
        away = bool(agent.absence)
        name, gone = agent.name or agent.login, tr("away")
        return Row(
            f"agent {agent.agent}",
            (
                Cell(f"{name} · {gone}" if away else name, "muted" if away else ""),
                Cell(str(agent.cases)),
                Cell(words.money(agent.owed, short=True)),
            ),
        )

    def _show_options(self) -> None:
        mode = tr("at once, even in the middle of a call") if self._now_mode else tr("a running call is waited for")
        held = tr("cases on hold come along") if self._held else tr("cases on hold stay")
        self.query_one("#options", Static).update(
            Content.assemble(("n ", "bold $accent"), mode, "   ", ("h ", "bold $accent"), held)
        )

    # --- preview ---

    def _request(self) -> ReassignmentRequest | None:
        """Say what stands under the cursor as a request, without the cases."""
        key = self.query_one(LineTable).selected
        if key is None:
            return None
        asked = ReassignmentRequest(mode="now" if self._now_mode else "after_wrapup", held=self._held)
        kind, _, name = key.partition(" ")
        if kind == "strategy":
            marked = [mark.partition(" ")[2] for mark in self.query_one(LineTable).marks if mark.startswith("agent ")]
            strategy = next(each for each, _, _ in STRATEGIES if each == name)
            return replace(asked, strategy=strategy, agents=marked)
        return replace(asked, to=name if kind == "agent" else None)

    def on_line_table_highlighted(self) -> None:
        """Ask what it would come to once the cursor rests."""
        self._ask_soon()

    def on_line_table_marked(self) -> None:
        """Ask again with these agents."""
        self._ask_soon()

    def _ask_soon(self) -> None:
        if self._resting is not None:
            self._resting.stop()
        self._preview = self._previewed = None
        self._result = []
        self._resting = self.set_timer(_REST, self._ask) if not self._moving else None

    def _ask(self) -> None:
        if self.is_ready:
            self.run_worker(self._ask_preview(), group="preview", exclusive=True, exit_on_error=False)

    async def _ask_preview(self) -> None:
        asked = self._request()
        if asked is None:
            return
        self.query_one("#preview-text", Static).update(Content(tr("asking what it would come to …")))
        answer = await self._desk.move("preview", self._source, replace(asked, dry_run=True))
        if not self.is_ready or asked != self._request():
            return
        if isinstance(answer, Refused):
            self.query_one("#preview-text", Static).update(Content(answer.text))
            return
        self._preview, self._previewed = answer, asked
        self._show_preview()

    def _show_preview(self) -> None:
        if self._result:
            self.query_one("#preview-text", Static).update(Content("\n").join(self._result))
            return
        if self._preview is None or self._agents is None:
            return
        names = {agent.agent: agent.name or agent.login for agent in self._agents.agents}
        said = preview_lines(self._preview, names, self._desk.now())
        asked = self._previewed
        if asked is not None and asked.strategy is not None:
            why = next(tr(text) for name, _, text in STRATEGIES if name == asked.strategy)
            said.insert(0, Content.styled(why, "$foreground-muted"))
        self.query_one("#preview-text", Static).update(Content("\n").join(said))

    # --- keys ---

    def action_mark(self) -> None:
        """Mark an agent a strategy deals to."""
        table = self.query_one(LineTable)
        if (table.selected or "").startswith("agent "):
            table.toggle_mark()

    def action_mode(self) -> None:
        """Wait for running calls, or not."""
        self._now_mode = not self._now_mode
        self._show_options()
        self._ask_soon()

    def action_holds(self) -> None:
        """Take cases on hold along, or not."""
        self._held = not self._held
        self._show_options()
        self._ask_soon()

    def on_line_table_chosen(self) -> None:
        """Move the cases."""
        self.action_apply()

    def action_apply(self) -> None:
        """Move the cases as previewed."""
        if self._moving or self._previewed is None or self._preview is None:
            self.say(tr("The preview comes first; it takes a moment."))
        elif not self._preview.counts.get("planned") and not self._preview.counts.get("waiting"):
            self.say(tr("There is nothing to move like that."), trouble=True)
        else:
            self._begin(self._previewed)

    def action_force(self) -> None:
        """Move the cases and let the new owner call before the old machine has let go, for a reason."""
        asked = self._previewed
        if self._moving or asked is None:
            self.say(tr("The preview comes first; it takes a moment."))
            return

        def forced(reason: str | None) -> None:
            if reason and asked is not None:
                self._begin(replace(asked, force=True, reason=reason))

        question = tr(
            "Force it: two machines might then call one customer. Why is that right here? The audit trail keeps it."
        )
        self.app.push_screen(AskLine(question), forced)

    def _begin(self, asked: ReassignmentRequest) -> None:
        self._moving = True
        self.query_one("#progress", Static).add_class("shown")
        self._show_progress(0, self._source.count)
        self.carry_out(self._carry_out(replace(asked, budget_ms=_AT_ONCE_MS)))

    def _show_progress(self, done: int, total: int) -> None:
        if not self.is_ready:
            return
        cells = max(10, min(40, self.size.width - 40))
        filled = cells * done // total if total else 0
        said = tr("{done} of {total} cases").format(done=done, total=total)
        self.query_one("#progress", Static).update(Content("█" * filled + "░" * (cells - filled) + f"  {said}"))

    async def _carry_out(self, asked: ReassignmentRequest) -> None:
        change = self._desk.new_id()
        try:
            while True:
                answer = await self._desk.move(change, self._source, asked)
                if isinstance(answer, Refused):
                    self.say(answer.text, trouble=True)
                    return
                self._show_progress(answer.done or answer.total, answer.total)
                if answer.state != "running":
                    break
        finally:
            self._moving = False
            if self.is_ready:
                self.query_one("#progress", Static).remove_class("shown")
        self._done = change
        names = {agent.agent: agent.name or agent.login for agent in self._agents.agents} if self._agents else {}
        if self.is_ready:
            self._result, self._preview, self._previewed = result_words(answer, names, self._desk.now()), None, None
            self.say(tr("{what} · u undoes").format(what=self._result[0].plain))
            self.repaint()
            self.reload()

    def action_undo(self) -> None:
        """Give the cases back to whom they came from."""
        if self._done is None or self._moving:
            self.say(tr("Nothing has been moved here yet; z on the board lists what was moved before."))
            return
        change, self._done = self._done, None
        self.carry_out(self._undo(change))

    async def _undo(self, change: str) -> None:
        answer = await self._desk.undo_move(change)
        if isinstance(answer, Refused):
            self._done = change
            self.say(answer.text, trouble=True)
            return
        moved = answer.counts.get("moved", 0) + answer.counts.get("waiting", 0)
        self.say(
            trn("taken back: {n} case is where it was", "taken back: {n} cases are where they were", moved).format(
                n=moved
            )
        )
        self.reload()
        self._ask_soon()
