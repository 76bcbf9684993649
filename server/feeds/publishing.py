"""Writing to feeds: documents put, documents removed.

Every writer locks what it needs in one order, so that no two wait for each other: the cases sorted by id, the
device, then the feed heads sorted by agent. :func:`publish` is therefore the last thing a transaction locks for.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

from sqlalchemy import bindparam, insert, select, update

from server.database.engine import Transaction
from server.database.locking import lock_rows
from server.database.schema import DOCUMENT, FEED, FEED_HEAD
from server.database.upsert import upsert

_ADVANCE: Final = (
    update(FEED_HEAD)
    .where(FEED_HEAD.c.agent_id == bindparam("agent"))
    .values(head=FEED_HEAD.c.head + bindparam("count"))
    .returning(FEED_HEAD.c.head)
)  # put together once, not for every change


@dataclass(frozen=True, slots=True)
class Change:
    """One document of one agent's feed, as it is from now on. ``reason`` says why a document left."""

    agent: str
    key: str
    op: Literal["put", "remove"]
    ver: int
    reason: str | None = None


def case_key(case_id: str) -> str:
    """Name a case's document."""
    return f"case:{case_id}"


def publish(
    transaction: Transaction, changes: Iterable[Change], holding: Iterable[str] = ()
) -> dict[tuple[str, str], int]:
    """Move each document to a new position at the end of its feed; answer the position by agent and key.

    The feeds' heads, and those of the agents in ``holding``, stay locked until the transaction ends.
    Raises ``LookupError`` for an agent without a feed.
    """
    by_agent: defaultdict[str, dict[str, Change]] = defaultdict(dict)
    for change in changes:
        by_agent[change.agent][change.key] = change
    positions: dict[tuple[str, str], int] = {}
    rows = []
    held = set(holding)
    if held:
        lock_rows(transaction.connection, FEED_HEAD.c.agent_id, held | by_agent.keys())
    for agent in sorted(by_agent):
        latest = by_agent[agent].values()
        head = transaction.connection.execute(_ADVANCE, {"agent": agent, "count": len(latest)}).scalar()
        if head is None:
            raise LookupError("an agent without a feed")
        for seq, change in enumerate(latest, head - len(latest) + 1):
            positions[agent, change.key] = seq
            rows.append(
                {
                    "agent_id": agent,
                    "doc_key": change.key,
                    "seq": seq,
                    "op": change.op,
                    "ver": change.ver,
                    "reason": change.reason,
                }
            )
    upsert(transaction.connection, FEED, rows)
    transaction.touched.update(by_agent)
    return positions


def open_feed(transaction: Transaction, agent: str) -> None:
    """Start the feed of a new person with the house's documents in it."""
    transaction.connection.execute(insert(FEED_HEAD).values(agent_id=agent, head=0, floor=0))
    documents = transaction.connection.execute(select(DOCUMENT.c.doc_key, DOCUMENT.c.ver).order_by(DOCUMENT.c.doc_key))
    publish(transaction, [Change(agent, key, "put", ver) for key, ver in documents])
