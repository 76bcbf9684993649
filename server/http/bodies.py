"""Request bodies: read within bounds, inflated within bounds, checked for depth before they are parsed."""

from __future__ import annotations

import re
import zlib
from collections.abc import AsyncIterator
from typing import Any, Final

import msgspec
from starlette.requests import ClientDisconnect, Request

from server.http.problem import MALFORMED, TOO_LARGE, UNSUPPORTED_ENCODING, Refusal

MAX_DEPTH: Final = 32
"""How deep arrays and objects may be nested."""

_DRAIN: Final = 64 * 1024 * 1024
"""How many bytes beyond the bound are read and thrown away, so that the client is still there to read the refusal."""

_GZIP: Final = 31
"""zlib's window bits for gzip framing (RFC 1952)."""

_STRUCTURE: Final = b'"[]{}'
_REST: Final = bytes(byte for byte in range(256) if byte not in _STRUCTURE)
_STRINGS: Final = re.compile(rb'"[^"]*"')


async def read_body(request: Request, limit: int) -> bytes:
    """Read a request's body, at most ``limit`` bytes of it after inflation.

    Raises :class:`Refusal` for a larger one, an unknown encoding and damaged gzip data.
    """
    encoding = request.headers.get("content-encoding", "identity").strip().lower()
    if encoding not in ("identity", "gzip", "x-gzip"):
        raise Refusal(UNSUPPORTED_ENCODING, "Send the body as it is or compressed with gzip.")
    stream = request.stream()
    collected = _Gunzip(limit) if encoding != "identity" else _Plain(limit)
    try:
        async for chunk in stream:
            collected.add(chunk)
        return collected.finish()
    except Refusal:
        await _drain(stream)
        raise
    except ClientDisconnect:
        raise Refusal(MALFORMED, "The connection ended before the body did.") from None


def parse_json(body: bytes) -> Any:
    """Parse JSON that is not nested too deeply.

    Raises :class:`Refusal` when it is not JSON, or too deep.
    """
    if not is_shallow(body):
        raise Refusal(MALFORMED, f"The body is not JSON, or nested deeper than {MAX_DEPTH} levels.")
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        raise Refusal(MALFORMED, "The body is not JSON in UTF-8.") from None


def is_shallow(body: bytes) -> bool:
    """Tell whether brackets are balanced and nested at most :data:`MAX_DEPTH` deep, without parsing.

    Innermost pairs are peeled off level by level; everything runs at the speed of ``bytes.replace``.
    """
    bare = body.replace(rb"\\", b"").replace(rb"\"", b"").translate(None, _REST)
    # Most strings hold none of these and are two quotes by now; where two strings stand side by side, they become one.
    bare = _STRINGS.sub(b"", bare.replace(b'""', b""))
    for _ in range(MAX_DEPTH):
        if not bare:
            return True
        peeled = bare.replace(b"[]", b"").replace(b"{}", b"")
        if len(peeled) == len(bare):
            return False
        bare = peeled
    return not bare


class _Plain:
    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._parts: list[bytes] = []
        self._size = 0

    def add(self, chunk: bytes) -> None:
        self._size += len(chunk)
        if self._size > self._limit:
            raise Refusal(TOO_LARGE, f"The body is larger than {self._limit} bytes.")
        self._parts.append(chunk)

    def finish(self) -> bytes:
        return b"".join(self._parts)


class _Gunzip(_Plain):
    def __init__(self, limit: int) -> None:
        super().__init__(limit)
        self._inflater = zlib.decompressobj(_GZIP)

    def add(self, chunk: bytes) -> None:
        try:
            while chunk:
                if self._inflater.eof:
                    self._inflater = zlib.decompressobj(_GZIP)  # another member (RFC 1952 §2.2)
                super().add(self._inflater.decompress(chunk, self._limit - self._size + 1))
                chunk = self._inflater.unconsumed_tail or self._inflater.unused_data
        except zlib.error:
            raise Refusal(MALFORMED, "The body is not valid gzip data.") from None

    def finish(self) -> bytes:
        if not self._inflater.eof:
            raise Refusal(MALFORMED, "The gzip data ends too early.")
        return super().finish()


async def _drain(stream: AsyncIterator[bytes]) -> None:
    left = _DRAIN
    try:
        async for chunk in stream:
            left -= len(chunk)
            if left < 0:
                return
    except ClientDisconnect:
        return
