"""The key of the store, and how a password becomes one."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import unicodedata
from typing import Final

from domain.records import dataclass

KEY_BYTES: Final = 32
SALT_BYTES: Final = 16


class Key:
    """Thirty-two secret bytes; shows itself as ``***`` so that no log and no crash report can carry it."""

    __slots__ = ("_secret",)

    def __init__(self, secret: bytes) -> None:
        if len(secret) != KEY_BYTES:
            raise ValueError(f"a key has {KEY_BYTES} bytes")
        self._secret = secret

    @classmethod
    def random(cls) -> Key:
        """Make a key nobody can derive, for the operating system's keyring or for a demonstration."""
        return cls(secrets.token_bytes(KEY_BYTES))

    @classmethod
    def from_text(cls, text: str) -> Key:
        """Read back what :meth:`to_text` gave; ``ValueError`` when it is something else."""
        return cls(bytes.fromhex(text))

    def to_text(self) -> str:
        """Give the secret for the operating system's keyring, and for nothing else."""
        return self._secret.hex()

    def page_key(self) -> str:
        """Give the cipher's own form of the key: raw bytes, so that it derives nothing a second time."""
        return f"raw:{self._derived(b'duecall pages 1').hex()}"

    def fingerprint(self) -> str:
        """Give a value that tells whether a key is the right one and reveals nothing else about it."""
        return self._derived(b"duecall check 1").hex()

    def fits(self, fingerprint: str) -> bool:
        """Tell whether ``fingerprint`` was made with this key."""
        return hmac.compare_digest(self.fingerprint(), fingerprint)

    def _derived(self, purpose: bytes) -> bytes:
        """Separate the uses: what one of them leaks says nothing about the others."""
        return hmac.new(self._secret, purpose, hashlib.sha256).digest()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Key) and hmac.compare_digest(self._secret, other._secret)

    def __hash__(self) -> int:
        return hash(self.fingerprint())

    def __repr__(self) -> str:
        return "***"


@dataclass(frozen=True, slots=True)
class KeyCost:
    """How much work Argon2id does for one guess: passes, memory in KiB, lanes.

    The bounds keep a tampered header from asking for more memory than the machine has.
    """

    passes: int
    memory_kib: int
    lanes: int

    def __post_init__(self) -> None:
        if not (1 <= self.passes <= 64 and 1 <= self.lanes <= 16 and 8 * self.lanes <= self.memory_kib <= 2**21):
            raise ValueError("unreasonable cost of a key")


STANDARD_COST: Final = KeyCost(passes=3, memory_kib=64 * 1024, lanes=4)
"""RFC 9106, section 4, second recommended option: 64 MiB, for machines that do other work beside it."""


def new_salt() -> bytes:
    """Draw the random bytes that make equal passwords give different keys."""
    return secrets.token_bytes(SALT_BYTES)


def derive_key(password: str, salt: bytes, cost: KeyCost = STANDARD_COST) -> Key:
    """Turn a password into a key with Argon2id (RFC 9106); takes about a tenth of a second on purpose.

    The password is compared as people type it: composed (Unicode NFC, as RFC 8265 asks), so that the same letters
    give the same key whichever keyboard or input method produced them. ``ValueError`` for an empty password.
    """
    if not password:
        raise ValueError("an empty password protects nothing")
    from argon2.low_level import Type, hash_secret_raw  # at the first use: opening by keyring never needs it

    return Key(
        hash_secret_raw(
            unicodedata.normalize("NFC", password).encode(),
            salt,
            time_cost=cost.passes,
            memory_cost=cost.memory_kib,
            parallelism=cost.lanes,
            hash_len=KEY_BYTES,
            type=Type.ID,
        )
    )
