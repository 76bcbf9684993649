"""What the application does with the messages of the practice."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from screens.ports import Desk
    from screens.practice import PracticeScreen, ScoreScreen
    from screens.scripted import ScriptedScreen
    from tui.app import DuecallApp
    from tui.practice.mode import PracticeMode


class PracticeHandlers:
    """A part of the application: empty of state but for whether somebody practises."""

    _practice: PracticeMode | None = None

    def on_scripted_screen_stepped(self, event: ScriptedScreen.Stepped) -> None:
        """Let the customer of a rehearsal answer."""
        if self._practice is not None:
            self._practice.stepped(event.card)

    async def practise(self, app: DuecallApp, real: Desk | None) -> None:
        """Begin to practise; ``real`` is whose name and scripts are used."""
        from tui.practice.mode import PracticeMode

        self._practice = PracticeMode(app, real)
        await self._practice.begin()

    async def on_practice_screen_chosen(self, event: PracticeScreen.Chosen) -> None:
        """Ring an invented customer."""
        if self._practice is not None:
            await self._practice.ring(event.persona)

    async def on_practice_screen_left(self, _event: PracticeScreen.Left) -> None:
        """Go back to the real work."""
        practice, self._practice = self._practice, None
        if practice is not None:
            practice.leave()

    async def on_score_screen_again(self, event: ScoreScreen.Again) -> None:
        """Ring the same customer again."""
        if self._practice is not None:
            await self._practice.again(event.persona)

    def on_score_screen_done(self, _event: ScoreScreen.Done) -> None:
        """Go back to the customers."""
        if self._practice is not None:
            self._practice.back_to_list()
