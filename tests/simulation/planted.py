"""Mistakes others have shipped, and some they could have: each is put into the running product, to see that it is found.

A plant is a context manager; inside it the product has the mistake. What the simulation then reports must name one of
the plant's ``words``, or be a failure of another kind (an exception nobody foresaw, a device that never comes to rest).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final
from unittest import mock

from data import feed, outbox, replica, session
from data.feed import FeedPosition, PageWork, Version
from data.kept import KeptFact
from data.position import Contact
from data.store import Store, connection
from data.sync import driver, pushing
from domain.canonical import canonical_bytes
from domain.case import fold
from domain.facts.payloads import PromiseMade
from domain.wire import ChangesPage, EventResult
from server import founding
from server.cases import casework
from server.endpoints import history
from server.facts import gatecheck, intake, receipts, stored
from server.feeds import publishing, reading
from tests.simulation.central import central
from tests.simulation.world import simulate

Plant = Callable[[], AbstractContextManager[object]]


def _patch(target: object, name: str, new: object) -> Plant:
    return lambda: mock.patch.object(target, name, new)


# --- the server ------------------------------------------------------------------------------------------------------


@dataclass
class _Sequence:
    """Numbers given out when a transaction begins, as a database's sequence does, and not when it commits."""

    last: int = 1000
    mine: int = 0
    taken: int = 0
    touched: dict[str, int] = field(default_factory=dict)


@contextmanager
def _positions_from_a_sequence() -> Iterator[None]:
    """Feeds numbered by a sequence: what commits late is passed over by readers who have seen a higher number."""
    numbers, server = _Sequence(), central()
    publish = publishing.publish

    def from_the_sequence(*arguments: Any) -> dict[tuple[str, str], int]:
        positions = publish(*arguments)
        moved = {}
        for place, (agent, key) in enumerate(positions):
            seq = moved[agent, key] = numbers.mine + place
            server.rows("UPDATE feed SET seq = ? WHERE agent_id = ? AND doc_key = ?", seq, agent, key)
            server.rows(
                "UPDATE feed_head SET head = (SELECT MAX(seq) FROM feed WHERE agent_id = ?1) WHERE agent_id = ?1", agent
            )
        return moved

    database = server.services.database
    write = database.write

    def numbered_before_it_begins(work: Any) -> Any:
        numbers.last += 100
        mine = numbers.last

        def with_them(transaction: Any) -> Any:
            numbers.mine = mine
            return work(transaction)

        return write(with_them)

    with (
        mock.patch.object(casework, "publish", from_the_sequence),
        mock.patch.object(database, "write", numbered_before_it_begins),
    ):
        yield


@contextmanager
def _answered_before_it_is_durable() -> Iterator[None]:
    """The last transaction before a crash is lost although it was answered."""
    server = central()
    before = [b""]
    write, restart, start = server.services.database.write, type(server).restart, type(server).begin

    def not_yet_durable(work: Any) -> Any:
        before[0] = server.connection.serialize()
        return write(work)

    def forgetful(self: Any) -> None:
        if before[0]:
            self.connection.load(before[0])
        restart(self)

    def begin(self: Any, content: bytes, clock: Any, dice: Any) -> None:
        before[0] = b""
        start(self, content, clock, dice)

    with (
        mock.patch.object(server.services.database, "write", not_yet_durable),
        mock.patch.object(type(server), "restart", forgetful),
        mock.patch.object(type(server), "begin", begin),
    ):
        yield


@contextmanager
def _known_by_their_batch() -> Iterator[None]:
    """Repeated events are recognised only when the whole batch is repeated."""
    known = intake.Intake._known_events
    seen: set[frozenset[str]] = set()

    def by_batch(self: intake.Intake, batch: Any) -> dict[str, Any]:
        ids = frozenset(received.envelope.id for received in batch)
        if ids in seen:
            return known(self, batch)
        seen.add(ids)
        return {}

    with mock.patch.object(intake.Intake, "_known_events", by_batch):
        yield


def _forgetful_answer(self: intake.Intake, received: Any, known: dict[str, Any], pending: Any) -> EventResult:
    answer = _ANSWER(self, received, known, pending)
    return EventResult(answer.id, "duplicate") if answer.status == "duplicate" else answer


_ANSWER: Final = intake.Intake._answer


def _revoked_of_this_page(*arguments: Any) -> reading.Page:
    page = _READ(*arguments)
    here = {entry.key for entry in page.entries}
    return replace(page, revoked=[key for key in page.revoked if key in here])


_READ: Final = reading._read


def _in_floats(*arguments: Any) -> Any:
    payload = _DECODE(*arguments)
    if isinstance(payload, PromiseMade):
        parts = tuple(replace(part, amount=int(part.amount / 100 * 100)) for part in payload.parts)
        return replace(payload, parts=parts)
    return payload


_DECODE: Final = stored.decode_payload


@contextmanager
def _money_in_floats() -> Iterator[None]:
    with (
        mock.patch.object(stored, "decode_payload", _in_floats),
        mock.patch.object(intake, "decode_payload", _in_floats),
    ):
        yield


def _the_last_word_on_consent(draft: Any, fact: Any, consent: Any) -> None:
    draft.stops[:] = [replace(stop, lifted_by=fact.id) if stop.lifted_by is None else stop for stop in draft.stops]


@contextmanager
def _last_writer_wins() -> Iterator[None]:
    from domain.facts.payloads import ConsentGiven

    table = next(
        value for value in vars(fold).values() if isinstance(value, dict) and value.get(ConsentGiven) is not None
    )
    with mock.patch.dict(table, {ConsentGiven: _the_last_word_on_consent}):
        yield


def _every_hold(transaction: Any, agent: str) -> list[str]:
    rows = central().rows("SELECT case_id FROM hold WHERE agent_id = ? ORDER BY case_id", agent)
    return [case_id for (case_id,) in rows]


# --- the client ------------------------------------------------------------------------------------------------------


def _cursor_first(self: replica.Replica, page: ChangesPage, *arguments: Any, **named: Any) -> replica.Applied:
    self.memory.move(replace(self.memory.position, cursor=page.cursor, epoch=page.epoch, seq=page.head, head=page.head))
    return _APPLY(self, page, *arguments, **named)


def _reset_clears_the_outbox(self: replica.Replica, page: ChangesPage, *arguments: Any, **named: Any) -> Any:
    if page.reset:
        for kept in self.outbox.unsent():
            self.outbox._unsent_table.delete_key(f"{kept.seq:010d}")
        self.outbox.reload()
    return _APPLY(self, page, *arguments, **named)


_APPLY: Final = replica.Replica.apply_page


def _refused_is_dropped(self: replica.Replica, seq: int, status: int, problem: str) -> None:
    self.outbox._unsent_table.delete_key(f"{seq:010d}")
    self.outbox.reload()


def _swept_at_once(
    position: FeedPosition, page: ChangesPage, asked: str | None, versions: Mapping[str, Version]
) -> PageWork:
    work = _PLAN(position, page, asked, versions)
    at_once = _PLAN(position, replace(page, more=False), asked, versions)
    return replace(work, deletes=at_once.deletes)


_PLAN: Final = feed.plan_page


async def _numbered_anew(self: driver.SyncDriver, effect: Any) -> Any:
    if not self._engine.state.push.failures:
        return await _PUSH(self, effect)
    unsent = [kept for kept in self._replica.outbox.unsent() if kept.seq in effect.seqs]
    texts = [canonical_bytes(json.loads(kept.text) | {"seq": kept.seq + 1000}).decode() for kept in unsent]
    key = self._session.token if effect.key == "session" else self._session.deposit_key
    assert key is not None
    return await self._client.push(self._session.device_id, texts, key)


_PUSH: Final = driver.SyncDriver._push


def _twice(push: pushing.Push, unsent: Sequence[KeptFact], key: Any, epoch: str | None, limits: Any) -> Any:
    """Send the oldest facts beside what is under way, whether or not they are in it."""
    batch = _BESIDE(push, unsent, key, epoch, limits)
    oldest = unsent[0] if unsent else None
    if batch is None or oldest is None or oldest.refusal is not None:
        return batch
    return replace(batch, seqs=(oldest.seq, *(seq for seq in batch.seqs if seq != oldest.seq)))


_BESIDE: Final = pushing._beside


def _marks_the_other_s_too(self: driver.SyncDriver, effect: Any) -> Any:
    """Take an answer for the answer to everything that is under way."""
    under_way = {seq for flight in self._engine.state.push.under_way for seq in flight.seqs}
    said = {result.id for result in effect.results}
    others = [
        EventResult(kept.id, "accepted", key=f"case:{kept.case_id}", ver=1)
        for kept in self._replica.outbox.unsent()
        if kept.seq in under_way and kept.id not in said
    ]
    return _MARK(self, replace(effect, results=(*effect.results, *others)))


_MARK: Final = driver.SyncDriver._mark


def _waits_for_the_failed_for_ever(self: pushing.Push, flight: pushing.Flight) -> pushing.Push:
    """Forget that one of two flights is over when it failed: nobody repeats its facts."""
    if len(self.under_way) < 2:
        return _REPEATED(self, flight)
    return replace(self, under_way=tuple(replace(each, seqs=()) if each == flight else each for each in self.under_way))


_REPEATED: Final = pushing.Push.repeated


def _erases_nothing(self: outbox.Outbox, case_ids: Collection[str]) -> bool:
    return False


def _scrubs_nothing(self: replica.Replica) -> None:
    self.memory.scrubbed()


def _counts_what_was_not_refused(self: outbox.Outbox) -> int:
    return sum(1 for kept in self.unsent() if kept.refusal is None)


def _lease_holds(self: Contact, now: datetime) -> bool:
    return self.lease_until is not None


def _believes_the_clock(self: replica.Replica) -> timedelta:
    """Take a machine's clock that was set forward for the truth."""
    return timedelta()


def _forgets_the_deposit_key(self: session.Session) -> None:
    _ENDED(self)
    if self._keys is not None:
        self._keys = replace(self._keys, deposit_key=None)


_ENDED: Final = session.Session.ended


@contextmanager
def _syncs_nothing() -> Iterator[None]:
    lazy = tuple((name, "off" if name == "synchronous" else value) for name, value in connection._PRAGMAS)
    with mock.patch.object(connection, "_PRAGMAS", lazy):
        yield


PLANTS: Final[Mapping[str, tuple[Plant, str]]] = {
    "cursor by sequence": (_positions_from_a_sequence, "processes"),
    "cursor saved before the documents": (_patch(replica.Replica, "apply_page", _cursor_first), "disk"),
    "dedupe by batch": (_known_by_their_batch, "words"),
    "outbox cleared by reset": (_patch(replica.Replica, "apply_page", _reset_clears_the_outbox), "restore"),
    "4xx clears the queue": (_patch(replica.Replica, "refuse", _refused_is_dropped), "words"),
    "2xx before commit": (_answered_before_it_is_durable, "server"),
    "revoked list partial": (_patch(reading, "_read", _revoked_of_this_page), "moves"),
    "last writer wins an opt-out": (_last_writer_wins, "words"),
    "money in floats": (_money_in_floats, "words"),
    "sweep with the first page of a reset": (_patch(replica, "plan_page", _swept_at_once), "restore"),
    "a version that goes back is taken": (_patch(Version, "older_than", lambda *_: True), "silent restore"),
    "lease not checked": (_patch(Contact, "lease_holds", _lease_holds), "moves"),
    "fork not noticed": (_patch(receipts, "record", lambda *_arguments, **_named: None), "copies"),
    "retry numbers facts anew": (_patch(driver.SyncDriver, "_push", _numbered_anew), "words"),
    "a fact in both of two requests": (_patch(pushing, "_beside", _twice), "words"),
    "one answer taken for both of two requests": (_patch(driver.SyncDriver, "_mark", _marks_the_other_s_too), "words"),
    "the failed one of two requests forgotten": (
        _patch(pushing.Push, "repeated", _waits_for_the_failed_for_ever),
        "words",
    ),
    "duplicate without its first answer": (_patch(intake.Intake, "_answer", _forgetful_answer), "words"),
    "no hold for the new owner": (_patch(casework, "leases_of", lambda _transaction, _agents: {}), "moves"),
    "a hold ended by a clock set forward": (_patch(replica.Replica, "ahead", _believes_the_clock), "leaps"),
    "hold dropped at any contact": (_patch(reading, "acknowledged", _every_hold), "moves"),
    "removed but not scrubbed": (_patch(replica.Replica, "_scrub", _scrubs_nothing), "moves"),
    "words kept after a case is gone": (_patch(outbox.Outbox, "erase", _erases_nothing), "moves"),
    "status counts part of the outbox": (
        _patch(outbox.Outbox, "count_unsent", _counts_what_was_not_refused),
        "words",
    ),
    "store without transactions": (_patch(Store, "transaction", lambda _self: nullcontext()), "disk"),
    "store without syncs": (_syncs_nothing, "power"),
    "restored server keeps its epoch": (_patch(founding, "begin_new_history", founding.identity), "restore"),
    "caps not looked at again": (_patch(gatecheck, "caps_reached", lambda _asked, _pack: ()), "calls"),
    "history for everybody": (_patch(history, "_may_read", lambda *_arguments: True), "words"),
    "deposit key thrown away": (_patch(session.Session, "ended", _forgets_the_deposit_key), "logins"),
}
"""Each mistake by name, with the kind of day on which it comes to light soonest."""

ENDS_IN_AN_ERROR: Final = frozenset({"dedupe by batch"})
"""Mistakes the database itself refuses; all others have to break something that is looked at."""


def seeds_until_found(plant: str, seeds: range, *, themed: bool = True) -> tuple[int, str] | None:
    """Run seeds with a mistake planted; give how many it took and what was reported, or nothing."""
    mistake, theme = PLANTS[plant]
    simulate(seeds[0])  # what is worked out once is worked out by the product as it is
    with mistake():
        for number, seed in enumerate(seeds, 1):
            outcome = simulate(seed, theme=theme if themed else None)
            if outcome.failure is not None:
                assert outcome.broken or plant in ENDS_IN_AN_ERROR, f"the plant itself fails: {outcome.failure}"
                return number, outcome.failure
    return None
