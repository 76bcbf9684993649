"""Real processes for the long walks: the server, the command line, and a network that can be cut."""

from __future__ import annotations

import asyncio
import contextlib
import os
import subprocess
import sys
import threading
from collections.abc import Coroutine, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

Result = TypeVar("Result")

ROOT = Path(__file__).resolve().parents[2]


def environment(home: Path, **more: str) -> dict[str, str]:
    """Give an environment with a profile folder of its own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DUECALL_")}
    return {**kept, "DUECALL_HOME": str(home), "PYTHONUTF8": "1", "LC_ALL": "C.UTF-8", "PYTHONPATH": str(ROOT), **more}


def duecall(home: Path, *arguments: str, stdin: str = "", code: int = 0, env: Mapping[str, str] | None = None) -> str:
    """Run the program and give what it printed; another exit code than ``code`` fails the test."""
    done = subprocess.run(
        [sys.executable, "-m", "tui.main", *arguments],
        input=stdin,
        capture_output=True,
        text=True,
        env=environment(home, **(env or {})),
        timeout=120,
        encoding="utf-8",
    )
    assert done.returncode == code, f"duecall {' '.join(arguments)}: {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@contextmanager
def server_process(home: Path, database: Path, clock: str | None = None) -> Iterator[str]:
    """Run the central server as a process of its own; gives its address."""
    more = {"DUECALL_SERVER_CLOCK": clock} if clock else {}
    log = (home / "server.log").open("wb")
    process = subprocess.Popen(
        [sys.executable, "-m", "tui.main", "server", "run", "--db", f"sqlite:///{database.as_posix()}", "--port", "0"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=log,
        env=environment(home, **more),
    )
    assert process.stdout is not None
    try:
        line = process.stdout.readline().decode()
        assert "http" in line, (home / "server.log").read_text()[-2000:]
        yield line[line.index("http") :].strip()
    finally:
        process.terminate()
        process.wait(15)
        process.stdout.close()
        log.close()


class Network:
    """A piece of network between client and server that can be cut and restored: a TCP proxy on loopback."""

    def __init__(self, target: str) -> None:
        host, _, port = target.removeprefix("http://").partition(":")
        self._target = (host, int(port))
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="network", daemon=True)
        self._open: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._up = True
        self._thread.start()
        self._server = self._call(asyncio.start_server(self._carry, "127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    def _call(self, work: Coroutine[Any, Any, Result]) -> Result:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not self._up:
            writer.transport.abort()
            return
        try:
            onward_reader, onward_writer = await asyncio.open_connection(*self._target)
        except OSError:
            writer.transport.abort()
            return
        self._open |= {writer, onward_writer}
        pumps = [self._pump(reader, onward_writer), self._pump(onward_reader, writer)]
        try:
            await asyncio.gather(*pumps)
        finally:
            self._open -= {writer, onward_writer}

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.CancelledError):
            while data := await reader.read(65536):
                writer.write(data)
                await writer.drain()
        writer.transport.abort()

    def cut(self) -> None:
        """Break every connection and let none through."""

        async def work() -> None:
            self._up = False
            for writer in tuple(self._open):
                writer.transport.abort()

        self._call(work())

    def restore(self) -> None:
        """Let connections through again."""

        async def work() -> None:
            self._up = True

        self._call(work())

    def close(self) -> None:
        """Take the proxy down."""

        async def work() -> None:
            self._server.close()
            for writer in tuple(self._open):
                writer.transport.abort()
            await asyncio.sleep(0.05)

        self._call(work())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()
