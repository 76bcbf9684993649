"""Every command once: keys, footer, help, palette and the README's table derive from this list."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

from textual.binding import Binding, BindingType

from domain.i18n import key_name, mark, tr
from domain.records import dataclass

Place = Literal[
    "app",
    "queue",
    "call",
    "file",
    "promise",
    "desk",
    "board",
    "cases",
    "move",
    "moves",
    "team",
    "holds",
    "decisions",
    "imports",
    "importlist",
    "promises",
    "figures",
    "editors",
    "strategy",
    "audit",
]
"""Where a command is given: everywhere, on one of the agent's screens, or on one of the supervisor's."""


@dataclass(frozen=True, slots=True)
class Command:
    """Something a person can do. ``key`` is Textual's name of it, ``shown`` how people write it.

    ``label`` stands in the footer, ``help`` in the help screen and the palette; both are translated when shown.
    ``bar`` says whether the footer has room for it.
    """

    id: str
    place: Place
    key: str
    shown: str
    label: str
    help: str
    bar: bool = True

    @property
    def action(self) -> str:
        """The method of the screen or app that does it, without ``action_``."""
        return self.id.split(".", 1)[1]

    def binding(self) -> Binding:
        """Give Textual's binding for it."""
        return Binding(self.key, self.action, self.label, id=self.id, tooltip=self.help, show=self.bar)


COMMANDS: Final = (
    Command("queue.open", "queue", "enter", "↵", mark("Call"), mark("Open the case to call")),
    Command("queue.search", "queue", "slash", "/", mark("Search"), mark("Find a case by name, number or invoice")),
    Command("queue.skip", "queue", "x", "x", mark("Skip"), mark("Put the case to the end of today's queue")),
    Command("queue.pin", "queue", "p", "p", mark("Pin"), mark("Keep the case at the top, or let it go")),
    Command(
        "queue.first_held", "queue", "f", "f", mark("Not now"), mark("Jump to the cases that may not be called now")
    ),
    Command(
        "queue.why",
        "queue",
        "w",
        "w",
        mark("Why"),
        mark("Explain the place of the case and the rule that holds it"),
        bar=False,
    ),
    Command("queue.snooze", "queue", "z", "z", mark("Snooze"), mark("Put the case away until a time"), bar=False),
    Command("queue.goal", "queue", "G", "G", mark("Goal"), mark("Set a goal of your own for the day"), bar=False),
    Command("queue.file", "queue", "v", "v", mark("File"), mark("Open the customer file"), bar=False),
    Command("queue.resume", "queue", "g", "g", mark("Resume"), mark("Go back to the call in hand"), bar=False),
    Command("call.dial", "call", "d", "d", mark("Dial"), mark("Write the attempt, show the number and dial it")),
    Command(
        "call.no_answer", "call", "n", "n", mark("No answer"), mark("Nobody answered: save and open the next case")
    ),
    Command("call.promise", "call", "p", "p", mark("Promise"), mark("Capture a promise to pay")),
    Command(
        "call.callback", "call", "c", "c", mark("Call back"), mark("Set when to ring again, and open the next case")
    ),
    Command("call.outcome", "call", "o", "o", mark("Outcome"), mark("Choose a result: group, then code")),
    Command("call.identity", "call", "i", "i", mark("Identity"), mark("The customer's identity is confirmed")),
    Command(
        "call.disclosed", "call", "a", "a", mark("Disclosed"), mark("The required text has been read out"), bar=False
    ),
    Command(
        "call.objections",
        "call",
        "k,f12",
        "k",
        mark("Objections"),
        mark("What to say to an objection; F12 does the same while typing"),
    ),
    Command(
        "call.stage_back",
        "call",
        "backspace",
        "⌫",
        mark("Stage back"),
        mark("Go back one stage of the script"),
        bar=False,
    ),
    Command("call.note", "call", "t", "t", mark("Note"), mark("Write a note; the call goes on")),
    Command("call.reason", "call", "r", "r", mark("Reason"), mark("Record why it is overdue")),
    Command("call.means", "call", "y", "y", mark("Means"), mark("What the customer can afford, and plans that fit")),
    Command("call.dispute", "call", "D", "D", mark("Dispute"), mark("The customer contests the debt")),
    Command("call.hardship", "call", "H", "H", mark("Hardship"), mark("The customer is in serious difficulty")),
    Command("call.escalate", "call", "e", "e", mark("Escalate"), mark("Hand the case to the supervisor")),
    Command("call.file", "call", "v", "v", mark("File"), mark("Open the customer file"), bar=False),
    Command("call.history", "call", "h", "h", mark("History"), mark("Show the timeline, debts and people"), bar=False),
    Command("call.script", "call", "s", "s", mark("Script"), mark("Show the script again"), bar=False),
    Command("call.phone", "call", "m", "m", mark("Number"), mark("Choose another number"), bar=False),
    Command("call.back", "call", "escape", "Esc", mark("Back"), mark("Go back one step; nothing typed is lost")),
    Command("file.reveal", "file", "v", "v", mark("Show"), mark("Show what is masked; the look is recorded")),
    Command(
        "file.next_section",
        "file",
        "right,tab",
        "→",
        mark("Section"),
        mark("Go to the next section; 1 to 6 go straight"),
    ),
    Command("file.previous_section", "file", "left,shift+tab", "←", mark("Before"), mark("Go to the section before")),
    Command(
        "file.name_person", "file", "plus", "+", mark("Person"), mark("Name somebody else, with number and authority")
    ),
    Command("file.leave", "file", "escape,q", "Esc", mark("Back"), mark("Close the file; everything is masked again")),
    Command("promise.day", "promise", "up", "↑", mark("Day later"), mark("Move the date a day on")),
    Command("promise.day_back", "promise", "down", "↓", mark("Day earlier"), mark("Move the date a day back")),
    Command("promise.week", "promise", "pageup", "PgUp", mark("Week later"), mark("Move the date a week on")),
    Command(
        "promise.week_back", "promise", "pagedown", "PgDn", mark("Week earlier"), mark("Move the date a week back")
    ),
    Command(
        "promise.month_end", "promise", "f2", "F2", mark("Month end"), mark("Move the date to the end of the month")
    ),
    Command("promise.pay_day", "promise", "f3", "F3", mark("Pay day"), mark("Move the date to the next pay day")),
    Command(
        "promise.spread",
        "promise",
        "ctrl+t",
        "^T",
        mark("Spread"),
        mark("Equal payments, or round ones and the rest last"),
    ),
    Command("promise.every", "promise", "f6", "F6", mark("Interval"), mark("Every month, fortnight or week")),
    Command("promise.method", "promise", "f7", "F7", mark("Method"), mark("How it will be paid")),
    Command("app.undo", "app", "u", "u", mark("Undo"), mark("Take the last capture back"), bar=False),
    Command(
        "app.practice", "app", "f4", "F4", mark("Practice"), mark("Rehearse a call on an invented customer"), bar=False
    ),
    Command("app.sync", "app", "f5", "F5", mark("Sync"), mark("Exchange with the server now")),
    Command("app.notices", "app", "ctrl+o", "^O", mark("Notices"), mark("What a supervisor told you"), bar=False),
    Command("app.lock", "app", "ctrl+l", "^L", mark("Lock"), mark("Lock the screen"), bar=False),
    Command(
        "app.keyring",
        "app",
        "f8",
        "F8",
        mark("Keyring"),
        mark("Let this system's keyring open the door"),
        bar=False,
    ),
    Command(
        "app.theme", "app", "f10", "F10", mark("Colours"), mark("Dark, light, or the strongest contrast"), bar=False
    ),
    Command("app.language", "app", "f9", "F9", mark("Language"), mark("Switch between Chinese and English"), bar=False),
    Command("app.command_palette", "app", "ctrl+p", "^P", mark("Commands"), mark("Find any command or customer")),
    Command("app.help", "app", "question_mark", "?", mark("Help"), mark("Show every key")),
    Command("app.quit", "app", "ctrl+q", "^Q", mark("Quit"), mark("Leave duecall"), bar=False),
)


def commands(*places: Place) -> tuple[Command, ...]:
    """Give the commands of some places, in the order they are written."""
    return tuple(command for command in COMMANDS if command.place in places)


def bindings(place: Place) -> list[BindingType]:
    """Give Textual's bindings of a place."""
    return [command.binding() for command in commands(place)]


def key_of(command_id: str) -> str:
    """Give the key of a command as people write it, the one of their own where they have one."""
    return key_name(command_id, next(each.shown for each in COMMANDS if each.id == command_id))


def bar_text(command: Command) -> str:
    """Give a command's footer label in the interface language."""
    return tr(command.label)


def help_text(command: Command) -> str:
    """Give a command's explanation in the interface language."""
    return tr(command.help)


def key_text(app: object, command: Command) -> str:
    """Give a command's key as people write it: the one of their own, where the application has been given one."""
    own: Mapping[str, str] = getattr(app, "own_keys", {})
    return own.get(command.id, command.shown)
