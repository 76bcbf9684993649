"""The command palette: every command of the place one is in, and every customer.

Names from outside are shown as they are: the palette's own highlighting would read them as markup.
"""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, cast

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content

from domain.money import format_money
from screens.call import CallScreen
from screens.commands import Command, Place, bar_text, commands, help_text, key_text
from screens.queue import QueueScreen

if TYPE_CHECKING:
    from tui.app import DuecallApp


class CommandProvider(Provider):
    """Offers the commands of the current screen and of the application."""

    def _commands(self) -> list[Command]:
        places: list[Place] = ["app"]
        if isinstance(self.screen, QueueScreen):
            places.insert(0, "queue")
        elif isinstance(self.screen, CallScreen):
            places.insert(0, "call")
        return [command for command in commands(*places) if command.id != "app.command_palette"]

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
            words = f"{bar_text(command)} {help_text(command)} {command.label} {command.id}"
            score = matcher.match(words)
            if score > 0:
                named = any(word.startswith(query.casefold()) for word in words.casefold().split())
                yield Hit(
                    2.0 if named else min(score, 1.0) / 2,  # a customer who is meant stands above scattered letters
                    self._shown(command),
                    partial(self._run, command),
                    text=bar_text(command),
                    help=help_text(command),
                )

    def _shown(self, command: Command) -> Content:
        return Content.assemble(bar_text(command), "  ", (key_text(self.app, command), "$foreground-muted"))

    async def _run(self, command: Command) -> None:
        target = self.app if command.place == "app" else self.screen
        await target.run_action(command.action)


class CustomerProvider(Provider):
    """Offers the agent's customers by name, pinyin, number or invoice."""

    async def startup(self) -> None:
        """Fetch the dictionary of pinyin beside the screen."""
        from domain import pinyin

        if not pinyin.is_fetched():
            await asyncio.to_thread(pinyin.fetch)

    async def search(self, query: str) -> Hits:
        """Offer the customers the desk finds, best first."""
        app = cast("DuecallApp", self.app)
        if app.desk is None or len(query) < 2:
            return
        for index, case_id in enumerate(app.desk.search(query)[:20]):
            case = app.desk.case(case_id)
            if case is None:
                continue
            owed = format_money(sum(debt.open for debt in case.debts if debt.currency == case.currency), case.currency)
            shown = Content.assemble(case.customer.name, "  ", (owed, "$foreground-muted"))
            yield Hit(0.9 - index / 100, shown, partial(app.open_case, case_id), text=case.customer.name)
