"""How a rehearsed call was: which stages came in which order, what was missing, and what to do better."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field
from datetime import date, timedelta
from typing import Final

from domain.facts import payloads as p
from domain.i18n import tr
from domain.practice.persona import Persona
from domain.records import dataclass
from domain.scripts.model import RUNGS

_OF_THE_DEBT: Final = (p.PromiseMade, p.ReasonGiven, p.DisputeRaised, p.HardshipRaised, p.ApprovalAsked)
"""Facts nobody can write without having spoken of the debt."""


@dataclass(frozen=True, slots=True)
class Record:
    """What is known of a rehearsed call: its facts in their order, and the cards that were opened.

    ``required`` names the texts that had to be read out; ``owed`` is the whole amount, in minor units; ``day`` is the
    customer's day.
    """

    facts: tuple[p.Payload, ...] = field(repr=False)
    cards: tuple[str, ...]
    required: tuple[str, ...]
    owed: int
    day: date


@dataclass(frozen=True, slots=True)
class Mark:
    """One thing that was looked at. ``advice`` says what to do better; it is empty where all was well."""

    id: str
    good: bool
    label: str
    advice: str = ""


@dataclass(frozen=True, slots=True)
class Score:
    """All marks of one call."""

    marks: tuple[Mark, ...]

    @property
    def percent(self) -> int:
        """How much of it was good, in whole per cent."""
        return 100 * sum(mark.good for mark in self.marks) // len(self.marks) if self.marks else 0


def score(persona: Persona, record: Record) -> Score:
    """Look at a rehearsed call. Only what this customer made possible is looked at."""
    ended = next((fact for fact in reversed(record.facts) if isinstance(fact, p.AttemptEnded)), None)
    stages = ended.stages if ended is not None else ()
    marks = [_stages(persona, stages)]
    marks += [_strangers(record)] if persona.stranger else [_identity(record), _read(record)]
    marks.append(_secret(persona, record))
    marks += [_objection(each, record.cards) for each in persona.objections]
    if persona.pays:
        marks += [_promise(persona, record), _recap(stages), _ladder(persona, ended.offers if ended else ())]
    marks.append(_result(persona, ended.code if ended is not None else None))
    return Score(tuple(marks))


def _mark(name: str, label: str, advice: str, *, good: bool) -> Mark:
    return Mark(name, good, label, "" if good else advice)


def _stages(persona: Persona, stages: Sequence[str]) -> Mark:
    missing = []
    place = 0
    for wanted in persona.way:
        if wanted in stages[place:]:
            place = stages.index(wanted, place) + 1
        else:
            missing.append(wanted)
    advice = tr("Left out, or not in this order: {stages}. Answer the script by its numbers; it goes on by itself.")
    return _mark("stages", tr("The stages, in their order"), advice.format(stages=", ".join(missing)), good=not missing)


def _identity(record: Record) -> Mark:
    checks = [fact for fact in record.facts if isinstance(fact, p.IdentityChecked)]
    good = any(check.passed and check.factors for check in checks)
    return _mark(
        "identity",
        tr("Identity confirmed"),
        tr("Ask for the details, compare them, then answer the stage or press ⟦i call.identity⟧."),
        good=good,
    )


def _strangers(record: Record) -> Mark:
    passed = any(isinstance(fact, p.IdentityChecked) and fact.passed for fact in record.facts)
    return _mark(
        "stranger",
        tr("No stranger taken for the customer"),
        tr("This was not the customer: do not confirm an identity that was not proved."),
        good=not passed,
    )


def _read(record: Record) -> Mark:
    read = {fact.name for fact in record.facts if isinstance(fact, p.DisclosureRead)}
    return _mark(
        "disclosure",
        tr("Required texts read out and acknowledged"),
        tr("Read the marked text word by word before the debt is stated, then press ⟦a call.disclosed⟧."),
        good=set(record.required) <= read,
    )


def _secret(persona: Persona, record: Record) -> Mark:
    identified, read, early = False, set[str](), False
    for fact in record.facts:
        if isinstance(fact, p.IdentityChecked):
            identified = fact.passed
        elif isinstance(fact, p.DisclosureRead) and fact.name is not None:
            read.add(fact.name)
        elif isinstance(fact, _OF_THE_DEBT):
            early = early or persona.stranger or not (identified and set(record.required) <= read)
    return _mark(
        "secret",
        tr("Nothing of the debt before identity and disclosure"),
        tr("First i and a, then the promise, the reason or the dispute: speaking of them gives the debt away."),
        good=not early,
    )


def _objection(card: str, opened: Sequence[str]) -> Mark:
    return _mark(
        f"objection:{card}",
        tr("The objection met with its card"),
        tr("When the customer objects, ⟦k call.objections⟧ opens the cards; read the one that fits, then go on."),
        good=card in opened,
    )


def _promise(persona: Persona, record: Record) -> Mark:
    made = next((fact for fact in reversed(record.facts) if isinstance(fact, p.PromiseMade)), None)
    wanted = [(record.day + timedelta(days=days), record.owed * share // 100) for days, share in persona.pays]
    got = [(part.due, part.amount) for part in made.parts] if made is not None else []
    advice = tr("The customer named amounts and days; note exactly these: everything else is another promise.")
    return _mark("promise", tr("Exact amount and date"), advice, good=got == wanted)


def _recap(stages: Sequence[str]) -> Mark:
    return _mark(
        "recap",
        tr("Said back before saving"),
        tr("Enter shows the sentence to say back; save with the second Enter, after a clear yes."),
        good="recap" in stages,
    )


def _ladder(persona: Persona, offers: Sequence[str]) -> Mark:
    needed = max((RUNGS.index(each) for each in _rungs(persona)), default=0)
    given = max((RUNGS.index(each) for each in offers if each in RUNGS), default=0)
    return _mark(
        "ladder",
        tr("No more offered than was needed"),
        tr("One rung at a time: this customer would have agreed to an earlier one."),
        good=given <= needed,
    )


def _rungs(persona: Persona) -> list[str]:
    return [stage for stage in persona.way if stage in RUNGS]


def _result(persona: Persona, code: str | None) -> Mark:
    return _mark(
        "result",
        tr("The right result saved"),
        tr("Another result would have told the next one what really happened."),
        good=code in persona.outcomes,
    )
