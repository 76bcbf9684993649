"""What the engine wants done. Those with a ``request`` number are answered by an input with the same number."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from data.position import Contact
from data.sync.status import SyncStatus
from domain.wire import ChangesPage, EventResult

KeyKind = Literal["session", "deposit"]
"""Which key a push shows: the session's token, or the device's key that is good for handing over facts alone."""


@dataclass(frozen=True, slots=True)
class SayHello:
    """Ask the server who it is."""

    request: int


@dataclass(frozen=True, slots=True)
class SendEvents:
    """Hand over the facts with these numbers."""

    request: int
    seqs: tuple[int, ...]
    key: KeyKind


@dataclass(frozen=True, slots=True)
class MarkSent:
    """Store what the server answered to each fact; then tell :class:`~data.sync.inputs.Marked`."""

    request: int
    results: tuple[EventResult, ...] = field(repr=False)
    contact: Contact


@dataclass(frozen=True, slots=True)
class MarkRefused:
    """Note that the server would not take this fact for now; then tell :class:`~data.sync.inputs.RefusalMarked`."""

    request: int
    seq: int
    status: int
    problem: str


@dataclass(frozen=True, slots=True)
class OfferAgain:
    """Count acknowledged facts as unsent again: those numbered above ``above``, or exactly ``seqs``."""

    above: int | None = None
    seqs: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class FetchChanges:
    """Read the feed from ``cursor``, or from the start."""

    request: int
    cursor: str | None
    limit: int


@dataclass(frozen=True, slots=True)
class ApplyPage:
    """Store a page with its cursor; then tell :class:`~data.sync.inputs.PageApplied`.

    ``asked`` is the request's cursor; ``settle`` says that it left after the last acknowledgement was stored.
    """

    request: int
    page: ChangesPage = field(repr=False)
    asked: str | None
    contact: Contact
    settle: bool


@dataclass(frozen=True, slots=True)
class OpenStream:
    """Listen to the server's hints."""

    request: int


@dataclass(frozen=True, slots=True)
class CloseStream:
    """Listen no longer."""


@dataclass(frozen=True, slots=True)
class Remember:
    """Store when the server was last heard and how far the clocks are apart."""

    contact: Contact


@dataclass(frozen=True, slots=True)
class HideDocuments:
    """Show these no longer until the feed has been read to its head."""

    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LetGo:
    """Erase every document: this device was shut out. Facts the server has not taken stay."""

    contact: Contact


@dataclass(frozen=True, slots=True)
class AskLogin:
    """Somebody has to log in; everything captured is kept until then."""


@dataclass(frozen=True, slots=True)
class RaiseAlarm:
    """Something a person should know: ``conflict`` (a fact has two versions), ``set-back`` (an old copy of the store)."""

    kind: Literal["conflict", "set-back"]


@dataclass(frozen=True, slots=True)
class SetTimer:
    """Tell :class:`~data.sync.inputs.Tick` after so many seconds, or never; it replaces the timer before."""

    seconds: float | None


@dataclass(frozen=True, slots=True)
class StatusChanged:
    """The status line says something else now."""

    status: SyncStatus


Effect = (
    SayHello
    | SendEvents
    | MarkSent
    | MarkRefused
    | OfferAgain
    | FetchChanges
    | ApplyPage
    | OpenStream
    | CloseStream
    | Remember
    | HideDocuments
    | LetGo
    | AskLogin
    | RaiseAlarm
    | SetTimer
    | StatusChanged
)
