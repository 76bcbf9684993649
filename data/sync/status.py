"""What the status line says about the sync; it is worked out anew each time, so it cannot be stale."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

SyncState = Literal[
    "synced", "syncing", "offline", "busy", "refused", "login", "forbidden", "update", "trouble", "shut-out", "stopped"
]
"""``synced``: everything is handed over and read. ``syncing``: it is under way. ``offline``: the server is not reached.
``busy``: it answers, but asks to wait or has a fault. ``refused``: it would not take some facts for now. ``login``: the
session has ended. ``forbidden``: this login has no feed. ``update``: no common protocol version. ``trouble``: this
computer's disk refuses. ``shut-out``: a supervisor has shut this device out; it only hands over what it holds.
``stopped``: no sync is running."""


@dataclass(frozen=True, slots=True)
class SyncStatus:
    """The sync at one moment; instants are the corrected clock's, absent where there is none.

    ``unsent`` counts the facts the server has not acknowledged, ``refused`` those among them it would not take when
    asked last, ``problem`` why. ``last_sync`` is when the feed was last read to its head, ``head`` how far that is.
    ``polling`` says that the server's hints do not come, so that what changes there is seen a little later. ``next_try``
    is when the server is asked again. ``lease_until`` is how long cases may be called.
    """

    state: SyncState
    last_sync: datetime | None
    offline_since: datetime | None
    unsent: int
    refused: int
    lease_until: datetime | None
    next_try: datetime | None
    head: int
    server: str
    problem: str = ""
    polling: bool = False
