"""A new password, because the server wants one before anybody may work: typed twice, at the door."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Label, Static

from domain.i18n import tr
from screens.ports import Refused

Change = Callable[[str], Awaitable[Refused | None]]
"""Replaces the password; a sentence when that did not go well."""


class NewPasswordScreen(ModalScreen[str | None]):
    """Asks twice, has it changed, and gives the new password; nothing when Esc was pressed.

    ``opens_store`` says that the new password will also encrypt what is kept on this machine; otherwise what is there
    keeps opening with the one it was made with.
    """

    CSS_PATH = "new_password.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Back", show=False, id="new_password.leave"),
    ]

    def __init__(self, login: str, change: Change, *, opens_store: bool) -> None:
        super().__init__()
        self._login = login
        self._change = change
        self._opens_store = opens_store
        self._waiting = False

    def compose(self) -> ComposeResult:
        """Heading, why, two fields, note."""
        with Vertical(id="box"):
            yield Static(Content(tr("A new password for {login}").format(login=self._login)), id="heading")
            yield Static(Content(tr("The password was given to you by somebody else: choose one only you know.")))
            yield Label(Content(tr("New password")))
            yield Input(password=True, id="new", compact=True)
            yield Label(Content(tr("Once more")))
            yield Input(password=True, id="again", compact=True)
            yield Static(Content(self._hint()), id="note")

    def _hint(self) -> str:
        if self._opens_store:
            return tr(
                "8 characters or more. It logs you in and encrypts what is kept on this machine. ↵ saves, Esc leaves."
            )
        return tr(
            "8 characters or more. What is on this machine opens with its own password as before. ↵ saves, Esc leaves."
        )

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Go to the second field, or have the password changed."""
        if self._waiting:
            return
        new, again = (self.query_one(f"#{name}", Input) for name in ("new", "again"))
        if event.input is new and not again.value:
            again.focus()
        elif new.value != again.value:
            self._say(tr("The two passwords differ; nothing was changed. Type both again."))
        else:
            self._waiting = True
            self.query_one("#note", Static).remove_class("trouble").update(Content(tr("Saving …")))
            self.run_worker(self._save(new.value), group="saving", exclusive=True, exit_on_error=False)

    async def _save(self, new: str) -> None:
        refused = await self._change(new)
        if refused is None:
            self.dismiss(new)
        else:
            self._say(refused.text)

    def _say(self, words: str) -> None:
        self._waiting = False
        self.query_one("#note", Static).add_class("trouble").update(Content(words))
        for name in ("again", "new"):
            entry = self.query_one(f"#{name}", Input)
            entry.value = ""
            entry.focus()

    def action_leave(self) -> None:
        """Go back to the door; the old password stays as it was."""
        if not self._waiting:
            self.dismiss(None)
