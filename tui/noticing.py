"""The application's key for notices."""

from __future__ import annotations

from textual.app import App

from screens.ports import Desk


class NoticeHandlers(App[None]):
    """What the agent's application does about notices."""

    @property
    def desk(self) -> Desk | None:
        """The open desk, unless the screen is locked."""
        raise NotImplementedError

    async def action_notices(self) -> None:
        """Show what the agent was told, and remember that it was shown."""
        from screens.notices import NoticesScreen

        desk = self.desk
        if desk is None or isinstance(self.screen, NoticesScreen):
            return
        shown = desk.notices.standing(desk.now())
        desk.notices.mark_read()
        await self.push_screen(NoticesScreen(shown))
