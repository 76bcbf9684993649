"""What every screen of the supervisor's desk has: top line, body, message, keys; loading beside the screen."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.content import Content
from textual.message import Message
from textual.screen import Screen
from textual.timer import Timer
from textual.widgets import Static
from textual.worker import Worker, WorkerState

from domain.formats import ago
from domain.freshness import CashState, cash_words
from domain.i18n import tr
from screens.commands import Place
from screens.ports import Refused
from screens.supervisor.commands import commands
from screens.supervisor.ports import Link, SupervisorDesk
from screens.widgets.cells import fit, width
from screens.widgets.keybar import KeyBar

Going = Callable[[], Awaitable[None]]

_TOGETHER = 0.3
"""Seconds in which several hints of the server make one refresh."""


class DeskScreen(Screen[None]):
    """A screen of the supervisor's desk. Subclasses say what is in the body, and how it is loaded and shown again.

    Posts :class:`Go` when another screen is wanted and :class:`Defect` when work beside it met an error of our own.
    """

    PLACE: ClassVar[Place] = "board"
    CSS_FILE: ClassVar[Path] = Path(__file__).with_name("desk.tcss")
    CSS_PATH = CSS_FILE
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]  # noqa: RUF012  # Textual declares it as an instance variable

    @dataclass
    class Go(Message):
        """Another screen is wanted; ``what`` is what it is about."""

        place: Place
        what: Any = field(default=None, repr=False)

    @dataclass
    class Back(Message):
        """The screen before is wanted back."""

    @dataclass
    class Defect(Message):
        """Work beside the screen failed for a reason of our own."""

        error: BaseException

    JUDGES: ClassVar[bool] = False
    """Whether something is judged here by what was paid: then the top line says how fresh the payments are."""

    def __init__(self, desk: SupervisorDesk) -> None:
        super().__init__()
        self._desk = desk
        self._cash: CashState | None = None
        self._unsubscribe: Callable[[], None] | None = None
        self._soon: Timer | None = None
        self._shown_before = False

    # --- for subclasses ---

    def body(self) -> ComposeResult:
        """Give the widgets between top line and keys."""
        yield from ()

    def heading(self) -> str:
        """Say in the middle of the top line what is shown."""
        return ""

    async def load(self) -> None:
        """Ask the desk for what is shown, and show it."""

    def repaint(self) -> None:
        """Show again what is known, after the language changed."""

    # --- the frame ---

    def compose(self) -> ComposeResult:
        """Top line, body, keys, message."""
        yield DeskBar(self._desk, self.heading, self._freshness)
        yield from self.body()
        yield KeyBar(commands(self.PLACE, *(("desk",) if self.PLACE != "board" else ()), "app"))
        yield Static(id="message")

    def _freshness(self) -> str:
        return cash_words(self._cash, self._desk.now()) if self._cash is not None else ""

    def on_mount(self) -> None:
        """Load, and follow the desk from now on."""
        self._unsubscribe = self._desk.subscribe(self._follow)
        self.set_interval(5, self._tick)
        self.reload()

    def on_unmount(self) -> None:
        """Stop following the desk."""
        if self._unsubscribe is not None:
            self._unsubscribe()

    def on_screen_resume(self) -> None:
        """Show what changed while another screen was on top."""
        first, self._shown_before = not self._shown_before, True
        if not first:
            self.reload()
            self.query_one(KeyBar).refresh_keys()

    def _tick(self) -> None:
        if self.is_ready:
            self.query_one(DeskBar).refresh_line()

    @property
    def is_ready(self) -> bool:
        """Whether the widgets are there: the screen may be on its way out, or being written anew in another language."""
        return self.is_attached and bool(self.query(KeyBar))

    def _follow(self) -> None:
        """Load again soon, once for all the hints that come together; a screen below another one waits until it is seen."""
        if self.is_ready:
            self.query_one(DeskBar).refresh_line()
        if self.is_current and self._soon is None:
            self._soon = self.set_timer(_TOGETHER, self._now)

    def _now(self) -> None:
        self._soon = None
        self.reload()

    def reload(self) -> None:
        """Load beside the screen; a load that is still running has become pointless."""
        work: Any = self._load  # a function, so that nothing is left unawaited when the application ends at this moment
        self.run_worker(work, group="load", exclusive=True, exit_on_error=False)

    async def _load(self) -> None:
        if self.is_ready:
            await self.load()
        if self.JUDGES and self.is_ready:
            cash = await self._desk.cash()
            self._cash = self._cash if isinstance(cash, Refused) else cash
        if self.is_ready:
            self.query_one(DeskBar).refresh_line()

    def carry_out(self, work: Coroutine[Any, Any, None]) -> Worker[None]:
        """Do something that changes the world: it is never cancelled, even when the screen goes, unless somebody asks."""
        return self.app.run_worker(work, group="deeds", exclusive=False, exit_on_error=False)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Tell of work that failed for a reason of our own."""
        if event.state == WorkerState.ERROR and event.worker.error is not None:
            self.post_message(self.Defect(event.worker.error))

    def translated(self) -> None:
        """Fill the screen again after its language changed."""
        self.query_one(KeyBar).refresh_keys()
        self.query_one(DeskBar).refresh_line()
        self.repaint()
        self.reload()

    def say(self, words: str, *, trouble: bool = False) -> None:
        """Show a line above the keys until the next key."""
        if not self.is_ready:
            return
        line = self.query_one("#message", Static)
        line.update(Content(words))
        line.set_class(bool(words), "shown")
        line.set_class(trouble, "trouble")

    def refused(self, answer: object) -> bool:
        """Tell whether an answer is a refusal, and say it."""
        if isinstance(answer, Refused):
            self.say(answer.text, trouble=True)
            return True
        return False

    def on_key(self) -> None:
        """Let the last message go."""
        self.say("")

    def action_back(self) -> None:
        """Go back one screen."""
        self.post_message(self.Back())


class DeskBar(Static):
    """Left: whose desk. Middle: what is shown. Right: the truth about the line."""

    DEFAULT_CSS = """
    DeskBar { dock: top; height: 1; background: $panel; padding: 0 1; }
    """

    def __init__(self, desk: SupervisorDesk, heading: Callable[[], str], freshness: Callable[[], str]) -> None:
        super().__init__()
        self._desk = desk
        self._heading = heading
        self._freshness = freshness

    def on_resize(self) -> None:
        """Lay out for the new width."""
        self.refresh_line()

    def refresh_line(self) -> None:
        """Write the line anew. What does not fit goes in this order: whose desk, the end of what is shown; never how fresh."""
        cells = max(10, self.size.width)
        short = Content.styled("duecall", "bold $accent")
        left = Content.assemble(short, "  ", self._desk.name, " · ", self._desk.team)
        right = link_words(self._desk.link(), self._desk)
        heading, fresh = self._heading(), self._freshness()
        middle = " · ".join(each for each in (heading, fresh) if each)
        room = cells - left.cell_length - right.cell_length - 4
        if fresh and width(middle) > room:
            left, room = short, cells - short.cell_length - right.cell_length - 4
        while width(middle) > room and " · " in heading:
            heading = heading.rpartition(" · ")[0]
            middle = " · ".join(each for each in (heading, fresh) if each)
        if width(middle) > room:
            cut = fit(heading, room - width(fresh) - 3).rstrip() if fresh else ""
            middle = " · ".join(each for each in (cut, fresh) if each)
        if left.cell_length + right.cell_length + 2 > cells:
            left = left.truncate(max(1, cells - right.cell_length - 2), ellipsis=True)
        gap = cells - left.cell_length - right.cell_length - width(middle)
        before = max(1, gap // 2)
        self.update(
            Content.assemble(left, " " * before, (middle, "$foreground-muted"), " " * max(1, gap - before), right)
        )


def link_words(link: Link, desk: SupervisorDesk) -> Content:
    """Say how the line is."""
    if link.state == "live":
        return Content.assemble(("● ", "$success"), tr("live"))
    if link.state == "asking":
        return Content.assemble(("◐ ", "$accent"), tr("asked every few seconds"))
    if link.state == "login":
        return Content.assemble(("○ ", "$warning"), tr("log in again: F5"))
    words = tr("off-line")
    if link.heard is not None:
        words = tr("off-line {since}").format(since=ago(desk.now() - link.heard))
    return Content.assemble(("○ ", "$warning"), words)
