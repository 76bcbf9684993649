"""How a call moves through its script: answers, the identity, required texts, offers. Pure: a position in, one out."""

from __future__ import annotations

from dataclasses import replace

from domain.records import dataclass
from domain.scripts.model import WAY, Answer, Kind, Stage
from domain.scripts.talk import BEFORE_THE_DEBT, Lock, Position, Required, Talk


@dataclass(frozen=True, slots=True)
class Turn:
    """What an answer does. ``read`` are the texts it acknowledges; ``lock`` says why the next stage stayed closed."""

    position: Position
    answer: Answer
    read: tuple[Required, ...] = ()
    lock: Lock = ""


def answer(talk: Talk, position: Position, key: str, card_id: str | None = None) -> Turn | None:
    """Take the customer's answer by its key, on the current stage or on a card; ``None`` for a key without meaning."""
    if card_id is None:
        stage = talk.script.stage(position.stage)
        chosen = None if talk.lock(position, stage) else stage.answer(key)
    else:
        card = talk.script.card(card_id)
        if card is None or talk.card_text(position, card) is None:
            return None
        chosen = next((each for each in talk.card_answers(position, card) if each.key == key), None)
    return None if chosen is None else take(talk, position, chosen)


def take(talk: Talk, position: Position, chosen: Answer) -> Turn:
    """Take an answer: note what it says of the identity and the texts, then go on as far as the gate allows."""
    read: tuple[Required, ...] = ()
    after = position
    if chosen.action == "identity":
        after = replace(after, identified=True, unverified=False)
    elif chosen.action == "identity_failed":
        after = replace(after, identified=False, unverified=True)
    elif chosen.action == "disclosed":
        read = talk.unread(after)
        after = replace(after, read=(*after.read, *(each.name for each in read)))
    if chosen.outcome is not None:
        after = replace(after, outcome=chosen.outcome)
    if chosen.goto is None:
        return Turn(after, chosen, read)
    stage = talk.script.stage(chosen.goto)
    lock = talk.lock(after, stage)
    if lock:
        return Turn(after, chosen, read, lock)
    return Turn(go(after, stage), chosen, read)


def go(position: Position, stage: Stage) -> Position:
    """Go to a stage. Coming to a rung of the negotiation is offering it."""
    if stage.id == position.stage:
        return position
    offers = position.offers
    if stage.rung is not None and stage.rung not in offers:
        offers = (*offers, stage.rung)
    return replace(position, stage=stage.id, trail=(*position.trail, position.stage), offers=offers)


def back(position: Position) -> Position:
    """Go back to the stage before, if there is one; what was confirmed, read and offered stays so."""
    if not position.trail:
        return position
    return replace(position, stage=position.trail[-1], trail=position.trail[:-1], outcome=None)


def identified(talk: Talk, position: Position) -> Turn:
    """Confirm the identity by one key, from wherever the call is, as the first passing answer of the script does."""
    verify = talk.script.first("verify")
    passing = next(each for each in verify.answers if each.action == "identity")
    kind = talk.script.stage(position.stage).kind
    if kind in ("open", "third_party", "message"):
        position = go(position, verify)
    elif kind != "verify":
        return Turn(replace(position, identified=True, unverified=False), passing)
    return take(talk, position, passing)


def acknowledged(talk: Talk, position: Position) -> tuple[Position, tuple[Required, ...]]:
    """Acknowledge by one key what has been read out so far, and go on to the debt once nothing is missing.

    Before the identity is confirmed only the texts of the stages up to the current one can have been read. What a rule
    pack wants said to a third party, to a machine or at the end is acknowledged on that stage.
    """
    stage = talk.script.stage(position.stage)
    read = talk.unread(position)
    if not position.identified:
        told = BEFORE_THE_DEBT[: BEFORE_THE_DEBT.index(stage.kind) + 1] if stage.kind in BEFORE_THE_DEBT else ()
        read = tuple(each for each in read if each.kind in told and each.kind != "disclose")
    if stage.kind not in BEFORE_THE_DEBT:
        read += tuple(each for each in talk.required(stage) if each.name not in position.read)
    after = replace(position, read=(*position.read, *(each.name for each in read)))
    if after.identified and not talk.unread(after) and stage.kind in BEFORE_THE_DEBT:
        disclose = talk.script.first("disclose")
        after = go(go(after, disclose), talk.script.first("state"))
    return after, read


def arrived(talk: Talk, position: Position, kind: Kind) -> Position:
    """Note that the call has come to a later stage by itself: a promise being typed is the close, its echo the recap.

    Nothing happens while the gate is closed, or when the call is further on already.
    """
    stage = talk.script.stage(position.stage)
    if not talk.is_open(position) or stage.kind not in WAY or WAY.index(stage.kind) >= WAY.index(kind):
        return position
    return go(position, talk.script.first(kind))
