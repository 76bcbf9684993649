"""Simple ``where()`` conditions as SQL, so that SQLite's index finds the few rows Python then checks.

The SQL may let too much through and must never let too little: the condition itself has the last word. Only what
both languages compare alike is handed over, and the rest of the condition stays with Python:

* strings without lone surrogates (SQLite compares UTF-8 bytes, Python code points: the same order);
* numbers below 2**53, more than any amount (SQLite reads JSON integers from 2**63 on as floating point);
* ``None`` by equality only, as SQL's NULL is also "no such field".

TinyDB keeps the shape of a condition in the tuple it hashes; this file is the only one that reads it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from typing import Any, Final

from tinydb.queries import QueryInstance

from domain.records import dataclass

FieldPath = tuple[str, ...]

_SAFE_NAME: Final = re.compile(r"[A-Za-z0-9_-]+")
_COMPARISONS: Final = ("==", "<", "<=", ">", ">=")
_EXACT_LIMIT: Final = 2**53


@dataclass(frozen=True, slots=True)
class Narrowing:
    """A WHERE clause that lets at least the matching rows through; empty when nothing could be handed over."""

    sql: str = ""
    bindings: tuple[Any, ...] = ()
    pinned: bool = False
    """Some field is compared for equality, so the index gives the rows in the order of their ids."""

    def joined(self, other: Narrowing) -> Narrowing:
        """Demand both."""
        if not (self.sql and other.sql):
            return self if self.sql else other
        return Narrowing(f"{self.sql} AND {other.sql}", self.bindings + other.bindings, self.pinned or other.pinned)


NOTHING: Final = Narrowing()


def field_path(dotted: str) -> FieldPath:
    """Read ``"customer.state"`` as the path ``where("customer")["state"]``; ``ValueError`` for unsafe names."""
    path = tuple(dotted.split("."))
    if not all(_SAFE_NAME.fullmatch(name) for name in path):
        raise ValueError(f"not a path that can be indexed: {dotted!r}")
    return path


def field_expression(path: FieldPath) -> str:
    """Write the SQL for a field. An index is used only if both were written by this function."""
    return "json_extract(body, '$" + "".join(f'."{name}"' for name in path) + "')"


def narrowing(condition: object, paths: Iterable[FieldPath]) -> Narrowing:
    """Hand over what ``condition`` says about the indexed ``paths``."""
    if not isinstance(condition, QueryInstance):
        return NOTHING
    return _from_shape(getattr(condition, "_hash", None), frozenset(paths))


def may_be_remembered(condition: object) -> bool:
    """Tell whether equal hashes mean equal conditions with equal answers.

    TinyDB leaves the path out of a fragment's hash and the flags out of those of ``matches`` and ``search``: two
    different conditions then look the same, and a remembered answer would be given to the wrong one. A function
    given to ``test`` may look at the clock.
    """
    cacheable = getattr(condition, "is_cacheable", None)
    if cacheable is not None and not cacheable():
        return False
    return not _mentions(getattr(condition, "_hash", None), ("fragment", "matches", "search", "test"))


def _mentions(shape: Any, operators: Sequence[str]) -> bool:
    """Search a condition's shape for operators; a value that happens to look like one only costs a scan."""
    if isinstance(shape, QueryInstance):
        return not may_be_remembered(shape)
    if isinstance(shape, tuple | frozenset):
        return any(part in operators if isinstance(part, str) else _mentions(part, operators) for part in shape)
    return False


def _from_shape(shape: Any, paths: frozenset[FieldPath]) -> Narrowing:
    match shape:
        case ("and", frozenset(parts)):
            found = sorted((_from_shape(part, paths) for part in parts), key=lambda narrowed: narrowed.sql)
            result = NOTHING
            for one in found:  # sorted, because SQLite remembers prepared statements by their text
                result = result.joined(one)
            return result
        case (str(operator), tuple(path), value) if path in paths:
            return _comparison(operator, field_expression(path), value)
    return NOTHING


def _comparison(operator: str, field: str, value: Any) -> Narrowing:
    if operator == "one_of":
        # A string is searched for substrings and a generator is used up by looking at it: only lists and sets.
        if isinstance(value, tuple | frozenset) and all(_alike(item) for item in value):
            sql = f"{field} IN (SELECT value FROM json_each(?))"  # noqa: S608 - made of checked names
            return Narrowing(sql, (json.dumps(list(value)),))
        return NOTHING
    if operator == "==" and value is None:
        return Narrowing(f"{field} IS NULL", (), pinned=True)
    if operator in _COMPARISONS and _alike(value):
        return Narrowing(f"{field} {'=' if operator == '==' else operator} ?", (value,), pinned=operator == "==")
    return NOTHING


def _alike(value: Any) -> bool:
    """Tell whether SQLite and Python compare this value in the same way."""
    if isinstance(value, str):
        return not any("\ud800" <= character <= "\udfff" for character in value)
    return isinstance(value, int | float) and -_EXACT_LIMIT < value < _EXACT_LIMIT
