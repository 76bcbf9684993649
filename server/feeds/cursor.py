"""Cursors: how far a device has read its feed, signed so that nobody can make one up.

A cursor names the epoch, the agent and the position. One that is damaged, of another epoch or of another agent is simply
unknown: the reader starts again, nothing fails.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from typing import Final

from server.founding import Identity

_MAC_BYTES: Final = 12


def write_cursor(identity: Identity, agent: str, seq: int) -> str:
    """Give the cursor for a position in an agent's feed."""
    number = seq.to_bytes(8, "big")
    return base64.urlsafe_b64encode(number + _mac(identity, agent, number)).decode().rstrip("=")


def read_cursor(identity: Identity, agent: str, cursor: str) -> int | None:
    """Give the position a cursor stands for; ``None`` when it is not one of this agent in this epoch."""
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    number, mac = raw[:8], raw[8:]
    if len(number) != 8 or not hmac.compare_digest(mac, _mac(identity, agent, number)):
        return None
    return int.from_bytes(number, "big")


def _mac(identity: Identity, agent: str, number: bytes) -> bytes:
    message = b"\x1f".join((identity.epoch.encode(), agent.encode(), number))
    return hmac.new(identity.key, message, hashlib.sha256).digest()[:_MAC_BYTES]
