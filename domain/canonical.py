"""One spelling of every document, so that hashes and comparisons mean something.

Canonical JSON is RFC 8785 restricted to what the wire allows: no floats, instants with three decimals, dates plain.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from domain.clock import format_instant


def to_plain(value: object) -> Any:
    """Turn dataclasses, instants, dates and tuples into what JSON has.

    Fields that are ``None`` or empty tuples are left out, so that a new optional field does not change old documents.
    Raises ``TypeError`` for floats and anything else the wire does not know.
    """
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, datetime):
        return format_instant(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): to_plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list | set | frozenset):
        items = sorted(value) if isinstance(value, set | frozenset) else value
        return [to_plain(item) for item in items]
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        plain = {}
        for each in dataclasses.fields(value):
            item = getattr(value, each.name)
            if item is None or item == ():
                continue
            plain[each.name] = to_plain(item)
        return plain
    raise TypeError(f"{type(value).__name__} has no place on the wire")


def canonical_bytes(value: object) -> bytes:
    """Write a document in its one spelling, as UTF-8.

    Raises ``TypeError`` for floats: ``allow_nan`` aside, a float in a document is a mistake.
    """
    plain = to_plain(value)
    return json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def digest(data: bytes) -> str:
    """Hash bytes the way the wire writes it: ``sha256:<hex>``."""
    return "sha256:" + hashlib.sha256(data).hexdigest()
