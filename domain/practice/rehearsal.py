"""What an invented customer answers as the call goes on."""

from __future__ import annotations

from typing import Final

from domain.i18n import Language
from domain.practice.persona import Persona, Reply
from domain.scripts.model import Kind, Stage

_PUZZLED: Final[dict[Language, str]] = {"en": "I am not sure what you mean.", "zh": "我没太明白您的意思。"}
_GOODBYES: Final[dict[Language, str]] = {"en": "Goodbye.", "zh": "好的，再见。"}
_LISTENING: Final[frozenset[Kind]] = frozenset({"recap"})
_YES: Final[dict[Language, str]] = {"en": "Yes.", "zh": "对。"}


class Rehearsal:
    """One rehearsed call with one invented customer."""

    def __init__(self, persona: Persona, language: Language) -> None:
        self.persona = persona
        self._language = language
        self._stage: str | None = None
        self._raised: Reply | None = None
        self._cards: list[str] = []

    @property
    def cards(self) -> tuple[str, ...]:
        """The objection cards the agent has opened."""
        return tuple(self._cards)

    def arrived(self, stage: Stage) -> str | None:
        """Give what the customer says when the call comes to a stage; ``None`` when it was there already."""
        if stage.id == self._stage:
            return None
        self._stage = stage.id
        reply = self.persona.reply(stage.id, stage.kind)
        self._raised = reply if reply is not None and reply.objection is not None else None
        if reply is not None:
            return reply.says[self._language]
        if stage.kind == "wrap_up":
            return _GOODBYES[self._language]
        return (_YES if stage.kind in _LISTENING else _PUZZLED)[self._language]

    def opened(self, card: str) -> str | None:
        """Give what the customer says once a card was read to them; ``None`` when it answers nothing they said."""
        self._cards.append(card)
        raised = self._raised
        if raised is None or raised.objection != card or raised.after is None:
            return None
        self._raised = None
        return raised.after[self._language]
