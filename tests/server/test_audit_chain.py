"""The audit trail cannot be edited unnoticed, and several processes add to one chain without breaking it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import delete, func, select, update

from domain.clock import SystemClock
from server.audit import record
from server.database.engine import Database, Transaction
from server.database.migrate import upgrade
from server.database.schema import AUDIT, AUDIT_HEAD
from server.database.trail import BEGINNING, ChainState, chains, examine
from server.settings import Settings
from tests.support.server_world import World

TEAM = "team:main"


@pytest.fixture
def database(tmp_path: Path) -> Database:
    made = Database(Settings(database=f"sqlite:///{tmp_path / 'trail.db'}"), SystemClock())
    upgrade(made.engine)
    return made


def write_lines(database: Database, count: int, team: str | None = "main") -> None:
    for number in range(count):
        database.write(lambda t, n=number: record(t, "sue", "case.reassigned", f"c{n}", team, n=n))  # type: ignore[misc]  # the default binds the number


def state(database: Database, chain: str = TEAM) -> ChainState:
    with database.reading() as transaction:
        return examine(transaction.connection, chain)


def test_untouched_chain_is_whole(database: Database) -> None:
    assert state(database) == ChainState(TEAM, 0, BEGINNING)
    write_lines(database, 5)
    write_lines(database, 2, team=None)
    found = state(database)
    assert (found.length, found.whole) == (5, True)
    with database.reading() as transaction:
        assert chains(transaction.connection) == ["server", TEAM]


@pytest.mark.parametrize("column", ["actor", "action", "subject", "at_ms", "detail", "team", "id", "digest"])
def test_changing_any_word_of_a_line_is_noticed(database: Database, column: str) -> None:
    write_lines(database, 4)
    forged = {"at_ms": 1, "detail": b'{"n":7}'}.get(column, "forged")

    def forge(transaction: Transaction) -> None:
        connection = transaction.connection.execution_options(forged=True)
        connection.execute(update(AUDIT).where(AUDIT.c.seq == 2).values({column: forged}))

    database.write(forge)
    found = state(database)
    assert (found.broken_at, found.fault) == (2, "changed")


def test_a_line_taken_out_or_moved_is_noticed(database: Database) -> None:
    write_lines(database, 4)
    database.write(lambda t: t.connection.execute(delete(AUDIT).where(AUDIT.c.seq == 3)))
    assert (state(database).broken_at, state(database).fault) == (3, "gap")
    database.write(lambda t: t.connection.execute(update(AUDIT).where(AUDIT.c.seq == 4).values(seq=3)))
    assert (state(database).broken_at, state(database).fault) == (3, "changed")


def test_an_end_cut_off_is_noticed(database: Database) -> None:
    write_lines(database, 4)
    database.write(lambda t: t.connection.execute(delete(AUDIT).where(AUDIT.c.seq == 4)))
    assert (state(database).broken_at, state(database).fault) == (4, "end")
    database.write(lambda t: t.connection.execute(delete(AUDIT_HEAD)))
    assert state(database).fault == "end"
    database.write(lambda t: t.connection.execute(delete(AUDIT)))
    assert state(database).whole, "what an export of the ends is for"


def test_processes_follow_one_another(tmp_path: Path, database: Database) -> None:
    """Each with connections of its own, as separate server processes have them."""

    def work(number: int) -> None:
        own = Database(Settings(database=f"sqlite:///{tmp_path / 'trail.db'}"), SystemClock())
        write_lines(own, 20, team=None if number % 2 else "main")
        own.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    assert [state(database, chain).length for chain in ("server", TEAM)] == [40, 40]
    assert state(database).whole
    assert state(database, "server").whole


def test_a_deed_undone_leaves_no_line(database: Database) -> None:
    def fails(transaction: Transaction) -> None:
        record(transaction, "sue", "case.reassigned", "c1", "main")
        raise LookupError

    with pytest.raises(LookupError):
        database.write(fails)
    with database.reading() as transaction:
        assert transaction.connection.execute(select(func.count()).select_from(AUDIT)).scalar_one() == 0


async def test_a_working_day_leaves_whole_chains(world: World) -> None:
    world.add_case("c1", "anna")
    world.add_case("c2", None)
    anna, sue = await world.login("anna"), await world.login("sue")
    await anna.push(anna.event("c1", "note.added", {"text": "x"}), anna.event("nowhere", "note.added", {"text": "x"}))
    await world.client.post("/v1/cases/next", headers=anna.headers)
    await world.reassign(sue, "r1", cases=["c1", "c2"], to="ben")
    with world.services.database.reading() as transaction:
        found = {chain: examine(transaction.connection, chain) for chain in chains(transaction.connection)}
    assert all(each.whole for each in found.values())
    assert found[TEAM].length >= 6


async def test_supervisor_searches_takes_away_and_verifies_the_trail(world: World) -> None:
    world.add_case("c1", "anna")
    sue = await world.login("sue")
    await world.reassign(sue, "r1", cases=["c1"], to="ben")
    world.clock.advance(hours=1)
    moved = (await sue.get("/v1/audit", action="case.reassigned")).json()["lines"]
    assert [line["subject"] for line in moved] == ["c1"]
    assert moved[0]["actor_name"] == "Sue"
    assert (await sue.get("/v1/audit", action="case.", until=moved[0]["at"])).json()["lines"] == []
    assert (await sue.get("/v1/audit", since="yesterday")).status_code == 400

    exported = await sue.get("/v1/audit/export")
    assert exported.headers["content-type"].startswith("text/csv")
    lines = exported.text.splitlines()
    assert lines[0].lstrip("\ufeff").startswith("seq,at,actor")
    assert sum("case.reassigned" in line for line in lines) == 1
    chain = (await sue.get("/v1/audit/chain")).json()
    assert (chain["whole"], chain["length"]) == (True, len(lines)), "the export has added a line about itself"
    world.write(lambda t: t.connection.execute(update(AUDIT).where(AUDIT.c.seq == 2).values(actor="nobody")))
    broken = (await sue.get("/v1/audit/chain")).json()
    assert (broken["whole"], broken["broken_at"], broken["fault"]) == (False, 2, "changed")
