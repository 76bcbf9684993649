"""The door: the store's password, and the first time the server and the login as well."""

from __future__ import annotations

from dataclasses import dataclass, field

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Input, Label, Static

from domain.i18n import tr


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

    def compose(self) -> ComposeResult:
        """Heading, fields, note."""
        with Vertical(id="box"):
            yield Static(
                Content("duecall" + (" · " + self._login if self._login and not self._first else "")), id="heading"
            )
            if self._first:
                yield Label(Content(tr("Server")))
                yield Input(self._server, id="server", placeholder="https://collections.example.com", compact=True)
                yield Label(Content(tr("Login")))
                yield Input(self._login, id="login", compact=True)
            yield Label(Content(tr("Password")))
            yield Input(password=True, id="password", compact=True)
            yield Static(Content(self._hint()), id="note")

    def _hint(self) -> str:
        if self._words:
            return self._words
        if self._first:
            return tr("The password logs you in and encrypts what is kept on this machine. ↵ opens, ^Q leaves.")
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

    def on_input_submitted(self) -> None:
        """Go to the next empty field, or open."""
        if self._waiting:
            return
        values = {name: self._value(name) for name in ("server", "login", "password")}
        for name in ("server", "login", "password"):
            if not values[name] and self.query(f"#{name}"):
                self.query_one(f"#{name}", Input).focus()
                return
        self._waiting = True
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

    def key_escape(self) -> None:
        """Ask to leave."""
        self.post_message(self.Left())

    def refuse(self, words: str) -> None:
        """Say what was wrong, and let the password be typed again."""
        self._waiting = False
        self.query_one("#note", Static).add_class("trouble").update(Content(words))
        password = self.query_one("#password", Input)
        password.value = ""
        password.focus()
