"""What happened in one simulation: a running hash of everything, and how often each kind of fault has fired."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable
from typing import Final

FAULTS: Final = (
    "request lost",
    "reply lost",
    "request delayed",
    "request repeated",
    "requests reordered",
    "two pushes under way",
    "line cut",
    "fault of a proxy",
    "refused by a proxy",
    "answer garbled",
    "hint lost",
    "false hint",
    "two processes interleaved",
    "server died before commit",
    "server died after commit",
    "server restored",
    "server restored silently",
    "nobody logged in",
    "session expired",
    "session ended",
    "account closed",
    "client killed",
    "client killed at a write",
    "power cut",
    "power cut at a write",
    "writes torn",
    "disk full",
    "clock skewed",
    "clock set back",
    "clock set forward",
    "laptop cloned",
    "laptop set back",
    "reassign storm",
    "reassigned in a call",
    "reassigned by force",
    "lease ran out",
    "suspended",
    "logged out",
)
"""Every kind of fault; a run of many seeds has to have fired each of them."""


ENOUGH: Final = 2000
"""So many seeds must have fired every kind."""

PROPERTY: Final = "seeds"
"""The property of a test's report that carries what its seeds came to."""


class Violation(AssertionError):  # noqa: N818 - it is what the simulation found
    """Something that must always hold did not."""


class Record:
    """The trace of one seed. Only its hash is kept, unless somebody ``tells`` it where to write the lines."""

    def __init__(self, now: Callable[[], float], tell: Callable[[str], None] | None = None) -> None:
        self._now = now
        self._tell = tell
        self._hash = hashlib.sha256()
        self.fired: Counter[str] = Counter()
        self.done: Counter[str] = Counter()

    def note(self, *words: object) -> None:
        """Write down that something happened."""
        line = f"{self._now():.3f} {' '.join(map(str, words))}"
        self._hash.update(line.encode())
        if self._tell is not None:
            self._tell(line)

    def fault(self, kind: str, *words: object) -> None:
        """Write down a fault and count it."""
        assert kind in FAULTS, kind
        self.fired[kind] += 1
        self.note("!", kind, *words)

    def digest(self) -> str:
        """Name the trace so far."""
        return self._hash.hexdigest()
