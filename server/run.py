"""Running the server: one process, or several on one listening socket, until somebody stops it.

Settings travel to worker processes through the environment, the socket by inheritance. ``SIGTERM`` ends open streams at
once and lets requests finish; the process is gone within five seconds.
"""

from __future__ import annotations

import gc
import ipaddress
import logging
import multiprocessing
import multiprocessing.connection
import os
import signal
import socket
import ssl
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from types import FrameType
from typing import TYPE_CHECKING, Any, Final

import uvicorn

from domain.clock import Clock, CorrectedClock, SystemClock, milliseconds, parse_instant
from domain.i18n import tr
from server.app import build_app
from server.logs import log_to_stderr
from server.settings import SETTINGS_VARIABLE, Settings

if TYPE_CHECKING:
    from starlette.applications import Starlette

CLOCK_VARIABLE: Final = "DUECALL_SERVER_CLOCK"
"""The environment variable that names the instant at which the server's clock starts, for rehearsals."""

_LOOPBACK: Final = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - where a server that listens everywhere is reached
_OWN_PROXIES: Final = ("127.0.0.1", "::1")
_GRACE_S: Final = 3
_SignalHandler = Callable[[int, FrameType | None], Any] | int | None

_STOPPING: Final = (signal.SIGINT, signal.SIGTERM)
_READY_WITHIN_S: Final = 30.0

_log = logging.getLogger("duecall.server")


class ClockUnreadable(ValueError):  # noqa: N818 - it answers a command, it reports no malfunction
    """The rehearsal clock names no instant; the message is one sentence."""


class CertificateUnusable(ValueError):  # noqa: N818 - it answers a command, it reports no malfunction
    """The certificate or its key cannot be used; the message is one sentence."""


class AddressTaken(OSError):  # noqa: N818 - it answers a command, it reports no malfunction
    """The server cannot listen there; the message is one sentence."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a server listens and how it is reached.

    ``certificate`` and ``key`` are PEM files; without them it speaks plain HTTP. ``proxies`` are the addresses, besides
    this computer's own, whose word about who the client is (``X-Forwarded-For``) is taken.
    """

    host: str
    port: int
    workers: int = 1
    certificate: str | None = None
    key: str | None = None
    proxies: Sequence[str] = ()

    @property
    def scheme(self) -> str:
        """The scheme of its address."""
        return "http" if self.certificate is None else "https"

    @property
    def is_exposed(self) -> bool:
        """Tell whether other computers may reach it although nothing encrypts what they say."""
        return self.certificate is None and not self.proxies and not _is_own(self.host)


def with_rehearsal_clock(settings: Settings, environment: Mapping[str, str]) -> Settings:
    """Shift the clock when the environment asks for it. Raises :class:`ClockUnreadable` when it names no instant."""
    asked = environment.get(CLOCK_VARIABLE)
    if not asked:
        return settings
    try:
        starts = parse_instant(asked)
    except ValueError:
        raise ClockUnreadable(
            tr("{variable} is not an instant; write it like 2026-11-14T09:00:00Z or unset it.").format(
                variable=CLOCK_VARIABLE
            )
        ) from None
    return replace(settings, clock_offset_ms=milliseconds(starts) - milliseconds(SystemClock().now()))


def clock_for(settings: Settings) -> Clock:
    """Give the clock the settings ask for."""
    if settings.clock_offset_ms is None:
        return SystemClock()
    return CorrectedClock(SystemClock(), timedelta(milliseconds=settings.clock_offset_ms))


def application() -> Starlette:
    """Build the application in a worker process, from what the starting process left in the environment."""
    settings = Settings.from_json(os.environ[SETTINGS_VARIABLE])
    log_to_stderr(settings.log_level)
    threading.Thread(target=_stop_with_parent, daemon=True).start()
    app = build_app(settings, clock_for(settings))
    _let_garbage_gather()
    _end_streams_when_stopped(app)
    return app


def serve(settings: Settings, place: Place, announce: Callable[[str], None]) -> None:
    """Serve until stopped; ``announce`` is told the address as soon as requests are answered.

    Raises :class:`AddressTaken` when nothing can listen there and :class:`CertificateUnusable` when it cannot be used.
    """
    log_to_stderr(settings.log_level)
    if settings.rehearsal:
        _log.warning("the clock is shifted for a rehearsal")
    _check_certificate(place)
    listening = _listen(place.host, place.port)
    address = _address(listening, place.host, place.scheme)
    if place.workers == 1:
        app = build_app(settings, clock_for(settings))
        _let_garbage_gather()
        config = _config(app, place)
        with _signals_end_quietly():
            _Server(config, app, lambda: announce(address)).run(sockets=[listening])
        return
    build_app(settings, clock_for(settings)).state.services.database.close()  # the tables, once, before the workers
    os.environ[SETTINGS_VARIABLE] = settings.to_json()
    config = _config("server.run:application", place)
    probed = _address(listening, _LOOPBACK.get(place.host, place.host), place.scheme)
    threading.Thread(target=_announce_when_ready, args=(probed, lambda: announce(address)), daemon=True).start()
    from uvicorn.supervisors import Multiprocess

    Multiprocess(config, sockets=[listening]).run()


class _Server(uvicorn.Server):
    """Uvicorn, saying when it is ready and ending open streams when it is told to stop."""

    def __init__(self, config: uvicorn.Config, app: Starlette, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._app = app
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._app.state.services.hub.close()
        await super().shutdown(sockets)


@contextmanager
def _signals_end_quietly() -> Iterator[None]:
    """Let a server that was told to stop end with success: uvicorn raises the signals again once it has stopped."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, lambda _number, _frame: None) for number in _STOPPING}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _let_garbage_gather() -> None:
    """Look for cycles seldom, and never among what lives as long as the process.

    A batch of facts makes some hundred thousand objects, hardly any of them in a cycle, while many are remembered:
    looking at all of those again and again took a third of the time of a push.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


def _end_streams_when_stopped(app: Starlette) -> None:
    """Put the end of open streams before what uvicorn does at a signal; it has its handlers in place by now."""
    for number in _STOPPING:
        handler = signal.getsignal(number)

        def stop(received: int, frame: FrameType | None, then: _SignalHandler = handler) -> None:
            app.state.services.hub.close_soon()
            if callable(then):
                then(received, frame)

        signal.signal(number, stop)


def _stop_with_parent() -> None:
    """Stop this worker when the process that started it is gone, so that none is left holding the socket."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        multiprocessing.connection.wait([parent.sentinel])
        os.kill(os.getpid(), signal.SIGTERM)


def _config(app: Starlette | str, place: Place) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        factory=isinstance(app, str),
        workers=place.workers,
        ssl_certfile=place.certificate,
        ssl_keyfile=place.key,
        proxy_headers=True,
        forwarded_allow_ips=[*_OWN_PROXIES, *place.proxies],
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=_GRACE_S,
        timeout_keep_alive=75,
        lifespan="on",
    )


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family)
    if sys.platform != "win32":  # there it would let two servers share the port
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen(2048)
    except OSError as problem:
        listening.close()
        raise AddressTaken(
            tr("The server cannot listen on {host} port {port} ({reason}); choose another --port.").format(
                host=host, port=port, reason=problem.strerror
            )
        ) from None
    listening.set_inheritable(True)
    return listening


def _address(listening: socket.socket, host: str, scheme: str) -> str:
    shown = f"[{host}]" if ":" in host else host
    return f"{scheme}://{shown}:{listening.getsockname()[1]}"


def _is_own(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _check_certificate(place: Place) -> None:
    if place.certificate is None:
        return
    try:
        ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(place.certificate, place.key)
    except (OSError, ssl.SSLError):
        raise CertificateUnusable(
            tr(
                "The certificate {file} or its key cannot be used; both are PEM files, and the key has no password."
            ).format(file=place.certificate)
        ) from None


def _announce_when_ready(address: str, announce: Callable[[], None]) -> None:
    deadline = time.monotonic() + _READY_WITHIN_S
    context = ssl.create_default_context()
    context.check_hostname = False  # it is our own certificate, asked for by another name
    context.verify_mode = ssl.CERT_NONE
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"{address}/healthz", timeout=2, context=context):  # noqa: S310 - ourselves
                announce()
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)  # a worker in another process tells in no other way that it listens
