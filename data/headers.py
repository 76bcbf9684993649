"""What the headers of an answer say about time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime

from domain.clock import from_milliseconds, parse_instant


def server_time(headers: Mapping[str, str]) -> datetime | None:
    """Read ``Server-Time``: whole milliseconds since 1970-01-01 UTC, or an instant as RFC 3339 writes it."""
    text = headers.get("Server-Time", "").strip()
    try:
        return from_milliseconds(int(text)) if text.isdecimal() and len(text) <= 15 else parse_instant(text)
    except (ValueError, OverflowError):
        return None


def retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """Read ``Retry-After`` in both its forms (RFC 9110, section 10.2.3), as seconds from now."""
    text = headers.get("Retry-After", "").strip()
    if text.isdecimal():
        return float(text[:9])
    try:
        return max(0.0, (parsedate_to_datetime(text) - now).total_seconds())
    except (ValueError, TypeError):
        return None
