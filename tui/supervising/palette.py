"""The command palette of the supervisor's desk: every command of the screen one is on."""

from __future__ import annotations

from functools import partial

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content

from screens.commands import Command, bar_text, help_text
from screens.supervisor.commands import commands
from screens.supervisor.frame import DeskScreen


class DeskCommands(Provider):
    """Offers the commands of the current screen and of the application."""

    def _commands(self) -> list[Command]:
        screen = self.screen
        place = screen.PLACE if isinstance(screen, DeskScreen) else "app"
        offered = commands(place, "app") if place == "board" else commands(place, "desk", "app")
        return [command for command in offered if command.id != "app.command_palette"]

    async def discover(self) -> Hits:
        """Offer everything before anything is typed."""
        for command in self._commands():
            yield DiscoveryHit(
                self._shown(command), partial(self._run, command), text=bar_text(command), help=help_text(command)
            )

    async def search(self, query: str) -> Hits:
        """Offer what matches."""
        matcher = self.matcher(query)
        for command in self._commands():
            score = matcher.match(f"{bar_text(command)} {help_text(command)} {command.label} {command.id}")
            if score > 0:
                run = partial(self._run, command)
                yield Hit(score, self._shown(command), run, text=bar_text(command), help=help_text(command))

    def _shown(self, command: Command) -> Content:
        return Content.assemble(bar_text(command), "  ", (command.shown, "$foreground-muted"))

    async def _run(self, command: Command) -> None:
        target = self.app if command.place == "app" else self.screen
        await target.run_action(command.action)
