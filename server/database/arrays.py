"""Columns of values as PostgreSQL's arrays, written in its binary form in one go.

The driver writes an array value by value, in words, which costs more than anything else about sending many rows. What a
binary array looks like is laid down in PostgreSQL's ``array_recv`` (src/backend/utils/adt/arrayfuncs.c): dimensions, a flag
for absent values, the type of the elements, length and lower bound of the one dimension, then each value behind its length.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
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


def _text(value: str) -> bytes:
    spelt = value.encode()
    return _LENGTH.pack(len(spelt)) + spelt


def _bytes(value: bytes) -> bytes:
    return _LENGTH.pack(len(value)) + value


def _small(value: int) -> bytes:
    return _SMALL.pack(4, value)


def _large(value: int) -> bytes:
    return _LARGE.pack(8, value)


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
            parts = [_ABSENT if value is None else write(value) for value in values]
            head = _HEAD.pack(1, int(None in values), oid, len(parts), 1)
            return kind(head + b"".join(parts))

        return packed


_KINDS: Final[dict[str, tuple[type[_Packed], int, Callable[[Any], bytes]]]] = {
    "TEXT": (_PackedTexts, psycopg.adapters.types["text"].oid, _text),
    "BYTEA": (_PackedBytes, psycopg.adapters.types["bytea"].oid, _bytes),
    "INTEGER": (_PackedSmall, psycopg.adapters.types["int4"].oid, _small),
    "BIGINT": (_PackedLarge, psycopg.adapters.types["int8"].oid, _large),
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
