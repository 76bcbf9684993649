"""Practice inside the application: list, call, score, and back to the real work, which goes on underneath."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.screen import Screen

from domain.clock import Clock, SystemClock
from domain.i18n import language, tr
from domain.practice import personas
from screens.call import CallScreen
from screens.practice import PracticeScreen, ScoreScreen
from tui.demonstration import working_instant
from tui.desk import AgentDesk
from tui.practice.room import CASE, PracticeRoom, WorkingClock

if TYPE_CHECKING:
    from screens.ports import Desk
    from tui.app import DuecallApp


class PracticeMode:
    """Runs while somebody practises. The application asks it for the desk, so nothing real can be reached meanwhile."""

    def __init__(self, app: DuecallApp, real: Desk | None) -> None:
        self._app = app
        self._name = real.agent_name if real is not None else tr("Sam Taylor")
        self._house = real.house() if isinstance(real, AgentDesk) else {}
        self._clock: Clock = real if real is not None else SystemClock()
        self._list = PracticeScreen(personas())
        self._room: PracticeRoom | None = None

    @property
    def desk(self) -> Desk | None:
        """The desk of the rehearsal, if one is running."""
        return self._room.desk if self._room is not None else None

    async def begin(self) -> None:
        """Show the customers."""
        await self._app.push_screen(self._list)

    async def ring(self, persona_id: str) -> None:
        """Open the call screen on an invented customer."""
        persona = next(each for each in personas() if each.id == persona_id)
        self.put_away()
        start = working_instant(language(), self._clock.now())
        self._room = PracticeRoom(persona, language(), WorkingClock(self._clock, start), self._name, self._house)
        screen = CallScreen(self._room.desk, CASE)
        await self._app.push_screen(screen)
        screen.say(tr("⟦d call.dial⟧ rings. Nobody real is called."))

    def dialled(self) -> None:
        """Let the customer answer; nothing is dialled."""
        screen = self._app.screen
        if isinstance(screen, CallScreen):
            screen.say(tr("A rehearsal: nothing was dialled."))
        self.stepped(None)

    def stepped(self, card: str | None) -> None:
        """Let the customer answer what was said."""
        words = self._room.heard(card) if self._room is not None else None
        screen = self._app.screen
        if words is not None and isinstance(screen, CallScreen):
            screen.hear(words)

    def translated(self, screen: Screen[object]) -> None:
        """Write a screen of the practice again after its language changed."""
        if isinstance(screen, PracticeScreen | ScoreScreen):
            screen.translated()

    def leave(self) -> None:
        """Leave the list of customers."""
        self._app.pop_screen()
        self.put_away()

    async def finished(self) -> None:
        """Show how it was."""
        if self._room is None:
            return
        persona, result = self._room.persona, self._room.score()
        self._list.remember(persona.id, result.percent)
        await self._app.switch_screen(ScoreScreen(persona, result))
        self.put_away()

    async def again(self, persona_id: str) -> None:
        """Ring the same customer once more."""
        await self._app.pop_screen()
        await self.ring(persona_id)

    def back_to_list(self) -> None:
        """Leave a call or a score."""
        self._app.pop_screen()
        self.put_away()

    def put_away(self) -> None:
        """Throw the rehearsal away."""
        if self._room is not None:
            self._room.close()
            self._room = None
