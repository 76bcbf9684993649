"""A laptop's HTTP client whose requests go over the simulated network; everything above and below that is the real one."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from data.answers import Answer, Failure, Timing
from data.decoding import NotUnderstoodError, decode_tree
from data.http import ServerClient
from data.pokes import Hint
from data.secret import Secret
from domain.clock import Clock
from domain.wire import Hello, Limits, PushAnswer
from tests.simulation.central import Request, Response, ServerDied
from tests.simulation.network import Line, Network, NoAnswer
from tests.simulation.record import Violation

T = TypeVar("T")


class WiredClient(ServerClient):
    """The real client on a simulated line. ``limits`` are what its hello says the server takes at once."""

    def __init__(self, network: Network, line: Line, clock: Clock, limits: Limits, alive: Callable[[], bool]) -> None:
        super().__init__("http://127.0.0.1:9")
        self._network = network
        self._line = line
        self.machine = clock
        self._limits = limits
        self._alive = alive
        self._pushes: list[tuple[Clock, frozenset[str], frozenset[str]]] = []

    async def hello(self) -> Answer[Hello] | Failure:
        answer = await super().hello()
        if isinstance(answer, Answer):
            return Answer(replace(answer.value, limits=self._limits), answer.timing, answer.etag)
        return answer

    async def push(
        self, device: str, events: Sequence[str], key: Secret, on_sent: Callable[[], None] | None = None
    ) -> Answer[PushAnswer] | Failure:
        said = [json.loads(event) for event in events]
        mine = self.machine, frozenset(event["id"] for event in said), frozenset(event["case_id"] for event in said)
        for machine, facts, cases in self._pushes:
            if machine is self.machine:  # else it is of a program that is dead, and has not been told so yet
                self._network.record.fault("two pushes under way", self._line.name)
                if facts & mine[1]:
                    raise Violation(f"a fact is in two requests of {self._line.name} at once")
                if cases & mine[2]:
                    raise Violation(f"what {self._line.name} says of a case may arrive in another order")
        self._pushes.append(mine)
        try:
            return await super().push(device, events, key, on_sent)
        finally:
            self._pushes.remove(mine)

    async def _ask(
        self,
        method: str,
        path: str,
        key: Secret | None,
        read: Callable[[bytes], T],
        *,
        query: Mapping[str, str] | None = None,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        on_sent: Callable[[], None] | None = None,
    ) -> Answer[T] | Failure:
        if not self._alive():
            return Failure("network")
        request = Request(method, path, key.reveal() if key else None, body or b"", dict(query or {}))
        if on_sent is not None:
            on_sent()
        sent_at = self.machine.now()
        try:
            response = await self._network.carry(self._line, request)
        except NoAnswer as failed:
            return Failure(failed.kind)
        timing = Timing(sent_at, self.machine.now(), response.server_time)
        if not 200 <= response.status < 300:
            return _refusal(response, timing)
        try:
            return Answer(read(response.body), timing)
        except NotUnderstoodError as error:
            return Failure("protocol", response.status, problem=str(error), timing=timing)

    async def stream(self, token: Secret) -> AsyncGenerator[Hint | Failure | None, None]:
        network, line = self._network, self._line
        if not (line.up and network.up and self._alive()):
            yield Failure("network")
            return
        try:
            agent = network.central.listener(token.reveal())
        except ServerDied:
            network.died()
            yield Failure("network")
            return
        if agent is None:
            yield Failure("status", 401)
            return
        stream = network.listen(line, agent)
        try:
            yield None
            while (hint := await stream.hints.get()) is not None:
                yield hint
            yield Failure("network", problem="stream ended")
        finally:
            if stream in line.streams:
                line.streams.remove(stream)


def _refusal(response: Response, timing: Timing) -> Failure:
    known: Any = {}
    if response.body:
        known = decode_tree(response.body)
    retry_after = response.headers.get("Retry-After")
    return Failure(
        "status",
        response.status,
        float(retry_after) if retry_after else None,
        known.get("type", ""),
        known.get("title", ""),
        timing,
        extra={name: value for name, value in known.items() if name == "index"},
    )
