"""The one place where JSON, or a tree that was JSON, becomes a value of a type of ours.

msgspec keeps what it knows of a dataclass, Struct, TypedDict or NamedTuple on the class, and puts it there *before* its
fields are filled in, so that a type may refer to itself. With a global interpreter lock it has no lock of its own around
that. Filling in runs Python (annotations are evaluated), so another thread may come in between, find the half of it and
read a field that is not there: the process ends with SIGSEGV. (msgspec 0.22, ``src/msgspec/_core.c``: ``StructInfo_Convert``,
``DataclassInfo_Convert``, ``TypedDictInfo_Convert``, ``NamedTupleInfo_Convert``; ``msgspec.convert``, ``json.decode`` with a
type and ``json.Decoder`` all come there.) So every type goes through :data:`_READY` first.

What need not come here: decoding without a type builds nothing. Encoding never touches what is kept for decoding; it reads
``__dataclass_fields__`` and ``__struct_encode_fields__``, which are whole when the class is. ``json.schema_components`` reads
annotations alone. What is kept for an Enum or a Literal is put there when it is whole.
"""

from __future__ import annotations

import threading
from typing import Any, Final, TypeVar

import msgspec

T = TypeVar("T")


class _Ready(dict[Any, Any]):
    """Types msgspec knows wholly, each under itself: made so by one thread at a time, and entered afterwards.

    One lock for all types, because they contain one another: whoever asks for a type that is just being filled in, as a
    part of another, finds it missing here and waits. What is given back is the object that was made ready and not its
    equal: ``typing`` forgets parametrised classes after a while, and makes new ones that msgspec knows nothing of.

    The lock is never held while a module is imported: a class exists when its module has run, annotations are evaluated in
    it, and nobody decodes while modules are imported (both in ``tests/test_typed.py``). So a thread that holds an import's
    lock and waits here waits for nobody who waits for that import.
    """

    def __init__(self) -> None:
        super().__init__()
        self._lock = threading.RLock()
        self._building = False

    def __missing__(self, shape: Any) -> Any:
        with self._lock:
            if shape in self:
                return self[shape]
            if self._building:  # the same thread, out of an annotation or a finaliser: it could read its own half
                raise RuntimeError("a type is used while the same thread is making one ready")
            self._building = True
            try:
                msgspec.json.Decoder(shape)  # fills in the type and whatever it contains; the decoder is not needed
            finally:
                self._building = False
            self[shape] = shape
            return shape


_READY: Final = _Ready()
_convert: Final = msgspec.convert
_decode: Final = msgspec.json.decode


def convert(tree: object, shape: type[T]) -> T:
    """Check what JSON was decoded to, strictly, and give it as a value of a type.

    Raises ``msgspec.ValidationError`` for what does not fit, ``RecursionError`` for what is nested too deeply, and
    ``TypeError`` for a type nothing can be decoded into.
    """
    return _convert(tree, _READY[shape])  # type: ignore[no-any-return]  # a type goes in and comes out


def decode(raw: bytes | str, shape: type[T]) -> T:
    """Read JSON, strictly, as a value of a type.

    Raises what :func:`convert` raises, ``msgspec.DecodeError`` for what is no JSON, and ``UnicodeDecodeError`` for what is
    no UTF-8.
    """
    return _decode(raw, type=_READY[shape])  # type: ignore[no-any-return]  # a type goes in and comes out
