"""An invented customer to rehearse on: what they say at each stage, and what a good call with them comes to."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from domain.i18n import LANGUAGES
from domain.records import dataclass
from domain.scripts.model import Segment, Words

_FOLDER: Final = Path(__file__).parent / "personas"


class PersonaError(ValueError):
    """A file of an invented customer cannot be used; the message says why."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What the customer says when the call comes to a stage, named by its id or its kind.

    With ``objection`` it is one that a card answers; ``after`` is said once that card was opened.
    """

    at: str
    says: Words
    objection: str | None = None
    after: Words | None = None


@dataclass(frozen=True, slots=True)
class Persona:
    """An invented customer. ``amount`` is in minor units of the language's currency, ``days`` how late it is.

    ``way`` are the stages a good call comes by, in order. ``outcomes`` are the results it may end with. ``pays`` are the
    parts of the promise as (days from the call, per cent of the whole). ``stranger`` says that whoever answers is not
    the customer.
    """

    id: str
    title: Words
    about: Words
    name: Words
    segment: Segment
    amount: Mapping[str, int]
    days: int
    way: tuple[str, ...]
    outcomes: tuple[str, ...]
    replies: tuple[Reply, ...]
    pays: tuple[tuple[int, int], ...] = ()
    stranger: bool = False

    def reply(self, stage_id: str, kind: str) -> Reply | None:
        """Give what is said at a stage: its own line before that of its kind."""
        by_id = next((each for each in self.replies if each.at == stage_id), None)
        return by_id or next((each for each in self.replies if each.at == kind), None)

    @property
    def objections(self) -> tuple[str, ...]:
        """The objections this customer raises."""
        return tuple(each.objection for each in self.replies if each.objection is not None)


def parse_persona(text: str) -> Persona:
    """Read an invented customer. Raises :class:`PersonaError` where something is missing or of the wrong kind."""
    try:
        raw = tomllib.loads(text)
        persona = Persona(
            id=raw["id"],
            title=_words(raw["title"]),
            about=_words(raw["about"]),
            name=_words(raw["name"]),
            segment=raw["segment"],
            amount={language: int(raw["amount"][language]) for language in LANGUAGES},
            days=int(raw["days"]),
            way=tuple(raw["way"]),
            outcomes=tuple(raw["outcomes"]),
            replies=tuple(_reply(each) for each in raw["reply"]),
            pays=tuple((int(days), int(share)) for days, share in raw.get("pays", [])),
            stranger=bool(raw.get("stranger", False)),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise PersonaError(f"not an invented customer: {error}") from None
    if persona.pays and sum(share for _, share in persona.pays) != 100:
        raise PersonaError(f"{persona.id}: the parts of the promise are not the whole")
    return persona


def _reply(raw: Mapping[str, Any]) -> Reply:
    after = raw.get("after")
    return Reply(raw["at"], _words(raw["says"]), raw.get("objection"), None if after is None else _words(after))


def _words(raw: Mapping[str, str]) -> Words:
    return {language: str(raw[language]) for language in LANGUAGES}


@functools.cache
def personas() -> tuple[Persona, ...]:
    """Give the customers that come with the product, from the easy ones to the hard ones."""
    return tuple(parse_persona(path.read_text("utf-8")) for path in sorted(_FOLDER.glob("*.toml")))
