"""Custody: every event is answered by itself, nothing well-formed is refused, nothing is stored twice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from sqlalchemy import func, select

from domain.case.fold import Folding, folding
from domain.clock import format_instant
from domain.facts import PAYLOADS
from domain.wire import MAX_EVENTS
from server.database.schema import AUDIT, EVENT, FACT, QUARANTINE, RECEIPT
from tests.support.server_world import Machine, World

if TYPE_CHECKING:
    from sqlalchemy import Table

PROMISE = {"promise_id": "p1", "currency": "CNY", "parts": [{"due": "2026-11-27", "amount": 125000}]}


@pytest.fixture
async def anna(world: World) -> Machine:
    world.add_case("c1", "anna")
    world.add_case("c2", "anna")
    world.add_case("b1", "ben")
    world.add_case("pool", None)
    world.add_case("far", "zoe", team="east")
    return await world.login("anna")


def count(world: World, table: Table, *conditions: Any) -> int:
    with world.services.database.reading() as transaction:
        query = select(func.count()).select_from(table).where(*conditions)
        return int(transaction.connection.execute(query).scalar_one())


def stored_bytes(world: World, event_id: str) -> list[bytes]:
    with world.services.database.reading() as transaction:
        query = select(QUARANTINE.c.body).where(QUARANTINE.c.event_id == event_id)
        return [bytes(body) for body in transaction.connection.execute(query).scalars()]


async def test_accepted_fact_is_shown_in_the_case(anna: Machine) -> None:
    event = anna.event("c1", "promise.made", PROMISE)
    response = await anna.push(event)
    answer = response.json()
    assert answer["received_through"] == 1
    assert answer["missing"] == []
    result = answer["results"][0]
    assert (result["id"], result["status"], result["flags"], result["key"]) == (event["id"], "accepted", [], "case:c1")
    document = (await anna.documents())["case:c1"]
    assert document["ver"] == result["ver"]
    assert document["promises"][0]["id"] == "p1"
    assert document["timeline"][-1]["author_name"] == "Anna"


async def test_repeated_event_answers_as_the_first_time(anna: Machine, world: World) -> None:
    event = anna.event("c1", "note.added", {"text": "hello"})
    first = (await anna.results(event))[0]
    await anna.results(anna.event("c1", "note.added", {"text": "more"}))
    again = (await anna.results(event))[0]
    assert again == first | {"status": "duplicate", "first": "accepted"}
    assert count(world, FACT, FACT.c.id == event["id"]) == 1
    assert (await anna.documents())["case:c1"]["ver"] == first["ver"] + 1


async def test_repeat_within_one_batch(anna: Machine) -> None:
    event = anna.event("c1", "note.added", {"text": "hello"})
    first, second = await anna.results(event, event)
    assert (first["status"], second["status"]) == ("accepted", "duplicate")
    assert first["ver"] == second["ver"]


async def test_repeat_from_another_machine_and_person_is_known(anna: Machine, world: World) -> None:
    event = anna.event("c1", "note.added", {"text": "hello"})
    await anna.results(event)
    ben = await world.login("ben")
    assert (await ben.results(event))[0]["status"] == "duplicate"


async def test_same_id_with_other_bytes_is_a_conflict_and_both_are_stored(anna: Machine, world: World) -> None:
    event = anna.event("c1", "note.added", {"text": "hello"})
    await anna.results(event)
    other = event | {"data": {"text": "something else"}}
    for _ in range(2):
        result = (await anna.results(other))[0]
        assert result == {"id": event["id"], "status": "conflict", "flags": []}
    assert (await anna.results(event))[0]["status"] == "duplicate"
    assert [msgspec.json.decode(body) for body in stored_bytes(world, event["id"])] == [other]
    texts = [moment["data"].get("text") for moment in (await anna.documents())["case:c1"]["timeline"]]
    assert "something else" not in texts


async def test_conflict_within_one_batch(anna: Machine) -> None:
    event = anna.event("c1", "note.added", {"text": "hello"})
    first, second = await anna.results(event, event | {"seq": 2})
    assert (first["status"], second["status"]) == ("accepted", "conflict")


async def test_event_with_the_id_of_a_servers_fact_is_a_conflict(anna: Machine, world: World) -> None:
    fact_id = (await anna.documents())["case:c1"]["timeline"][0]["fact"]
    result = (await anna.results(anna.event("c1", "note.added", {"text": "mine"}, id=fact_id)))[0]
    assert result["status"] == "conflict"
    assert len(stored_bytes(world, fact_id)) == 1


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"type": "horoscope.read"}, "unknown-type"),
        ({"v": 2}, "unknown-type"),
        ({"type": "promise.made", "data": {"promise_id": "p"}}, "undecodable"),
        ({"type": "promise.made", "data": PROMISE | {"parts": [{"due": "soon", "amount": 1}]}}, "undecodable"),
        ({"type": "promise.made", "data": PROMISE | {"parts": [{"due": "2026-11-27", "amount": 1.5}]}}, "undecodable"),
        ({"type": "callback.set", "data": {"due": "2026-11-27T10:00:00"}}, "undecodable"),
        (
            {
                "type": "payment.received",
                "data": {"payment_id": "x", "amount": 1, "currency": "CNY", "day": "2026-11-27"},
            },
            "server-only",
        ),
        ({"type": "case.assigned", "data": {"agent": "me"}}, "server-only"),
        ({"type": "case.closed", "data": {}}, "server-only"),
        ({"type": "approval.decided", "data": {"base": "x", "approved": True}}, "not-allowed"),
        ({"at": "yesterday"}, "no-instant"),
        ({"at": "2026-11-14T09:31:07"}, "no-instant"),
        ({"at": "0001-01-01T00:00:00+14:00"}, "no-instant"),
        ({"case_id": "no-such-case"}, "no-such-case"),
        ({"case_id": "b1"}, "no-such-case"),
        ({"case_id": "pool"}, "no-such-case"),
        ({"case_id": "far"}, "no-such-case"),
    ],
)
async def test_what_cannot_be_believed_is_kept_apart(
    anna: Machine, world: World, change: dict[str, Any], reason: str
) -> None:
    good = anna.event("c1", "note.added", {"text": "before"})
    odd = anna.event("c1", "note.added", {"text": "odd"}) | change
    good_too = anna.event("c2", "note.added", {"text": "after"})
    response = await anna.push(good, odd, good_too)
    answer = response.json()
    assert [result["status"] for result in answer["results"]] == ["accepted", "quarantined", "accepted"]
    assert answer["results"][1] == {"id": odd["id"], "status": "quarantined", "flags": []}
    assert answer["received_through"] == 3
    with world.services.database.reading() as transaction:
        row = transaction.connection.execute(select(QUARANTINE)).one()
    assert (row.reason, row.kind, msgspec.json.decode(row.body)) == (reason, "quarantined", odd)
    again = (await anna.results(odd))[0]
    assert again == {"id": odd["id"], "status": "duplicate", "flags": [], "first": "quarantined"}
    assert count(world, QUARANTINE) == 1


async def test_an_unknown_case_and_a_foreign_one_are_not_told_apart(anna: Machine) -> None:
    answers = []
    for case_id in ("b1", "far", "pool", "never-existed"):
        event = anna.event(case_id, "note.added", {"text": "psst"})
        result = (await anna.results(event))[0]
        answers.append({name: value for name, value in result.items() if name != "id"})
    assert all(answer == answers[0] for answer in answers)


async def test_supervisors_decision_is_accepted_in_the_own_team_only(world: World, anna: Machine) -> None:
    asked = anna.event("c1", "dispute.raised", {"code": "amount"})
    await anna.results(asked)
    sue, tom = await world.login("sue"), await world.login("tom")
    decision = {"base": asked["id"], "approved": True, "reason": "credit note sent"}
    assert (await tom.results(tom.event("c1", "approval.decided", decision)))[0]["status"] == "quarantined"
    assert (await sue.results(sue.event("c1", "approval.decided", decision)))[0] == {
        "id": "sue-laptop-e0001",
        "status": "accepted",
        "flags": [],
        "key": "case:c1",
        "ver": 4 - 1,
    }
    assert "resolved_by" in (await anna.documents())["case:c1"]["freezes"][0]


async def test_hostile_text_is_harmless_in_the_document_and_whole_in_the_bytes(anna: Machine, world: World) -> None:
    text = "Zoe [/foo] \x1b]52;c;aGk=\x07 \u202egnp.exe [@click=app.quit]"
    event = anna.event("c1", "note.added", {"text": text})
    await anna.results(event)
    shown = (await anna.documents())["case:c1"]["timeline"][-1]["data"]["text"]
    assert "\x1b" not in shown
    assert "\u202e" not in shown
    assert "Zoe [/foo]" in shown
    with world.services.database.reading() as transaction:
        body = transaction.connection.execute(select(FACT.c.body).where(FACT.c.id == event["id"])).scalar_one()
    assert msgspec.json.decode(body)["data"]["text"] == text


async def test_unknown_fields_are_kept_with_the_bytes(anna: Machine, world: World) -> None:
    event = anna.event("c1", "note.added", {"text": "x", "mood": "fine"}, future={"a": [1]})
    assert (await anna.results(event))[0]["status"] == "accepted"
    with world.services.database.reading() as transaction:
        body = transaction.connection.execute(select(FACT.c.body).where(FACT.c.id == event["id"])).scalar_one()
    assert msgspec.json.decode(body) == event


@pytest.mark.parametrize(
    "change",
    [
        {"id": None},
        {"id": 7},
        {"id": ""},
        {"id": "x" * 101},
        {"id": "a\x00b"},
        {"seq": None},
        {"seq": "1"},
        {"seq": 1.0},
        {"seq": True},
        {"seq": 0},
        {"seq": -1},
        {"seq": 2**53},
        {"type": None},
        {"type": 1},
        {"case_id": None},
        {"case_id": ["c1"]},
        {"at": None},
        {"at": 1731576667412},
        {"v": "1"},
        {"data": []},
        {"data": "text"},
        {"prev": 1},
        {"seen": {"epoch": "e"}},
        {"seen": {"epoch": "e", "seq": 1.0}},
    ],
)
async def test_malformed_event_refuses_the_batch_with_its_index_and_stores_nothing(
    anna: Machine, world: World, change: dict[str, Any]
) -> None:
    good = anna.event("c1", "note.added", {"text": "fine"})
    bad = {k: v for k, v in (anna.event("c1", "note.added", {"text": "bad"}) | change).items() if v is not None}
    response = await anna.push(good, bad)
    assert response.status_code == 400
    problem = response.json()
    assert problem["type"] == "urn:duecall:problem:malformed"
    assert problem["index"] == 1
    assert count(world, EVENT) == count(world, RECEIPT) == count(world, QUARANTINE) == 0
    assert (await anna.results(good))[0]["status"] == "accepted"


@pytest.mark.parametrize("missing", ["id", "seq", "type", "case_id", "at"])
async def test_missing_field_is_malformed(anna: Machine, missing: str) -> None:
    event = anna.event("c1", "note.added", {"text": "x"})
    del event[missing]
    response = await anna.push(event)
    assert response.status_code == 400
    assert missing in response.json()["detail"]


@pytest.mark.parametrize("optional", ["v", "data"])
async def test_optional_fields_may_be_absent(anna: Machine, optional: str) -> None:
    event = anna.event("c1", "note.added", {"text": "x"})
    del event[optional]
    assert (await anna.results(event))[0]["status"] == "accepted"


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b'"x"', b'{"device_id":"anna-laptop"}', b"\xff\xfe{}"])
async def test_body_that_is_no_batch(anna: Machine, body: bytes) -> None:
    response = await anna.world.client.post("/v1/events", content=body, headers=anna.headers)
    assert response.status_code == 400


async def test_events_that_are_no_objects(anna: Machine) -> None:
    odd: tuple[object, ...] = (1, "x", None, [])
    for event in odd:
        body = {"device_id": anna.device, "events": [event]}
        response = await anna.world.client.post("/v1/events", json=body, headers=anna.headers)
        assert response.status_code == 400
        assert response.json()["index"] == 0


async def test_more_than_the_limit_is_too_large(anna: Machine) -> None:
    events = [anna.event("c1", "note.added", {"text": "x"}) for _ in range(MAX_EVENTS + 1)]
    response = await anna.push(*events)
    assert response.status_code == 413
    assert response.json()["type"] == "urn:duecall:problem:too-large"
    assert (await anna.push(*events[:MAX_EVENTS])).status_code == 200
    assert (await anna.push(*events[500:])).json()["received_through"] == MAX_EVENTS + 1


async def test_empty_batch_is_fine(anna: Machine) -> None:
    assert (await anna.push()).json() == {"received_through": 0, "missing": [], "results": []}


async def test_another_devices_events_are_refused(anna: Machine, world: World) -> None:
    body = {"device_id": "bens-laptop", "events": [anna.event("c1", "note.added", {"text": "x"})]}
    response = await world.client.post("/v1/events", json=body, headers=anna.headers)
    assert response.status_code == 403
    assert count(world, EVENT) == 0


async def test_gaps_are_named_and_closed(anna: Machine) -> None:
    events = [anna.event("c1", "note.added", {"text": str(n)}) for n in range(1, 11)]
    answer = (await anna.push(events[0], events[1], events[4], events[8])).json()
    assert (answer["received_through"], answer["missing"]) == (2, [3, 4, 6, 7, 8])
    answer = (await anna.push(*events[2:4])).json()
    assert (answer["received_through"], answer["missing"]) == (5, [6, 7, 8])
    answer = (await anna.push(*events[5:8])).json()
    assert (answer["received_through"], answer["missing"]) == (9, [])
    assert (await anna.page())["device"] == {"received_through": 9}


async def test_a_far_sequence_number_does_not_flood_the_answer(anna: Machine) -> None:
    answer = (await anna.push(anna.event("c1", "note.added", {"text": "x"}, seq=2**53 - 1))).json()
    assert answer["received_through"] == 0
    assert answer["missing"] == list(range(1, 501))


async def test_whole_chain_leaves_no_trace_and_a_cloned_machine_does(anna: Machine, world: World) -> None:
    await anna.results(*[anna.event("c1", "note.added", {"text": str(n)}) for n in range(5)])
    assert count(world, AUDIT, AUDIT.c.action == "device.forked") == 0
    clone = anna.event("c1", "note.added", {"text": "clone"}, id="other", seq=5)
    assert (await anna.results(clone))[0]["status"] == "accepted"
    assert count(world, AUDIT, AUDIT.c.action == "device.forked") == 1
    broken = anna.event("c1", "note.added", {"text": "x"}, seq=6, prev="sha256:0")
    assert (await anna.results(broken))[0]["status"] == "accepted"
    assert count(world, AUDIT, AUDIT.c.action == "device.forked") == 2


async def test_broken_chain_is_noticed_when_the_earlier_event_comes_last(anna: Machine, world: World) -> None:
    first = anna.event("c1", "note.added", {"text": "1"})
    second = anna.event("c1", "note.added", {"text": "2"}, prev="sha256:of something else")
    await anna.results(second)
    assert count(world, AUDIT, AUDIT.c.action == "device.forked") == 0
    await anna.results(first)
    assert count(world, AUDIT, AUDIT.c.action == "device.forked") == 1


async def test_fact_that_breaks_the_fold_holds_nobody_back(
    anna: Machine, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:

    def brittle(case_id: str, facts: Any) -> Any:
        facts = list(facts)
        if any(getattr(fact.payload, "text", "") == "poison" for fact in facts):
            raise ArithmeticError
        return folding(case_id, facts)

    monkeypatch.setattr("server.cases.open_case.folding", brittle)
    monkeypatch.setattr(Folding, "with_later", lambda _known, _facts: None)  # nothing is folded without being asked
    results = await anna.results(
        anna.event("c1", "note.added", {"text": "one"}),
        anna.event("c1", "note.added", {"text": "poison"}),
        anna.event("c1", "note.added", {"text": "two"}),
        anna.event("c2", "note.added", {"text": "three"}),
    )
    assert [result["status"] for result in results] == ["accepted", "quarantined", "accepted", "accepted"]
    texts = [moment["data"].get("text") for moment in (await anna.documents())["case:c1"]["timeline"]]
    assert texts[-2:] == ["one", "two"]
    assert count(world, QUARANTINE, QUARANTINE.c.reason == "unfoldable") == 1


async def test_all_facts_of_a_batch_on_one_case_share_its_new_version(anna: Machine) -> None:
    before = (await anna.documents())["case:c1"]["ver"]
    results = await anna.results(*[anna.event("c1", "note.added", {"text": str(n)}) for n in range(5)])
    assert {result["ver"] for result in results} == {before + 1}


async def test_newer_server_takes_up_what_an_older_one_did_not_understand(
    anna: Machine, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = dict(PAYLOADS)
    monkeypatch.delitem(PAYLOADS, "note.added")
    note = anna.event("c1", "note.added", {"text": "from a newer client"})
    nowhere = anna.event("b1", "note.added", {"text": "not mine"})
    assert [result["status"] for result in await anna.results(note, nowhere)] == ["quarantined", "quarantined"]
    received = world.clock.now()
    monkeypatch.setitem(PAYLOADS, "note.added", known["note.added"])
    world.clock.advance(days=3)
    newer = world.another()
    machine = await newer.login("anna")
    shown = (await machine.documents())["case:c1"]["timeline"][-1]
    assert (shown["data"]["text"], shown["author_name"]) == ("from a newer client", "Anna")
    assert shown["at"] == note["at"] == format_instant(received)
    with newer.services.database.reading() as transaction:
        flags = transaction.connection.execute(select(FACT.c.flags).where(FACT.c.id == note["id"])).scalar_one()
        decided = transaction.connection.execute(
            select(QUARANTINE.c.decided).where(QUARANTINE.c.event_id == nowhere["id"])
        ).scalar_one()
    assert (flags, decided) == ("", None)
    again = (await machine.results(note | {"prev": None}))[0]["status"]
    assert again == "conflict"
    await newer.close()
    third = world.another()
    machine = await third.login("anna")
    assert (await machine.documents())["case:c1"]["ver"] == 2
    await third.close()
