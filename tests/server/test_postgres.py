"""PostgreSQL as a company runs it: durable or refused, behind a pool in transaction mode, restarted under our feet."""

from __future__ import annotations

import functools
import random
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import select, update

from domain.clock import SystemClock
from server.database.engine import Busy, Database, Transaction
from server.database.postgres import NotDurable, address
from server.database.schema import FEED_HEAD, STATE
from server.founding import open_server, prepare
from server.settings import Settings
from tests.support.pgbouncer import pgbouncer
from tests.support.postgres import OWNER, Cluster, Reset, cluster
from tests.support.server_world import World

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def url(populated_postgres: Reset) -> str:
    populated_postgres()
    return populated_postgres.url


def open_database(url: str, busy_s: float = 30.0) -> Database:
    return Database(Settings(database=url, threads=4, busy_s=busy_s), SystemClock())


@pytest.mark.parametrize("spelling", ["postgres://h/d", "postgresql://h/d", "postgresql+psycopg://h/d"])
def test_every_spelling_means_the_one_driver(spelling: str) -> None:
    assert address(spelling).drivername == "postgresql+psycopg"


@pytest.fixture(params=["server", "role", "database"])
def careless(request: pytest.FixtureRequest, postgres: Cluster, url: str) -> Iterator[str]:
    """Give the address of a database that acknowledges before its log is on the disk."""
    where, undo = {
        "server": ("ALTER SYSTEM SET", "ALTER SYSTEM RESET"),
        "role": (f"ALTER ROLE {OWNER} SET", f"ALTER ROLE {OWNER} RESET"),
        "database": ("ALTER DATABASE populated SET", "ALTER DATABASE populated RESET"),
    }[request.param]
    postgres.run(f"{where} synchronous_commit = off")
    postgres.run("SELECT pg_reload_conf()")
    yield url
    postgres.run(f"{undo} synchronous_commit")
    postgres.run("SELECT pg_reload_conf()")


def test_database_that_forgets_is_refused_at_the_start(careless: str) -> None:
    database = open_database(careless)
    with pytest.raises(NotDurable):
        open_server(database)
    database.close()


def test_program_says_in_one_sentence_why_it_does_not_start(careless: str, tmp_path: Path) -> None:
    words = [sys.executable, "-m", "tui.main", "server", "run", "--db", careless, "--port", "0"]
    done = subprocess.run(words, capture_output=True, text=True, cwd=ROOT, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    expected = (
        "The database runs with synchronous_commit=off and may lose what it confirmed; switch it on and start again."
    )
    assert done.stderr.strip() == expected


def test_nothing_is_written_once_a_running_database_becomes_forgetful(postgres: Cluster, url: str) -> None:
    database = open_database(url)
    open_server(database)
    postgres.run("ALTER SYSTEM SET synchronous_commit = off")
    postgres.run("SELECT pg_reload_conf()")
    try:
        with pytest.raises(Busy):
            write_without_end(database)  # a session takes the new setting up between two transactions
    finally:
        postgres.run("ALTER SYSTEM RESET synchronous_commit")
        postgres.run("SELECT pg_reload_conf()")
        database.close()


@pytest.mark.parametrize("value", ["on", "local", "remote_write", "remote_apply"])
def test_what_waits_for_the_disk_is_accepted(postgres: Cluster, url: str, value: str) -> None:
    postgres.run(f"ALTER DATABASE populated SET synchronous_commit = {value}")
    database = open_database(url)
    open_server(database)
    postgres.run("ALTER DATABASE populated RESET synchronous_commit")
    database.close()


def write_without_end(database: Database) -> None:
    while True:
        database.write(_advance_all)


def _advance_all(transaction: Transaction) -> None:
    transaction.connection.execute(update(FEED_HEAD).values(head=FEED_HEAD.c.head + 1))


@pytest.mark.slow
async def test_a_day_through_a_pool_in_transaction_mode(postgres: Cluster, url: str, tmp_path: Path) -> None:
    """Three sessions for two servers and everybody in them: whoever kept something in a session would lose it."""
    with pgbouncer(postgres) as port:
        world = World(tmp_path, {"database": postgres.url("populated", port=port), "threads": 8})
        other = world.another()
        for number in range(40):
            world.add_case(f"c{number}", "anna" if number % 2 else None)
        anna, sue = await world.login("anna"), await other.login("sue")
        events = [
            anna.event(f"c{1 + number % 40 // 2 * 2}", "note.added", {"text": str(number)}) for number in range(60)
        ]
        assert {each["status"] for each in await anna.results(*events)} == {"accepted"}
        answer = await other.reassign(sue, "r1", filter={"owner": "anna"}, to="ben")
        assert answer["counts"] == {"moved": 20}
        assert await anna.documents() == {}
        ben = await other.login("ben")
        assert len(await ben.documents()) == 20

        def draw(number: int) -> None:
            who = world if number % 2 else other
            for _ in range(20):
                who.write(functools.partial(_advance_one, dice=random.Random(number)))

        with ThreadPoolExecutor(12) as pool:
            for each in [pool.submit(draw, number) for number in range(12)]:
                each.result()
        await other.close()
        await world.close()


def _advance_one(transaction: Transaction, *, dice: random.Random) -> None:
    agents = transaction.connection.execute(select(FEED_HEAD.c.agent_id)).scalars().all()
    agent = dice.choice(agents)
    transaction.connection.execute(
        update(FEED_HEAD).where(FEED_HEAD.c.agent_id == agent).values(head=FEED_HEAD.c.head + 1)
    )


def test_forgetful_session_behind_a_pool_is_refused(postgres: Cluster, url: str) -> None:
    """Somebody else left the pool's only session with its setting off."""
    with pgbouncer(postgres, sessions=1) as port:
        through = postgres.url("populated", port=port)
        database = open_database(through)
        open_server(database)
        database.write(_advance_all)
        Cluster(postgres.folder, port).run("SET synchronous_commit = off", "populated")
        with pytest.raises(Busy):
            database.write(_advance_all)
        with pytest.raises(NotDurable):
            open_server(database)
        database.close()


def test_writers_that_meet_head_on_are_both_served(url: str) -> None:
    database = open_database(url)
    met = threading.Barrier(2, timeout=10)
    turns: list[int] = []

    def crosswise(agents: list[str]) -> None:
        first_time = True

        def work(transaction: Transaction) -> None:
            nonlocal first_time
            turns.append(1)
            for agent in agents:
                advance = update(FEED_HEAD).where(FEED_HEAD.c.agent_id == agent)
                transaction.connection.execute(advance.values(head=FEED_HEAD.c.head + 1))
                if first_time:
                    first_time = False
                    met.wait()

        database.write(work)

    with database.reading() as transaction:
        query = select(FEED_HEAD.c.agent_id).order_by(FEED_HEAD.c.agent_id).limit(2)
        agents = list(transaction.connection.execute(query).scalars())
        before = _heads(transaction, agents)
    with ThreadPoolExecutor(2) as pool:
        for each in [pool.submit(crosswise, agents), pool.submit(crosswise, agents[::-1])]:
            each.result()
    with database.reading() as transaction:
        assert _heads(transaction, agents) == [head + 2 for head in before]
    assert len(turns) >= 3  # one of them was broken up and ran again
    database.close()


def _heads(transaction: Transaction, agents: list[str]) -> list[int]:
    query = select(FEED_HEAD.c.head).where(FEED_HEAD.c.agent_id.in_(agents)).order_by(FEED_HEAD.c.agent_id)
    return list(transaction.connection.execute(query).scalars())


def test_reader_sees_one_state_whatever_is_written_meanwhile(url: str) -> None:
    database = open_database(url)
    with database.reading() as transaction:
        agents = list(transaction.connection.execute(select(FEED_HEAD.c.agent_id)).scalars())
        before = _heads(transaction, agents)
        database.write(_advance_all)
        assert _heads(transaction, agents) == before
    database.close()


@pytest.mark.slow
async def test_restart_of_the_database_is_503_and_then_over(tmp_path: Path) -> None:
    """A connection the pool still holds is noticed and replaced; a database that is away is 503 with Retry-After."""
    with cluster() as own:
        own.run("CREATE DATABASE d")
        url = own.url("d")
        database = open_database(url)
        prepare(database)
        database.close()
        world = World(tmp_path, {"database": url})
        world.populate()
        world.add_case("c1", "anna")
        anna = await world.login("anna")
        note = anna.event("c1", "note.added", {"text": "before"})
        assert [each["status"] for each in await anna.results(note)] == ["accepted"]
        own.stop("immediate")
        for answer in (await anna.push(note), await anna.get("/v1/changes"), await anna.get("/readyz")):
            assert (answer.status_code, "Retry-After" in answer.headers) == (503, True), answer.text
        own.start()
        while (await anna.get("/readyz")).status_code != 200:
            pass
        assert [each["status"] for each in await anna.results(note)] == ["duplicate"]
        with world.services.database.reading() as transaction:
            assert transaction.connection.execute(select(STATE)).first() is not None
        await world.close()
