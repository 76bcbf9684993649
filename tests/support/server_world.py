"""A server with people and cases in it, spoken to over its real ASGI application and a real database."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from domain.canonical import canonical_bytes, digest
from domain.clock import format_instant
from domain.facts.payloads import AccountStated, Debt, Payload, Phone
from server.app import build_app
from server.cases.casework import Casework
from server.database.engine import Transaction
from server.people.directory import Person, add_user, find_by_login, people
from server.services import Services
from server.settings import Argon2Cost, Settings

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
"""A Tuesday: 10:00 in Shanghai."""
PASSWORD = "correct horse"
PHONE = "+8613800138000"


def account_of(case_id: str, **changed: Any) -> AccountStated:
    """Give the account of a consumer with one overdue debt."""
    stated: dict[str, Any] = {
        "as_of": date(2026, 11, 20),
        "import_id": "import-1",
        "name": f"Customer {case_id}",
        "customer_id": case_id,
        "segment": "consumer",
        "region": "CN",
        "debts": (Debt(f"{case_id}-d1", 125_000, "CNY", doc=f"LN-{case_id}", due=date(2026, 10, 21)),),
        "phones": (Phone(PHONE, type="mobile", region="CN", zones=("Asia/Shanghai",)),),
    }
    return AccountStated(**stated | changed)


@dataclass
class HandClock:
    """A clock that moves when it is told to."""

    instant: datetime = NOW

    def now(self) -> datetime:
        return self.instant

    def advance(self, **how_far: float) -> None:
        self.instant += timedelta(**how_far)


@dataclass
class Machine:
    """An agent's machine: its session, its deposit key, and the chain of events it has made."""

    world: World
    device: str
    token: str
    deposit_key: str
    seq: int = 0
    prev: str | None = None
    cursor: str | None = None

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def event(self, case_id: str, kind: str, data: dict[str, Any] | None = None, **other: Any) -> dict[str, Any]:
        """Make the next event of this machine."""
        self.seq += 1
        event: dict[str, Any] = {
            "id": f"{self.device}-e{self.seq:04d}",
            "seq": self.seq,
            "type": kind,
            "v": 1,
            "case_id": case_id,
            "at": format_instant(self.world.clock.now()),
            "data": data or {},
        }
        if self.prev is not None:
            event["prev"] = self.prev
        event |= other
        self.prev = digest(canonical_bytes(event))
        return event

    async def push(self, *events: dict[str, Any]) -> httpx.Response:
        body = {"device_id": self.device, "events": list(events)}
        return await self.world.client.post("/v1/events", json=body, headers=self.headers)

    async def results(self, *events: dict[str, Any]) -> list[dict[str, Any]]:
        """Push and give the results, which must have come."""
        response = await self.push(*events)
        assert response.status_code == 200, response.text
        results: list[dict[str, Any]] = response.json()["results"]
        return results

    async def page(self, cursor: str | None = None, limit: int = 1000) -> dict[str, Any]:
        parameters = {"limit": str(limit)} | ({"cursor": cursor} if cursor is not None else {})
        response = await self.world.client.get("/v1/changes", params=parameters, headers=self.headers)
        assert response.status_code == 200, response.text
        page: dict[str, Any] = response.json()
        return page

    async def pull(self) -> dict[str, Any]:
        """Read the next page and keep its cursor, as a machine does."""
        page = await self.page(self.cursor)
        self.cursor = page["cursor"]
        return page

    async def documents(self) -> dict[str, dict[str, Any]]:
        """Give the cases this machine would show after reading its feed from the start."""
        shown: dict[str, dict[str, Any]] = {}
        cursor, more = None, True
        while more:
            page = await self.page(cursor)
            for entry in page["entries"]:
                if entry["op"] == "put":
                    shown[entry["key"]] = entry["body"] | {"ver": entry["ver"]}
                else:
                    shown.pop(entry["key"], None)
            cursor, more = page["cursor"], page["more"]
        return {key: body for key, body in shown.items() if key.startswith("case:")}

    async def get(self, path: str, **parameters: str) -> httpx.Response:
        return await self.world.client.get(path, params=parameters, headers=self.headers)

    async def put(self, path: str, body: Any, **headers: str) -> httpx.Response:
        return await self.world.client.put(path, json=body, headers=self.headers | headers)


@dataclass
class World:
    """One server and everybody around it.

    Its database is an SQLite file in ``folder``, a copy of ``template`` where one is given, unless ``changed`` names
    another.
    """

    folder: Path
    changed: dict[str, Any] = field(default_factory=dict)
    clock: HandClock = field(default_factory=HandClock)
    template: Path | None = None
    others: list[World] = field(default_factory=list)

    def __post_init__(self) -> None:
        if self.template is not None:
            shutil.copy(self.template, self.folder / "server.db")
        chosen: dict[str, Any] = {
            "database": f"sqlite:///{self.folder / 'server.db'}",
            "argon2": Argon2Cost(passes=1, memory_kib=8, lanes=1),
            "threads": 4,
        }
        self.settings = Settings(**chosen | self.changed)
        self.app = build_app(self.settings, self.clock)
        self.services: Services = self.app.state.services
        self.client = httpx.AsyncClient(
            transport=httpx.ASGITransport(self.app, client=("192.0.2.1", 4711)), base_url="http://server.test"
        )
        with self.services.database.reading() as transaction:
            self.people: dict[str, Person] = {person.login: person for person in people(transaction)}

    def another(self, **changed: Any) -> World:
        """Start another server on the same database, some settings changed."""
        self.others.append(World(self.folder, self.changed | changed, self.clock))
        return self.others[-1]

    def populate(self) -> None:
        """Add two agents, a supervisor and a bank to the team, and a second team that must see nothing of it."""
        for login, role, team in (
            ("anna", "agent", "main"),
            ("ben", "agent", "main"),
            ("sue", "supervisor", "main"),
            ("bank", "integration", "main"),
            ("zoe", "agent", "east"),
            ("tom", "supervisor", "east"),
        ):
            self.person(login, role, team)

    def person(self, login: str, role: str, team: str = "main") -> Person:
        passwords = self.services.passwords

        def add(transaction: Transaction) -> Person:
            return add_user(transaction, passwords, login, role, PASSWORD, team, login.title())

        self.people[login] = self.write(add)
        return self.people[login]

    def write(self, work: Callable[[Transaction], Any]) -> Any:
        return self.services.database.write(work)

    def add_case(self, case_id: str, owner: str | None = None, *, team: str = "main", **account: Any) -> None:
        """Add a case of one overdue debt, owned by ``owner`` (a login) or in the pool."""

        def add(transaction: Transaction) -> None:
            casework = Casework(transaction)
            case = casework.create(case_id, team, "main", case_id)
            casework.state(case, account_of(case_id, **account))
            if owner is not None:
                person = find_by_login(transaction, owner)
                assert person is not None
                casework.assign(case, person.id, person.name)
            casework.finish()

        self.write(add)
        self.clock.advance(seconds=1)

    def state(self, case_id: str, payload: Payload) -> None:
        """Let the server state a fact about a case."""

        def add(transaction: Transaction) -> None:
            casework = Casework(transaction)
            casework.state(casework.open([case_id])[case_id], payload)
            casework.finish()

        self.write(add)

    async def login(self, login: str, device: str | None = None) -> Machine:
        device = device or f"{login}-laptop"
        response = await self.client.post("/v1/sessions", json={"login": login, "password": PASSWORD, "device": device})
        assert response.status_code == 201, response.text
        answer = response.json()
        return Machine(self, device, answer["token"], answer.get("deposit_key", ""))

    async def reassign(self, supervisor: Machine, reassignment: str, **request: Any) -> dict[str, Any]:
        response = await supervisor.put(f"/v1/reassignments/{reassignment}", request)
        assert response.status_code == 200, response.text
        answer: dict[str, Any] = response.json()
        return answer

    async def close(self) -> None:
        for each in self.others:
            await each.close()
        await self.client.aclose()
        self.services.database.close()
