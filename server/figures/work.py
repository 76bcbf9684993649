"""Counting agents' work as it comes in, in quarters of an hour."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select

from domain.clock import milliseconds
from domain.codes import Catalogue
from domain.facts.payloads import AttemptEnded, AttemptStarted, DisclosureRead, Payload, PromiseMade
from server.database.engine import Transaction
from server.database.schema import FACT
from server.documents import current_policy
from server.facts.stored import StoredFact, stored_fact

if TYPE_CHECKING:
    from server.cases.open_case import OpenCase

SLOT_MS: Final = 15 * 60 * 1000
"""How long a slot is: every zone's hours and midnights fall on its edges."""

MEASURES: Final = (
    "attempts",
    "connected",
    "right_party",
    "conversations",
    "promises",
    "ended",
    "talk_s",
    "wrap_s",
    "flagged",
    "unread",
)
"""What is counted; ``flagged`` are calls the server's own gate found fault with, ``unread`` right-party conversations
without the disclosure that has to be read."""

_COUNTED_TYPES: Final = ("attempt.started", "attempt.ended", "promise.made")

_FAULTS: Final = frozenset({"cap-breach", "quiet-hours", "after-optout", "lease-expired"})


def slot_of(instant_ms: int) -> int:
    """Tell the number of the slot an instant falls into."""
    return instant_ms // SLOT_MS


def work_rows(cases: Iterable[OpenCase], codes: Catalogue, *, everything: bool = False) -> list[dict[str, Any]]:
    """Count what was added to cases (or all there is), by agent and slot, in one order for everybody who writes."""
    counts: defaultdict[tuple[str, int], Counter[str]] = defaultdict(Counter)
    for case in cases:
        for stored in (*case.existing, *case.added) if everything else case.added:
            found = _counted_on(case, stored, codes)
            if found:
                counts[stored.fact.author, slot_of(milliseconds(stored.fact.at))].update(found)
    return [
        {"agent_id": agent, "slot": slot, **{measure: counts[agent, slot][measure] for measure in MEASURES}}
        for agent, slot in sorted(counts)
    ]


def work_in_facts(
    transaction: Transaction, agents: Sequence[str], since_ms: int, until_ms: int, codes: Catalogue
) -> dict[str, Counter[str]]:
    """Count agents' work in a short time from the facts themselves, up to but without ``until_ms``."""
    query = select(FACT).where(
        FACT.c.author.in_(agents),
        FACT.c.at_ms >= since_ms,
        FACT.c.at_ms < until_ms,
        FACT.c.device_id.is_not(None),
        FACT.c.type.in_(_COUNTED_TYPES),
    )
    codes = current_policy(transaction).catalogue
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for row in transaction.connection.execute(query).mappings():
        stored = stored_fact(row)
        found = _counted(stored.fact.payload, stored, codes, was_read=True)
        if found:
            counts[stored.fact.author].update(found)
    return dict(counts)


def _counted_on(case: OpenCase, stored: StoredFact, codes: Catalogue) -> dict[str, int] | None:
    if stored.fact.device is None:
        return None
    payload = stored.fact.payload
    call = payload.call if isinstance(payload, AttemptEnded) else None
    return _counted(payload, stored, codes, was_read=call is None or _was_read(case, call))


def _counted(payload: Payload | None, stored: StoredFact, codes: Catalogue, *, was_read: bool) -> dict[str, int] | None:
    if isinstance(payload, AttemptStarted):
        if payload.channel != "call":
            return None
        return {"attempts": 1, "flagged": int(not _FAULTS.isdisjoint(stored.flags))}
    if isinstance(payload, PromiseMade):
        return {"promises": 1}
    if isinstance(payload, AttemptEnded):
        code = codes.get(payload.code)
        if code is None:
            return None
        spoken = code.has("right_party") and code.has("conversation")
        return {
            "ended": 1,
            "connected": int(code.has("connected")),
            "right_party": int(spoken),
            "conversations": int(code.has("conversation")),
            "talk_s": max(0, payload.talk_seconds or 0),
            "wrap_s": max(0, payload.wrap_seconds or 0),
            "unread": int(spoken and not was_read),
        }
    return None


def _was_read(case: OpenCase, call: str | None) -> bool:
    return any(
        isinstance(stored.fact.payload, DisclosureRead) and stored.fact.payload.call == call
        for stored in (*case.existing, *case.added)
    )
