"""A storm: many workers on several server processes with one PostgreSQL, and what must be true of it afterwards.

Everything goes over HTTP, as machines, supervisors and the bank speak it. Every answer is looked at; whatever a reader has
been told on the way is compared at the end with what the database says.
"""

from __future__ import annotations

import functools
import http.client
import json
import random
import subprocess
import sys
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from sqlalchemy import func, select

from domain.canonical import canonical_bytes, digest
from domain.clock import format_instant
from server.cases.casework import Casework
from server.database.engine import Database, Transaction
from server.database.schema import ASSIGNMENT, CASE, DEVICE, EVENT, FACT, FEED, FEED_HEAD
from server.founding import prepare
from server.people.sessions import open_session
from server.settings import Settings
from tests.support.postgres import Cluster
from tests.support.processes import environment
from tests.support.server_world import NOW, PHONE, HandClock, World, account_of

AGENTS: Final = 8
SUPERVISORS: Final = 2
ATTEMPTS_A_NUMBER: Final = 6
"""What the pack of consumer credit in China allows a number in a day."""
_PATIENCE_S: Final = 90.0


@dataclass
class Seat:
    """One worker: a person's machine with a session, its chain of events and what its reader has been told."""

    name: str
    login: str
    role: str
    token: str
    seq: int = 0
    prev: str | None = None
    cursor: str | None = None
    shown: dict[str, tuple[int, Any]] = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=dict)
    acknowledged: set[str] = field(default_factory=set)
    last: list[dict[str, Any]] = field(default_factory=list)

    def event(self, case_id: str, kind: str, data: dict[str, Any], at: datetime) -> dict[str, Any]:
        """Make the next event of the chain."""
        self.seq += 1
        event: dict[str, Any] = {
            "id": f"{self.name}-{self.seq}",
            "seq": self.seq,
            "type": kind,
            "v": 1,
            "case_id": case_id,
            "at": format_instant(at),
            "data": data,
        }
        if self.prev is not None:
            event["prev"] = self.prev
        self.prev = digest(canonical_bytes(event))
        return event

    def take(self, page: dict[str, Any]) -> None:
        """Apply one page as a client does."""
        if page["reset"]:
            raise AssertionError(f"{self.name} had to start again")
        for entry in page["entries"]:
            key, ver = entry["key"], entry["ver"]
            if ver < self.versions.get(key, 0):
                raise AssertionError(f"{key} went back to {ver}")
            self.versions[key] = ver
            if entry["op"] == "put":
                self.shown[key] = (ver, entry["body"])
            else:
                self.shown.pop(key, None)
        self.cursor = page["cursor"]


@dataclass
class Storm:
    """One database, several servers, many seats."""

    url: str
    servers: list[str]
    seats: list[Seat]
    cases: list[str]
    folder: Path
    answers: Counter[tuple[str, int]] = field(default_factory=Counter)
    drawn: list[tuple[str, str]] = field(default_factory=list)
    waits: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def rage(self, operations: int, seed: int = 1) -> float:
        """Let every seat do its share of the operations at once; gives the seconds it took."""
        began = time.perf_counter()
        share = -(-operations // len(self.seats))
        with ThreadPoolExecutor(len(self.seats)) as pool:
            for each in [pool.submit(self._work, seat, share, seed + n) for n, seat in enumerate(self.seats)]:
                each.result()
        return time.perf_counter() - began

    def _work(self, seat: Seat, operations: int, seed: int) -> None:
        dice = random.Random(seed)
        with closing_connection(self.servers[seed % len(self.servers)]) as connection:
            for number in range(operations):
                self._one(seat, connection, dice, number)

    def _one(self, seat: Seat, connection: http.client.HTTPConnection, dice: random.Random, number: int) -> None:
        roll = dice.random()
        if seat.role == "supervisor":
            if roll < 0.5:
                self._reassign(seat, connection, dice, number)
            elif roll < 0.8:
                self._pay(seat, connection, dice, number)
            else:
                self.call(connection, seat, "GET", "/v1/cases?limit=20", name="search")
        elif roll < 0.62:
            self._push(seat, connection, dice)
        elif roll < 0.92:
            self.pull(seat, connection)
        else:
            answer = self.call(connection, seat, "POST", "/v1/cases/next", name="draw", allowed=(200, 204))
            if answer is not None:
                with self._lock:
                    self.drawn.append((answer["case"], seat.login))

    def _push(self, seat: Seat, connection: http.client.HTTPConnection, dice: random.Random) -> None:
        if seat.last and dice.random() < 0.1:
            results = self.hand_over(seat, connection, seat.last)
            if {each["status"] for each in results} != {"duplicate"}:
                raise AssertionError(f"a repeated batch was taken again: {results}")
            return
        events = []
        for _ in range(dice.randint(1, 4)):
            kind = dice.choice(["attempt.started", "note.added", "note.added", "callback.set"])
            at = NOW + timedelta(seconds=dice.randrange(60))
            data: dict[str, Any] = {"text": f"{seat.name} {seat.seq}"}
            if kind == "attempt.started":
                data = {"number": PHONE}
            elif kind == "callback.set":
                data = {"due": format_instant(at + timedelta(hours=1))}
            mine = [key.removeprefix("case:") for key in seat.shown if key.startswith("case:")]
            anywhere = not mine or dice.random() < 0.2
            events.append(seat.event(dice.choice(self.cases if anywhere else mine), kind, data, at))
        seat.last = events
        self.hand_over(seat, connection, events)

    def hand_over(
        self, seat: Seat, connection: http.client.HTTPConnection, events: list[dict[str, Any]]
    ) -> list[dict[str, Any]]:
        """Push events and note what was acknowledged."""
        body = {"device_id": seat.name, "events": events}
        answer = self.call(connection, seat, "POST", "/v1/events", body, name="push")
        assert answer is not None
        if answer["received_through"] != seat.seq:
            raise AssertionError(f"{seat.name}: through {answer['received_through']} of {seat.seq}")
        seat.acknowledged |= {each["id"] for each in answer["results"]}
        results: list[dict[str, Any]] = answer["results"]
        return results

    def pull(self, seat: Seat, connection: http.client.HTTPConnection) -> bool:
        """Read the next page; tell whether there is more."""
        cursor = f"&cursor={seat.cursor}" if seat.cursor else ""
        page = self.call(connection, seat, "GET", f"/v1/changes?limit=40{cursor}", name="pull")
        assert page is not None
        seat.take(page)
        return bool(page["more"])

    def _reassign(self, seat: Seat, connection: http.client.HTTPConnection, dice: random.Random, number: int) -> None:
        body = {
            "cases": dice.sample(self.cases, dice.randint(1, 6)),
            "to": f"agent{dice.randrange(AGENTS)}",
            "mode": dice.choice(["now", "after_wrapup"]),
            "force": dice.random() < 0.3,
        }
        for _ in range(dice.choice([1, 1, 2])):  # now and then the same request again
            self.call(connection, seat, "PUT", f"/v1/reassignments/{seat.name}-{number}", body, name="reassign")

    def _pay(self, seat: Seat, connection: http.client.HTTPConnection, dice: random.Random, number: int) -> None:
        body = {"case": dice.choice(self.cases), "amount": 100, "currency": "CNY", "day": "2026-11-23"}
        self.call(connection, seat, "PUT", f"/v1/payments/{seat.name}-{number}", body, name="pay")

    def call(
        self,
        connection: http.client.HTTPConnection,
        seat: Seat,
        method: str,
        path: str,
        body: Any = None,
        *,
        name: str,
        allowed: tuple[int, ...] = (200,),
    ) -> Any:
        """Ask, and insist on an answer that is allowed."""
        content = None if body is None else json.dumps(body).encode()
        headers = {"Authorization": f"Bearer {seat.token}", "Content-Type": "application/json"}
        began = time.perf_counter()
        connection.request(method, path, content, headers)
        response = connection.getresponse()
        text = response.read()
        with self._lock:
            self.answers[name, response.status] += 1
            self.waits[name].append(time.perf_counter() - began)
        if response.status not in allowed:
            raise AssertionError(f"{name}: {response.status} {text[:300]!r}")
        return json.loads(text) if text else None

    def settle(self) -> None:
        """Let every reader come to the head of its feed, until what one has acknowledged moves nobody's any more."""
        with closing_connection(self.servers[0]) as connection:
            before = None
            while before != (before := [seat.cursor for seat in self.agents()]):
                for seat in self.agents():
                    while self.pull(seat, connection):
                        pass

    def agents(self) -> list[Seat]:
        """Give the seats of agents."""
        return [seat for seat in self.seats if seat.role == "agent"]

    def anomalies(self) -> list[str]:
        """Compare everything with the database; an empty list is what this is about."""
        database = Database(Settings(database=self.url), HandClock())
        with database.reading() as transaction:
            found = [
                *self._feeds(transaction),
                *self._assignments(transaction),
                *self._caps(transaction),
                *self._custody(transaction),
            ]
        database.close()
        return found

    def _feeds(self, transaction: Transaction) -> Iterator[str]:
        connection = transaction.connection
        people = {row.login: row.id for row in connection.exec_driver_sql("SELECT login, id FROM app_user")}
        owned: defaultdict[str, dict[str, tuple[int, Any]]] = defaultdict(dict)
        for row in connection.execute(select(CASE).where(CASE.c.closed.is_(None), CASE.c.owner_id.is_not(None))):
            owned[row.owner_id][f"case:{row.id}"] = (row.ver, json.loads(row.doc))
        for seat in self.agents():
            cases = {key: shown for key, shown in seat.shown.items() if key.startswith("case:")}
            expected = owned[people[seat.login]]
            if cases.keys() != expected.keys():
                yield f"{seat.name} shows {len(cases)} cases, owns {len(expected)}"
            yield from (f"{seat.name} has an old {key}" for key in cases if cases[key] != expected.get(key))
        heads = {row.agent_id: row.head for row in connection.execute(select(FEED_HEAD))}
        seqs: defaultdict[str, list[int]] = defaultdict(list)
        for row in connection.execute(select(FEED.c.agent_id, FEED.c.seq)):
            seqs[row.agent_id].append(row.seq)
        for agent, positions in seqs.items():
            if len(set(positions)) != len(positions) or max(positions) > heads[agent]:
                yield f"positions of {agent} are not distinct or above the head"

    def _assignments(self, transaction: Transaction) -> Iterator[str]:
        newest: dict[str, tuple[int, str]] = {}
        for row in transaction.connection.execute(select(ASSIGNMENT)):
            newest[row.case_id] = max(newest.get(row.case_id, (0, "")), (row.ver, row.agent_id))
        for row in transaction.connection.execute(select(CASE.c.id, CASE.c.owner_id)):
            if row.owner_id != newest.get(row.id, (0, None))[1]:
                yield f"{row.id} is not owned by whom it was assigned to last"
        for case, count in Counter(case for case, _ in self.drawn).items():
            if count > 1:
                yield f"{case} was drawn {count} times"

    def _caps(self, transaction: Transaction) -> Iterator[str]:
        within: Counter[str] = Counter()
        query = select(FACT.c.case_id, FACT.c.flags).where(FACT.c.type == "attempt.started")
        for row in transaction.connection.execute(query):
            within[row.case_id] += "cap-breach" not in row.flags.split()
        yield from (f"{case} had {n} attempts unflagged" for case, n in within.items() if n > ATTEMPTS_A_NUMBER)

    def _custody(self, transaction: Transaction) -> Iterator[str]:
        connection = transaction.connection
        kept = set(connection.execute(select(EVENT.c.id)).scalars())
        for seat in self.agents():
            if lost := seat.acknowledged - kept:
                yield f"{seat.name}: {len(lost)} acknowledged events are gone"
        through = {row.id: row.received_through for row in connection.execute(select(DEVICE))}
        yield from (f"{s.name} through {through[s.name]} of {s.seq}" for s in self.agents() if through[s.name] != s.seq)
        doubled = connection.execute(select(FACT.c.id).group_by(FACT.c.id).having(func.count() > 1)).scalars().all()
        yield from (f"fact {each} is there twice" for each in doubled)


@contextmanager
def closing_connection(address: str) -> Iterator[http.client.HTTPConnection]:
    """Give a connection to a server."""
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=_PATIENCE_S)
    try:
        yield connection
    finally:
        connection.close()


@contextmanager
def server_on(
    url: str, folder: Path, *words: str, clock: datetime | None = NOW
) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """Run one real server process on a database, its clock starting at ``clock``; gives its address and the process."""
    with (folder / "server.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "tui.main", "server", "run", "--db", url, "--port", "0", *words],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            env=environment(folder, **({"DUECALL_SERVER_CLOCK": format_instant(clock)} if clock else {})),
        )
        assert process.stdout is not None
        try:
            line = process.stdout.readline()
            assert "http" in line, (folder / "server.log").read_text()[-2000:]
            yield line[line.index("http") :].strip(), process
        finally:
            process.terminate()
            process.wait(20)
            process.stdout.close()


@contextmanager
def storm(cluster: Cluster, folder: Path, *, servers: int, workers: int, cases: int, pool: int = 0) -> Iterator[Storm]:
    """Make a database with people and cases, run servers on it, and seat ``workers`` before each of them."""
    name = "storm"
    cluster.run(f"CREATE DATABASE {name}")
    url = cluster.url(name)
    database = Database(Settings(database=url), HandClock())
    prepare(database)
    database.close()
    world = World(folder, {"database": url})
    for number in range(AGENTS):
        world.person(f"agent{number}", "agent")
    for number in range(SUPERVISORS):
        world.person(f"chief{number}", "supervisor")
    ids = [f"c{number:04}" for number in range(cases)]
    world.write(functools.partial(_open_cases, world=world, owned=ids, pool=[f"p{n:04}" for n in range(pool)]))
    seats = [_seat(world, number, workers) for number in range(servers * workers)]
    world.services.database.close()
    with ExitStack() as stack:
        addresses = [stack.enter_context(server_on(url, folder))[0] for _ in range(servers)]
        yield Storm(url, addresses, seats, ids, folder)
    cluster.run(f"DROP DATABASE {name} WITH (FORCE)")


def _open_cases(transaction: Transaction, *, world: World, owned: list[str], pool: list[str]) -> None:
    casework = Casework(transaction)
    for number, case_id in enumerate([*owned, *pool]):
        case = casework.create(case_id, "main", "main", case_id)
        casework.state(case, account_of(case_id))
        if number < len(owned):
            person = world.people[f"agent{number % AGENTS}"]
            casework.assign(case, person.id, person.name)
    casework.finish()


def _seat(world: World, number: int, workers: int) -> Seat:
    """Seat two supervisors in every row of workers, and agents otherwise."""
    role = "supervisor" if number % workers < SUPERVISORS else "agent"
    login = f"chief{number % SUPERVISORS}" if role == "supervisor" else f"agent{number % AGENTS}"
    name = f"{login}-{number}"
    opened = world.write(
        lambda transaction: open_session(transaction, world.people[login], name, None, 30 * 24 * 3600, 14_400)
    )
    return Seat(name, login, role, opened.token)
