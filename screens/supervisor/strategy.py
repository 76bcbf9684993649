"""The queue's strategy: points, order and cut-off changed here, tried on today's cases, and only then published."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar, Final

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.timer import Timer
from textual.widgets import Static

from domain.i18n import mark, tr, trn
from domain.strategy import BUCKETS, QueueStrategy
from domain.supervision import Simulation
from screens.ports import Refused
from screens.supervisor.asking import AskLine
from screens.supervisor.commands import bindings
from screens.supervisor.frame import DeskScreen
from screens.supervisor.house import HouseDocument
from screens.supervisor.ports import SupervisorDesk
from screens.supervisor.words import bucket_words
from screens.widgets.linetable import Cell, Column, LineTable, Row

RULES: Final = (Column("rule", mark("What counts"), 0), Column("value", mark("Points"), 8, right=True))
MOVES: Final = (
    Column("customer", mark("Customer"), 0),
    Column("owner", mark("Owner"), 8, drop=1),
    Column("rank", mark("Place"), 11, right=True),
    Column("score", mark("Points"), 9, right=True),
    Column("why", mark("Why"), 22, drop=2),
)
WEIGHTS: Final[tuple[tuple[str, str], ...]] = (
    ("balance", mark("balance")),
    ("stage", mark("days to the next stage")),
    ("broken", mark("broken promises")),
    ("contact", mark("contactability")),
    ("risk", mark("risk")),
    ("since", mark("days since the last attempt")),
    ("first", mark("first-time defaulter")),
)
_REST: Final = 0.6


class StrategyScreen(DeskScreen):
    """Rules on the left, what they would change on the right."""

    PLACE = "strategy"
    BINDINGS: ClassVar[list[BindingType]] = bindings("strategy", "desk")
    AUTO_FOCUS = "#rules"

    def __init__(self, desk: SupervisorDesk) -> None:
        super().__init__(desk)
        self._document: HouseDocument | None = None
        self._strategy = QueueStrategy()
        self._goal = 0
        self._changed = False
        self._simulation: Simulation | None = None
        self._resting: Timer | None = None

    def body(self) -> ComposeResult:
        """Give the rules, and the cases that would move."""
        yield Static(id="title")
        with Horizontal(id="main"):
            yield LineTable(RULES, id="rules")
            with Vertical(id="simulated"):
                yield Static(id="simulated-title")
                yield LineTable(MOVES, id="moves")

    def heading(self) -> str:
        """Name the screen."""
        return tr("The queue's strategy")

    async def load(self) -> None:
        """Read the policy; what was changed here stays."""
        document = await self._desk.house("policy")
        if self.refused(document) or isinstance(document, Refused) or self._changed:
            return
        self._document = document
        queue = document.body.get("queue") or {}
        known = {name: queue[name] for name, _ in WEIGHTS if isinstance(queue.get(name), int)}
        self._strategy = replace(QueueStrategy(order=tuple(queue.get("order") or ())), **known)
        self._goal = int(document.body.get("daily_goal", 0))
        self.repaint()

    @property
    def _order(self) -> list[str]:
        given = list(self._strategy.order)
        return [*given, *(code for code in BUCKETS if code not in given)]

    def repaint(self) -> None:
        """Show rules and simulation."""
        if not self.is_ready or self._document is None:
            return
        total = sum(getattr(self._strategy, name) for name, _ in WEIGHTS)
        rows = [Row("heading points", (Cell(tr("Points, together {n} of 100").format(n=total)),), heading=True)]
        rows += [
            Row(f"weight {name}", (Cell(tr(said)), Cell(str(getattr(self._strategy, name))))) for name, said in WEIGHTS
        ]
        rows.append(Row("heading order", (Cell(tr("Order: < and > move a kind")),), heading=True))
        rows += [
            Row(f"kind {code}", (Cell(bucket_words(code)), Cell(str(place))))
            for place, code in enumerate(self._order, 1)
        ]
        rows.append(Row("heading cut", (Cell(tr("Cut-off")),), heading=True))
        rows.append(Row("goal", (Cell(tr("calls a day")), Cell(str(self._goal)))))
        self.query_one("#rules", LineTable).show(rows)
        problems = self._strategy.problems()
        if problems:
            self.query_one("#title", Static).update(Content.styled("✗ " + problems[0], "$text-error"))
        else:
            said = (
                tr("changed, not published: p publishes it, x takes it back") if self._changed else tr("as published")
            )
            self.query_one("#title", Static).update(Content(said))
        self._show_simulation()

    def _show_simulation(self) -> None:
        simulation = self._simulation
        title = self.query_one("#simulated-title", Static)
        table = self.query_one("#moves", LineTable)
        if simulation is None:
            title.update(Content(tr("+ and - change the points; what would change stands here before anything does.")))
            table.show([])
            return
        said = trn("{n} of {total} case would move", "{n} of {total} cases would move", simulation.changed)
        parts = [said.format(n=simulation.changed, total=simulation.cases)]
        parts.append(tr("{n} into the day's calls, {m} out of them").format(n=simulation.entered, m=simulation.left))
        title.update(Content(" · ".join(parts)))
        table.show(
            [
                Row(
                    each.case,
                    (
                        Cell(each.customer),
                        Cell(each.owner_login, "muted"),
                        Cell(f"{each.old_rank or '–'} → {each.new_rank or '–'}"),
                        Cell(f"{each.old_score} → {each.new_score}"),
                        Cell(", ".join(each.reasons) or each.new_why, "muted"),
                    ),
                )
                for each in simulation.rows
            ]
        )

    # --- changing ---

    def _change(self, strategy: QueueStrategy, goal: int) -> None:
        if (strategy, goal) == (self._strategy, self._goal):
            return
        self._strategy, self._goal, self._changed = strategy, goal, True
        self.repaint()
        if self._resting is not None:
            self._resting.stop()
        self._resting = self.set_timer(_REST, self._try) if not strategy.problems() else None

    def action_more(self, step: int) -> None:
        """Give what is under the cursor more or fewer points, or calls a day."""
        kind, _, name = (self.query_one("#rules", LineTable).selected or "").partition(" ")
        if kind == "weight":
            value = max(0, min(100, getattr(self._strategy, name) + step))
            changes: dict[str, Any] = {name: value}
            self._change(replace(self._strategy, **changes), self._goal)
        elif kind == "goal":
            self._change(self._strategy, max(1, self._goal + 5 * step))

    def action_shift(self, step: int) -> None:
        """Move a kind of case up or down in the order."""
        kind, _, code = (self.query_one("#rules", LineTable).selected or "").partition(" ")
        if kind != "kind":
            return
        order = self._order
        place = order.index(code)
        other = place + step
        if 0 <= other < len(order):
            order[place], order[other] = order[other], order[place]
            self._change(replace(self._strategy, order=tuple(order)), self._goal)

    def _body(self) -> dict[str, object]:
        assert self._document is not None
        queue = {name: getattr(self._strategy, name) for name, _ in WEIGHTS} | {"order": list(self._strategy.order)}
        return dict(self._document.body) | {"queue": queue, "daily_goal": self._goal}

    def _try(self) -> None:
        if self.is_ready and self._document is not None:
            self.run_worker(self._simulate(), group="simulate", exclusive=True, exit_on_error=False)

    async def _simulate(self) -> None:
        answer = await self._desk.simulate(self._body())
        if self.refused(answer) or isinstance(answer, Refused) or not self.is_ready:
            return
        self._simulation = answer
        self._show_simulation()

    # --- publishing ---

    def action_discard(self) -> None:
        """Take the changes back."""
        self._changed, self._simulation = False, None
        self.reload()

    def action_publish(self) -> None:
        """Publish the strategy, with a note why."""
        if not self._changed or self._document is None:
            self.say(tr("Nothing was changed."))
            return
        problems = self._strategy.problems()
        if problems:
            self.say(problems[0], trouble=True)
            return

        def noted(note: str | None) -> None:
            if note is not None:
                self.carry_out(self._publish(note))

        question = tr("Publish the strategy to every agent: what for? It stands in the list of versions.")
        self.app.push_screen(AskLine(question, needed=False), noted)

    async def _publish(self, note: str) -> None:
        assert self._document is not None
        answer = await self._desk.publish_policy(self._body(), self._document.etag, note)
        if isinstance(answer, Refused) and answer.code == "outdated":
            self.say(
                tr(
                    "Somebody published another version meanwhile; nothing was overwritten. x shows theirs, then try again."
                ),
                trouble=True,
            )
            return
        if self.refused(answer):
            return
        self._changed, self._simulation = False, None
        self.say(tr("published; every agent has it with the next sync"))
        self.reload()
