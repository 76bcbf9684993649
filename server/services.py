"""What every endpoint needs, built once per process and handed over: no globals, no singletons."""

from __future__ import annotations

from dataclasses import dataclass, field

from domain.clock import Clock
from server.database.engine import Database
from server.feeds.hub import Hub
from server.founding import Identity
from server.metrics import Metrics
from server.people.passwords import Passwords
from server.people.provider import Provider
from server.settings import Settings


@dataclass(frozen=True, slots=True)
class Services:
    """One server process."""

    settings: Settings
    clock: Clock
    database: Database
    identity: Identity
    passwords: Passwords = field(repr=False)
    hub: Hub
    metrics: Metrics
    provider: Provider | None = None
