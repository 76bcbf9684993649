"""One fact as this device keeps it: its exact bytes, and what has become of it so far."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import field
from typing import TYPE_CHECKING, Any, Final, Literal

import msgspec

from data import typed
from domain.clock import parse_instant
from domain.records import dataclass

if TYPE_CHECKING:  # a device with nothing unsent paints its queue without a single kind of fact
    from domain.facts import Fact, Payload
    from domain.wire import EventResult

Standing = Literal["accepted", "duplicate", "quarantined", "conflict"]
"""What the server said about a fact; it has the fact in its custody whichever it was."""


@dataclass(frozen=True, slots=True)
class Author:
    """Who is at the keyboard: the agent's id and name, and the device's own UUIDv7."""

    id: str
    name: str | None = field(repr=False)
    device: str


@dataclass(frozen=True, slots=True)
class NewFact:
    """A fact about to be captured. ``id`` is given when another fact of the same moment has to name it."""

    case_id: str
    payload: Payload
    id: str | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why the server would not take a fact, for now: HTTP status, problem type, and when it was last offered.

    ``times`` counts the offers that were refused. A refused fact is kept and offered again, alone, less and less often.
    """

    status: int
    problem: str
    at: str
    times: int = 1


@dataclass(frozen=True, slots=True)
class KeptFact:
    """A fact in the outbox or among those the server has acknowledged.

    ``text`` is the event in its canonical spelling: these characters, and no others, are offered to the server however
    often it takes. ``digest`` is their hash, which the next event carries as ``prev``.
    """

    seq: int
    id: str
    type: str
    case_id: str
    text: str = field(repr=False)
    digest: str
    author: str
    author_name: str | None = field(default=None, repr=False)
    device: str | None = None
    refusal: Refusal | None = None

    @property
    def size(self) -> int:
        """The bytes this event takes in a request."""
        return len(self.text.encode())

    @property
    def event(self) -> dict[str, Any]:
        """The event as it travels, decoded."""
        event: dict[str, Any] = msgspec.json.decode(self.text)
        return event

    @property
    def fact(self) -> Fact:
        """Decode the fact as the fold wants it. Its payload is absent when this version does not know the type."""
        from domain.facts import Fact

        event = self.event
        return Fact(
            id=self.id,
            type=self.type,
            case_id=self.case_id,
            at=parse_instant(event["at"]),
            author=self.author,
            payload=payload_of(self.type, event["data"]),
            author_name=self.author_name,
            device=self.device,
        )

    @property
    def personal(self) -> bool:
        """Whether it says something about a person that must go when the case goes: a number, a name, words."""
        return carries_personal_text(self.fact.payload)

    def document(self) -> dict[str, Any]:
        """Give the document this fact is stored as."""
        return self.lasting() | {"refusal": dataclasses.asdict(self.refusal) if self.refusal else None}

    def lasting(self) -> dict[str, Any]:
        """Give what is stored of this fact for as long as it is kept: all but the refusal."""
        return {
            "seq": self.seq,
            "id": self.id,
            "type": self.type,
            "case_id": self.case_id,
            "text": self.text,
            "digest": self.digest,
            "author": self.author,
            "author_name": self.author_name,
            "device": self.device,
        }


_FIELDS: Final = ("seq", "id", "type", "case_id", "text", "digest", "author", "author_name", "device")


def kept_fact(document: Mapping[str, Any]) -> KeptFact:
    """Read a stored document back. Raises ``KeyError`` or ``TypeError`` when it is none."""
    refusal = document.get("refusal")
    return KeptFact(
        **{name: document[name] for name in _FIELDS},
        refusal=Refusal(**refusal) if refusal else None,
    )


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """The server's answer to one fact.

    ``key`` and ``ver`` name the document that shows it, in the history ``epoch``; ``at`` is when the answer arrived.
    """

    status: Standing
    flags: tuple[str, ...]
    key: str | None
    ver: int | None
    epoch: str | None
    at: str

    @classmethod
    def of(cls, result: EventResult, epoch: str | None, at: str) -> Acknowledgement:
        """Keep what one line of the server's answer says; a duplicate stands as it did the first time."""
        return cls(result.first or result.status, tuple(result.flags), result.key, result.ver, epoch, at)

    def document(self) -> dict[str, Any]:
        """Give the fields this answer adds to the stored fact."""
        return {
            "status": self.status,
            "flags": list(self.flags),
            "key": self.key,
            "ver": self.ver,
            "epoch": self.epoch,
            "acknowledged_at": self.at,
        }


def acknowledgement(document: Mapping[str, Any]) -> Acknowledgement:
    """Read the answer back from a stored fact."""
    return Acknowledgement(
        document["status"],
        tuple(document["flags"]),
        document["key"],
        document["ver"],
        document["epoch"],
        document["acknowledged_at"],
    )


def sent_document(kept: KeptFact, answer: Acknowledgement, *, erase: bool) -> dict[str, Any]:
    """Give the document of an acknowledged fact; with ``erase`` nothing of what it says about a person."""
    document = kept.lasting() | answer.document()
    return without_text(document) if erase and kept.personal else document


def without_text(document: Mapping[str, Any]) -> dict[str, Any]:
    """Keep the fact's place in the chain and nothing of what it said."""
    return {name: value for name, value in document.items() if name not in ("text", "author_name")}


def payload_of(type_name: str, data: object) -> Payload | None:
    """Decode what an event carries; nothing when the type or its data is unknown here."""
    from domain.facts import CLIENT_TYPES

    payload = CLIENT_TYPES.get(type_name)
    if payload is None:
        return None
    try:
        decoded: Payload = typed.convert(data, payload)
    except msgspec.ValidationError:
        return None
    return decoded


def carries_personal_text(payload: Payload | None) -> bool:
    """Tell whether a field that is kept out of logs (``repr=False``) is filled in; unknown payloads count as personal."""
    if payload is None:
        return True
    return any(not each.repr and getattr(payload, each.name) for each in dataclasses.fields(payload))
