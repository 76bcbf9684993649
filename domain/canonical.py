"""One spelling of every document, so that hashes and comparisons mean something.

Canonical JSON is RFC 8785 restricted to what the wire allows: no floats, instants with three decimals, dates plain.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import date, datetime
from operator import attrgetter
from typing import Any, Final

from domain.clock import format_instant

_AS_THEY_ARE: Final = frozenset({str, int, bool, type(None)})
_FIELDS: Final[dict[type, tuple[tuple[str, ...], Callable[[object], tuple[object, ...]]]]] = {}
"""The names of the fields of each dataclass met so far, and what reads them all: looking them up is the dearest part."""


def to_plain(value: object) -> Any:
    """Turn dataclasses, instants, dates and tuples into what JSON has.

    Fields that are ``None`` or empty tuples are left out, so that a new optional field does not change old documents.
    Raises ``TypeError`` for floats and anything else the wire does not know.
    """
    kind = type(value)
    if kind in _AS_THEY_ARE:  # most of every document, and most events whole
        return value
    if kind is dict:
        return {_word(key): item if type(item) in _AS_THEY_ARE else to_plain(item) for key, item in value.items()}  # type: ignore[attr-defined] # a dict, exactly
    if kind is list or kind is tuple:
        return [item if type(item) in _AS_THEY_ARE else to_plain(item) for item in value]  # type: ignore[attr-defined] # one of the two, exactly
    fields = _FIELDS.get(kind)
    if fields is not None:
        return _without_absent(value, *fields)
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
        names = tuple(each.name for each in dataclasses.fields(value))
        fields = _FIELDS[kind] = (names, _reader(names))
        return _without_absent(value, *fields)
    raise TypeError(f"{type(value).__name__} has no place on the wire")


def _reader(names: tuple[str, ...]) -> Callable[[object], tuple[object, ...]]:
    if len(names) > 1:
        return attrgetter(*names)
    return lambda value: tuple(getattr(value, name) for name in names)


def _without_absent(
    value: object, names: tuple[str, ...], read: Callable[[object], tuple[object, ...]]
) -> dict[str, Any]:
    plain = {}
    for name, item in zip(names, read(value), strict=True):
        if type(item) in _AS_THEY_ARE:
            if item is not None:
                plain[name] = item
        elif item != ():
            plain[name] = to_plain(item)
    return plain


def _word(key: object) -> str:
    return key if type(key) is str else str(key)


def canonical_bytes(value: object) -> bytes:
    """Write a document in its one spelling, as UTF-8.

    Raises ``TypeError`` for floats: ``allow_nan`` aside, a float in a document is a mistake.
    """
    plain = to_plain(value)
    return json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def digest(data: bytes) -> str:
    """Hash bytes the way the wire writes it: ``sha256:<hex>``."""
    return "sha256:" + hashlib.sha256(data).hexdigest()
