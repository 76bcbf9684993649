"""A script on a case: what may be said now, what must be read out, and what is still closed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import field
from datetime import date
from typing import Final, Literal

from domain.canonical import digest
from domain.gate.pack import Duty, Occasion
from domain.i18n import Language
from domain.records import dataclass
from domain.scripts.model import GATED, Answer, Card, Kind, Script, Stage
from domain.scripts.values import ScriptValues, fill
from domain.text import clean_line

OCCASIONS: Final[Mapping[Kind, tuple[Occasion, ...]]] = {
    "open": ("open", "recording"),
    "verify": ("verify",),
    "disclose": ("disclose",),
    "third_party": ("third_party",),
    "message": ("voicemail",),
    "wrap_up": ("close",),
}
"""On which stage the duties of a rule pack fall due."""

BEFORE_THE_DEBT: Final[tuple[Kind, ...]] = ("open", "verify", "disclose")
"""Whatever is to be read out on these stages has been read before the debt is stated."""

_PLACEHOLDER: Final = re.compile(r"\{(agent|creditor|phone)\}")

Lock = Literal["", "identity", "disclosure"]
"""What keeps a stage closed: nothing, an unconfirmed identity, or a required text nobody has read out yet."""


@dataclass(frozen=True, slots=True)
class Position:
    """How far a call is. It is kept with the call, so a restart finds the same stage.

    ``trail`` are the stages before ``stage``, in the order they were reached. ``read`` names the required texts that
    were acknowledged, ``offers`` the rungs of the negotiation that were offered, ``outcome`` is the result code that an
    answer has proposed for the wrap-up. ``unverified`` says that the identity was asked for and not confirmed.
    ``who`` is whose identity it is: ``self`` for the customer, else the ``person_id`` of somebody they authorised.
    """

    stage: str
    trail: tuple[str, ...] = ()
    identified: bool = False
    unverified: bool = False
    read: tuple[str, ...] = ()
    offers: tuple[str, ...] = ()
    outcome: str | None = None
    who: str = "self"

    @property
    def stages(self) -> tuple[str, ...]:
        """Every stage that was reached, the current one last."""
        return (*self.trail, self.stage)


@dataclass(frozen=True, slots=True)
class Required:
    """A text that has to be read out word by word. ``name`` is ``pack/duty`` or ``script/stage``."""

    name: str
    text: str
    language: Language
    kind: Kind
    source: str = ""

    @property
    def digest(self) -> str:
        """The SHA-256 of exactly this text, as UTF-8."""
        return digest(self.text.encode())


@dataclass(frozen=True, slots=True)
class Authority:
    """What the agent may agree to alone: payments, the smallest first one in words, the last day."""

    most_parts: int
    first_part: str
    horizon: date


@dataclass(frozen=True, slots=True)
class Spoken:
    """A stage as it is shown: ``required`` and ``say`` are read out; nothing in them is markup."""

    stage: Stage
    lock: Lock
    required: tuple[Required, ...]
    say: str = field(repr=False)
    answers: tuple[tuple[str, str], ...] = ()
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Talk:
    """One call's script with the case's values, in the customer's language.

    ``pack`` names the rule pack of the duties. ``notice`` says why this is not the script the house published.
    """

    script: Script
    language: Language
    values: ScriptValues = field(repr=False)
    pack: str = ""
    duties: tuple[Duty, ...] = ()
    authority: Authority | None = None
    notice: str = ""

    def start(self) -> Position:
        """Give the position a call begins with."""
        return Position(self.script.stages[0].id)

    def required(self, stage: Stage) -> tuple[Required, ...]:
        """Give what has to be read out on a stage: the pack's texts, or the script's own where the pack has none."""
        found = tuple(
            Required(f"{self.pack}/{duty.id}", self._duty_text(duty), self.language, stage.kind, duty.source)
            for duty in self.duties
            if duty.occasion in OCCASIONS.get(stage.kind, ())
        )
        if found or stage.kind != "disclose" or stage.lead is None:
            return found
        text = fill(stage.lead[self.language], self.values)
        return (Required(f"{self.script.name}/{stage.id}", text, self.language, stage.kind),)

    def due_before_the_debt(self) -> tuple[Required, ...]:
        """Give everything that has to be read out before the debt may be stated."""
        return tuple(each for kind in BEFORE_THE_DEBT for each in self.required(self.script.first(kind)))

    def unread(self, position: Position) -> tuple[Required, ...]:
        """Give what is due before the debt and has not been acknowledged."""
        return tuple(each for each in self.due_before_the_debt() if each.name not in position.read)

    def lock(self, position: Position, stage: Stage) -> Lock:
        """Tell what keeps a stage closed."""
        if stage.kind not in GATED:
            return ""
        if not position.identified:
            return "identity"
        return "disclosure" if self.unread(position) else ""

    def is_open(self, position: Position) -> bool:
        """Tell whether the debt may be spoken of."""
        return position.identified and not self.unread(position)

    def speak(self, position: Position, stage: Stage, hints: Language) -> Spoken:
        """Give a stage as it is read out. One that is closed says nothing at all; ``hints`` are in the agent's language."""
        lock = self.lock(position, stage)
        if lock:
            return Spoken(stage, lock, (), "")
        required = self.required(stage)
        said = [stage.say[self.language]]
        if stage.lead is not None and not required:
            said.insert(0, stage.lead[self.language])
        joined = (" " if self.language == "en" else "").join(said)
        answers = tuple((answer.key, self._fill(answer.text, self.language)) for answer in stage.answers)
        return Spoken(stage, lock, required, fill(joined, self.values), answers, self._fill(stage.hint, hints))

    def card_text(self, position: Position, card: Card) -> str | None:
        """Give what is said to an objection; ``None`` while the card is closed."""
        words = card.say if self.is_open(position) else card.before
        return None if words is None else fill(words[self.language], self.values)

    def card_answers(self, position: Position, card: Card) -> tuple[Answer, ...]:
        """Give the ways on from a card that are open now."""
        return tuple(
            answer
            for answer in card.answers
            if answer.goto is None or not self.lock(position, self.script.stage(answer.goto))
        )

    def _fill(self, words: Mapping[Language, str] | None, language: Language) -> str:
        return "" if words is None else fill(words[language], self.values)

    def _duty_text(self, duty: Duty) -> str:
        words = duty.text.zh if self.language == "zh" and duty.text.zh else duty.text.en
        spoken = {
            "agent": self.values.agent,
            "creditor": self.values.agency or self.values.creditor,
            "phone": self.values.callback,
        }
        return _PLACEHOLDER.sub(lambda found: clean_line(spoken[found[1]]), words)
