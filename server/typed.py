"""The one place where the server's JSON, or a tree that was JSON, becomes a value of a type; :mod:`domain.typed` says why."""

from __future__ import annotations

from typing import Final

import msgspec

from domain.typed import Typed

_MSGSPEC: Final = Typed(msgspec.json.Decoder, msgspec.convert, msgspec.json.decode)

convert: Final = _MSGSPEC.convert
decode: Final = _MSGSPEC.decode
