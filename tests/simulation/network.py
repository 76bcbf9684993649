"""The network between laptops and server: everything that may happen to a request or an answer on its way."""

from __future__ import annotations

import asyncio
import random
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, Literal

from data.pokes import Hint, Poke, RevokeHint
from tests.simulation.central import Central, Request, Response, ServerDied
from tests.simulation.record import Record
from tests.simulation.virtual import VirtualLoop

SILENCE_S: Final = 30.0
"""How long a client waits for an answer."""


class NoAnswer(Exception):  # noqa: N818 - what happens on a network
    """Nothing came back; nobody knows whether the request arrived."""

    def __init__(self, kind: Literal["network", "timeout"]) -> None:
        super().__init__(kind)
        self.kind: Literal["network", "timeout"] = kind


@dataclass(frozen=True, slots=True)
class Weather:
    """How likely each accident is, for one request; ``delay_s`` is the mean time one way."""

    delay_s: float = 0.05
    lose_request: float = 0.0
    lose_answer: float = 0.0
    repeat: float = 0.0
    late: float = 0.0
    fault: float = 0.0
    refuse: float = 0.0
    garble: float = 0.0
    lose_hint: float = 0.0
    interleave: float = 0.0
    at_once: int = 1
    """How many requests another process serves meanwhile; with more than one, only between what is
    written, by the office too: who reads is kept for where it tells."""


CALM: Final = Weather()


@dataclass(eq=False, slots=True)
class Line:
    """One machine's way to the server. ``streams`` are its open streams of hints: whose, head, and where they go."""

    name: str
    up: bool = True
    flights: list[Flight] = field(default_factory=list)
    streams: list[Stream] = field(default_factory=list)


@dataclass(eq=False, slots=True)
class Flight:
    """One request on its way."""

    line: Line
    number: int
    request: Request
    answer: asyncio.Future[Response]
    timer: asyncio.TimerHandle | None = None
    is_copy: bool = False


@dataclass(eq=False, slots=True)
class Stream:
    """One open stream of hints; nothing in the queue means that it has ended."""

    agent: str
    head: int
    hints: asyncio.Queue[Hint | None]


class Network:
    """All lines.

    ``died`` is told when the server was killed by a request, ``answered`` of every answer it gave, ``delivered`` of
    every one that arrived.
    """

    def __init__(self, loop: VirtualLoop, central: Central, dice: random.Random, record: Record) -> None:
        self.loop = loop
        self.central = central
        self.dice = dice
        self.record = record
        self.weather = CALM
        self.up = True
        self.lines: list[Line] = []
        self.died: Callable[[], None] = lambda: None
        self.answered: Callable[[Line, Request, Response], None] = lambda _line, _request, _response: None
        self.delivered: Callable[[Response], None] = lambda _response: None
        self._numbers = 0
        self.meanwhile: Callable[[], None] = lambda: None
        self._handling = 0
        self._busy = False
        central.committed = self._hint
        central.between = self._interleave

    def line(self, name: str) -> Line:
        """Lay a line."""
        line = Line(name)
        self.lines.append(line)
        return line

    def _happens(self, likely: float) -> bool:
        return likely > 0 and self.dice.random() < likely

    async def carry(self, line: Line, request: Request) -> Response:
        """Carry a request and its answer. Raises :class:`NoAnswer`."""
        if not (line.up and self.up):
            await asyncio.sleep(0.05)
            raise NoAnswer("network")
        weather, dice = self.weather, self.dice
        self._numbers += 1
        flight = Flight(line, self._numbers, request, self.loop.create_future())
        line.flights.append(flight)
        if self._happens(weather.lose_request):
            self.record.fault("request lost", line.name, request.path)
        else:
            delay = dice.expovariate(1 / weather.delay_s)
            if self._happens(weather.late):
                self.record.fault("request delayed", line.name, request.path)
                delay += dice.uniform(5, 90)
            flight.timer = self.loop.call_later(delay, self._arrive, flight)
            if self._happens(weather.repeat):
                copy = Flight(line, self._numbers, request, flight.answer, is_copy=True)
                self.loop.call_later(delay + dice.expovariate(1 / 8), self._arrive, copy)
        try:
            async with asyncio.timeout(SILENCE_S):
                return await flight.answer
        except TimeoutError:
            raise NoAnswer("timeout") from None
        finally:
            if flight.timer is None and flight in line.flights:
                line.flights.remove(flight)

    def _arrive(self, flight: Flight) -> None:
        line, request = flight.line, flight.request
        flight.timer = None
        if flight in line.flights:
            if any(other.number < flight.number and other.timer is not None for other in line.flights):
                self.record.fault("requests reordered", line.name)
            line.flights.remove(flight)
        if not self.up:
            self._lose(flight, "network")
            return
        if flight.is_copy:
            self.record.fault("request repeated", line.name, request.path)
        response = self._by_a_proxy(request) or self._by_the_server(flight)
        if response is None:
            return
        if self._happens(self.weather.lose_answer):
            self.record.fault("reply lost", line.name, request.path)
            if self.dice.random() < 0.5:
                self._lose(flight, "network")
            return
        if self._happens(self.weather.garble):
            self.record.fault("answer garbled", line.name, request.path)
            response = Response(200, {}, b"<html>Welcome to our hotel</html>", response.server_time)
        self.loop.call_later(self.dice.expovariate(1 / self.weather.delay_s), self._deliver, flight, response)

    def _by_a_proxy(self, request: Request) -> Response | None:
        if self._happens(self.weather.fault):
            status = self.dice.choice((500, 502, 503, 429))
            self.record.fault("fault of a proxy", status)
            headers = {"Retry-After": "5"} if status in (503, 429) else {}
            return Response(status, headers, b"", self.central.now())
        if request.path == "/v1/events" and self._happens(self.weather.refuse):
            status = self.dice.choice((400, 413, 403, 404))
            self.record.fault("refused by a proxy", status)
            return Response(status, {}, b"{}", self.central.now())
        return None

    def _by_the_server(self, flight: Flight) -> Response | None:
        line, request = flight.line, flight.request
        before = self.central.commits
        self._handling += 1
        try:
            response = self.central.handle(request)
        except ServerDied:
            wrote = self.central.commits != before
            self.record.fault("server died after commit" if wrote else "server died before commit", request.path)
            self.died()
            return None
        finally:
            self._handling -= 1
        self.record.note(line.name, request.method, request.path, response.status, zlib.crc32(response.body))
        self.record.done[f"{request.method} {request.path.split('/')[2]}"] += 1
        self.answered(line, request, response)
        return response

    def _deliver(self, flight: Flight, response: Response) -> None:
        if not flight.answer.done():
            if flight.line.up:
                self.delivered(response)
                flight.answer.set_result(response)
            else:
                self._lose(flight, "network")

    def _lose(self, flight: Flight, kind: Literal["network", "timeout"]) -> None:
        if not flight.answer.done():
            flight.answer.set_exception(NoAnswer(kind))

    def _interleave(self, writing: bool) -> None:
        """Let another process of the server serve a request that is on its way, between two transactions of this one."""
        crowded = self.weather.at_once > 1
        if self._busy or not (writing if crowded else self._handling) or not self._happens(self.weather.interleave):
            return
        if self.central.fuse is not None:
            return
        self._busy = True
        try:
            if crowded or self.dice.random() < 0.4:
                self.record.fault("two processes interleaved", "at the office")
                self.meanwhile()
            for _ in range(self.weather.at_once):
                if self.up:
                    self._serve_another()
        finally:
            self._busy = False

    def _serve_another(self) -> None:
        waiting = [flight for line in self.lines for flight in line.flights if flight.timer is not None]
        if waiting:
            flight = self.dice.choice(waiting)
            assert flight.timer is not None
            flight.timer.cancel()
            self.record.fault("two processes interleaved", flight.request.path)
            self._arrive(flight)

    # --- accidents ---------------------------------------------------------------------------------------------

    def cut(self, line: Line) -> None:
        """Cut a line: nobody waits on it any more, some of what was sent still arrives."""
        line.up = False
        for flight in line.flights:
            self._lose(flight, "network")
            if flight.timer is not None and self.dice.random() < 0.5:
                flight.timer.cancel()
        line.flights.clear()
        self._end_streams(line)

    def server_down(self) -> None:
        """Let nothing in any more; what is on its way finds nobody."""
        self.up = False
        for line in self.lines:
            for flight in line.flights:
                self._lose(flight, "network")
            self._end_streams(line)

    @staticmethod
    def _end_streams(line: Line) -> None:
        for stream in line.streams:
            stream.hints.put_nowait(None)
        line.streams.clear()

    # --- hints -------------------------------------------------------------------------------------------------

    def listen(self, line: Line, agent: str) -> Stream:
        """Open a stream of hints for an agent."""
        ((head,),) = self.central.rows("SELECT head FROM feed_head WHERE agent_id = ?", agent)
        stream = Stream(agent, head, asyncio.Queue())
        stream.hints.put_nowait(Poke(head))
        line.streams.append(stream)
        return stream

    def _hint(self, agents: set[str]) -> None:
        for line in self.lines:
            for stream in line.streams:
                if stream.agent in agents:
                    if self._happens(self.weather.lose_hint):
                        self.record.fault("hint lost", line.name)
                    else:
                        self.loop.call_later(self.dice.expovariate(1 / 0.5), self._tell, stream)

    def _tell(self, stream: Stream) -> None:
        ((head,),) = self.central.rows("SELECT head FROM feed_head WHERE agent_id = ?", stream.agent)
        if head <= stream.head:
            return
        revoked = self.central.rows(
            "SELECT doc_key FROM feed WHERE agent_id = ? AND op = 'remove' AND seq > ? ORDER BY seq",
            stream.agent,
            stream.head,
        )
        stream.head = head
        if revoked:
            stream.hints.put_nowait(RevokeHint(tuple(key for (key,) in revoked)))
        stream.hints.put_nowait(Poke(head))

    def false_hint(self, line: Line, case_id: str) -> None:
        """Let a stream say that a case is taken away, although it is not."""
        for stream in line.streams:
            stream.hints.put_nowait(RevokeHint((f"case:{case_id}",)))
