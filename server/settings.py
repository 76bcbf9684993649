"""How one server process is set up. Everything here is decided before the first request and never changes after it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

import msgspec

from server import typed

SETTINGS_VARIABLE: Final = "DUECALL_SERVER_SETTINGS"
"""The environment variable that carries the settings from the starting process to its workers, as JSON."""


@dataclass(frozen=True, slots=True)
class Argon2Cost:
    """What one password check costs; the defaults are RFC 9106 §4's second recommended option."""

    passes: int = 3
    memory_kib: int = 64 * 1024
    lanes: int = 4


@dataclass(frozen=True, slots=True)
class Throttle:
    """How many wrong passwords are allowed for one login and from one address within ``window_s`` seconds."""

    per_login: int = 10
    per_address: int = 150
    window_s: int = 15 * 60


@dataclass(frozen=True, slots=True)
class Oidc:
    """Login through an identity provider (OpenID Connect Core 1.0). ``claim`` is the one that equals a person's login."""

    issuer: str
    client_id: str
    client_secret: str = field(default="", repr=False)
    claim: str = "email"
    scope: str = "openid email profile"


@dataclass(frozen=True, slots=True)
class Settings:
    """One server's set-up.

    ``database`` is an SQLAlchemy URL and may contain a password. ``clock_offset_ms`` shifts the server's clock for
    rehearsals, in milliseconds. ``threads`` is how many requests may work on the database at once, ``password_threads``
    how many passwords are checked at once. ``jobs`` lets this process do the hourly and nightly work. The durations are
    seconds. ``log_level`` is ``WARNING``, or ``INFO`` for a line for every request. ``oidc`` lets people log in through a
    provider as well.
    """

    database: str = field(repr=False)
    argon2: Argon2Cost = field(default_factory=Argon2Cost)
    throttle: Throttle = field(default_factory=Throttle)
    threads: int = 16
    password_threads: int = 2
    session_s: int = 12 * 3600
    busy_s: float = 30.0
    stream_comment_s: float = 15.0
    stream_tick_s: float = 0.5
    clock_offset_ms: int | None = None
    jobs: bool = True
    log_level: str = "WARNING"
    oidc: Oidc | None = None

    @property
    def rehearsal(self) -> bool:
        """Tell whether the clock is shifted."""
        return self.clock_offset_ms is not None

    def to_json(self) -> str:
        """Write the settings for another process of the same server."""
        return msgspec.json.encode(self).decode()

    @classmethod
    def from_json(cls, text: str) -> Settings:
        """Read what :meth:`to_json` wrote."""
        decoded: Any = typed.decode(text, cls)
        assert isinstance(decoded, cls)
        return decoded
