"""A company for benchmarks: its own PostgreSQL, real server processes on it, people, and cases that are theirs."""

from __future__ import annotations

import functools
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from domain.clock import SystemClock
from server.cases.casework import Casework
from server.database.engine import Database, Transaction
from server.founding import prepare
from server.people.sessions import open_session
from server.settings import Settings
from tests.support.laptops import RunningClock
from tests.support.postgres import Cluster, cluster
from tests.support.server_world import World, account_of
from tests.support.storm import Seat, server_on

SERVERS = 2


@dataclass
class House:
    """A company: its database, its servers and everybody's machines."""

    cluster: Cluster
    url: str
    folder: Path
    world: World
    servers: list[str] = field(default_factory=list)
    processes: list[int] = field(default_factory=list)

    def seat(self, login: str, number: int = 0) -> Seat:
        name = f"{login}-{number}"
        opened = self.world.write(
            lambda transaction: open_session(transaction, self.world.people[login], name, None, 86_400, 14_400)
        )
        return Seat(name, login, self.world.people[login].role, opened.token)

    def memory(self) -> str:
        """Give what the servers hold resident."""
        sizes = []
        for process in self.processes:
            status = Path(f"/proc/{process}/status").read_text(encoding="utf-8")
            sizes += [int(line.split()[1]) // 1024 for line in status.splitlines() if line.startswith("VmRSS")]
        return " + ".join(f"{size} MB" for size in sizes)


def open_cases(transaction: Transaction, *, world: World, owners: dict[str, str]) -> None:
    """Give every case to its owner."""
    casework = Casework(transaction)
    for case_id, login in owners.items():
        case = casework.create(case_id, "main", "main", case_id)
        casework.state(case, account_of(case_id))
        casework.assign(case, world.people[login].id, world.people[login].name)
    casework.finish()


def house(stack: ExitStack, name: str, owners: dict[str, str]) -> House:
    """Found a company in which ``owners`` says whose each case is, and start its servers."""
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    own = stack.enter_context(cluster())
    own.run(f"CREATE DATABASE {name}")
    url = own.url(name)
    database = Database(Settings(database=url), SystemClock())
    prepare(database)
    database.close()
    world = World(folder, {"database": url}, RunningClock())
    for login in sorted(set(owners.values())):
        world.person(login, "agent")
    world.person("sue", "supervisor")
    ids = sorted(owners)
    for start in range(0, len(ids), 2000):
        chunk = {case_id: owners[case_id] for case_id in ids[start : start + 2000]}
        world.write(functools.partial(open_cases, world=world, owners=chunk))
    made = House(own, url, folder, world)
    for _ in range(SERVERS):
        address, process = stack.enter_context(server_on(url, folder, clock=None))
        made.servers.append(address)
        made.processes.append(process.pid)
    return made
