"""A screen with a script on it: the keys that move through the script, and the message that it has moved."""

from __future__ import annotations

from dataclasses import dataclass

from textual.content import Content
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Static

from domain.i18n import tr
from screens.call_script import ScriptFlow
from screens.ports import Desk, Refused, Saved


class ScriptedScreen(Screen[None]):
    """What the call screen has of the script. Posts :class:`Stepped` whenever the call has moved."""

    _desk: Desk
    _case_id: str
    _script: ScriptFlow

    @dataclass
    class Stepped(Message):
        """The call has moved through its script; ``card`` is the objection card that was opened."""

        case_id: str
        card: str | None = None

    def need_call(self) -> bool:
        """Tell whether a call is running here; say what to do when none is."""
        raise NotImplementedError

    def done(self, result: Saved | Refused) -> bool:
        """Show what became of a capture."""
        raise NotImplementedError

    def refresh_case(self) -> None:
        """Show the case anew."""
        raise NotImplementedError

    def hear(self, words: str) -> None:
        """Show what the customer of a rehearsal says."""
        heard = self.query_one("#heard", Static)
        heard.update(Content.assemble((tr("Customer: "), "bold $accent"), words))
        heard.set_class(bool(words), "shown")

    def stepped(self) -> None:
        """Show the stage the call is at now, and tell of it."""
        self.refresh_case()
        self.post_message(self.Stepped(self._case_id))

    def opened_card(self, card: str) -> None:
        """Tell of an objection card that was opened."""
        self.post_message(self.Stepped(self._case_id, card))

    def action_identity(self) -> None:
        """Record the confirmed identity."""
        if self.need_call():
            self._script.confirm()

    def action_disclosed(self) -> None:
        """Record that what has to be read out was read out."""
        if self.need_call() and self.done(self._desk.confirm_disclosure()):
            self.stepped()

    def action_script_key(self, key: str) -> None:
        """Take a click on an answer or a card as its key."""
        if self._script.cards_open:
            self._script.card_key(key)
        else:
            self._script.answer(key)

    def action_objections(self) -> None:
        """Open the objection cards, or go back from them."""
        self._script.toggle_cards()

    def action_stage_back(self) -> None:
        """Go back one stage of the script."""
        if self.need_call() and not self._script.cards_open:
            self._script.back()
