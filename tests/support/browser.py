"""A headless Chromium spoken to by its own protocol, for walks through the screens as a browser shows them.

What the page receives over its web socket is what a terminal would get, so a walk waits for words in that stream.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import re
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

PATIENCE = 60.0
"""Seconds within which anything here has happened; waited for in full only when a test fails."""
HAND = 0.3
"""Seconds a hand takes from one field to the next, like pexpect's ``delaybeforesend``."""
NAMED_KEYS = {"enter": ("Enter", 13, "\r"), "escape": ("Escape", 27, "\x1b"), "tab": ("Tab", 9, "\t")}
_ESCAPES = re.compile(
    r"\x1b\[[0-9;?<>=]*[A-Za-z]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[()][A-Z0-9]|\x1b[=>PX^_].*?\x1b\\|\x1b."
)


def chromium() -> str | None:
    """Name the browser of this machine, if it has one."""
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


class Browser:
    """One page in one browser."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._number = 0
        self._answers: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._received = ""
        self._read_to = 0
        self._more = asyncio.Event()
        self._reading = asyncio.get_running_loop().create_task(self._read())
        self.requested: list[str] = []
        self.refused: list[int] = []

    async def _read(self) -> None:
        async for message in self._socket:
            if message.type != aiohttp.WSMsgType.TEXT:
                continue
            said = message.json()
            if "id" in said:
                self._answers.pop(said["id"]).set_result(said)
            elif said["method"] == "Network.webSocketFrameReceived":
                frame = said["params"]["response"]
                raw = base64.b64decode(frame["payloadData"]) if frame["opcode"] == 2 else b""
                self._received += _ESCAPES.sub("", raw.decode("utf-8", "replace"))
                self._more.set()
            elif said["method"] == "Network.requestWillBeSent":
                self.requested.append(said["params"]["request"]["url"])

    async def ask(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Give a command and wait for its answer."""
        self._number += 1
        answer: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._answers[self._number] = answer
        await self._socket.send_json({"id": self._number, "method": method, "params": parameters})
        said = await asyncio.wait_for(answer, PATIENCE)
        assert "error" not in said, said
        result: dict[str, Any] = said.get("result", {})
        return result

    async def open(self, address: str) -> None:
        """Go to a page."""
        await self.ask("Network.enable")
        await self.ask("Page.enable")
        await self.ask("Page.navigate", url=address)

    async def expect(self, words: str) -> None:
        """Wait until the page has received these words after those waited for before."""
        try:
            async with asyncio.timeout(PATIENCE):
                while (place := self._received.find(words, self._read_to)) < 0:
                    self._more.clear()
                    await self._more.wait()
        except TimeoutError:
            raise AssertionError(f"{words!r} did not come; the last: {self._received[-1500:]!r}") from None
        self._read_to = place + len(words)

    async def send(self, *keys: str) -> None:
        """Press keys; a name of several letters is a key's, ``=text`` types a text."""
        for key in keys:
            if key.startswith("="):
                for char in key[1:]:
                    await self._press(char, 0, char)
            elif key.startswith("ctrl+"):
                await self._press(key[5:], ord(key[5:].upper()), "", modifiers=2)
            else:
                await self._press(*NAMED_KEYS.get(key, (key, 0, key)))
                await asyncio.sleep(HAND)

    async def _press(self, key: str, code: int, text: str, modifiers: int = 0) -> None:
        named = {"key": key, "windowsVirtualKeyCode": code, "modifiers": modifiers}
        await self.ask("Input.dispatchKeyEvent", type="keyDown", text=text, **named)
        await self.ask("Input.dispatchKeyEvent", type="keyUp", **named)

    async def evaluate(self, script: str) -> Any:
        """Run a script in the page and give its value."""
        answer = await self.ask("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        return answer["result"].get("value")

    async def picture(self) -> bytes:
        """Give what the page looks like, as PNG."""
        return base64.b64decode((await self.ask("Page.captureScreenshot", format="png"))["data"])

    async def close(self) -> None:
        """Stop listening."""
        self._reading.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._reading


@asynccontextmanager
async def browser(size: tuple[int, int] = (1280, 800)) -> AsyncIterator[Browser]:
    """Start a browser with a profile of its own, on a free port of loopback."""
    program = chromium()
    assert program is not None
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        flags = "--headless --no-sandbox --disable-gpu --disable-background-networking --no-first-run --mute-audio"
        process = subprocess.Popen(  # noqa: ASYNC220 - it is started once, and starting takes no time
            [
                program,
                *flags.split(),
                f"--user-data-dir={name}",
                f"--window-size={size[0]},{size[1]}",
                "--remote-debugging-port=0",
                "about:blank",
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            port = await _port(Path(name) / "DevToolsActivePort", process)
            async with aiohttp.ClientSession() as session:
                async with session.get(f"http://127.0.0.1:{port}/json") as response:
                    pages = [page for page in await response.json() if page["type"] == "page"]
                async with session.ws_connect(pages[0]["webSocketDebuggerUrl"], max_msg_size=0) as socket:
                    page = Browser(socket)
                    try:
                        yield page
                    finally:
                        await page.close()
        finally:
            process.terminate()
            process.wait(15)


async def _port(file: Path, process: subprocess.Popen[bytes]) -> int:
    """Wait for the file in which the browser says where it listens."""
    async with asyncio.timeout(PATIENCE):
        while not (file.exists() and file.read_text().strip()):  # noqa: ASYNC240 - the browser tells by a file
            assert process.poll() is None, "the browser ended"
            await asyncio.sleep(0.05)
    return int(file.read_text().split()[0])  # noqa: ASYNC240 - a line of a small file
