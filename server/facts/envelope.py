"""What every event must have before the server takes custody of it, whatever it means."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

import msgspec

from domain.canonical import digest
from domain.wire import Seen
from server import typed

_LARGEST_SEQ: Final = 2**53 - 1
_LONGEST_WORD: Final = 100

_CANONICAL: Final = msgspec.json.Encoder(order="sorted")
"""Spells what was JSON as :func:`domain.canonical.canonical_bytes` does, four times as fast; a float, for which there is no
canonical spelling, it spells too: its event will be quarantined for it."""


class Malformed(ValueError):  # noqa: N818 - it answers a request, it reports no malfunction
    """One event of a batch is not an event. ``index`` counts from 0."""

    def __init__(self, index: int, what: str) -> None:
        super().__init__(f"Event {index} of the batch is malformed: {what}.")
        self.index = index


@dataclass(frozen=True, slots=True)
class Envelope:
    """The fields of an event, read strictly; whatever else it carries is kept with its bytes."""

    id: str
    seq: int
    type: str
    case_id: str
    at: str
    v: int = 1
    data: dict[str, Any] = field(default_factory=dict, repr=False)
    prev: str | None = None
    seen: Seen | None = None


@dataclass(frozen=True, slots=True)
class Received:
    """An event with its bytes: the canonical ones, whose digest says whether two events are the same."""

    envelope: Envelope
    body: bytes = field(repr=False)
    digest: str


def open_envelopes(events: list[dict[str, Any]]) -> list[Received]:
    """Read every event of a batch.

    Raises :class:`Malformed` for the first one that lacks a field or has one of the wrong kind.
    """
    return [_open(index, event) for index, event in enumerate(events)]


def _open(index: int, event: dict[str, Any]) -> Received:
    try:
        envelope = typed.convert(event, Envelope)
    except msgspec.ValidationError as problem:
        raise Malformed(index, _without_values(problem)) from None
    if not 1 <= envelope.seq <= _LARGEST_SEQ:
        raise Malformed(index, "seq is not between 1 and 2^53 - 1")
    if not (_is_word(envelope.id) and _is_word(envelope.type) and _is_word(envelope.case_id)):
        name = next(name for name in ("id", "type", "case_id") if not _is_word(getattr(envelope, name)))
        raise Malformed(index, f"{name} is empty, too long or not printable")
    if envelope.prev and not _is_word(envelope.prev):
        raise Malformed(index, "prev is too long or not printable")
    body = _CANONICAL.encode(event)
    return Received(envelope, body, digest(body))


def _is_word(text: str) -> bool:
    return 0 < len(text) <= _LONGEST_WORD and text.isprintable()


def _without_values(problem: msgspec.ValidationError) -> str:
    # msgspec names types and the path, never the value: "Expected `int`, got `str` - at `$.seq`"
    return str(problem).replace("`", "'").rstrip(".")
