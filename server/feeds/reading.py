"""Reading a feed: one page of what changed for an agent since a cursor.

**A reader that goes from cursor c to head h has the newest state of every key changed in between.** The head is read
first; every position up to it is committed, because writers hold the head until they commit. A row that moves above it
meanwhile belongs to the next page.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import select, update

from server.cases.casework import Casework
from server.cases.holds import CONTACT_GRAIN_MS, acknowledged, drop_holds
from server.database.engine import Database, Transaction
from server.database.schema import CASE, DEVICE, DOCUMENT, FEED, FEED_HEAD
from server.documents import current_policy
from server.feeds.cursor import read_cursor, write_cursor
from server.founding import Identity
from server.people.sessions import Caller, touch

PAGE_BYTES: Final = 4 * 1024 * 1024
"""How many bytes of documents one page carries, before compression; one larger document still travels."""

_CHUNK: Final = 200


@dataclass(frozen=True, slots=True)
class PageEntry:
    """One entry; ``body`` is the document's canonical JSON."""

    seq: int
    op: str
    key: str
    ver: int
    body: bytes | None = field(default=None, repr=False)
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a feed, as :class:`domain.wire.ChangesPage` has it."""

    cursor: str
    head: int
    more: bool
    reset: bool
    revoked: list[str]
    entries: list[PageEntry] = field(repr=False)
    lease_s: int
    received_through: int


def read_page(database: Database, identity: Identity, caller: Caller, cursor: str | None, limit: int) -> Page:
    """Give the page after ``cursor`` (the beginning where there is none) with at most ``limit`` entries.

    Showing a cursor proves that the device stored everything up to it, and that it heard from the server: both are
    written down **before** the feed is read, and while the feed is held, so that a reassignment either knows of the
    lease this page gives or is in the page.
    """
    position = read_cursor(identity, caller.id, cursor) if cursor else 0
    _note_contact(database, caller, position)
    with database.reading() as transaction:
        return _read(transaction, identity, caller, position, limit)


def _read(transaction: Transaction, identity: Identity, caller: Caller, position: int | None, limit: int) -> Page:
    connection = transaction.connection
    head, floor = connection.execute(
        select(FEED_HEAD.c.head, FEED_HEAD.c.floor).where(FEED_HEAD.c.agent_id == caller.id)
    ).one()
    reset = position is None or position > head or (0 < position < floor)
    start = 0 if reset or position is None else position
    rows = connection.execute(
        select(FEED.c.seq, FEED.c.op, FEED.c.doc_key, FEED.c.ver, FEED.c.reason)
        .where(FEED.c.agent_id == caller.id, FEED.c.seq > start, FEED.c.seq <= head)
        .order_by(FEED.c.seq)
        .limit(limit + 1)
    ).all()
    entries, taken = _with_bodies(transaction, caller.id, rows[:limit])
    more = taken < len(rows)
    reached = rows[taken - 1].seq if more else head
    revoked = connection.execute(
        select(FEED.c.doc_key)
        .where(FEED.c.agent_id == caller.id, FEED.c.op == "remove", FEED.c.seq > start, FEED.c.seq <= head)
        .order_by(FEED.c.seq)
    ).scalars()
    through = connection.execute(select(DEVICE.c.received_through).where(DEVICE.c.id == caller.device_id)).scalar_one()
    return Page(
        cursor=write_cursor(identity, caller.id, reached),
        head=head,
        more=more,
        reset=reset,
        revoked=list(revoked),
        entries=entries,
        lease_s=_lease(transaction, more=more),
        received_through=through,
    )


def _lease(transaction: Transaction, *, more: bool) -> int:
    """Give the lease of a page in seconds.

    While a restored server lets nobody call, that is said by the policy, which stands behind the cases in every feed: a
    device that has not read so far gets no lease yet.
    """
    policy = current_policy(transaction)
    held = policy.calls_from is not None and transaction.now < policy.calls_from
    return 0 if more and held else policy.lease_s


def _with_bodies(transaction: Transaction, agent: str, rows: Sequence[Any]) -> tuple[list[PageEntry], int]:
    """Add the documents, until the page is full; answer the entries and how many rows they cover."""
    entries: list[PageEntry] = []
    size = 0
    for start in range(0, len(rows), _CHUNK):
        chunk = rows[start : start + _CHUNK]
        bodies = _bodies(transaction, agent, [row.doc_key for row in chunk if row.op == "put"])
        for taken, row in enumerate(chunk, start):
            if row.op == "remove":
                entries.append(PageEntry(row.seq, row.op, row.doc_key, row.ver, None, row.reason))
                continue
            found = bodies.get(row.doc_key)
            if found is None:
                # the case left this feed after the rows were read: its ``remove`` comes with the next page
                continue
            ver, body = found
            if size and size + len(body) > PAGE_BYTES:
                return entries, taken
            size += len(body)
            entries.append(PageEntry(row.seq, row.op, row.doc_key, ver, body))
    return entries, len(rows)


def _bodies(transaction: Transaction, agent: str, keys: Sequence[str]) -> dict[str, tuple[int, bytes]]:
    case_ids = [key.removeprefix("case:") for key in keys if key.startswith("case:")]
    others = [key for key in keys if not key.startswith("case:")]
    bodies: dict[str, tuple[int, bytes]] = {}
    if case_ids:
        query = select(CASE.c.id, CASE.c.ver, CASE.c.doc).where(
            CASE.c.id.in_(case_ids), CASE.c.owner_id == agent, CASE.c.closed.is_(None)
        )
        for case_id, ver, doc in transaction.connection.execute(query):
            bodies[f"case:{case_id}"] = (ver, doc)
    if others:
        query = select(DOCUMENT.c.doc_key, DOCUMENT.c.ver, DOCUMENT.c.body).where(DOCUMENT.c.doc_key.in_(others))
        for key, ver, body in transaction.connection.execute(query):
            bodies[key] = (ver, body)
    return bodies


def _note_contact(database: Database, caller: Caller, position: int | None) -> None:
    with database.reading() as transaction:
        device = transaction.connection.execute(
            select(DEVICE.c.contact_ms, DEVICE.c.acked_seq).where(DEVICE.c.id == caller.device_id)
        ).one()
        now = transaction.now_ms
    stored_more = position is not None and position != device.acked_seq
    if stored_more or not 0 <= now - device.contact_ms < CONTACT_GRAIN_MS:
        database.write(lambda transaction: _write_contact(transaction, caller, position))


def _write_contact(transaction: Transaction, caller: Caller, position: int | None) -> None:
    touch(transaction, caller.device_id, current_policy(transaction).lease_s)
    head = transaction.connection.execute(select(FEED_HEAD.c.head).where(FEED_HEAD.c.agent_id == caller.id)).scalar()
    freed: Iterable[str] = ()
    if position is not None and head is not None and position <= head:
        transaction.connection.execute(update(DEVICE).where(DEVICE.c.id == caller.device_id).values(acked_seq=position))
        freed = acknowledged(transaction, caller.id)
    casework = Casework(transaction)
    cases = casework.open(freed)
    if cases:
        freed = cases.keys() & set(acknowledged(transaction, caller.id))  # somebody may have moved them before the lock
        drop_holds(transaction, caller.id, freed)
        for case_id in freed:
            cases[case_id].touched = True  # the same facts, but the new owner may call now
    casework.finish(holding=[caller.id])
