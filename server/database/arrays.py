"""Columns of values as PostgreSQL's arrays, written in its binary form in one go.

The driver writes an array value by value, in words, which costs more than anything else about sending many rows. What a
binary array looks like is laid down in PostgreSQL's ``array_recv`` (src/backend/utils/adt/arrayfuncs.c): dimensions, a flag
for absent values, the type of the elements, length and lower bound of the one dimension, then each value behind its length.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from itertools import chain, repeat
from typing import Any, Final

import psycopg
from psycopg.abc import Buffer
from psycopg.adapt import Dumper
from psycopg.pq import Format
from sqlalchemy import BigInteger, Boolean, Column, Integer, LargeBinary, Text, bindparam
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import UserDefinedType

_HEAD: Final = struct.Struct(">iiIii")
_LENGTH: Final = struct.Struct(">i")
_SMALL: Final = struct.Struct(">ii")
_LARGE: Final = struct.Struct(">iq")
_ABSENT: Final = _LENGTH.pack(-1)


class _Packed:
    """An array in its binary form."""

    __slots__ = ("data",)

    def __init__(self, data: bytes) -> None:
        self.data = data


class _PackedTexts(_Packed):
    pass


class _PackedBytes(_Packed):
    pass


class _PackedSmall(_Packed):
    pass


class _PackedLarge(_Packed):
    pass


# Each takes all values of a column at once and leaves the loop to the interpreter's own functions: these lines are run
# some thirty times for every fact.


def _texts(values: Sequence[str]) -> bytes:
    return _many_bytes([value.encode() for value in values])


def _many_bytes(values: Sequence[bytes]) -> bytes:
    return b"".join(chain.from_iterable(zip(map(_LENGTH.pack, map(len, values)), values, strict=True)))


def _smalls(values: Sequence[int]) -> bytes:
    return b"".join(map(_SMALL.pack, repeat(4), values))


def _larges(values: Sequence[int]) -> bytes:
    return b"".join(map(_LARGE.pack, repeat(8), values))


def _elements(values: Sequence[Any], write: Callable[[Sequence[Any]], bytes]) -> tuple[bytes, bool]:
    """Give all elements of an array, and whether any is absent. Many columns hold one value over and over."""
    if not values:
        return b"", False
    first = values[0]
    if values.count(first) == len(values):
        return (_ABSENT if first is None else write((first,))) * len(values), first is None
    if None in values:
        return b"".join([_ABSENT if value is None else write((value,)) for value in values]), True
    return write(values), False


class ArrayOf(UserDefinedType[Sequence[Any]]):
    """The type of a parameter that carries a whole column, or a list to look values up in."""

    cache_ok = True
    render_bind_cast = True

    def __init__(self, element: str) -> None:
        self.element = element

    def get_col_spec(self, **_about: Any) -> str:
        """Give the type's name."""
        return f"{self.element}[]"

    def bind_processor(self, _dialect: Dialect) -> Callable[[Sequence[Any] | None], Any]:
        """Give what turns the values into what is sent."""
        kind, oid, write = _KINDS[self.element]

        def packed(values: Sequence[Any] | None) -> _Packed:
            assert values is not None
            elements, holes = _elements(values, write)
            return kind(_HEAD.pack(1, int(holes), oid, len(values), 1) + elements)

        return packed


_KINDS: Final[dict[str, tuple[type[_Packed], int, Callable[[Sequence[Any]], bytes]]]] = {
    "TEXT": (_PackedTexts, psycopg.adapters.types["text"].oid, _texts),
    "BYTEA": (_PackedBytes, psycopg.adapters.types["bytea"].oid, _many_bytes),
    "INTEGER": (_PackedSmall, psycopg.adapters.types["int4"].oid, _smalls),
    "BIGINT": (_PackedLarge, psycopg.adapters.types["int8"].oid, _larges),
}


def array_of(column: Column[Any]) -> ArrayOf:
    """Give the type of many values of a column. Raises ``TypeError`` for a column of any other kind than our tables have."""
    for kind, element in (
        (BigInteger, "BIGINT"),
        (Integer, "INTEGER"),
        (Text, "TEXT"),
        (LargeBinary, "BYTEA"),
    ):
        if isinstance(column.type, kind):
            return ArrayOf(element)
    raise TypeError(f"no array for {column}")


class Among(FunctionElement[bool]):
    """Says that a column has one of the values of a list; on PostgreSQL it travels as one parameter however long it is."""

    type = Boolean()
    inherit_cache = True
    name = "among"


@compiles(Among)
def _among(element: Among, compiler: Any, **about: Any) -> str:
    column, values, _ = element.clauses
    return f"{compiler.process(column, **about)} = ANY ({compiler.process(values, **about)})"


@compiles(Among, "sqlite")
def _among_on_sqlite(element: Among, compiler: Any, **about: Any) -> str:
    *_, spelt_out = element.clauses
    return str(compiler.process(spelt_out, **about))


def among(column: Column[Any], name: str) -> Among:
    """Say that a column has one of the values given for the parameter ``name``, a list of text or of whole numbers."""
    return Among(column, bindparam(name, type_=array_of(column)), column.in_(bindparam(name, expanding=True)))


def _register(kind: type[_Packed], name: str) -> None:
    class Written(Dumper):
        """Sends an array as it is."""

        format = Format.BINARY
        oid = psycopg.adapters.types[name].array_oid

        def dump(self, obj: _Packed) -> Buffer | None:
            return obj.data

    psycopg.adapters.register_dumper(kind, Written)


for _kind, _name in ((_PackedTexts, "text"), (_PackedBytes, "bytea"), (_PackedSmall, "int4"), (_PackedLarge, "int8")):
    _register(_kind, _name)
