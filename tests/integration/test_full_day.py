"""A working day of 250 dials by keys: no rule broken, no case without a next action, nothing lost.

The application, its store and its exchange are the real ones, and the server is a process of its own. The agent's clock
is moved by hand; every hour the laptop meets the server, which is started anew with its clock at that hour. What was
allowed is judged from the server's facts alone, by rules written down here once more and without the dial gate.
"""

from __future__ import annotations

import contextlib
import json
import socket
import sqlite3
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from data.address import checked_address
from data.answers import Failure
from data.checks import check_profile
from data.http import ServerClient
from data.ports import INDEXES
from data.replica import Replica
from data.session import Session
from data.store import Key, Store
from data.sync.driver import SyncDriver
from domain.clock import format_instant, parse_instant
from domain.codes import catalogue
from domain.facts.payloads import CallbackSet
from domain.i18n import use_language
from domain.ids import IdSource
from domain.queue.placing import without_next_action
from screens.ports import LineStatus
from server.cases.casework import Casework
from server.database.engine import Transaction
from server.people.directory import find_by_login
from tests.support.desks import HandClock
from tests.support.figures import Figures, measured_figures, own_figures
from tests.support.places import Place
from tests.support.processes import environment
from tests.support.server_world import PASSWORD, World
from tests.support.server_world import HandClock as ServerClock
from tests.support.workday import NINE, Workday, stories
from tui.app import DuecallApp
from tui.desk import AgentDesk, DeskParts

DIALS = 250
CASES = 330
MEASURED = Path(__file__).resolve().parents[3] / "shared" / "data" / "load" / "call_parameters.json"
"""What was measured in call centres; the invented figures take its place where it is absent."""
FIXTURES = Path(__file__).resolve().parents[1] / "fixtures" / "load"


@contextlib.contextmanager
def server_at(home: Path, database: Path, port: int, now: datetime) -> Iterator[str]:
    """Run the server as a process whose clock begins at ``now``."""
    log = (home / "server.log").open("ab")
    command = [sys.executable, "-m", "tui.main", "server", "run", "--db", f"sqlite:///{database.as_posix()}"]
    process = subprocess.Popen(
        [*command, "--port", str(port)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=log,
        env=environment(home, DUECALL_SERVER_CLOCK=format_instant(now)),
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


def populate(folder: Path) -> Path:
    """Make a server's database with an agent and her cases."""
    world = World(folder, clock=ServerClock(NINE - timedelta(hours=12)))
    world.populate()

    def add(transaction: Transaction) -> None:
        casework = Casework(transaction)
        anna = find_by_login(transaction, "anna")
        assert anna is not None
        for number, (case_id, account, before) in enumerate(stories(NINE - timedelta(hours=12), CASES)):
            case = casework.create(case_id, "main", "main", case_id)
            casework.state(case, account)
            for place, payload in enumerate(before):
                casework.state(case, payload, before_id(number, place))
            casework.assign(case, anna.id, anna.name)
        casework.finish()

    world.write(add)
    world.services.database.close()
    return folder / "server.db"


@dataclass
class Agent:
    """The laptop: store, session, replica and desk, all real, on a clock that is moved by hand."""

    folder: Path
    clock: HandClock
    port: int

    def __post_init__(self) -> None:
        self.store = Store.open(self.folder, Key(bytes(range(32))), indexes=INDEXES)
        self.session = Session(self.store, IdSource(self.clock), checked_address(f"http://127.0.0.1:{self.port}"))

    def open(self) -> None:
        """Build what needs somebody logged in."""
        self.replica = Replica(self.store, self.session.author, self.clock)
        agent = self.session.agent
        assert agent is not None
        self.desk = AgentDesk(
            DeskParts(
                store=self.store,
                book=self.replica.cases,
                outbox=self.replica.outbox,
                drafts=self.replica.drafts,
                clock=self.replica.clock,
                ids=IdSource(self.replica.clock),
                agent=agent,
                status=self.status,
                nudge=lambda: None,
                lease_until=lambda: self.replica.memory.contact.lease_until,
                on_status=lambda _listener: lambda: None,
            )
        )

    def status(self) -> LineStatus:
        """Tell the truth about the line: between two hours there is none."""
        contact = self.replica.memory.contact
        unsent = self.replica.outbox.count_unsent()
        return LineStatus("offline", contact.last_sync, contact.last_contact, unsent, 0, contact.lease_until)

    async def meet(self, home: Path, database: Path) -> dict[str, int]:
        """Exchange everything with a server whose clock agrees with this laptop's."""
        with server_at(home, database, self.port, self.clock.now()) as address:
            client = ServerClient(address, clock=self.clock)
            driver = SyncDriver(self.replica, client, self.session, clock=self.clock, listen=False)
            if self.session.token is None:
                assert not isinstance(await driver.login("anna", PASSWORD), Failure)
            done = await driver.once()
            await client.aclose()
        return done

    async def first_login(self, home: Path, database: Path) -> None:
        """Log in for the first time."""
        with server_at(home, database, self.port, self.clock.now()) as address:
            client = ServerClient(address, clock=self.clock)
            assert not isinstance(await self.session.login(client, "anna", PASSWORD), Failure)
            await client.aclose()


def before_id(number: int, place: int) -> str:
    """Name a fact of the days before."""
    return f"w{number:03d}-before-{place}"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
        return port


def server_facts(database: Path) -> list[dict[str, Any]]:
    """Give every fact of the server as it came, with its flags."""
    connection = sqlite3.connect(database)
    try:
        rows = connection.execute(
            "SELECT id, case_id, type, flags, body FROM fact WHERE device_id IS NOT NULL"
        ).fetchall()
    finally:
        connection.close()
    return [
        {"id": row[0], "case": row[1], "type": row[2], "flags": row[3].split(), **json.loads(row[4])} for row in rows
    ]


def broken_rules(facts: list[dict[str, Any]]) -> list[str]:
    """Judge every attempt by the rules of its pack, from the facts alone."""
    told_before = stories(NINE - timedelta(hours=12), CASES)
    accounts: dict[str, Any] = {case_id: account for case_id, account, _ in told_before}
    before = {
        case_id: {type(payload).__name__ for payload in payloads} & {"DisputeRaised", "ConsentWithdrawn"}
        for case_id, _, payloads in told_before
    }
    callbacks = {
        case_id: {
            before_id(int(case_id[1:]), place): payload.due
            for place, payload in enumerate(payloads)
            if isinstance(payload, CallbackSet)
        }
        for case_id, _, payloads in told_before
    }
    codes, broken = catalogue(), []
    by_case: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for fact in sorted(facts, key=lambda each: (each["at"], each["seq"])):
        by_case[fact["case"]].append(fact)
    for case_id, told in by_case.items():
        account = accounts[case_id]
        zone = ZoneInfo(account.phones[0].zones[0])
        ends = {fact["data"]["call"]: fact["data"] for fact in told if fact["type"] == "attempt.ended"}
        attempts: Counter[str] = Counter()
        effective = conversations = 0
        stopped = bool(before[case_id])
        agreed: dict[str, datetime] = dict(callbacks[case_id])
        for fact in told:
            if fact["type"] == "callback.set":
                agreed[fact["id"]] = parse_instant(fact["data"]["due"])
            elif fact["type"] == "callback.cleared":
                agreed.pop(fact["data"]["base"], None)
            if fact["type"] in ("consent.withdrawn", "dispute.raised", "hardship.raised"):
                stopped = True
            if fact["type"] != "attempt.started":
                continue
            local = parse_instant(fact["at"]).astimezone(zone)
            hour = local.hour + local.minute / 60
            code = codes.get(ends.get(fact["id"], {}).get("code"))
            asked_for = any(
                timedelta(minutes=-5) <= parse_instant(fact["at"]) - due < timedelta(hours=1) for due in agreed.values()
            )
            opens, closes = (8, 22) if account.segment == "consumer" else (9, 18)
            if account.segment == "consumer" and account.region == "US":
                closes = 21
            checks = {
                "hours": opens <= hour < closes or asked_for,
                "weekday": account.segment == "consumer" or local.weekday() < 5,
                "stopped": not stopped,
                "six attempts a number": account.segment == "business" or attempts[fact["data"]["number"]] < 6,
                "three effective calls": account.segment == "business" or effective < 3,
                "one conversation a day": account.segment == "consumer" or conversations < 1 or asked_for,
                "ended": fact["id"] in ends,
            }
            broken += [f"{case_id} {fact['at']}: {rule}" for rule, kept in checks.items() if not kept]
            attempts[fact["data"]["number"]] += 1
            effective += code is not None and code.has("effective")
            conversations += code is not None and code.has("conversation")
    return broken


@pytest.mark.slow
async def test_a_day_of_250_dials(tmp_path: Path) -> None:
    use_language("en")
    measured = MEASURED.is_file()
    figures = measured_figures(MEASURED) if measured else own_figures(FIXTURES)
    await live_the_day(tmp_path, figures, "measured" if measured else "own")


async def live_the_day(tmp_path: Path, figures: Figures, seed: str) -> None:
    home = tmp_path / "home"
    home.mkdir()
    database = populate(tmp_path)
    agent = Agent(tmp_path / "agent", HandClock(NINE), free_port())
    await agent.first_login(home, database)
    agent.open()
    await agent.meet(home, database)
    assert len(agent.replica.cases.ids()) == CASES
    place = Place(agent.desk)
    place.dial_command = ()

    async def opener(_server: str, _login: str, _password: str) -> Place:
        return place

    app = DuecallApp(opener, ready=place, idle_lock_minutes=0)
    async with app.run_test(size=(80, 24)) as pilot:
        day = Workday(pilot, agent.desk, agent.clock, figures, seed)
        hours = 0
        while day.dials < DIALS and hours < 13:
            await day.work(agent.clock.now() + timedelta(hours=1), DIALS)
            await day.try_what_is_held()
            hours += 1
            now = NINE + timedelta(hours=hours)
            if agent.clock.now() < now:
                agent.clock.instant = now
            agent.desk.sync_now()
            await agent.meet(home, database)
            assert agent.replica.outbox.count_unsent() == 0
    facts = server_facts(database)
    captured = agent.replica.outbox.head.seq
    assert day.refusals, "somebody must have been tried who may not be called"
    assert day.dials == DIALS, (day.dials, day.results, day.refusals)
    assert broken_rules(facts) == []
    assert [fact["id"] for fact in facts if set(fact["flags"]) - {"late"}] == []
    assert sorted(fact["seq"] for fact in facts) == list(range(1, captured + 1)), "every fact is there, once"
    assert sum(fact["type"] == "attempt.started" for fact in facts) == DIALS
    assert without_next_action(agent.replica.cases.cases(), agent.clock.now(), agent.desk.policy) == ()
    assert [finding for finding in check_profile(agent.store, agent.replica) if not finding.ok] == []
    agent.store.close()
    sys.stderr.write(
        f"{seed}: {DIALS} dials in {hours} hours, {captured} facts, results {dict(day.results)}, "
        f"refused {dict(day.refusals)}\n"
    )
