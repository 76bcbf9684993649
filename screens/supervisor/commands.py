"""Every command of the supervisor's desk once: keys, footer, help, palette and the table of keys derive from this list."""

from __future__ import annotations

from typing import Final

from textual.binding import BindingType

from domain.i18n import mark, tr
from screens.commands import Command, Place

COMMANDS: Final[tuple[Command, ...]] = (
    Command("board.open", "board", "enter", "↵", mark("Queue"), mark("Show the cases of the agent under the cursor")),
    Command("board.mark", "board", "space", "␣", mark("Mark"), mark("Mark the agent whose cases are to be moved")),
    Command("board.find", "board", "f", "f", mark("Find"), mark("Find cases by name, age or money, and mark them")),
    Command("board.sort", "board", "s", "s", mark("Sort"), mark("Sort by the next column"), bar=False),
    Command("board.turn", "board", "S", "S", mark("Turn"), mark("Turn the order round"), bar=False),
    Command("cases.mark", "cases", "space", "␣", mark("Mark"), mark("Mark the case under the cursor")),
    Command("cases.mark_all", "cases", "asterisk", "*", mark("All"), mark("Mark every case that is shown, or none")),
    Command("cases.filter", "cases", "slash", "/", mark("Filter"), mark("Say which cases, in words and bounds")),
    Command("cases.pool", "cases", "o", "o", mark("Pool"), mark("Show only the cases nobody owns, or all")),
    Command("cases.sort", "cases", "s", "s", mark("Sort"), mark("Sort by money, age, rest or name")),
    Command("desk.back", "desk", "escape", "Esc", mark("Back"), mark("Go back one step; nothing typed is lost")),
    Command("app.refresh", "app", "f5", "F5", mark("Refresh"), mark("Ask the server now")),
    Command("app.lock", "app", "ctrl+l", "^L", mark("Lock"), mark("Lock the screen"), bar=False),
    Command("app.language", "app", "f9", "F9", mark("Language"), mark("Switch between Chinese and English"), bar=False),
    Command("app.command_palette", "app", "ctrl+p", "^P", mark("Commands"), mark("Find any command")),
    Command("app.help", "app", "question_mark", "?", mark("Help"), mark("Show every key")),
    Command("app.quit", "app", "ctrl+q", "^Q", mark("Quit"), mark("Leave duecall"), bar=False),
)
"""What can be done, in the order of footer and help."""


def commands(*places: Place) -> tuple[Command, ...]:
    """Give the commands of some places, in the order they are written."""
    return tuple(command for command in COMMANDS if command.place in places)


def bindings(*places: Place) -> list[BindingType]:
    """Give Textual's bindings of some places."""
    return [command.binding() for command in commands(*places)]


def titles() -> dict[Place, str]:
    """Name the places in the interface language, in the order of the help screen."""
    return {
        "board": tr("On the board"),
        "cases": tr("In a list of cases"),
        "desk": tr("On every screen but the board"),
        "app": tr("Everywhere"),
    }
