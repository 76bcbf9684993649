"""Reading a feed: one page of what changed for an agent since a cursor.

**A reader that goes from cursor c to head h has the newest state of every key changed in between.** The head is read
first; every position up to it is committed, because writers hold the head until they commit. A row that moves above it
meanwhile belongs to the next page.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field
from typing import Any, Final

from sqlalchemy import bindparam, select, update

from domain.freshness import CashState
from domain.notices import KEY as NOTICE_KEY
from domain.records import dataclass
from domain.wire import OtherMachine
from server import notices
from server.cases.casework import Casework
from server.cases.holds import CONTACT_GRAIN_MS, acknowledged, drop_holds, is_waited_for, silent_machines, stored_by_one
from server.cases.moving import due_moves, sweep_waiting_moves
from server.database.arrays import among
from server.database.engine import Database, Transaction
from server.database.schema import CASE, DEVICE, DOCUMENT, FEED, FEED_HEAD
from server.documents import current_policy
from server.feeds.cursor import read_cursor, write_cursor
from server.figures.cash import cash_state
from server.founding import Identity
from server.people.sessions import Caller, touch

PAGE_BYTES: Final = 4 * 1024 * 1024
"""How many bytes of documents one page carries, before compression; one larger document still travels."""

_CHUNK: Final = 500

# Asked by every machine every few seconds, so these are put together once.
_HEAD: Final = select(FEED_HEAD.c.head, FEED_HEAD.c.floor).where(FEED_HEAD.c.agent_id == bindparam("agent"))
_MINE: Final = (FEED.c.agent_id == bindparam("agent"), FEED.c.seq > bindparam("start"), FEED.c.seq <= bindparam("head"))
_ROWS: Final = (
    select(FEED.c.seq, FEED.c.op, FEED.c.doc_key, FEED.c.ver, FEED.c.reason)
    .where(*_MINE)
    .order_by(FEED.c.seq)
    .limit(bindparam("most"))
)
_REVOKED: Final = select(FEED.c.doc_key).where(*_MINE, FEED.c.op == "remove").order_by(FEED.c.seq)
_RECEIVED: Final = select(DEVICE.c.received_through).where(DEVICE.c.id == bindparam("device"))
_CONTACT: Final = select(DEVICE.c.contact_ms, DEVICE.c.acked_seq).where(DEVICE.c.id == bindparam("device"))
_ACKNOWLEDGE: Final = update(DEVICE).where(DEVICE.c.id == bindparam("device"))
_CASES: Final = select(CASE.c.id, CASE.c.ver, CASE.c.doc).where(
    among(CASE.c.id, "cases"), CASE.c.owner_id == bindparam("agent"), CASE.c.closed.is_(None)
)
_DOCUMENTS: Final = select(DOCUMENT.c.doc_key, DOCUMENT.c.ver, DOCUMENT.c.body).where(
    DOCUMENT.c.doc_key.in_(bindparam("keys", expanding=True))
)


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
    cash: CashState
    others: list[OtherMachine] = field(default_factory=list, repr=False)


def read_page(database: Database, identity: Identity, caller: Caller, cursor: str | None, limit: int) -> Page:
    """Give the page after ``cursor`` (the beginning where there is none) with at most ``limit`` entries.

    Showing a cursor proves that the device stored everything up to it, and that it heard from the server: both are
    written down **before** the feed is read, and while the feed is held, so that a reassignment either knows of the
    lease this page gives or is in the page. Where neither is news, and no move is due, nothing is written.
    """
    position = read_cursor(identity, caller.id, cursor) if cursor else 0
    with database.reading() as transaction:
        moves_are_due = bool(due_moves(transaction))
        has_news = _has_news(transaction, caller, position)
        if not moves_are_due and not has_news:
            return _read(transaction, identity, caller, position, limit)
    if moves_are_due:
        sweep_waiting_moves(database)
    if has_news:
        database.write(lambda transaction: _write_contact(transaction, caller, position))
    with database.reading() as transaction:
        return _read(transaction, identity, caller, position, limit)


def _read(transaction: Transaction, identity: Identity, caller: Caller, position: int | None, limit: int) -> Page:
    connection = transaction.connection
    head, floor = connection.execute(_HEAD, {"agent": caller.id}).one()
    reset = position is None or position > head or (0 < position < floor)
    start = 0 if reset or position is None else position
    mine = {"agent": caller.id, "start": start, "head": head}
    rows = connection.execute(_ROWS, mine | {"most": limit + 1}).all() if start < head else []
    entries, taken = _with_bodies(transaction, caller.id, rows[:limit])
    more = taken < len(rows)
    reached = rows[taken - 1].seq if more else head
    revoked = list(connection.execute(_REVOKED, mine).scalars()) if start < head else []
    through = connection.execute(_RECEIVED, {"device": caller.device_id}).scalar_one()
    return Page(
        cursor=write_cursor(identity, caller.id, reached),
        head=head,
        more=more,
        reset=reset,
        revoked=revoked,
        entries=entries,
        lease_s=_lease(transaction, more=more),
        received_through=through,
        cash=cash_state(transaction, caller.team),
        others=silent_machines(transaction, caller),
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
    told = [key for key in keys if key.startswith(NOTICE_KEY)]
    others = [key for key in keys if not key.startswith(("case:", NOTICE_KEY))]
    bodies: dict[str, tuple[int, bytes]] = {}
    if case_ids:
        for case_id, ver, doc in transaction.connection.execute(_CASES, {"cases": case_ids, "agent": agent}):
            bodies[f"case:{case_id}"] = (ver, doc)
    if told:
        bodies |= notices.bodies(transaction, agent, told)
    if others:
        for key, ver, body in transaction.connection.execute(_DOCUMENTS, {"keys": others}):
            bodies[key] = (ver, body)
    return bodies


def _has_news(transaction: Transaction, caller: Caller, position: int | None) -> bool:
    """Tell whether the device was last heard too long ago, or has stored more than was known while somebody waits for it.

    Nobody waits where no case is held for the agent. A hold that comes later waits for a position above every one there
    is now, so that one which was not written down cannot be missed.
    """
    device = transaction.connection.execute(_CONTACT, {"device": caller.device_id}).one()
    if not 0 <= transaction.now_ms - device.contact_ms < CONTACT_GRAIN_MS:
        return True
    return position not in (None, device.acked_seq) and is_waited_for(transaction, caller.id)


def _write_contact(transaction: Transaction, caller: Caller, position: int | None) -> None:
    feed = transaction.connection.execute(_HEAD, {"agent": caller.id}).first()
    stored = position if position is not None and feed is not None and position <= feed.head else None
    casework = Casework(transaction)
    cases = casework.open([] if stored is None else stored_by_one(transaction, caller.id, stored))
    touch(transaction, caller.device_id, current_policy(transaction).lease_s)
    if stored is not None:
        transaction.connection.execute(_ACKNOWLEDGE, {"device": caller.device_id, "acked_seq": stored})
    if cases:
        freed = cases.keys() & set(acknowledged(transaction, caller.id))  # they are locked: nobody moves them now
        drop_holds(transaction, caller.id, freed)
        for case_id in freed:
            cases[case_id].touched = True  # the same facts, but the new owner may call now
    casework.finish(holding=[caller.id])
