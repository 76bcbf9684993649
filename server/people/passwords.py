"""Passwords: kept as Argon2id hashes and checked in the same time whether or not the login exists."""

from __future__ import annotations

import secrets
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from server.settings import Argon2Cost

SHORTEST: Final = 8
"""Fewest characters of a password (NIST SP 800-63B §3.1.1.2)."""
LONGEST: Final = 256
"""Most characters of a password; longer ones are refused before any work is done on them."""


class Passwords:
    """Hashes and checks passwords at one cost (RFC 9106). Safe to use from many threads."""

    def __init__(self, cost: Argon2Cost) -> None:
        self._hasher = PasswordHasher(time_cost=cost.passes, memory_cost=cost.memory_kib, parallelism=cost.lanes)
        self._nobody = self._hasher.hash(secrets.token_urlsafe(16))

    def hash(self, password: str) -> str:
        """Give what is stored for ``password``."""
        return self._hasher.hash(password)

    def check(self, stored: str | None, password: str) -> bool:
        """Tell whether ``password`` is the one stored; ``None`` (nobody) takes just as long and is never right."""
        try:
            self._hasher.verify(self._nobody if stored is None else stored, password)
        except (VerificationError, InvalidHashError):
            return False
        return stored is not None

    def is_outdated(self, stored: str) -> bool:
        """Tell whether ``stored`` was made at another cost and should be replaced at the next login."""
        return self._hasher.check_needs_rehash(stored)
