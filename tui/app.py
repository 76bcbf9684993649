"""The agent's application: opens the door, shows the screens, lets the sync run beside them."""

from __future__ import annotations

import gc
import sys
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, ClassVar, TypeGuard

from textual import events
from textual.binding import Binding, BindingType
from textual.screen import Screen

from domain.i18n import Language, language, tr, use_keys, use_language
from screens.commands import bindings
from screens.ports import Desk, Refused
from screens.queue import QueueScreen
from tui.noticing import NoticeHandlers
from tui.practice.handlers import PracticeHandlers
from tui.themes import THEMES
from tui.workplace import Workplace

if TYPE_CHECKING:
    from screens.call import CallScreen
    from screens.unlock import UnlockScreen

Opener = Callable[[str, str, str], Awaitable[Workplace | Refused]]


def is_call(screen: Screen[object]) -> TypeGuard[CallScreen]:
    """Tell whether a screen is the call screen, without importing it: the queue is painted first."""
    module = sys.modules.get("screens.call")
    return module is not None and isinstance(screen, module.CallScreen)


def is_door(screen: Screen[object]) -> TypeGuard[UnlockScreen]:
    """Tell whether a screen is the door."""
    module = sys.modules.get("screens.unlock")
    return module is not None and isinstance(screen, module.UnlockScreen)


class DuecallApp(PracticeHandlers, NoticeHandlers):
    """The application. ``opener`` opens the profile with server, login and password; ``ready`` is one that is open already."""

    TITLE = "duecall"
    CSS_PATH = QueueScreen.CSS_FILE  # parsed with everything else at the start, not again when the screen comes
    ENABLE_COMMAND_PALETTE = True
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings("app"),
        Binding("ctrl+c", "copy_hint", "Copy", show=False, id="app.copy_hint"),
    ]

    def __init__(
        self,
        opener: Opener,
        *,
        ready: Workplace | None = None,
        first: bool = False,
        server: str = "",
        login: str = "",
        theme: str | None = None,
        keep_language: Callable[[Language], None] | None = None,
        keep_theme: Callable[[str], None] | None = None,
        keymap: Mapping[str, str] | None = None,
        own_keys: Mapping[str, str] | None = None,
        idle_lock_minutes: int = 10,
    ) -> None:
        super().__init__()
        self._opener = opener
        self._open_already = ready
        self._first = first
        self._server = server
        self._login = login
        for each in THEMES:
            self.register_theme(each)
        self.theme = theme if theme in self.available_themes else THEMES[0].name
        self._keep_language = keep_language
        self._keep_theme = keep_theme
        self.own_keys: Mapping[str, str] = own_keys or {}
        use_keys(self.own_keys)
        if keymap:
            self.set_keymap(dict(keymap))
        self._workplace: Workplace | None = None
        self._locked = False
        self._logging_in = False
        self._idle_lock = idle_lock_minutes * 60
        self._idle = 0

    def get_default_screen(self) -> Screen[None]:
        """Give the screen at the bottom: the queue at once when the profile is open, which saves a first empty frame."""
        return Screen(id="_default") if self._open_already is None else QueueScreen(self._open_already.desk)

    @property
    def desk(self) -> Desk | None:
        """The open desk, unless the screen is locked."""
        if self._locked:
            return None
        if self._practice is not None:
            return self._practice.desk  # never the real one: nothing rehearsed may touch it
        return self._workplace.desk if self._workplace is not None else None

    async def on_mount(self) -> None:
        """Go in, or ask at the door."""
        if self._open_already is not None:
            await self._begin(self._open_already)
        else:
            await self.show_door()
        self.set_interval(15, self._count_idle)

    async def show_door(self) -> None:
        """Ask for what opens the profile."""
        from screens.unlock import UnlockScreen

        self.run_worker(self._warm, thread=True, group="warming", exit_on_error=False)
        await self.push_screen(UnlockScreen(first=self._first, server=self._server, login=self._login))

    def _warm(self) -> None:
        from tui.warming import warm

        warm()

    async def on_unlock_screen_submitted(self, event: UnlockScreen.Submitted) -> None:
        """Open the profile, or unlock the screen."""
        door = self.screen
        if not is_door(door):
            return
        if self._logging_in and self._workplace is not None:
            refused = await self._workplace.log_in(event.password)
            if refused is not None:
                from tui.renewing import refuse

                await refuse(self, refused, event, door, self._server, self._login)
                return
            self._logging_in = False
            self.pop_screen()
            door.press_again(self)
            return
        if self._locked and self._workplace is not None:
            if self._workplace.unlocks(event.password):
                self._locked = False
                self.pop_screen()
                door.press_again(self)
            else:
                door.refuse(tr("That is not the password. Nothing is lost; try again."))
            return
        self.run_worker(self._open(event, door), group="door", exclusive=True, exit_on_error=False)

    async def _open(self, event: UnlockScreen.Submitted, door: UnlockScreen) -> None:
        result = await self._opener(event.server, event.login, event.password)
        if isinstance(result, Refused):
            from tui.renewing import refuse

            await refuse(self, result, event, door, self._server, self._login, opens_store=True)
            return
        self._server, self._login = event.server, event.login
        self.pop_screen()
        await self._enter(result)
        door.press_again(self)

    async def _enter(self, workplace: Workplace) -> None:
        await self.push_screen(QueueScreen(workplace.desk))
        await self._begin(workplace)
        self._sync_soon()

    def on_ready(self) -> None:
        """Let the sync begin behind the queue the application started with; Textual tells this once, after a layout."""
        if self._open_already is not None:
            self._sync_soon()

    def _sync_soon(self) -> None:
        """Begin in a moment: the network's modules take as long to import as the queue takes to paint."""
        self.set_timer(0.1, self._start_sync)

    async def _begin(self, workplace: Workplace) -> None:
        """Take up the work behind the queue, and the call that was interrupted, if one was."""
        self._workplace = workplace
        call = workplace.desk.call
        if call is not None:
            from screens.call import CallScreen

            await self.push_screen(CallScreen(workplace.desk, call.case_id))
            self._say(tr("This call was interrupted: everything typed is still here."))

    def _start_sync(self) -> None:
        gc.enable()  # off since the start: collecting what imports leave behind costs a tenth of it
        gc.freeze()
        if self._workplace is not None:
            self.run_worker(self._workplace.run(), group="sync", exclusive=False, exit_on_error=False)

    async def on_unmount(self) -> None:
        """Put everything away."""
        if self._practice is not None:
            self._practice.put_away()
        if self._workplace is not None:
            await self._workplace.close()

    # --- from screen to screen ---

    async def open_case(self, case_id: str) -> None:
        """Show a case on the call screen."""
        if self.desk is None:
            return
        if is_call(self.screen):
            self.screen.open(case_id)
        else:
            from screens.call import CallScreen

            await self.push_screen(CallScreen(self.desk, case_id))

    async def on_queue_screen_open(self, event: QueueScreen.Open) -> None:
        """Open a case; a call in hand comes first."""
        call = self.desk.call if self.desk is not None else None
        if call is not None and call.case_id != event.case_id:
            await self.open_case(call.case_id)
            self._say(tr("This call has no outcome yet: wrap it up first."))
            return
        await self.open_case(event.case_id)

    async def on_queue_screen_resume(self) -> None:
        """Go back to the call in hand."""
        if self.desk is not None and self.desk.call is not None:
            await self.open_case(self.desk.call.case_id)

    def on_call_screen_left(self) -> None:
        """Go back to the queue, to the case that was in hand."""
        screen = self.screen
        if self._practice is not None:
            self._practice.back_to_list()
        elif is_call(screen):
            self.pop_screen()
            self._select(screen.case_id)

    def _select(self, case_id: str | None) -> None:
        for screen in self.screen_stack:
            if isinstance(screen, QueueScreen) and case_id is not None:
                screen.select(case_id)

    async def on_call_screen_finished(self, event: CallScreen.Finished) -> None:
        """Open the next case at once; without one, go back to the queue."""
        if self._practice is not None:
            await self._practice.finished()
            return
        desk = self.desk
        if desk is None or not self.screen_stack:
            return  # the application is on its way out
        screen = self.screen
        if not is_call(screen):
            return
        following = desk.next_case(event.case_id)
        if following is not None:
            self._select(following)
            screen.open(following, event.words)
        else:
            self.pop_screen()
            self.call_after_refresh(self._say, event.words)

    def on_call_screen_dialled(self, event: CallScreen.Dialled) -> None:
        """Ring the number."""
        if self._practice is not None:
            self._practice.dialled()
            return
        from tui.dialing import dial

        workplace, number = self._workplace, event.call.number
        if workplace is None or number is None:
            return
        extension = None
        case = workplace.desk.case(event.call.case_id)
        if case is not None:
            extension = next((phone.extension for phone in case.phones if phone.e164 == number), None)
        self._say(dial(number, extension, workplace.dial_command, self.copy_to_clipboard))

    def _say(self, words: str, *, trouble: bool = False) -> None:
        screen = self.screen
        if isinstance(screen, QueueScreen) or is_call(screen):
            screen.say(words, trouble=trouble)

    def on_unlock_screen_left(self) -> None:
        """Go on without a new login."""
        if self._logging_in:
            self._logging_in = False
            self.pop_screen()

    # --- commands ---

    async def action_undo(self) -> None:
        """Take the last capture back and show its case."""
        if self.desk is None:
            return
        result = self.desk.undo()
        if isinstance(result, Refused):
            self._say(result.text, trouble=True)
            return
        await self.open_case(result.case_id)
        self._say(result.text, trouble=not result.complete)

    async def action_sync(self) -> None:
        """Exchange with the server now."""
        if self.desk is None:
            return
        if self.desk.status().state == "login":
            from screens.unlock import UnlockScreen

            self._logging_in = True
            await self.push_screen(
                UnlockScreen(
                    first=False, login=self._login, hint=tr("The server wants a new login. Esc goes on without.")
                )
            )
            return
        self.desk.sync_now()
        self._say(tr("asking the server …") if self._practice is None else tr("A rehearsal: nothing is sent."))

    def action_keyring(self) -> None:
        """Let the system's keyring open the door, or not."""
        if self._workplace is not None and not self._locked:
            self._say(self._workplace.toggle_keyring())

    async def action_practice(self) -> None:
        """Rehearse a call; not while a real one is in hand."""
        if self._practice is not None or self._locked:
            return
        real = self._workplace.desk if self._workplace is not None else None
        if real is not None and real.call is not None:
            self._say(tr("This call has no outcome yet: wrap it up first."), trouble=True)
        else:
            await self.practise(self, real)

    async def action_lock(self) -> None:
        """Lock the screen; the sync goes on."""
        if self._workplace is not None and not self._locked:
            from screens.unlock import UnlockScreen

            self._locked = True
            await self.push_screen(UnlockScreen(first=False, login=self._login, locked=True))

    async def action_help(self) -> None:
        """Show every key."""
        from screens.help import HelpScreen

        if not (isinstance(self.screen, HelpScreen) or is_door(self.screen)):
            await self.push_screen(HelpScreen())

    async def action_language(self) -> None:
        """Switch between Chinese and English, at once and for the next start."""
        use_language("en" if language() == "zh" else "zh")
        if self._keep_language is not None:
            self._keep_language(language())
        for screen in self.screen_stack:
            if isinstance(screen, QueueScreen) or is_call(screen):
                await screen.recompose()
                screen.translated()
            elif is_door(screen):
                await screen.recompose()
            elif self._practice is not None:
                self._practice.translated(screen)

    def action_theme(self) -> None:
        """Take the next colours, at once and for the next start."""
        names = [each.name for each in THEMES]
        self.theme = names[(names.index(self.theme) + 1) % len(names)] if self.theme in names else names[0]
        if self._keep_theme is not None:
            self._keep_theme(self.theme)

    def action_command_palette(self) -> None:
        """Find any command or customer; not at the door."""
        if self.desk is not None:
            from textual.command import CommandPalette

            from tui.palette import CommandProvider, CustomerProvider

            if not isinstance(self.screen, CommandPalette):
                self.push_screen(
                    CommandPalette(
                        providers=[CommandProvider, CustomerProvider], placeholder=tr("command or customer …")
                    )
                )

    def action_copy_hint(self) -> None:
        """Say how to leave: Ctrl+C is what people press first."""
        self._say(tr("⟦^Q app.quit⟧ leaves duecall; everything is saved."))

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
