"""One spelling of every document, so that hashes and comparisons mean something.

Canonical JSON is RFC 8785 restricted to what the wire allows: no floats, instants with three decimals, dates plain.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, Final

from domain.clock import format_instant

_AS_THEY_ARE: Final = frozenset({str, int, bool, type(None)})


def to_plain(value: object) -> Any:
    """Turn dataclasses, instants, dates and tuples into what JSON has.

    Fields that are ``None`` or empty tuples are left out, so that a new optional field does not change old documents.
    Raises ``TypeError`` for floats and anything else the wire does not know.
    """
    kind = type(value)
    if kind in _AS_THEY_ARE:  # most of every document, and most events whole
        return value
    write = _WRITERS.get(kind)
    if write is None:
        write = _WRITERS[kind] = _writer_of(value)
    return write(value)


def _plain_mapping(value: Any) -> dict[str, Any]:
    return {_word(key): item if type(item) in _AS_THEY_ARE else to_plain(item) for key, item in value.items()}


def _plain_list(value: Any) -> list[Any]:
    return [item if type(item) in _AS_THEY_ARE else to_plain(item) for item in value]


def _plain_sorted(value: Any) -> list[Any]:
    return _plain_list(sorted(value))


_WRITERS: Final[dict[type, Callable[[Any], Any]]] = {
    dict: _plain_mapping,
    list: _plain_list,
    tuple: _plain_list,
    datetime: format_instant,
    date: date.isoformat,
}
"""What turns a value of a type into what JSON has: finding that out anew for every value would be the dearest part."""


def _writer_of(value: object) -> Callable[[Any], Any]:
    """Find what turns a value of a type not met before into what JSON has."""
    for known, write in (
        (str | int, _as_it_is),
        (datetime, format_instant),
        (date, date.isoformat),
        (Mapping, _plain_mapping),
        (set | frozenset, _plain_sorted),
        (tuple | list, _plain_list),
    ):
        if isinstance(value, known):
            return write
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return _fields_writer(tuple(each.name for each in dataclasses.fields(value)))
    raise TypeError(f"{type(value).__name__} has no place on the wire")


def _as_it_is(value: Any) -> Any:
    return value


def _fields_writer(names: tuple[str, ...]) -> Callable[[Any], dict[str, Any]]:
    """Give what writes a dataclass with these fields, without those that are absent.

    It is compiled, as a dataclass's own methods are: every document consists of a few dozen of them, and going through the
    names takes twice to three times as long.
    """
    known = {"as_they_are": _AS_THEY_ARE, "to_plain": to_plain}
    lines = ["def write(value):", "    plain = {}"]
    for name in names:
        lines += [
            f"    item = value.{name}",
            "    if item is not None:",
            "        kind = type(item)",
            "        if kind in as_they_are:",
            f"            plain[{name!r}] = item",
            "        elif kind is not tuple or item:",
            f"            plain[{name!r}] = to_plain(item)",
        ]
    exec("\n".join([*lines, "    return plain"]), known)  # noqa: S102  # names of fields are identifiers
    write: Callable[[Any], dict[str, Any]] = known["write"]  # type: ignore[assignment] # the line above makes it
    return write


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
