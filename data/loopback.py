"""Where the browser brings the provider's code: a listener on this computer for one answer (RFC 8252 §7.3)."""

from __future__ import annotations

import asyncio
import hmac
from types import TracebackType
from typing import Final
from urllib.parse import parse_qs, urlsplit

_PATH: Final = "/callback"
_LONGEST_LINE: Final = 8 * 1024
_PAGE: Final = "<!doctype html><meta charset=utf-8><title>duecall</title><p>{words}</p>"


class NoCode(Exception):  # noqa: N818 - it answers a login, it reports no malfunction
    """The provider sent the browser back without a code; ``error`` is its word for why (RFC 6749 §4.1.2.1)."""

    def __init__(self, error: str) -> None:
        super().__init__(error)
        self.error = error


class Loopback:
    """Listens while the block runs. Requests that do not carry ``state`` are answered and otherwise ignored."""

    def __init__(self, state: str, words: str) -> None:
        self._state = state
        self._words = words
        self._answer: asyncio.Future[str] | None = None
        self._server: asyncio.Server | None = None
        self.address = ""

    async def __aenter__(self) -> Loopback:
        """Begin to listen on a free port."""
        self._answer = asyncio.get_running_loop().create_future()
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, limit=_LONGEST_LINE)
        self.address = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}{_PATH}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Listen no longer."""
        assert self._server is not None
        self._server.close()
        await self._server.wait_closed()

    async def code(self) -> str:
        """Wait for the code. Raises :class:`NoCode`."""
        assert self._answer is not None
        return await self._answer

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            line = (await reader.readline()).decode("ascii", "replace")
            while (await reader.readline()).strip():
                pass
            found = self._take(line)
            status, words = ("200 OK", self._words) if found else ("404 Not Found", "")
            body = _PAGE.format(words=words).encode()
            head = f"HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {len(body)}\r\n"
            writer.write((head + "Cache-Control: no-store\r\nConnection: close\r\n\r\n").encode() + body)
            await writer.drain()
        except (OSError, ValueError):
            pass  # whoever it was has gone, or sends lines nobody needs
        finally:
            writer.close()

    def _take(self, line: str) -> bool:
        parts = line.split(" ")
        if len(parts) != 3 or parts[0] != "GET":
            return False
        target = urlsplit(parts[1])
        query = {name: values[0] for name, values in parse_qs(target.query).items()}
        if target.path != _PATH or not hmac.compare_digest(query.get("state", "").encode(), self._state.encode()):
            return False
        assert self._answer is not None
        if not self._answer.done():
            if "code" in query:
                self._answer.set_result(query["code"])
            else:
                self._answer.set_exception(NoCode(query.get("error", "unknown")))
        return True
