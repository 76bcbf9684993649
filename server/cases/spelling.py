"""The canonical bytes of a case's document, without spelling out again what has not changed since the last time.

The bytes are those of :func:`domain.canonical.canonical_bytes`. The attempts, promises and moments of a case are values
that never change: while a fold keeps one, its spelling is kept beside it.
"""

from __future__ import annotations

import dataclasses
from typing import Any, Final

import msgspec

from domain.canonical import to_plain
from domain.case.model import Case, Customer

Spellings = dict[int, tuple[object, msgspec.Raw]]
"""Values by identity, each with its spelling; holding the value keeps its identity from being given to another one."""

_NAMES: Final = tuple(each.name for each in dataclasses.fields(Case))
_ENCODER: Final = msgspec.json.Encoder(order="sorted")


def spelt(case: Case, before: Spellings | None) -> tuple[bytes, Spellings]:
    """Give the canonical bytes of a document, and the spellings of its parts for the next time.

    ``before`` is absent for a case that was not known from an earlier change: it is spelt in one go, and its parts are kept
    from the second change on. Most calls of a day are the only one to their customer.
    """
    if before is None:
        return _ENCODER.encode(to_plain(case)), {}
    after: Spellings = {}
    plain: dict[str, Any] = {}
    for name in _NAMES:
        value = getattr(case, name)
        if value is None or value == ():
            continue
        if type(value) is tuple:
            parts = plain[name] = []
            for each in value:  # as _part does; it would be called some fifty times for every document
                known = before.get(id(each))
                if known is None:
                    parts.append(_part(each, before, after))
                else:
                    after[id(each)] = known
                    parts.append(known[1])
        elif type(value) is Customer:
            plain[name] = _part(value, before, after)
        else:
            plain[name] = to_plain(value)
    return _ENCODER.encode(plain), after


def _part(value: object, before: Spellings, after: Spellings) -> msgspec.Raw:
    known = before.get(id(value))
    if known is None:
        known = (value, msgspec.Raw(_ENCODER.encode(to_plain(value))))
    after[id(value)] = known
    return known[1]
