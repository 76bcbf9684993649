"""The footer: what the keys do here, clickable."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content
from textual.style import Style
from textual.widgets import Input, Static

from domain.i18n import tr
from screens.commands import Command, bar_text, key_text
from screens.widgets.cells import width


class KeyBar(Static):
    """One line of keys. Commands that do not fit are left to the help screen and the palette.

    ``typing`` are keys with marked words that stand there while a text line has the focus and letters are only letters.
    """

    DEFAULT_CSS = """
    KeyBar { dock: bottom; height: 1; background: $surface; color: $foreground-muted; padding: 0 1;
             link-style: none; link-color: $foreground-muted; link-background: $surface; link-style-hover: bold;
             link-background-hover: $surface; link-color-hover: $foreground; }
    """

    def __init__(self, commands: Sequence[Command], typing: Sequence[tuple[str, str]] = ()) -> None:
        super().__init__()
        self._commands = [command for command in commands if command.bar]
        self._typing = tuple(typing)

    def on_mount(self) -> None:
        """Follow the focus."""
        if self._typing:
            self.watch(self.screen, "focused", self.refresh_keys, init=False)

    def on_resize(self) -> None:
        """Lay the keys out for the new width."""
        self.refresh_keys()

    def refresh_keys(self) -> None:
        """Write the keys anew, in the interface language."""
        self.update(self._line(max(20, self.size.width)))

    def _cells(self, command: Command) -> int:
        return width(key_text(self.app, command)) + 1 + width(bar_text(command)) + 2

    def _line(self, cells: int) -> Content:
        if self._typing and isinstance(self.screen.focused, Input):
            return Content.assemble(
                *(Content.assemble((key, "bold $accent"), " ", tr(words), "  ") for key, words in self._typing)
            )
        last = self._commands[-1]  # help: always there, so that everything else can be found
        used = self._cells(last)
        shown = []
        for command in self._commands[:-1]:
            if used + self._cells(command) <= cells:
                used += self._cells(command)
                shown.append(command)
        parts: list[Content] = []
        for command in [*shown, last]:
            label = bar_text(command)
            target = "app" if command.place == "app" else "screen"
            click = Style.from_meta({"@click": f"{target}.{command.action}"})
            parts.append(
                Content.assemble((key_text(self.app, command), "bold $accent"), " ", label, "  ").stylize(click)
            )
        return Content.assemble(*parts)
