"""Many writers at once, in threads, on one database: no entry is lost, no document goes back, nothing is doubled."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import select

from domain.clock import format_instant
from domain.supervision import ReassignmentRequest
from server.cases.reassigning import reassign
from server.database.engine import Transaction
from server.database.schema import CASE, EVENT, FEED
from server.facts.envelope import open_envelopes
from server.facts.intake import Intake
from server.feeds.reading import read_page
from server.people.sessions import Caller, open_session
from tests.support.server_world import World

WRITERS = 4
CASES = [f"c{number}" for number in range(8)]


def caller(world: World, login: str, device: str) -> Caller:
    person = world.people[login]
    return Caller(person.id, person.name, person.role, person.team, device, False, "")


@pytest.fixture
def busy(world: World) -> World:
    for case_id in CASES:
        world.add_case(case_id, "anna")

    def add_machines(transaction: Transaction) -> None:
        for login in ("anna", "ben", "sue"):
            for number in range(WRITERS):
                open_session(transaction, world.people[login], f"{login}-{number}", None, 3600, 14_400)

    world.write(add_machines)
    return world


def event(world: World, device: str, seq: int, case_id: str) -> dict[str, Any]:
    return {
        "id": f"{device}-{seq}",
        "seq": seq,
        "type": "note.added",
        "v": 1,
        "case_id": case_id,
        "at": format_instant(world.clock.now()),
        "data": {"text": f"{device} {seq}"},
    }


def push(world: World, who: Caller, *events: dict[str, Any]) -> list[str]:
    batch = open_envelopes(list(events))
    answer = world.write(lambda transaction: Intake(transaction, who, world.services.identity.epoch).take(batch))
    return [result.status for result in answer.results]


class Follower:
    """Reads a feed without pause, as a machine does, and checks the rules of versions on the way."""

    def __init__(self, world: World, who: Caller) -> None:
        self.world, self.who = world, who
        self.cursor: str | None = None
        self.shown: dict[str, tuple[int, bytes]] = {}
        self.versions: dict[str, int] = {}

    def read(self) -> bool:
        page = read_page(self.world.services.database, self.world.services.identity, self.who, self.cursor, 3)
        assert not page.reset
        for entry in page.entries:
            assert entry.ver >= self.versions.get(entry.key, 0), "a version went back"
            self.versions[entry.key] = entry.ver
            if entry.body is None:
                self.shown.pop(entry.key, None)
            else:
                self.shown[entry.key] = (entry.ver, entry.body)
        self.cursor = page.cursor
        return page.more


def run_together(works: list[Callable[[], None]], followers: list[Follower]) -> None:
    done = threading.Event()

    def follow(follower: Follower) -> None:
        while not done.is_set():
            follower.read()

    with ThreadPoolExecutor(len(works) + len(followers)) as pool:
        reading = [pool.submit(follow, follower) for follower in followers]
        writing = [pool.submit(work) for work in works]
        try:
            for each in writing:
                each.result()
        finally:
            done.set()
        for each in reading:
            each.result()
    for follower in followers:
        while follower.read():
            pass


def owned(world: World, login: str) -> dict[str, tuple[int, bytes]]:
    query = select(CASE.c.id, CASE.c.ver, CASE.c.doc).where(CASE.c.owner_id == world.people[login].id)
    with world.services.database.reading() as transaction:
        return {f"case:{row.id}": (row.ver, bytes(row.doc)) for row in transaction.connection.execute(query)}


def cases_of(follower: Follower) -> dict[str, tuple[int, bytes]]:
    return {key: shown for key, shown in follower.shown.items() if key.startswith("case:")}


@pytest.mark.slow
def test_reader_loses_nothing_while_many_write_one_feed(busy: World) -> None:
    follower = Follower(busy, caller(busy, "anna", "anna-0"))

    def write(device: str) -> Callable[[], None]:
        def work() -> None:
            dice = random.Random(device)
            for seq in range(1, 31):
                push(busy, caller(busy, "anna", device), event(busy, device, seq, dice.choice(CASES)))

        return work

    run_together([write(f"anna-{number}") for number in range(WRITERS)], [follower])
    assert cases_of(follower) == owned(busy, "anna")
    with busy.services.database.reading() as transaction:
        seqs = transaction.connection.execute(
            select(FEED.c.seq).where(FEED.c.agent_id == busy.people["anna"].id)
        ).scalars()
        assert len(set(seqs)) == len(CASES) + 2
        assert len(transaction.connection.execute(select(EVENT.c.id)).all()) == WRITERS * 30


@pytest.mark.slow
def test_storm_of_reassignments_leaves_every_case_with_exactly_one_reader(busy: World) -> None:
    followers = [Follower(busy, caller(busy, login, f"{login}-0")) for login in ("anna", "ben")]

    def move(number: int) -> Callable[[], None]:
        def work() -> None:
            dice = random.Random(number)
            for turn in range(12):
                request = ReassignmentRequest(
                    cases=dice.sample(CASES, 3), to=dice.choice(["anna", "ben", None]), force=dice.random() < 0.5
                )
                reassign(busy.services.database, caller(busy, "sue", f"sue-{number}"), f"r{number}-{turn}", request)

        return work

    def capture(login: str) -> Callable[[], None]:
        def work() -> None:
            device = f"{login}-1"
            dice = random.Random(device)
            for seq in range(1, 25):
                push(busy, caller(busy, login, device), event(busy, device, seq, dice.choice(CASES)))

        return work

    run_together([move(1), move(2), capture("anna"), capture("ben")], followers)
    for follower, login in zip(followers, ("anna", "ben"), strict=True):
        assert cases_of(follower) == owned(busy, login)
    assert not set(followers[0].shown) & set(followers[1].shown) - {"policy", "scripts"}


@pytest.mark.slow
def test_one_batch_pushed_by_many_at_once_counts_once(busy: World) -> None:
    batch = [event(busy, "anna-0", seq, CASES[seq % 3]) for seq in range(1, 11)]
    barrier = threading.Barrier(WRITERS)
    statuses: list[list[str]] = []

    def work() -> None:
        barrier.wait()
        statuses.append(push(busy, caller(busy, "anna", "anna-0"), *batch))

    with ThreadPoolExecutor(WRITERS) as pool:
        for each in [pool.submit(work) for _ in range(WRITERS)]:
            each.result()
    assert sorted(statuses) == [["accepted"] * 10] + [["duplicate"] * 10] * (WRITERS - 1)


def test_batches_of_one_machine_at_once_leave_no_hole_and_forget_no_reader(busy: World) -> None:
    """Two processes of the server take what one machine sends at once, each with a memory of its own."""
    other = busy.another()
    who = caller(busy, "anna", "anna-0")
    follower = Follower(busy, who)
    batches = [[event(busy, "anna-0", 10 * n + m, CASES[(n + m) % 8]) for m in range(1, 11)] for n in range(12)]

    def hand_over(number: int) -> Callable[[], None]:
        def work() -> None:
            for turn, batch in enumerate(batches[number::WRITERS]):
                assert push((busy, other)[(number + turn) % 2], who, *batch) == ["accepted"] * 10

        return work

    run_together([hand_over(number) for number in range(WRITERS)], [follower])
    answer = busy.write(lambda transaction: Intake(transaction, who, busy.services.identity.epoch).take([]))
    assert (answer.received_through, answer.missing) == (120, [])
    assert cases_of(follower) == owned(busy, "anna")
    texts = {f"anna-0 {seq}" for seq in range(1, 121)}
    shown = b"".join(doc for _ver, doc in owned(busy, "anna").values())
    assert {text for text in texts if f'"{text}"'.encode() in shown} == texts


@pytest.mark.slow
def test_one_reassignment_sent_by_many_at_once_is_one(busy: World) -> None:
    request = ReassignmentRequest(cases=CASES, to="ben")
    barrier = threading.Barrier(WRITERS)
    answers: list[bytes] = []

    def work(number: int) -> None:
        barrier.wait()
        answers.append(reassign(busy.services.database, caller(busy, "sue", f"sue-{number}"), "r1", request))

    with ThreadPoolExecutor(WRITERS) as pool:
        for each in [pool.submit(work, number) for number in range(WRITERS)]:
            each.result()
    assert len(set(answers)) == 1
    assert {ver for ver, _ in owned(busy, "ben").values()} == {2}
