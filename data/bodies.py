"""What goes into a request: compressed where it is worth it, and telling when it is on the wire."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncGenerator, Callable
from typing import Final

GZIP_ABOVE: Final = 1024
"""Bodies of more bytes than this are compressed."""
ASIDE_ABOVE: Final = 1280 * 1024
"""Bodies of more bytes than this are compressed on another thread. A batch of facts is smaller: it takes 5 ms, and has to be on
the wire before the answer to the one before is stored, which holds everything else up."""
LEVEL: Final = 1
"""How much to compress: a batch of facts takes a quarter of level 6's time for a tenth more bytes."""


async def packed(body: bytes) -> tuple[bytes, dict[str, str]]:
    """Compress what is worth it, aside when it is large enough to be felt; give it with the header that says so."""
    if len(body) <= GZIP_ABOVE:
        return body, {}
    if len(body) > ASIDE_ABOVE:
        compressed = await asyncio.to_thread(gzip.compress, body, LEVEL, mtime=0)
    else:
        compressed = gzip.compress(body, LEVEL, mtime=0)
    return compressed, {"Content-Encoding": "gzip"}


async def told(body: bytes, on_sent: Callable[[], None]) -> AsyncGenerator[bytes, None]:
    """Give a body, and tell when the connection has taken it."""
    yield body
    on_sent()
