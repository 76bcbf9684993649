"""What must be true once everything has come to rest: both sides are compared, and everything is pushed again."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from data.checks import check_profile
from domain.canonical import canonical_bytes, digest
from domain.case.fold import fold
from domain.case.model import Case
from server import typed
from server.facts.stored import load_facts
from tests.simulation.central import MOST_CALLS, Request
from tests.simulation.laptop import Laptop, Saved
from tests.simulation.record import Violation

if TYPE_CHECKING:
    from tests.simulation.world import World

_UNCHANGED = ("fact", "event", "receipt", "quarantine", "feed", "feed_head", "case_file", "assignment", "payment")


async def compare_everything(world: World) -> None:
    """Compare. Raises :class:`Violation`."""
    documents = _documents(world)
    _everything_saved_is_there(world)
    _chains_have_no_hole(world)
    _clones_were_noticed(world)
    for laptop in world.laptops:
        _same_on_both_sides(world, laptop, documents)
    _order_does_not_matter(world, documents)
    _cases_say_what_was_captured(world, documents)
    _caps_hold(world)
    _pushing_again_changes_nothing(world)


def _fail(text: str) -> None:
    raise Violation(text)


def _documents(world: World) -> dict[str, tuple[str | None, str | None, int, bytes]]:
    rows = world.central.rows(f"SELECT id, owner_id, closed, ver, doc FROM {_UNCHANGED[6]} ORDER BY id")
    return {case_id: (owner, closed, ver, doc) for case_id, owner, closed, ver, doc in rows}


def _all_saved(world: World) -> dict[str, Saved]:
    return {fact.id: fact for laptop in world.laptops for fact in laptop.saved.values()}


def _everything_saved_is_there(world: World) -> None:
    there = dict(world.central.rows("SELECT id, digest FROM event"))
    facts = Counter(fact_id for (fact_id,) in world.central.rows("SELECT id FROM fact"))
    apart = {event_id for (event_id,) in world.central.rows("SELECT event_id FROM quarantine")}
    for laptop in world.laptops:
        erased = {row["id"] for _key, body in laptop.store_rows("sent") if "text" not in (row := json.loads(body))}
        for fact in laptop.saved.values():
            if fact.id not in there:
                excused = fact.id in laptop.lost_with_a_disk or (world.restores and fact.id in erased)
                if not excused:
                    _fail(f"1: a {fact.type} saved on {laptop.name} is not on the server")
                continue
            if there[fact.id] != digest(fact.text.encode()):
                _fail(f"1: the server has other bytes for a {fact.type} of {laptop.name}")
            if facts[fact.id] + (fact.id in apart) != 1:
                _fail(f"1: a {fact.type} of {laptop.name} is there {facts[fact.id]} times")


def _chains_have_no_hole(world: World) -> None:
    for device, through in world.central.rows("SELECT id, received_through FROM device"):
        seqs = [seq for (seq,) in world.central.rows("SELECT seq FROM receipt WHERE device_id = ?", device)]
        if not set(range(1, through + 1)) <= set(seqs):
            _fail("3: there is a hole below received_through")


def _clones_were_noticed(world: World) -> None:
    places: defaultdict[tuple[str, int], set[str]] = defaultdict(set)
    bodies = world.central.rows("SELECT body, device_id FROM fact WHERE device_id IS NOT NULL AND seq IS NOT NULL")
    for body, device in bodies:
        event = json.loads(body)
        places[device, event["seq"]].add(event["id"])
    forked = {device for (device, _seq), ids in places.items() if len(ids) > 1}
    noticed = {subject for (subject,) in world.central.rows("SELECT subject FROM audit WHERE action = 'device.forked'")}
    if not forked <= noticed:
        _fail("two events have one number and nobody noticed")


def _same_on_both_sides(
    world: World, laptop: Laptop, documents: dict[str, tuple[str | None, str | None, int, bytes]]
) -> None:
    agent = world.watch.agents[laptop.login_name]
    theirs = {case_id for case_id, (owner, closed, _ver, _doc) in documents.items() if owner == agent and not closed}
    if laptop.replica.cases.ids() != theirs:
        here = laptop.replica.cases.ids()
        _fail(f"7: {laptop.name} has {sorted(here - theirs)} too many and {sorted(theirs - here)} too few")
    # Written about a case before it was the writer's: a person has to look, and until then the writer still sees it.
    sent = [json.loads(body) for _key, body in laptop.store_rows("sent")]
    under_review = {row["case_id"] for row in sent if row.get("status") == "quarantined"}
    for case_id in theirs:
        _owner, _closed, ver, doc = documents[case_id]
        document = laptop.replica.cases.document(f"case:{case_id}")
        assert document is not None
        if document.ver != ver or document.body != json.loads(doc):
            _fail(f"6: {laptop.name} has version {document.ver} of {case_id}, the server {ver}")
        shown = laptop.replica.cases.case(case_id)
        if case_id not in under_review and shown != typed.decode(doc, Case):
            _fail(f"6: {laptop.name} still shows something else than the server's {case_id}")
    assert laptop.store is not None
    for finding in check_profile(laptop.store, laptop.replica):
        if not finding.ok and finding.name not in _accepted(world, laptop):
            _fail(f"the doctor finds {finding.name} on {laptop.name}: {finding.detail}")


def _accepted(world: World, laptop: Laptop) -> set[str]:
    """Name what the doctor may find: the clock is wrong on purpose, some stores are not encrypted, on purpose."""
    accepted = {"clock", "store.encryption", "store.privacy"}
    return accepted | {"outbox.chain"} if laptop.is_clone else accepted


def _order_does_not_matter(world: World, documents: dict[str, tuple[str | None, str | None, int, bytes]]) -> None:
    with world.central.services.database.reading() as transaction:
        facts = load_facts(transaction, documents)
    for case_id, (_owner, _closed, _ver, doc) in documents.items():
        shuffled = [stored.fact for stored in facts[case_id]]
        world.dice.shuffle(shuffled)
        shown = typed.decode(doc, Case)
        again = replace(fold(case_id, shuffled), hold=shown.hold, silent=shown.silent)  # which come from no fact
        if canonical_bytes(again) != doc:
            _fail(f"9: another order of the same facts makes another {case_id}")


def _cases_say_what_was_captured(world: World, documents: dict[str, tuple[str | None, str | None, int, bytes]]) -> None:
    kept = {fact_id for (fact_id,) in world.central.rows("SELECT id FROM fact")}
    said: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for fact in _all_saved(world).values():
        if fact.id in kept:
            said[fact.case_id].append(json.loads(fact.text))
    payments = {payment for (payment,) in world.central.rows("SELECT id FROM payment WHERE reverses IS NULL")}
    for case_id, (_owner, _closed, _ver, doc) in documents.items():
        case = typed.decode(doc, Case)
        promised = {promise.id: [part.amount for part in promise.parts] for promise in case.promises}
        for event in said[case_id]:
            data = event["data"]
            if event["type"] == "promise.made":
                amounts = [part["amount"] for part in data["parts"]]
                if promised.get(data["promise_id"]) != amounts:
                    _fail(f"a promise of {amounts} on {case_id} became {promised.get(data['promise_id'])}")
            if event["type"] == "consent.withdrawn" and not any(
                stop.lifted_by is None and stop.fact == event["id"] for stop in case.stops
            ):
                _fail(f"a withdrawn consent on {case_id} stops nothing")
        money = {payment.id: payment.amount for payment in case.payments}
        for payment, (paid, amount) in world.people.payments.items():
            if paid == case_id and payment in payments and money.get(payment) != amount:
                _fail(f"a payment of {amount} on {case_id} became {money.get(payment)}")


def _caps_hold(world: World) -> None:
    rows = world.central.rows("SELECT case_id, flags FROM fact WHERE type = 'attempt.started'")
    within: Counter[str] = Counter(case_id for case_id, flags in rows if "cap-breach" not in flags.split())
    for case_id, calls in within.items():
        if calls > MOST_CALLS:
            _fail(f"13: {calls} calls of {case_id} carry no cap-breach, {MOST_CALLS} are allowed")


def _pushing_again_changes_nothing(world: World) -> None:
    """Push everything again, in other batches, in another order, with each machine's deposit key."""
    first = {
        event_id: (status, flags.split(), key, ver)
        for event_id, status, flags, key, ver in world.central.rows(
            "SELECT id, status, flags, case_key, ver FROM event"
        )
    }
    before = _contents(world)
    for laptop in world.laptops:
        key = laptop.session.deposit_key
        if key is None:
            continue
        texts = [fact.text for fact in laptop.saved.values() if fact.id in first]
        world.dice.shuffle(texts)
        while texts:
            size = world.dice.randrange(1, 9)
            batch, texts = texts[:size], texts[size:]
            body = '{"device_id":' + json.dumps(laptop.session.device_id) + ',"events":[' + ",".join(batch) + "]}"
            response = world.central.handle(Request("POST", "/v1/events", key.reveal(), body.encode()))
            for result in json.loads(response.body)["results"]:
                again = (result.get("first"), result.get("flags", []), result.get("key"), result.get("ver"))
                if result["status"] != "duplicate" or again != first[result["id"]]:
                    _fail(f"2: pushed again, a fact is answered {result['status']} {again}")
    if _contents(world) != before:
        _fail("2: pushing again changed something")


def _contents(world: World) -> list[list[Any]]:
    return [sorted(world.central.rows(f"SELECT * FROM {table}"), key=repr) for table in _UNCHANGED]


__all__ = ["compare_everything"]
