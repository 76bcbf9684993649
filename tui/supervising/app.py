"""The supervisor's application: opens the door, shows the board and what is reached from it, follows the server."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, ClassVar, Protocol

from textual import events
from textual.app import App, SuspendNotSupported
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.worker import Worker, WorkerState

from domain.i18n import Language, language, tr, use_language
from screens.commands import Place
from screens.ports import Refused
from screens.supervisor.commands import bindings, commands, titles
from screens.supervisor.frame import DeskScreen
from screens.supervisor.ports import SupervisorDesk
from screens.unlock import UnlockScreen
from tui.renewing import refuse
from tui.supervising.ways import screen_for
from tui.themes import THEMES

if TYPE_CHECKING:
    from textual.command import CommandPalette

    from screens.supervisor.audit import AuditScreen
    from screens.supervisor.editors import EditorsScreen
    from screens.supervisor.figures import FiguresScreen


class SupervisorPlace(Protocol):
    """What stands behind the application once the door is open."""

    @property
    def desk(self) -> SupervisorDesk:
        """The supervisor's desk."""
        ...

    async def run(self) -> None:
        """Follow the server until cancelled."""
        ...

    async def log_in(self, password: str) -> Refused | None:
        """Begin a new session; a sentence when that did not go well."""
        ...

    async def close(self) -> None:
        """End the session."""
        ...


Opener = Callable[[str, str, str], Awaitable[SupervisorPlace | Refused]]


class BoardApp(App[None]):
    """The application. ``opener`` logs in with server, login and password; ``ready`` is a desk that is open already.

    ``password`` is for a demonstration, where nobody is asked at the door.
    """

    TITLE = "duecall board"
    CSS_PATH = DeskScreen.CSS_FILE
    ENABLE_COMMAND_PALETTE = True
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings("app"),
        Binding("ctrl+c", "copy_hint", "Copy", show=False, id="app.copy_hint"),
    ]

    def __init__(
        self,
        opener: Opener,
        *,
        ready: SupervisorPlace | None = None,
        server: str = "",
        login: str = "",
        password: str | None = None,
        theme: str | None = None,
        keep_language: Callable[[Language], None] | None = None,
        on_defect: Callable[[BaseException], None] | None = None,
        idle_lock_minutes: int = 10,
    ) -> None:
        super().__init__()
        self._opener = opener
        self._open_already = ready
        self._server = server
        self._login = login
        self._password = password
        for each in THEMES:
            self.register_theme(each)
        self.theme = theme if theme in self.available_themes else THEMES[0].name
        self._keep_language = keep_language
        self._on_defect = on_defect
        self._place: SupervisorPlace | None = None
        self._asking_again = False
        self._idle_lock = idle_lock_minutes * 60
        self._idle = 0

    @property
    def desk(self) -> SupervisorDesk | None:
        """The open desk, unless the door is closed."""
        return self._place.desk if self._place is not None and not self._asking_again else None

    async def on_mount(self) -> None:
        """Go in, or ask at the door."""
        if self._open_already is not None:
            await self._enter(self._open_already)
        elif self._password is not None:
            place = await self._opener(self._server, self._login, self._password)
            if isinstance(place, Refused):
                self.exit(return_code=1, message=place.text)
            else:
                await self._enter(place)
        else:
            await self.push_screen(UnlockScreen(first=True, server=self._server, login=self._login, hint=_hint()))
        self.set_interval(15, self._count_idle)

    async def on_unlock_screen_submitted(self, event: UnlockScreen.Submitted) -> None:
        """Log in, for the first time or again."""
        if isinstance(self.screen, UnlockScreen):
            self.run_worker(self._open(event, self.screen), group="door", exclusive=True, exit_on_error=False)

    async def _open(self, event: UnlockScreen.Submitted, door: UnlockScreen) -> None:
        if self._asking_again and self._place is not None:
            refused = await self._place.log_in(event.password)
            if refused is not None:
                await refuse(self, refused, event, door, self._server, self._login)
                return
            self._asking_again = False
            self.pop_screen()
            return
        result = await self._opener(event.server, event.login, event.password)
        if isinstance(result, Refused):
            await refuse(self, result, event, door, self._server, self._login)
            return
        self._server, self._login = event.server, event.login
        self.pop_screen()
        await self._enter(result)

    async def _enter(self, place: SupervisorPlace) -> None:
        self._place = place
        await self.push_screen(screen_for("board", place.desk, None))
        self.run_worker(place.run(), group="link", exclusive=False, exit_on_error=False)

    async def on_unmount(self) -> None:
        """End the session."""
        if self._place is not None:
            await self._place.close()

    # --- from screen to screen ---

    async def on_desk_screen_go(self, event: DeskScreen.Go) -> None:
        """Show another screen."""
        if self.desk is not None:
            await self.push_screen(screen_for(event.place, self.desk, event.what))

    def on_desk_screen_back(self) -> None:
        """Go back; the board is as far as it goes."""
        if isinstance(self.screen, DeskScreen) and self.screen.PLACE != "board":
            self.pop_screen()

    def on_desk_screen_defect(self, event: DeskScreen.Defect) -> None:
        """Say that something of ours went wrong, and keep a report."""
        self._defect(event.error)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Say that a deed met an error of ours."""
        if event.state == WorkerState.ERROR and event.worker.error is not None:
            self._defect(event.worker.error)

    def _defect(self, error: BaseException) -> None:
        if self._on_defect is not None:
            self._on_defect(error)
        self._say(tr("duecall met an error of its own here; nothing was lost. F5 asks the server again."), trouble=True)

    def _say(self, words: str, *, trouble: bool = False) -> None:
        if isinstance(self.screen, DeskScreen):
            self.screen.say(words, trouble=trouble)

    def on_unlock_screen_left(self) -> None:
        """Stay at the door: everything is on the server, and there is nothing to see without a login."""

    # --- files and editors ---

    async def on_figures_screen_export(self, event: FiguresScreen.Export) -> None:
        """Keep a figure as a file."""
        from tui.supervising.delivering import pdf_of, said, svg_of

        desk, report = self.desk, event.report
        if desk is None:
            return
        if event.form == "csv":
            content = await desk.report_csv(report.name, report.since, report.until)
        elif event.form == "svg" and event.chart is not None:
            content = svg_of(report, event.chart)
        else:
            content = await asyncio.to_thread(pdf_of, report, event.chart, desk.name, desk.now())
        words, trouble = said(self, content, f"{report.name}-{report.until}", event.form)
        self._say(words, trouble=trouble)

    async def on_audit_screen_export(self, event: AuditScreen.Export) -> None:
        """Keep the trail as a file."""
        from tui.supervising.delivering import said

        if self.desk is not None:
            content = await self.desk.audit_csv(event.query)
            words, trouble = said(self, content, f"audit-{self.desk.now().date()}", "csv")
            self._say(words, trouble=trouble)

    def on_editors_screen_edit(self, event: EditorsScreen.Edit) -> None:
        """Let a text be edited: in the person's own editor where there is one and a terminal to show it in."""
        from screens.supervisor.texteditor import TextEditor
        from tui.supervising.owneditor import edited, own_editor

        command = () if event.built_in or self.is_web else own_editor(os.environ)
        if command:
            try:
                with self.suspend():
                    result = edited(command, event.text)
            except SuspendNotSupported:
                command = ()
            else:
                if isinstance(result, Refused):
                    self._say(result.text, trouble=True)
                else:
                    event.edited(result)
                return
        self.push_screen(TextEditor(event.part.title, event.text), lambda text: event.edited(text or event.text))

    # --- commands ---

    async def action_refresh(self) -> None:
        """Ask the server again, or log in again where the session has ended."""
        if self.desk is None:
            return
        if self.desk.link().state == "login":
            await self._ask_again(tr("The session has ended; what was done is kept. ↵ logs in again."))
        elif isinstance(self.screen, DeskScreen):
            self.screen.reload()
            self._say(tr("asking the server …"))

    async def action_lock(self) -> None:
        """Lock the screen."""
        if self.desk is not None:
            await self._ask_again(tr("Locked. Nothing is lost; what you typed is kept. ↵ unlocks."))

    async def _ask_again(self, words: str) -> None:
        self._asking_again = True
        await self.push_screen(UnlockScreen(first=False, login=self._login, hint=words))

    async def action_help(self) -> None:
        """Show every key of the screen, and everywhere."""
        from screens.help import HelpScreen

        screen = self.screen
        if isinstance(screen, DeskScreen):
            named = titles()
            places: tuple[Place, ...] = ("board", "app") if screen.PLACE == "board" else (screen.PLACE, "desk", "app")
            sections = [(named[place], commands(place)) for place in places if commands(place)]
            await self.push_screen(HelpScreen(sections, tr("Arrows and PgUp/PgDn move, ↵ opens, Esc goes back.")))

    async def action_language(self) -> None:
        """Switch between Chinese and English, at once and for the next start."""
        use_language("en" if language() == "zh" else "zh")
        if self._keep_language is not None:
            self._keep_language(language())
        for screen in self.screen_stack:
            if isinstance(screen, DeskScreen):
                screen.translated()
            elif isinstance(screen, UnlockScreen):
                await screen.recompose()

    def action_command_palette(self) -> None:
        """Find any command; not at the door."""
        if isinstance(self.screen, DeskScreen):
            self.push_screen(_palette())

    def action_copy_hint(self) -> None:
        """Say how to leave: Ctrl+C is what people press first."""
        self._say(tr("^Q leaves duecall; everything is saved."))

    # --- idle lock ---

    async def on_event(self, event: events.Event) -> None:
        """Notice that somebody is there."""
        if isinstance(event, events.Key | events.MouseEvent | events.Paste):
            self._idle = 0
        await super().on_event(event)

    async def _count_idle(self) -> None:
        self._idle += 15
        if self._idle_lock and self._idle >= self._idle_lock:
            self._idle = 0
            await self.action_lock()

    def get_default_screen(self) -> Screen[None]:
        """Give the empty screen below everything."""
        return Screen(id="_default")


def _palette() -> CommandPalette:
    from textual.command import CommandPalette

    from tui.supervising.palette import DeskCommands

    return CommandPalette(providers=[DeskCommands], placeholder=tr("command …"))


def _hint() -> str:
    return tr("A supervisor's login. Nothing of customers is kept on this machine. ↵ opens, ^Q leaves.")
