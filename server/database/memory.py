"""What a process remembers of rows it has read or written, so that it need not read and understand them again.

**Nothing is believed that the row itself does not confirm**: each thing is kept with the stamp its row had, and is handed
out only to a transaction that has locked the row and read that very stamp. It is handed out once: whoever takes it owns
it, may change it, and gives it back only after the commit. A transaction that fails gives nothing back.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from typing import Any

Stamp = tuple[int, int]
"""A row's version and the instant it was written at: two histories of one database never agree on both."""


class Memory:
    """At most ``most`` units of whatever is kept, the least lately used going first. Safe to use from many threads."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._held = 0
        self._kept: OrderedDict[str, tuple[Stamp, Any, int]] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, stamps: Mapping[str, Stamp]) -> dict[str, Any]:
        """Hand out what is kept under these keys with these stamps; what has another stamp is forgotten."""
        found: dict[str, Any] = {}
        with self._lock:
            for key, stamp in stamps.items():
                kept = self._kept.pop(key, None)
                if kept is not None:
                    self._held -= kept[2]
                    if kept[0] == stamp:
                        found[key] = kept[1]
        return found

    def keep(self, things: Iterable[tuple[str, Stamp, Any, int]]) -> None:
        """Keep things by key, each with its stamp and how many units it counts for."""
        with self._lock:
            for key, stamp, thing, units in things:
                before = self._kept.pop(key, None)
                self._held += units - (before[2] if before is not None else 0)
                self._kept[key] = (stamp, thing, units)
            while self._held > self._most and self._kept:
                _, (_, _, units) = self._kept.popitem(last=False)
                self._held -= units

    def forget(self) -> None:
        """Forget everything."""
        with self._lock:
            self._kept.clear()
            self._held = 0
