"""Serving the screens over HTTP and a web socket with textual-serve, to those who may open them and nobody else.

A page of another site that a supervisor happens to visit can reach every port of their machine, so being bound to
loopback is not enough: the ``Host`` must be ours (against names that are made to point here) and the web socket's
``Origin`` as well (RFC 6455, section 10.2). What is served is a door that asks for a login; a session is a process of its
own, and nothing of one session is ever shown in another.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import shlex
import signal
import socket
import subprocess
import sys
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from string import Template
from typing import Final
from urllib.parse import urlsplit

import textual_serve.server as textual_serve
from aiohttp import web

from data.address import is_loopback
from domain.i18n import language, tr
from tui.web.place import SHARED

MOST_SESSIONS: Final = 100
"""Sessions at once; each is a process of some 60 MB."""
SECURITY: Final[Mapping[str, str]] = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self'; img-src 'self' data:; "
        "connect-src 'self' ws: wss:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_KEPT_FROM_SESSIONS: Final = ("DUECALL_PASSWORD_FILE",)
"""Variables that name secrets; the screens ask instead."""

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class Service:
    """What is served where. ``public`` is the address people open, where a proxy with TLS stands in front."""

    role: str
    host: str
    port: int
    public: str | None = None


def may_serve(service: Service) -> str | None:
    """Say why this must not be served like that; nothing where it may."""
    if service.public is not None:
        parts = urlsplit(service.public)
        if parts.scheme != "https" or not parts.hostname or parts.path not in ("", "/"):
            return tr("The public address is written like https://desk.example.com; nothing was started.")
        return None
    if not is_loopback(service.host):
        return tr(
            "Customers' data may not travel unencrypted; nothing was started. Put a proxy with TLS in front and name its "
            "address with --public https://…, or stay on 127.0.0.1."
        )
    return None


class DeskServer(textual_serve.Server):
    """textual-serve with a page of our own, and with locks on its doors."""

    def __init__(self, service: Service, port: int) -> None:
        words = [sys.executable, "-m", "tui.main", *(["board"] if service.role == "supervisor" else [])]
        words += ["--lang", language()]
        command = subprocess.list2cmdline(words) if os.name == "nt" else shlex.join(words)
        public = service.public.rstrip("/") if service.public else f"http://{_bracketed(service.host)}:{port}"
        super().__init__(command, service.host, port, "duecall", public)
        self._origins = {public}
        if service.public is None:
            self._origins |= {f"http://{name}:{port}" for name in ("localhost", "127.0.0.1", "[::1]")}
        self._hosts = {urlsplit(origin).netloc for origin in self._origins}
        self._running: set[asyncio.Task[object]] = set()

    async def make(self) -> web.Application:
        """Make the application: page, socket, downloads, the terminal's script."""
        application = web.Application(middlewares=[self._guard])
        application.add_routes(
            [
                web.get("/", self._page, name="index"),
                web.get("/page.css", self._style),
                web.get("/page.js", self._script),
                web.get("/ws", self.handle_websocket, name="websocket"),
                web.get("/download/{key}", self.handle_download, name="download"),
                web.static("/static", self.statics_path, name="static"),
            ]
        )
        application.on_shutdown.append(self._close_all)
        return application

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Refuse what was not sent to us, and what another site's page sends."""
        if request.host not in self._hosts:
            raise web.HTTPForbidden(text="This address is not served here.")
        if request.path == "/ws" and request.headers.get("Origin") not in self._origins:
            raise web.HTTPForbidden(text="Only the page itself may open a session.")
        if request.path == "/ws" and len(self._running) >= MOST_SESSIONS:
            raise web.HTTPServiceUnavailable(text="Too many sessions; close one.")
        response = await handler(request)
        if not response.prepared:
            response.headers.update(SECURITY)
        return response

    async def _page(self, request: web.Request) -> web.StreamResponse:
        size = textual_serve.to_int(request.query.get("fontsize", "16"), 16)
        channel = "ws" + self.public_url.removeprefix("http") + "/ws"
        if request.host != urlsplit(self.public_url).netloc:
            channel = f"ws://{request.host}/ws"  # one of the other names of this machine; the guard knows it
        page = Template(_text("page.html")).substitute(
            language="zh-Hans" if language() == "zh" else "en",
            socket=channel,
            font_size=max(8, min(40, size)),
            ended=tr("The session has ended; everything that was done is on the server."),
            again=tr("Begin again"),
        )
        return web.Response(text=page, content_type="text/html")

    async def _style(self, _request: web.Request) -> web.StreamResponse:
        return web.Response(text=_text("page.css"), content_type="text/css")

    async def _script(self, _request: web.Request) -> web.StreamResponse:
        return web.Response(text=_text("page.js"), content_type="text/javascript")

    async def handle_websocket(self, request: web.Request) -> web.WebSocketResponse:
        """Let a session run, and count it."""
        task = asyncio.current_task()
        assert task is not None
        self._running.add(task)
        try:
            return await super().handle_websocket(request)
        finally:
            self._running.discard(task)

    async def _close_all(self, _application: web.Application) -> None:
        """End every session: the handlers stop their processes when they are cancelled."""
        running = list(self._running)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _text(name: str) -> str:
    return files("tui.web").joinpath(name).read_text(encoding="utf-8")


def _listen(service: Service) -> socket.socket:
    """Open the port; an address that is one of a name's is as good as any of the others."""
    found = socket.getaddrinfo(service.host, service.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    family, kind, protocol, _, address = found[0]
    listening = socket.socket(family, kind, protocol)
    try:
        if os.name != "nt":
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        listening.listen(128)
    except OSError:
        listening.close()
        raise
    return listening


async def serve_until_stopped(service: Service, told: Callable[[str], None]) -> None:
    """Serve until the process is told to end. ``told`` gets the address; ``OSError`` where the port is taken."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            with contextlib.suppress(NotImplementedError):  # Windows: Ctrl+C ends the loop by itself
                loop.add_signal_handler(getattr(signal, name), stop.set)
    for name in _KEPT_FROM_SESSIONS:
        os.environ.pop(name, None)
    os.environ[SHARED] = "1" if service.public is not None else "0"
    listening = _listen(service)
    server = DeskServer(service, listening.getsockname()[1])
    runner = web.AppRunner(await server.make(), handle_signals=False, access_log=None, shutdown_timeout=5)
    await runner.setup()
    try:
        await web.SockSite(runner, listening).start()
        told(server.public_url)
        await stop.wait()
    finally:
        await runner.cleanup()
