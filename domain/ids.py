"""Identifiers: UUIDv7 for what is created here, short digests for what must come out the same everywhere."""

from __future__ import annotations

import hashlib
import secrets
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from domain.clock import Clock, milliseconds

_CROCKFORD: Final = "0123456789abcdefghjkmnpqrstvwxyz"


@dataclass(slots=True)
class IdSource:
    """Makes UUIDv7 (RFC 9562 §5.7) that grow within one process, even inside a millisecond or when the clock steps back."""

    clock: Clock
    random_bits: Callable[[int], int] = field(default=secrets.randbits)
    _last: int = 0

    def new(self) -> str:
        """Make the next identifier, in the usual hyphenated form."""
        stamp = (milliseconds(self.clock.now()) & ((1 << 48) - 1)) << 74
        value = stamp | self.random_bits(74)
        if value <= self._last:
            value = self._last + 1 + self.random_bits(32)
        self._last = value
        high, middle, low = value >> 74, (value >> 62) & 0xFFF, value & ((1 << 62) - 1)
        return str(uuid.UUID(int=(high << 80) | (7 << 76) | (middle << 64) | (2 << 62) | low))


def is_uuid(text: str) -> bool:
    """Tell whether ``text`` is a UUID in its hyphenated form."""
    try:
        return str(uuid.UUID(text)) == text.lower()
    except ValueError:
        return False


def digest_id(prefix: str, *words: str) -> str:
    """Make a short id (12 base-32 digits, 60 bits) that is the same on every machine for the same words."""
    number = int.from_bytes(hashlib.sha256("\x1f".join(words).encode()).digest()[:8], "big") >> 4
    digits = "".join(_CROCKFORD[(number >> shift) & 31] for shift in range(55, -1, -5))
    return prefix + digits
