"""Any split, merge, repetition and order of the same events gives the same cases, byte for byte."""

from __future__ import annotations

import functools
import shutil
import tempfile
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from domain.canonical import canonical_bytes, digest
from domain.clock import format_instant
from server.cases.casework import Casework
from server.database.engine import Transaction
from server.database.schema import CASE, DEVICE, EVENT, FACT, QUARANTINE
from server.facts.envelope import Received, open_envelopes
from server.facts.intake import Intake
from server.people.sessions import Caller, open_session
from tests.support.server_world import NOW, World

CASES = ("c1", "c2", "c3")
DEVICES = {"anna": "laptop", "ben": "desktop"}


def caller(world: World, login: str) -> Caller:
    person = world.people[login]
    return Caller(person.id, person.name, person.role, person.team, DEVICES[login], False, "")


@pytest.fixture(scope="session")
def staffed(populated: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a database with three cases that both agents have owned, and a machine for each."""
    world = World(tmp_path_factory.mktemp("staffed"), template=populated)
    world.clock.instant = NOW - timedelta(days=1)
    for case_id in CASES:
        world.add_case(case_id, "anna")

    def add(transaction: Transaction) -> None:
        for login, device in DEVICES.items():
            open_session(transaction, world.people[login], device, None, 3600, 14_400)
        for login in ("ben", "anna"):
            casework = Casework(transaction)
            for case in casework.open(CASES).values():
                casework.assign(case, world.people[login].id, world.people[login].name)
            casework.finish()

    world.write(add)
    world.services.database.close()
    return world.folder / "server.db"


def _payload(kind: str, number: int) -> dict[str, Any]:
    promise = f"p{number % 3}"
    parts = [{"due": f"2026-12-{1 + number % 28:02}", "amount": 100 * (1 + number)}]
    payloads: dict[str, dict[str, Any]] = {
        "note.added": {"text": f"note {number}"},
        "attempt.started": {"number": "+8613800138000"},
        "attempt.ended": {"code": "no_answer"},
        "promise.made": {"promise_id": promise, "currency": "CNY", "parts": parts},
        "promise.withdrawn": {"promise_id": promise},
        "promise.amended": {"promise_id": promise, "parts": parts},
        "callback.set": {"due": "2026-11-25T02:00:00.000Z"},
        "callback.cleared": {},
        "dispute.raised": {"code": "amount"},
        "consent.withdrawn": {"channel": "sms"},
        "fact.retracted": {"base": f"anna-{number // 2}"},
        "horoscope.read": {"sign": "crab"},
    }
    return payloads[kind]


KINDS = sorted(
    "note.added attempt.started attempt.ended promise.made promise.withdrawn promise.amended callback.set "
    "callback.cleared dispute.raised consent.withdrawn fact.retracted horoscope.read".split()
)


@st.composite
def workdays(draw: st.DrawFn) -> dict[str, list[dict[str, Any]]]:
    """Make what each machine captured, chained as a machine chains it."""
    days: dict[str, list[dict[str, Any]]] = {}
    for login in DEVICES:
        days[login], prev = [], None
        for number in range(1, draw(st.integers(0, 12)) + 1):
            kind = draw(st.sampled_from(KINDS))
            minutes = draw(st.integers(1, 6))
            event: dict[str, Any] = {
                "id": f"{login}-{number}",
                "seq": number,
                "type": kind,
                "v": 1,
                "case_id": draw(st.sampled_from(CASES)),
                "at": format_instant(NOW - timedelta(minutes=minutes)),
                "data": _payload(kind, number),
            }
            if prev is not None:
                event["prev"] = prev
            prev = digest(canonical_bytes(event))
            days[login].append(event)
    return days


@st.composite
def deliveries(draw: st.DrawFn, days: dict[str, list[dict[str, Any]]]) -> list[tuple[str, list[dict[str, Any]]]]:
    """Make batches that hold every event at least once, in any order, some of them again."""
    batches: list[tuple[str, list[dict[str, Any]]]] = []
    for login, events in days.items():
        repeated = draw(st.lists(st.sampled_from(events), max_size=6)) if events else []
        shuffled = draw(st.permutations(events + repeated))
        while shuffled:
            size = draw(st.integers(1, len(shuffled)))
            batches.append((login, list(shuffled[:size])))
            shuffled = shuffled[size:]
    return draw(st.permutations(batches))


def take(transaction: Transaction, *, who: Caller, batch: Sequence[Received]) -> None:
    Intake(transaction, who, "e").take(batch)


def deliver(template: Path, batches: Sequence[tuple[str, list[dict[str, Any]]]]) -> dict[str, Any]:
    """Push the batches to a fresh server; give all that must not depend on how they came."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copy(template, folder / "server.db")
        world = World(folder)
        for login, events in batches:
            batch = open_envelopes(events)
            world.write(functools.partial(take, who=caller(world, login), batch=batch))
        with world.services.database.reading() as transaction:
            connection = transaction.connection
            state: dict[str, Any] = {
                "documents": {row.id: row.doc for row in connection.execute(select(CASE.c.id, CASE.c.doc))},
                "facts": connection.execute(select(FACT.c.id).order_by(FACT.c.id)).scalars().all(),
                "events": connection.execute(select(EVENT.c.id, EVENT.c.status).order_by(EVENT.c.id)).all(),
                "apart": connection.execute(select(QUARANTINE.c.event_id).order_by(QUARANTINE.c.event_id))
                .scalars()
                .all(),
                "through": connection.execute(
                    select(DEVICE.c.id, DEVICE.c.received_through).order_by(DEVICE.c.id)
                ).all(),
                "count": connection.execute(select(func.count()).select_from(FACT)).scalar_one(),
            }
        world.services.database.close()
    return state


@pytest.mark.slow
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_any_delivery_gives_the_same_cases(staffed: Path, data: st.DataObject) -> None:
    days = data.draw(workdays())
    straight = [(login, events) for login, events in days.items() if events]
    expected = deliver(staffed, straight)
    assert deliver(staffed, data.draw(deliveries(days))) == expected
    assert expected["through"] == sorted((DEVICES[login], len(events)) for login, events in days.items())
