"""What a script is made of: stages with numbered answers, objection cards, in every language side by side."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal, get_args

from domain.i18n import Language
from domain.records import dataclass

Kind = Literal[
    "open",
    "verify",
    "disclose",
    "state",
    "ask",
    "probe",
    "negotiate",
    "close",
    "recap",
    "wrap_up",
    "third_party",
    "message",
]
"""What a stage is for. The first ten are the way of a call; the last two lie beside it and disclose nothing."""

Rung = Literal["all_today", "part_now", "instalments", "extension", "fee_waiver", "hardship"]
"""One step of the negotiation, from what is best for the creditor to what is left when nothing else works."""

Segment = Literal["consumer", "business"]
Party = Literal["first", "third"]
"""Who calls: the creditor itself (``first``), or somebody who collects for the creditor (``third``)."""

Action = Literal[
    "identity",
    "identity_failed",
    "disclosed",
    "promise",
    "promise_today",
    "callback",
    "reason",
    "dispute",
    "hardship",
    "waiver",
    "escalate",
    "note",
    "wrap_up",
]
"""What an answer starts on the call screen. ``wrap_up`` saves the outcome that was proposed on the way."""

KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
WAY: Final[tuple[Kind, ...]] = KINDS[:10]
GATED: Final[frozenset[Kind]] = frozenset({"state", "ask", "probe", "negotiate", "close", "recap"})
"""Stages that speak of the debt: closed until the identity is confirmed and the required texts have been read."""
RUNGS: Final[tuple[Rung, ...]] = get_args(Rung)
ACTIONS: Final[tuple[Action, ...]] = get_args(Action)
SCRIPT_LANGUAGES: Final[tuple[Language, ...]] = ("en", "zh")

OBJECTIONS: Final = (
    "no_money",
    "when_i_can",
    "paid_already",
    "busy",
    "not_mine",
    "in_writing",
    "stop_calling",
    "lawyer",
    "harassment",
    "lost_job",
    "fee_unfair",
    "who_are_you",
    "vague_date",
    "partner_handles",
    "complaint",
)
"""The objections every script answers."""

Words = Mapping[Language, str]
"""One text in every language of its script."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One numbered answer of the customer.

    It leads to stage ``goto``, starts ``action``, proposes result code ``outcome`` for the wrap-up, or several of these.
    ``factors`` are the details that were compared when ``action`` is ``identity``.
    """

    key: str
    text: Words
    goto: str | None = None
    action: Action | None = None
    outcome: str | None = None
    factors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Stage:
    """One step of the conversation.

    ``lead`` is spoken first, unless the rule pack has a text of its own for this occasion: that one is spoken instead.
    ``hint`` is for the agent and never read out.
    """

    id: str
    kind: Kind
    say: Words
    answers: tuple[Answer, ...]
    lead: Words | None = None
    hint: Words | None = None
    rung: Rung | None = None

    def answer(self, key: str) -> Answer | None:
        """Give the answer a number key stands for."""
        return next((each for each in self.answers if each.key == key), None)


@dataclass(frozen=True, slots=True)
class Card:
    """What to say to an objection.

    ``before`` is said instead while the customer is not identified; a card without it stays closed until then.
    """

    id: str
    title: Words
    say: Words
    before: Words | None = None
    hint: Words | None = None
    answers: tuple[Answer, ...] = ()

    def answer(self, key: str) -> Answer | None:
        """Give the answer a number key stands for."""
        return next((each for each in self.answers if each.key == key), None)


@dataclass(frozen=True, slots=True)
class Script:
    """A whole conversation for one segment and one kind of caller. ``digest`` is the hash of exactly this text."""

    name: str
    version: str
    title: Words
    segment: Segment
    party: Party
    stages: tuple[Stage, ...]
    cards: tuple[Card, ...]
    digest: str

    def stage(self, stage_id: str | None) -> Stage:
        """Give a stage by its id; the first one when there is none of that name."""
        return next((stage for stage in self.stages if stage.id == stage_id), self.stages[0])

    def first(self, kind: Kind) -> Stage:
        """Give the first stage of a kind; every checked script has one of each."""
        return next(stage for stage in self.stages if stage.kind == kind)

    def card(self, card_id: str) -> Card | None:
        """Find a card by its id."""
        return next((card for card in self.cards if card.id == card_id), None)
