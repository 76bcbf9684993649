"""A database that is switched off under load, again and again, and a client that keeps what nobody has confirmed."""

from __future__ import annotations

import http.client
import random
import threading
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from tests.support.postgres import Cluster
from tests.support.server_world import NOW
from tests.support.storm import AGENTS, Seat, Storm, closing_connection

_ANSWERS_BETWEEN = 25
_PAUSE_S = 0.05


@dataclass
class Outage:
    """The database's plug, and how often it was pulled."""

    cluster: Cluster
    storm: Storm
    pulled: int = 0
    statuses: Counter[str] = field(default_factory=Counter)
    _over: threading.Event = field(default_factory=threading.Event)
    _answered: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))

    def happen(self, times: int) -> None:
        """Pull the plug so many times while everybody hands facts over, each time in the middle of it."""
        seats = self.storm.agents()
        workers = [threading.Thread(target=self._work, args=(seat, n), daemon=True) for n, seat in enumerate(seats)]
        for worker in workers:
            worker.start()
        for _ in range(times):
            for _ in range(_ANSWERS_BETWEEN):
                assert self._answered.acquire(timeout=60), "nothing is answered any more"
            self.cluster.stop("immediate")
            self.cluster.start()
            self.pulled += 1
        self._over.set()
        for worker in workers:
            worker.join(90)
            assert not worker.is_alive()

    def _work(self, seat: Seat, number: int) -> None:
        dice = random.Random(number)
        address = self.storm.servers[number % len(self.storm.servers)]
        own = [case for place, case in enumerate(self.storm.cases) if seat.login == f"agent{place % AGENTS}"]
        while not self._over.is_set():
            event = seat.event(
                dice.choice(own),
                "note.added",
                {"text": f"{seat.name} {seat.seq}"},
                NOW + timedelta(seconds=1),
            )
            self._until_confirmed(seat, address, event)

    def _until_confirmed(self, seat: Seat, address: str, event: dict[str, Any]) -> None:
        """Offer an event until somebody has confirmed it, as every client does."""
        pause = threading.Event()
        while True:
            try:
                with closing_connection(address) as connection:
                    (result,) = self.storm.hand_over(seat, connection, [event])
            except (OSError, http.client.HTTPException):
                self.statuses["no answer"] += 1
            except AssertionError as refused:
                if "push: 503" not in str(refused):
                    raise
                self.statuses["503"] += 1
            else:
                self.statuses[str(result["status"])] += 1
                self._answered.release()
                return
            pause.wait(_PAUSE_S)
