"""Decoding into types where several threads do it, for a library that is not ready for that.

msgspec keeps what it knows of a dataclass, Struct, TypedDict or NamedTuple on the class, and puts it there *before* its
fields are filled in, so that a type may refer to itself. With a global interpreter lock it has no lock of its own around
that. Filling in runs Python (annotations are evaluated), so another thread may come in between, find the half of it and
read a field that is not there: the process ends with SIGSEGV. (msgspec 0.22, ``src/msgspec/_core.c``: ``StructInfo_Convert``,
``DataclassInfo_Convert``, ``TypedDictInfo_Convert``, ``NamedTupleInfo_Convert``; ``msgspec.convert``, ``json.decode`` with a
type and ``json.Decoder`` all come there.) So every type is made ready here first; ``data/typed.py`` and ``server/typed.py``
put msgspec behind this, and nobody else decodes into types.

What need not come here: decoding without a type builds nothing. Encoding never touches what is kept for decoding; it reads
``__dataclass_fields__`` and ``__struct_encode_fields__``, which are whole when the class is. ``json.schema_components`` reads
annotations alone. What is kept for an Enum or a Literal is put there when it is whole.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, Final, TypeVar

T = TypeVar("T")


class _Lock:
    """One for all types and the whole process, and whether its holder is building a type."""

    def __init__(self) -> None:
        self.held = threading.RLock()
        self.building = False


_LOCK: Final = _Lock()


class _Ready(dict[Any, Any]):
    """Types the library knows wholly, each under itself: made so by one thread at a time, and entered afterwards.

    One lock for all types, because they contain one another: whoever asks for a type that is just being filled in, as a
    part of another, finds it missing here and waits. What is given back is the object that was made ready and not its
    equal: ``typing`` forgets parametrised classes after a while, and makes new ones that the library knows nothing of.

    The lock is never held while a module is imported: a class exists when its module has run, annotations are evaluated in
    it, and nobody decodes while modules are imported (both in ``tests/test_typed.py``). So a thread that holds an import's
    lock and waits here waits for nobody who waits for that import.
    """

    def __init__(self, build: Callable[[Any], object]) -> None:
        super().__init__()
        self._build = build

    def __missing__(self, shape: Any) -> Any:
        with _LOCK.held:
            if shape in self:
                return self[shape]
            if _LOCK.building:  # the same thread, out of an annotation or a finaliser: it could read its own half
                raise RuntimeError("a type is used while the same thread is making one ready")
            _LOCK.building = True
            try:
                self._build(shape)  # fills in the type and whatever it contains; what it gives is not needed
            finally:
                _LOCK.building = False
            self[shape] = shape
            return shape


class Typed:
    """Decodes into types by a library's ``convert`` and ``decode``, each type made known by ``build`` before."""

    def __init__(self, build: Callable[[Any], object], convert: Callable[..., Any], decode: Callable[..., Any]) -> None:
        self._ready = _Ready(build)
        self._convert = convert
        self._decode = decode

    def convert(self, tree: object, shape: type[T]) -> T:
        """Check what JSON was decoded to, strictly, and give it as a value of a type.

        Raises ``msgspec.ValidationError`` for what does not fit, ``RecursionError`` for what is nested too deeply, and
        ``TypeError`` for a type nothing can be decoded into.
        """
        return self._convert(tree, self._ready[shape])  # type: ignore[no-any-return]  # a type goes in and comes out

    def decode(self, raw: bytes | str, shape: type[T]) -> T:
        """Read JSON, strictly, as a value of a type.

        Raises what :meth:`convert` raises, ``msgspec.DecodeError`` for what is no JSON, and ``UnicodeDecodeError`` for what
        is no UTF-8.
        """
        return self._decode(raw, type=self._ready[shape])  # type: ignore[no-any-return]  # a type goes in and comes out
