"""What the engine is told. Numbers are those of the requests its effects asked for; answers to others are stale."""

from __future__ import annotations

from dataclasses import dataclass, field

from data.answers import Failure, Timing
from data.replica import Applied
from domain.wire import ChangesPage, Hello, PushAnswer


@dataclass(frozen=True, slots=True)
class Started:
    """The sync begins. ``session`` and ``deposit`` tell which keys there are."""

    session: bool
    deposit: bool


@dataclass(frozen=True, slots=True)
class Stopped:
    """The sync ends; what is under way is given up."""


@dataclass(frozen=True, slots=True)
class Tick:
    """Time has passed."""


@dataclass(frozen=True, slots=True)
class FactCaptured:
    """The outbox has changed."""


@dataclass(frozen=True, slots=True)
class Nudged:
    """Somebody wants everything tried now."""


@dataclass(frozen=True, slots=True)
class WentOffline:
    """The operating system says that there is no network."""


@dataclass(frozen=True, slots=True)
class LoggedIn:
    """There is a session again. ``epoch`` is the history the server said it has."""

    deposit: bool
    epoch: str | None = None


@dataclass(frozen=True, slots=True)
class ShutOut:
    """A login was answered that this device may read nothing more."""


@dataclass(frozen=True, slots=True)
class LoggedOut:
    """The session was ended here."""


@dataclass(frozen=True, slots=True)
class HelloAnswered:
    """The server said who it is."""

    request: int
    hello: Hello
    timing: Timing


@dataclass(frozen=True, slots=True)
class HelloFailed:
    """It did not."""

    request: int
    failure: Failure


@dataclass(frozen=True, slots=True)
class PushAnswered:
    """The server answered a batch of facts."""

    request: int
    answer: PushAnswer = field(repr=False)
    timing: Timing


@dataclass(frozen=True, slots=True)
class PushFailed:
    """It did not, or nobody knows."""

    request: int
    failure: Failure


@dataclass(frozen=True, slots=True)
class Marked:
    """The answers to a batch are stored; ``seqs`` are in the server's custody, ``conflicts`` of them under dispute."""

    request: int
    seqs: tuple[int, ...]
    conflicts: int = 0


@dataclass(frozen=True, slots=True)
class RefusalMarked:
    """It is noted that the server would not take a fact for now."""

    request: int


@dataclass(frozen=True, slots=True)
class PullAnswered:
    """A page of the feed is here."""

    request: int
    page: ChangesPage = field(repr=False)
    timing: Timing


@dataclass(frozen=True, slots=True)
class PullFailed:
    """It did not come."""

    request: int
    failure: Failure


@dataclass(frozen=True, slots=True)
class PageApplied:
    """The page is stored, with its cursor."""

    request: int
    applied: Applied


@dataclass(frozen=True, slots=True)
class StoreFailed:
    """Answers or a page could not be stored; nothing of them was."""

    request: int


@dataclass(frozen=True, slots=True)
class StreamOpened:
    """The server's hints arrive."""

    request: int


@dataclass(frozen=True, slots=True)
class StreamLost:
    """They no longer do."""

    request: int
    failure: Failure


@dataclass(frozen=True, slots=True)
class Poked:
    """The server hints that the feed has a newer head."""

    head: int


@dataclass(frozen=True, slots=True)
class RevokeHinted:
    """The server hints that documents are taken away."""

    keys: tuple[str, ...]


Input = (
    Started
    | Stopped
    | Tick
    | FactCaptured
    | Nudged
    | WentOffline
    | LoggedIn
    | LoggedOut
    | ShutOut
    | HelloAnswered
    | HelloFailed
    | PushAnswered
    | PushFailed
    | Marked
    | RefusalMarked
    | PullAnswered
    | PullFailed
    | PageApplied
    | StoreFailed
    | StreamOpened
    | StreamLost
    | Poked
    | RevokeHinted
)
