"""The real server core on SQLite in memory, without sockets and threads: it can die at any statement and be restored."""

from __future__ import annotations

import functools
import random
import sqlite3
import tempfile
import weakref
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final, Self, TypeVar
from unittest import mock

from sqlalchemy import event

from domain.canonical import to_plain
from domain.clock import Clock
from domain.facts.payloads import AccountStated, Debt, Phone
from domain.ids import IdSource
from domain.policy import PackRule, Policy
from server import documents, founding
from server.app import build_services
from server.cases.casework import Casework
from server.database.engine import Busy, Database, Transaction
from server.facts.retaking import take_up_again
from server.feeds.hub import Hub
from server.http.auth import admit
from server.http.problem import UNAVAILABLE, Refusal
from server.http.routing import Call, Endpoint, encode
from server.people.directory import Person, add_user, people
from server.people.sessions import Caller
from server.routes import ENDPOINTS
from server.services import Services
from server.settings import Argon2Cost, Settings, Throttle

T = TypeVar("T")

START: Final = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
"""A Tuesday, 10:00 in New York, where all customers live."""
PASSWORD: Final = "correct horse"
LEASE_S: Final = 300
SESSION_S: Final = 600
MOST_CALLS: Final = 2
"""What the rule pack of the policy below allows in seven days."""
_POLICY: Final = Policy(lease_s=LEASE_S, packs=(PackRule("us-massachusetts"),))


class ServerDied(Exception):  # noqa: N818 - it is what happens to the server, not a mistake of it
    """The server process was killed here."""


@dataclass(frozen=True, slots=True)
class Response:
    """What came over the wire."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    server_time: datetime


@dataclass(frozen=True, slots=True)
class Request:
    """What goes over the wire."""

    method: str
    path: str
    token: str | None = field(default=None, repr=False)
    body: bytes = field(default=b"", repr=False)
    query: Mapping[str, str] = field(default_factory=dict)


@functools.cache
def template(agents: int, cases: int) -> bytes:
    """Give the database of a founded server: agents a1, a2, …, a supervisor, a bank, another team, and cases.

    Cases c1, c2, … go round the agents and, every fourth one, into the pool.
    """
    dice = random.Random("template")
    with tempfile.TemporaryDirectory() as folder, known_secrets(dice):
        clock = _Standing(START.replace(hour=14))
        services = build_services(_settings(f"sqlite:///{Path(folder, 'server.db').as_posix()}"), clock)
        database = services.database
        database.ids = IdSource(clock, dice.getrandbits)

        def found(transaction: Transaction) -> None:
            documents.replace(transaction, documents.POLICY, to_plain(_POLICY), "*", "server")
            team = [_person(transaction, services, f"a{number + 1}", "agent", "main") for number in range(agents)]
            _person(transaction, services, "sue", "supervisor", "main")
            _person(transaction, services, "bank", "integration", "main")
            stranger = _person(transaction, services, "zoe", "agent", "east")
            for number in range(cases):
                owner = None if number % 4 == 3 else team[number % len(team)]
                _case(transaction, f"c{number + 1}", owner, "main")
            _case(transaction, "x1", stranger, "east")

        database.write(found)
        database.close()
        with sqlite3.connect(Path(folder, "server.db")) as source:
            memory = sqlite3.connect(":memory:")
            source.backup(memory)
        source.close()
        content = bytearray(memory.serialize())
        memory.close()
        content[18:20] = b"\x01\x01"  # the file format without a write-ahead log, which memory has none of
        return bytes(content)


class _Cursor(sqlite3.Cursor):
    """What the server sends its statements with: it may die before each."""

    connection: _Driven

    def execute(self, sql: str, parameters: Any = (), /) -> Self:
        self.connection.step()
        return super().execute(sql, parameters)

    def executemany(self, sql: str, parameters: Any, /) -> Self:
        self.connection.step()
        return super().executemany(sql, parameters)


class _Driven(sqlite3.Connection):
    """The driver's connection, one layer below the server: ``step`` is called before each statement and commit."""

    def __init__(self, *arguments: Any, step: Callable[[], None], **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.step = step
        self._cursors = weakref.WeakSet[_Cursor]()

    def cursor(self, factory: Any = None) -> Any:
        made = super().cursor(_Cursor)
        self._cursors.add(made)
        return made

    def load(self, content: bytes) -> None:
        """Put another database in the place of this one.

        Not by ``deserialize`` on this connection: that leaves statements that are half read, and tables that are functions
        (``json_each``), pointing into what it frees, and SQLite crashes. A backup refuses while somebody reads.
        """
        for left in tuple(self._cursors):
            left.close()
        with closing(sqlite3.connect(":memory:")) as other:
            other.deserialize(content)
            other.backup(self)

    def commit(self) -> None:
        self.step()
        super().commit()


class Central:
    """One server. ``handle`` answers a request as its endpoints do; ``fuse`` kills it that many steps later.

    A step is a statement, a commit, or the answer leaving. ``between`` is called before each transaction begins, as
    another process of the same server would work then.
    """

    def __init__(self) -> None:
        self.clock: Clock = _Standing(START)
        self.fuse: int | None = None
        self.commits = 0
        self.between: Callable[[bool], None] = lambda _writing: None
        self.committed: Callable[[set[str]], None] = lambda _agents: None
        self.connection = _Driven(":memory:", isolation_level=None, cached_statements=512, step=self._step)
        with tempfile.TemporaryDirectory() as scratch:
            built = build_services(_settings(f"sqlite:///{Path(scratch, 'unused.db').as_posix()}"), self.clock)
            built.database.close()
        self._database = Database(built.settings, self)
        engine = self._database.engine
        event.listen(engine, "do_connect", lambda *_: self.connection)
        self._database.on_commit.append(lambda agents: self.committed(agents))
        self._watch()
        hub = Hub(self._database, built.settings.stream_tick_s)
        self.services: Services = replace(built, database=self._database, clock=self, hub=hub)

    def now(self) -> datetime:
        """Tell the instant, as a :class:`domain.clock.Clock`."""
        return self.clock.now()

    def begin(self, content: bytes, clock: Clock, dice: random.Random) -> None:
        """Begin a simulation with this database."""
        self.clock, self.fuse = clock, None
        self._database.ids = IdSource(self, dice.getrandbits)
        self.connection.load(content)
        self._start()

    def back_up(self) -> bytes:
        """Give the database as a backup taken now has it."""
        return self.connection.serialize()

    def restore(self, content: bytes, *, silently: bool = False) -> None:
        """Bring a backup back, as an operator does: with a new history, unless that is forgotten."""
        self.connection.load(content)
        self._database.memory.forget()
        if not silently:
            self._database.write(founding.begin_new_history)
        self._start()

    def restart(self) -> None:
        """Start again after the process died; what was committed is there."""
        self.fuse = None
        self._start()

    def _start(self) -> None:
        self._database.memory.forget()  # a process that starts knows nothing
        with self._database.reading() as transaction:
            identity = founding.identity(transaction)
        take_up_again(self._database, identity.epoch)
        self.services = replace(self.services, identity=identity)

    @property
    def epoch(self) -> str:
        """Name the history the server has now."""
        return self.services.identity.epoch

    def handle(self, request: Request) -> Response:
        """Answer a request. Raises :class:`ServerDied` when the fuse has burnt down on the way."""
        try:
            response = self._answer(request)
            self._step()
        except ServerDied:
            assert not self.connection.in_transaction, "what was not committed is gone"
            raise
        return response

    def _answer(self, request: Request) -> Response:
        endpoint, path = _endpoint(request)
        status, headers = 200, dict[str, str]()
        try:
            authorization = f"Bearer {request.token}" if request.token is not None else None
            caller: Caller | None = admit(self._database, endpoint, authorization)
            assert endpoint.handle is not None
            reply = endpoint.handle(
                Call(self.services, path, request.query, {"if-match": "*"}, request.body, "192.0.2.1", caller)
            )
            status, headers, body = reply.status, dict(reply.headers), reply.encoded()
        except Refusal as refusal:
            status, headers, body = refusal.kind.status, dict(refusal.headers), encode(refusal.body())
        except Busy:
            status, headers, body = UNAVAILABLE.status, {"Retry-After": "2"}, b""
        return Response(status, headers, body, self.now())

    def listener(self, token: str) -> str | None:
        """Tell whose stream of hints this token opens; nobody's when the session has ended."""
        try:
            caller = admit(self._database, _PLAIN["GET", "/v1/stream"], f"Bearer {token}")
        except Refusal:
            return None
        return caller.id if caller is not None else None

    def write(self, work: Callable[[Transaction], T]) -> T:
        """Do something at the server itself, as an import or an operator does."""
        return self._database.write(work)

    def people(self) -> dict[str, Person]:
        """Give everybody by login."""
        with self._database.reading() as transaction:
            return {person.login: person for person in people(transaction)}

    def rows(self, sql: str, *values: object) -> list[Any]:
        """Look into the tables, or change them, without the server knowing: it never dies of that."""
        return sqlite3.Cursor(self.connection).execute(sql, values).fetchall()

    def _step(self) -> None:
        if self.fuse is not None:
            self.fuse -= 1
            if self.fuse < 0:
                self.fuse = None
                raise ServerDied

    def _watch(self) -> None:
        """Call ``between`` before each transaction."""
        write, reading = self._database.write, self._database.reading

        def watched_write(work: Callable[[Transaction], T]) -> T:
            self.between(True)
            result = write(work)
            self.commits += 1
            return result

        @contextmanager
        def watched_reading() -> Iterator[Transaction]:
            self.between(False)
            with reading() as transaction:
                yield transaction

        self._database.write = watched_write  # type: ignore[method-assign]  # a stop on the way in, nothing else
        self._database.reading = watched_reading  # type: ignore[method-assign]


@functools.cache
def central() -> Central:
    """Give this process's one server: statements stay compiled from one simulation to the next."""
    return Central()


@contextmanager
def known_secrets(dice: random.Random) -> Iterator[None]:
    """Let tokens and epochs come from the seed."""
    with (
        mock.patch("secrets.token_urlsafe", lambda count=32: f"{dice.getrandbits(8 * count):x}"),
        mock.patch("secrets.token_hex", lambda count=32: f"{dice.getrandbits(8 * count):0{2 * count}x}"),
    ):
        yield


_PLAIN: Final[dict[tuple[str, str], Endpoint]] = {
    (endpoint.method, endpoint.path): endpoint for endpoint in ENDPOINTS if "{" not in endpoint.path
}
_WITH_ID: Final = [endpoint for endpoint in ENDPOINTS if "{id}" in endpoint.path]


def _endpoint(request: Request) -> tuple[Endpoint, dict[str, str]]:
    plain = _PLAIN.get((request.method, request.path))
    if plain is not None:
        return plain, {}
    for endpoint in _WITH_ID:
        before, _, after = endpoint.path.partition("{id}")
        if endpoint.method == request.method and request.path.startswith(before) and request.path.endswith(after):
            return endpoint, {"id": request.path[len(before) : len(request.path) - len(after) or None]}
    raise LookupError(request.path)


@dataclass(frozen=True, slots=True)
class _Standing:
    instant: datetime

    def now(self) -> datetime:
        return self.instant


def _settings(url: str) -> Settings:
    cheap = Argon2Cost(passes=1, memory_kib=8, lanes=1)
    throttle = Throttle(per_login=10_000, per_address=10_000)
    return Settings(database=url, argon2=cheap, throttle=throttle, session_s=SESSION_S)


def _person(transaction: Transaction, services: Services, login: str, role: str, team: str) -> Person:
    return add_user(transaction, services.passwords, login, role, PASSWORD, team, f"Agent {login}")


def customer(case_id: str) -> tuple[str, str]:
    """Give the name and the number of a case's customer: words that occur nowhere else."""
    number = int(case_id[1:])
    return f"Zqname{number:03d} Quux{case_id}", f"+1617555{7100 + number}"


def _case(transaction: Transaction, case_id: str, owner: Person | None, team: str) -> None:
    name, phone = customer(case_id)
    casework = Casework(transaction)
    case = casework.create(case_id, team, "main", case_id)
    casework.state(
        case,
        AccountStated(
            as_of=date(2026, 11, 20),
            import_id="import-1",
            name=name,
            customer_id=case_id,
            segment="consumer",
            region="US",
            debts=(Debt(f"{case_id}-d1", 125_000, "USD", doc=f"LN-{case_id}", due=date(2026, 10, 21)),),
            phones=(Phone(phone, type="mobile", region="US", zones=("America/New_York",)),),
        ),
    )
    if owner is not None:
        casework.assign(case, owner.id, owner.name)
    casework.finish()
