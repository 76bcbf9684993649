"""How the script runs on the call screen: answers, objection cards, the way back. Every step is kept at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.widget import Widget

from domain.i18n import tr
from screens.commands import key_of
from screens.ports import Desk, Refused
from screens.widgets.capture import CaptureLine, choices
from screens.widgets.scriptpanel import CARD_KEYS, ScriptPanel

if TYPE_CHECKING:
    from domain.scripts import Position, Talk
    from screens.call import CallScreen


class ScriptFlow:
    """The script pane's behaviour for one call screen. How far the call is, the desk keeps; here is only what is open."""

    def __init__(self, screen: CallScreen, desk: Desk) -> None:
        self._screen = screen
        self._desk = desk
        self._cards_open = False
        self._card: str | None = None
        self._focus: Widget | None = None
        self._asked: tuple[str, str | None] | None = None

    @property
    def cards_open(self) -> bool:
        """Whether the objection cards lie over the stage."""
        return self._cards_open

    def reset(self) -> None:
        """Begin with another case: no card is open."""
        self._cards_open, self._card, self._focus = False, None, None

    def _talk(self) -> tuple[Talk, Position] | None:
        case = self._screen.case
        talk = self._desk.talk(case) if case is not None else None
        return (talk, self._desk.position(case, talk)) if case is not None and talk is not None else None

    def show(self) -> None:
        """Show the stage or the cards as they are now."""
        panel = self._screen.query_one(ScriptPanel)
        found = self._talk()
        if found is None:
            panel.blank(tr("No script for this kind of case.") if self._screen.case is not None else "")
            return
        talk, position = found
        card = talk.script.card(self._card) if self._card is not None else None
        if self._cards_open and card is not None:
            panel.show_card(talk, position, card)
        elif self._cards_open:
            panel.show_cards(talk, position)
        else:
            panel.show_stage(talk, position, self._outcome_name(position.outcome))

    def _outcome_name(self, code_id: str | None) -> str:
        code = self._desk.policy.catalogue.get(code_id)
        return code.name if code is not None else ""

    # --- answers ---

    def answer(self, key: str) -> None:
        """Take the answer of a number key to the stage, or to the card that is open; it may ask who is on the line."""
        card = self._card if self._cards_open else None
        if len(self._speakers()) > 1 and self._desk.asks_who(self._screen.case_id, key, card):
            self._ask_who((key, card))
        else:
            self._take(key, card, "self")

    def _take(self, key: str, card: str | None, who: str) -> None:
        step = self._desk.answer(self._screen.case_id, key, card, who)
        if isinstance(step, Refused):
            if step.code != "no_answer_key":
                self._screen.say(step.text, trouble=True)
            return
        if card is not None:
            self.close_cards()
        self._screen.say(step.text, trouble=step.trouble)
        self._screen.stepped()
        if step.action is not None and not step.trouble:
            self._screen.start(step.action)

    # --- whose identity ---

    def confirm(self) -> None:
        """Confirm the identity by one key; one more says whose, where the customer has authorised somebody."""
        if len(self._speakers()) > 1:
            self._ask_who(None)
        else:
            self._confirm("self")

    def _confirm(self, who: str) -> None:
        if self._screen.done(self._desk.confirm_identity(who)):
            self._screen.stepped()

    def _speakers(self) -> list[tuple[str, str]]:
        case = self._screen.case
        if case is None:
            return []
        others = [each for each in case.people if each.authorised][:8]
        named = [(each.id, " · ".join(part for part in (each.name, each.relation) if part)) for each in others]
        return [("self", tr("the customer: {name}").format(name=case.customer.name)), *named]

    def _ask_who(self, asked: tuple[str, str | None] | None) -> None:
        self._asked = asked
        line = self._screen.query_one(CaptureLine)
        line.open("who")
        line.preview(choices([(str(number), words) for number, (_, words) in enumerate(self._speakers(), 1)]))

    def choose_who(self, key: str) -> bool:
        """Take the key that says who is on the line; tells whether it meant somebody."""
        speakers = self._speakers()
        if not (key.isdecimal() and 0 < int(key) <= len(speakers)):
            return False
        who, _ = speakers[int(key) - 1]
        asked, self._asked = self._asked, None
        self._screen.query_one(CaptureLine).close()
        if asked is None:
            self._confirm(who)
        else:
            self._take(*asked, who)
        return True

    def back(self) -> None:
        """Go back one stage."""
        if not self._desk.stage_back(self._screen.case_id):
            self._screen.say(tr("This is the first stage."))
        self._screen.stepped()

    # --- objection cards ---

    def toggle_cards(self) -> None:
        """Open the cards over the stage, or go back to it; a line that is being typed waits meanwhile."""
        if self._cards_open:
            self.close_cards()
            return
        self._cards_open, self._card = True, None
        self._focus = self._screen.focused
        self._screen.set_focus(None)
        self.show()

    def close_cards(self) -> None:
        """Go back to the stage, and to the line that was being typed."""
        self._cards_open, self._card = False, None
        if self._focus is not None and self._focus.is_attached:
            self._screen.set_focus(self._focus)
        self._focus = None
        self.show()

    def step_back(self) -> None:
        """Close the card, then the list."""
        if self._card is None:
            self.close_cards()
        else:
            self._card = None
            self.show()

    def card_key(self, key: str) -> bool:
        """Take a key while the cards are open; tells whether it meant something here."""
        if key == key_of("call.objections"):
            self.close_cards()
            return True
        if self._card is not None:
            if key.isdigit():
                self.answer(key)
            return key.isalnum()
        found = self._talk()
        place = CARD_KEYS.find(key) if len(key) == 1 else -1
        if found is not None and 0 <= place < len(found[0].script.cards):
            talk, position = found
            card = talk.script.cards[place]
            if talk.card_text(position, card) is None:
                self._screen.say(
                    tr("This answer would give the debt away: confirm the identity first (⟦i call.identity⟧)."),
                    trouble=True,
                )
            else:
                self._card = card.id
                self.show()
                self._screen.opened_card(card.id)
        return len(key) == 1
