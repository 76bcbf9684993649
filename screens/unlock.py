"""The door: the store's password, and the first time the server and the login as well."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.message_pump import MessagePump
from textual.screen import Screen
from textual.widgets import Input, Label, Static

from domain.i18n import tr

_HELD: Final = frozenset(
    {"enter", "tab", "shift+tab", "up", "down", "left", "right", "home", "end", "pageup", "pagedown"}
)


class DoorField(Input):
    """A field of the door. Enter takes effect at once: keys right behind it are not meant for this field any more."""

    async def _on_key(self, event: events.Key) -> None:
        door = self.screen
        assert isinstance(door, UnlockScreen)
        if door.focused is not self:
            event.stop()
            event.prevent_default()
            door.pass_on(event)
        elif event.key == "enter":
            event.stop()
            event.prevent_default()
            door.submit()
        else:
            await super()._on_key(event)


class UnlockScreen(Screen[None]):
    """Asks for what is needed to open the store. Posts :class:`Submitted`; :meth:`refuse` says what was wrong."""

    CSS_PATH = "unlock.tcss"

    @dataclass
    class Submitted(Message):
        """Everything was typed."""

        server: str
        login: str
        password: str = field(repr=False)

    @dataclass
    class Left(Message):
        """Esc was pressed: whether the door may be left is the application's to say."""

    def __init__(self, *, first: bool, server: str = "", login: str = "", locked: bool = False, hint: str = "") -> None:
        super().__init__()
        self._first = first
        self._server = server
        self._login = login
        self._locked = locked
        self._words = hint
        self._waiting = False
        self._typed: list[tuple[str, str | None]] = []

    def compose(self) -> ComposeResult:
        """Heading, fields, note."""
        with Vertical(id="box"):
            yield Static(
                Content("duecall" + (" · " + self._login if self._login and not self._first else "")), id="heading"
            )
            if self._first:
                yield Label(Content(tr("Server")))
                yield DoorField(self._server, id="server", placeholder="https://collections.example.com", compact=True)
                yield Label(Content(tr("Login")))
                yield DoorField(self._login, id="login", compact=True)
            yield Label(Content(tr("Password")))
            yield DoorField(password=True, id="password", compact=True)
            yield Static(Content(self._hint()), id="note")

    def _hint(self) -> str:
        if self._words:
            return self._words
        if self._first:
            return tr(
                "The password logs you in and encrypts what is kept on this machine. ↵ opens, ⟦^Q app.quit⟧ leaves."
            )
        if self._locked:
            return tr("Locked. Nothing is lost; what you typed is kept. ↵ unlocks.")
        return tr("↵ unlocks. Without a network everything on this machine still works.")

    def on_mount(self) -> None:
        """Put the cursor where typing is needed."""
        for name in ("server", "login", "password"):
            for entry in self.query(f"#{name}").results(Input):
                if not entry.value:
                    entry.focus()
                    return

    def submit(self) -> None:
        """Go to the next empty field, or open."""
        if self._waiting:
            return
        values = {name: self._value(name) for name in ("server", "login", "password")}
        for name in ("server", "login", "password"):
            if not values[name] and self.query(f"#{name}"):
                self.set_focus(self.query_one(f"#{name}", Input))  # at once: keys may be waiting already
                return
        self._waiting = True
        self._typed.clear()
        self.set_focus(None)  # what is typed from here on is meant for the screen behind the door
        self.query_one("#note", Static).remove_class("trouble").update(Content(tr("Opening …")))
        self.post_message(
            self.Submitted(values["server"] or self._server, values["login"] or self._login, values["password"])
        )

    def _value(self, name: str) -> str:
        found = self.query(f"#{name}").results(Input)
        entry = next(iter(found), None)
        if entry is None:
            return ""
        return entry.value if name == "password" else entry.value.strip()

    def on_key(self, event: events.Key) -> None:
        """Keep what is typed while the door opens; Esc, ^Q and the function keys mean the door itself."""
        if self._waiting and (event.is_printable or event.key in _HELD):
            event.stop()
            event.prevent_default()
            self._typed.append((event.key, event.character))

    def pass_on(self, event: events.Key) -> None:
        """Take a key that was on its way to a field when Enter was pressed there."""
        if self._waiting:
            if event.is_printable or event.key in _HELD:
                self._typed.append((event.key, event.character))
        elif self.focused is not None:
            self.focused.post_message(events.Key(event.key, event.character))

    def press_again(self, behind: MessagePump) -> None:
        """Let the keys that were pressed while the door opened reach what is behind it, in order and once."""
        typed, self._typed = self._typed, []
        for key, character in typed:
            behind.post_message(events.Key(key, character))

    def key_escape(self) -> None:
        """Ask to leave."""
        self.post_message(self.Left())

    def refuse(self, words: str) -> None:
        """Say what was wrong, and let the password be typed again."""
        self._waiting = False
        self._typed.clear()  # not meant for here, and not to be read in clear by whoever looks on
        self.query_one("#note", Static).add_class("trouble").update(Content(words))
        password = self.query_one("#password", Input)
        password.value = ""
        password.focus()
