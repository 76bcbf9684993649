"""``duecall practice``: the application with nothing but the practice in it."""

from __future__ import annotations

from domain.i18n import tr
from screens.ports import Refused
from screens.practice import PracticeScreen
from tui.app import DuecallApp
from tui.workplace import Workplace


class PracticeApp(DuecallApp):
    """Opens no profile and knows no server: leaving the list of customers leaves the application."""

    def __init__(self, theme: str | None = None) -> None:
        async def opener(_server: str, _login: str, _password: str) -> Workplace | Refused:
            return Refused(tr("This is the practice: there is no server here."))

        super().__init__(opener, theme=theme, idle_lock_minutes=0)

    async def show_door(self) -> None:
        """Show the customers instead of the door."""
        await self.action_practice()

    async def on_practice_screen_left(self, event: PracticeScreen.Left) -> None:
        """Leave."""
        event.prevent_default()
        self.exit()
