"""The exchange under load: end to end against PouchDB, a whole house coming back at once, a thousand open streams.

Run ``python3 run.py bench sync_load``; it starts its own PostgreSQL and two server processes. Every figure of one run is
measured beside the others, so the ratios mean something on a machine that does other things, too. Parts by name:
``ends`` (one client, one PostgreSQL, both durable, with the raw ceilings and PouchDB), ``reconnect`` (profile M: 50 agents
with 600 facts each), ``streams`` (1,000 agents connected, steady traffic).

What ``ends`` compares, in documents a second from one end's disk to the other's:

* **ours** is the real client on its encrypted store (``synchronous=FULL``) and a real server process on PostgreSQL with
  ``fsync`` and ``synchronous_commit`` on. *Pull*: a new machine reads as many cases as there are documents, some 600 to 900
  bytes each, and each can be opened at once. *Push*: facts captured before, some 400 bytes each, until the client has stored
  that the server took every one; meanwhile the feed brings the changed cases back, which costs both ends something. Facts
  are pushed three times: *in calls*, four on one customer and then the next, each of another customer, as a queue is
  worked; *calls again*, the same with 300 customers who are called over and over, so that their cases grow; and
  *scattered*, each on another of the 300 than the one before, which no agent does and is the most work for the server.
* **PouchDB** replicates documents of some 300 bytes, made before, to express-pouchdb and back into an empty database, in
  batches of 500 with up to ten under way, each end a process of Node's on LevelDB. It stores what it is given and works
  nothing out. It is measured twice, too: *durable*, every write of both ends synced before it counts, as ours are; and
  *as shipped*, which never asks the disk. The ratios are to the durable one: both ends keep what they have acknowledged.

Everything is measured in rounds, one side after the other, and the middle one of the rounds' ratios counts: how fast the machine
is comes and goes.
"""

from __future__ import annotations

import argparse
import asyncio
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from statistics import median
from typing import Any

import httpx
import psycopg

from benchmarks import pouchdb
from benchmarks.house import House, house
from data.kept import NewFact
from domain.clock import SystemClock, format_instant
from domain.facts.payloads import AttemptEnded, AttemptStarted, CallbackSet, NoteAdded, Payload
from tests.support.laptops import Laptop
from tests.support.server_world import PHONE
from tests.support.storm import Seat, closing_connection

# --- both ends durable, one after the other ---


@dataclass(frozen=True)
class Ends:
    """Documents a second of our ends in one round."""

    pulled: float
    called: float
    again: float
    scattered: float


def ends(count: int, rounds: int) -> None:
    """Measure pushes and pulls of one client, PouchDB's beside them, and what is possible at all."""
    print(f"{count} documents each way, one client, both ends durable, {rounds} rounds")
    ours: list[Ends] = []
    peers: list[pouchdb.Peer] = []
    for number in range(rounds):
        with ExitStack() as stack:
            made = house(stack, "ends", {f"c{number:05}": "anna" for number in range(count)})
            stack.callback(made.world.services.database.close)
            ours.append(asyncio.run(_our_ends(made, count)))
            print(f"  duecall     pull {ours[-1].pulled:6.0f}/s   push in calls {ours[-1].called:6.0f}/s", end="")
            print(f", calls again {ours[-1].again:6.0f}/s, scattered {ours[-1].scattered:6.0f}/s", flush=True)
            if number == 0:
                print(f"  servers     {made.memory()}")
                print(f"  ceiling     bare endpoint {_bare_endpoint(made):6.0f} requests/s", end="")
                print(f", bare insert {_bare_insert(made):6.0f} rows/s", flush=True)
        peers += _peer(count, "PouchDB", durable=True)
    if not peers:
        print("  PouchDB     not measured: Node or a network to install it from is missing")
        return
    _peer(count, "as shipped", durable=False)
    _print_ratios(ours, peers)


def _peer(count: int, name: str, *, durable: bool) -> list[pouchdb.Peer]:
    peer = pouchdb.measure(count, durable=durable)
    if peer is None:
        return []
    print(f"  {name:11} pull {peer.pulled:6.0f}/s   push {peer.pushed:6.0f}/s", flush=True)
    return [peer]


def _print_ratios(ours: Sequence[Ends], peers: Sequence[pouchdb.Peer]) -> None:
    """Print the middle one of the rounds' ratios: the two of a round ran one after the other."""
    pulls = [each.pulled / peer.pulled for each, peer in zip(ours, peers, strict=True)]
    print(f"  ratio       pull {median(pulls):6.2f}     push", end="")
    for words, name in (("in calls", "called"), ("calls again", "again"), ("scattered", "scattered")):
        pushes = [getattr(each, name) / peer.pushed for each, peer in zip(ours, peers, strict=True)]
        print(f" {words} {median(pushes):5.2f} ({min(pushes):.2f} to {max(pushes):.2f})", end="")
    print()


async def _our_ends(made: House, count: int) -> Ends:
    laptop = Laptop(made.folder / "laptop", made.servers[0])
    await laptop.login("anna")
    began = time.perf_counter()
    async with laptop.running():
        await _until(lambda: laptop.driver.status.state == "synced" and laptop.replica.cases.policy() is not None)
    pulled = time.perf_counter() - began
    assert len(laptop.replica.cases.ids()) == count
    few, calls = min(300, count), max(1, count // 4)
    called = await _push(laptop, [_of_a_call(place, calls) for place in range(count)])
    again = await _push(laptop, [_of_a_call(place, few) for place in range(count)])
    note = NoteAdded("x" * 100)
    scattered = await _push(laptop, [NewFact(f"c{place % few:05}", note) for place in range(count)])
    await laptop.client.aclose()
    laptop.store.close()
    return Ends(count / pulled, count / called, count / again, count / scattered)


async def _push(laptop: Laptop, facts: list[NewFact]) -> float:
    """Capture facts, then hand them over; give the seconds that took."""
    for start in range(0, len(facts), 500):
        laptop.replica.outbox.capture(facts[start : start + 500])
    began = time.perf_counter()
    async with laptop.running():
        await _until(lambda: laptop.replica.outbox.count_unsent() == 0)
    return time.perf_counter() - began


def _of_a_call(number: int, cases: int) -> NewFact:
    """Give the facts of one call after the other, with ``cases`` customers in turn: profile M has four of them a call."""
    payload: Payload = (
        AttemptStarted(number=PHONE),
        NoteAdded("x" * 100),
        CallbackSet(due=SystemClock().now() + timedelta(days=1), number=PHONE),
        AttemptEnded(code="call_back", talk_seconds=60),
    )[number % 4]
    return NewFact(f"c{number // 4 % cases:05}", payload)


async def _until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(900):
        while not condition():  # noqa: ASYNC110 - a benchmark looks from outside
            await asyncio.sleep(0.002)


def _bare_endpoint(made: House, requests: int = 2000) -> float:
    with closing_connection(made.servers[0]) as connection:
        began = time.perf_counter()
        for _ in range(requests):
            connection.request("GET", "/healthz")
            connection.getresponse().read()
        return requests / (time.perf_counter() - began)


def _bare_insert(made: House, rows: int = 10_000) -> float:
    with psycopg.connect(made.url) as connection:
        connection.execute("CREATE TABLE bare (id text PRIMARY KEY, body bytea)")
        connection.commit()
        began = time.perf_counter()
        for start in range(0, rows, 500):
            values = [(f"e{number}", b"x" * 300) for number in range(start, start + 500)]
            connection.cursor().executemany("INSERT INTO bare VALUES (%s, %s)", values)
            connection.commit()
        return rows / (time.perf_counter() - began)


# --- many at once ---


@dataclass
class Clocked:
    """How long each kind of request took."""

    waits: dict[str, list[float]] = field(default_factory=dict)

    def ask(self, made: House, seat: Seat, number: int, kind: str, method: str, path: str, body: Any = None) -> Any:
        headers = {"Authorization": f"Bearer {seat.token}"}
        address = made.servers[number % len(made.servers)]
        began = time.perf_counter()
        with httpx.Client(base_url=address, headers=headers, timeout=120) as client:
            answer = client.request(method, path, json=body)
        assert answer.status_code == 200, (kind, answer.status_code, answer.text[:200])
        self.waits.setdefault(kind, []).append(time.perf_counter() - began)
        return answer.json()

    def print(self) -> None:
        for kind, waits in sorted(self.waits.items()):
            half, most = (percentile(waits, share) * 1000 for share in (50, 99))
            print(f"  {kind:9} {len(waits):6} times, p50 {half:8.1f} ms, p99 {most:8.1f} ms")


def percentile(values: Sequence[float], share: int) -> float:
    """Give the value that ``share`` percent of the values do not exceed."""
    return sorted(values)[min(len(values) - 1, len(values) * share // 100)]


def reconnect(agents: int, facts: int) -> None:
    """Let a house come back from an outage: everybody pushes what they did meanwhile and pulls."""
    owners = {f"c{number:05}": f"a{number % agents:03}" for number in range(agents * 30)}
    with ExitStack() as stack:
        made = house(stack, "reconnect", owners)
        seats = [made.seat(f"a{number:03}") for number in range(agents)]
        clocked = Clocked()

        def come_back(number: int) -> None:
            seat = seats[number]
            mine = [case for case, owner in owners.items() if owner == seat.login]
            at = SystemClock().now()
            events = [_day_of(seat, mine[place % len(mine)], place, at) for place in range(facts)]
            for start in range(0, facts, 200):
                body = {"device_id": seat.name, "events": events[start : start + 200]}
                clocked.ask(made, seat, number, "push", "POST", "/v1/events", body)
            clocked.ask(made, seat, number, "pull", "GET", "/v1/changes?limit=500")

        began = time.perf_counter()
        with ThreadPoolExecutor(agents) as pool:
            for each in [pool.submit(come_back, number) for number in range(agents)]:
                each.result()
        seconds = time.perf_counter() - began
        made.world.services.database.close()
        print(
            f"{agents} agents with {facts} facts each at once: {seconds:.0f} s, {agents * facts / seconds:.0f} facts/s"
        )
        clocked.print()
        print(f"  servers   {made.memory()}")


def _day_of(seat: Seat, case_id: str, place: int, at: Any) -> dict[str, Any]:
    kind, data = [
        ("attempt.started", {"number": PHONE}),
        ("attempt.ended", {"code": "no_answer"}),
        ("note.added", {"text": f"note {place}"}),
    ][place % 3]
    return seat.event(case_id, kind, data, at)


def streams(agents: int, seconds: int) -> None:
    """Keep a thousand streams open while facts come in, feeds are read and cases move."""
    owners = {f"c{number:05}": f"a{number % 50:03}" for number in range(1500)}
    with ExitStack() as stack:
        made = house(stack, "streams", owners)
        machines = [made.seat(f"a{number:03}") for number in range(50)]
        seats = [machines[number % 50] for number in range(agents)]
        chief = made.seat("sue")
        over, hints, opened = threading.Event(), [0], threading.Semaphore(0)
        listener = threading.Thread(target=lambda: asyncio.run(_listen(made, seats, over, hints, opened)), daemon=True)
        listener.start()
        began = time.perf_counter()
        for _ in seats:
            assert opened.acquire(timeout=300), "not every stream opens"
        opening = time.perf_counter() - began
        clocked = Clocked()

        def work(number: int) -> None:
            seat = seats[number]
            mine = [case for case, owner in owners.items() if owner == seat.login]
            turn = 0
            while not over.wait(0.5):
                turn += 1
                event = _day_of(seat, mine[turn % len(mine)], turn * 3 + 2, SystemClock().now())
                body = {"device_id": seat.name, "events": [event]}
                clocked.ask(made, seat, number, "push", "POST", "/v1/events", body)
                page = clocked.ask(
                    made, seat, number, "pull", "GET", f"/v1/changes?limit=20&cursor={seat.cursor or ''}"
                )
                seat.cursor = page["cursor"]

        def move() -> None:
            turn = 0
            while not over.wait(1):
                turn += 1
                body = {"cases": [f"c{turn:05}"], "to": f"a{(turn * 7) % 50:03}", "mode": "now"}
                clocked.ask(
                    made,
                    chief,
                    turn,
                    "reassign",
                    "PUT",
                    f"/v1/reassignments/{format_instant(SystemClock().now())}",
                    body,
                )

        workers = [threading.Thread(target=work, args=(number,)) for number in range(10)]
        workers.append(threading.Thread(target=move))
        for worker in workers:
            worker.start()
        over.wait(seconds)
        memory = made.memory()
        over.set()
        for worker in workers:
            worker.join()
        listener.join(30)
        made.world.services.database.close()
        print(f"{agents} streams, all open after {opening:.0f} s; in {seconds} s {hints[0]} hints received")
        clocked.print()
        print(f"  servers   {memory}")


async def _listen(
    made: House, seats: Sequence[Seat], over: threading.Event, hints: list[int], opened: threading.Semaphore
) -> None:
    limits = httpx.Limits(max_connections=None)
    async with httpx.AsyncClient(timeout=None, limits=limits) as client:

        async def follow(number: int, seat: Seat) -> None:
            headers = {"Authorization": f"Bearer {seat.token}"}
            address = made.servers[number % len(made.servers)]
            async with client.stream("GET", f"{address}/v1/stream", headers=headers) as answer:
                opened.release()
                async for line in answer.aiter_lines():
                    hints[0] += line.startswith("event: poke")

        tasks = [asyncio.create_task(follow(number, seat)) for number, seat in enumerate(seats)]
        await asyncio.to_thread(over.wait)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def main() -> None:
    """Run the parts that were asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", choices=["ends", "reconnect", "streams", []], default=[])
    parser.add_argument("--documents", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--agents", type=int, default=50)
    parser.add_argument("--facts", type=int, default=600)
    parser.add_argument("--streams", type=int, default=1000)
    parser.add_argument("--seconds", type=int, default=30)
    chosen = parser.parse_args()
    parts = chosen.parts or ["ends", "reconnect", "streams"]
    if "ends" in parts:
        ends(chosen.documents, chosen.rounds)
    if "reconnect" in parts:
        reconnect(chosen.agents, chosen.facts)
    if "streams" in parts:
        streams(chosen.streams, chosen.seconds)


if __name__ == "__main__":
    main()
