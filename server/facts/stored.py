"""A fact as the server keeps it: the bytes as received, what they mean, and where they became visible."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, get_args, get_type_hints

import msgspec
from sqlalchemy import RowMapping, select

from domain.canonical import canonical_bytes, to_plain
from domain.clock import format_instant, from_milliseconds, milliseconds
from domain.facts import PAYLOADS, Fact, Payload
from domain.facts.payloads import TYPE_OF
from domain.text import clean_tree, is_clean_json
from server import typed
from server.database.arrays import among
from server.database.engine import Transaction
from server.database.schema import FACT

VERSION: Final = 1
"""The version of the payloads this server understands."""

SERVER_AUTHOR: Final = "server"
"""The author of what the server itself states."""

_CHUNK: Final = 500

_FACTS: Final = select(FACT).where(among(FACT.c.case_id, "cases"))  # put together once


@dataclass(frozen=True, slots=True)
class Author:
    """Whose fact it is: a person's id and name, or the server."""

    id: str
    name: str | None = field(default=None, repr=False)


SERVER: Final = Author(SERVER_AUTHOR)


class Undecodable(ValueError):  # noqa: N818 - it sorts an event, it reports no malfunction
    """An event's type or data mean nothing to this server."""


@dataclass(slots=True)
class StoredFact:
    """One row of the fact table. ``resolved`` holds what the server added to the data when it received the fact.

    ``ver`` is the version of the case's document that first showed it, ``feed_seq`` that document's position in the feed
    of ``feed_agent``, its owner then.
    """

    fact: Fact
    received_ms: int
    body: bytes = field(repr=False)
    seq: int | None = None
    flags: list[str] = field(default_factory=list)
    resolved: dict[str, Any] | None = field(default=None, repr=False)
    ver: int = 0
    feed_agent: str | None = None
    feed_seq: int | None = None


def decode_payload(type_name: str, version: int, data: Mapping[str, Any], body: bytes | None = None) -> Payload:
    """Give the meaning of an event's data, every text in it made harmless; ``body`` is the JSON it is part of, if any.

    Raises :class:`Undecodable` for a type or version this server does not know and for data that does not fit.
    """
    payload_type = PAYLOADS.get(type_name)
    if payload_type is None or version != VERSION:
        raise Undecodable("unknown-type")
    harmless: object = data if body is not None and is_clean_json(body) else clean_tree(dict(data))
    try:
        payload: Payload = typed.convert(harmless, payload_type)
    except (msgspec.ValidationError, RecursionError):
        raise Undecodable("undecodable") from None
    for name in _instants_of(type_name):
        if _is_naive(getattr(payload, name)):
            raise Undecodable("undecodable")
    return payload


def own_fact(
    transaction: Transaction, case_id: str, payload: Payload, at: datetime, fact_id: str, author: Author
) -> StoredFact:
    """Make a fact of the server's own, or of somebody who works on it without a machine, spelt like an event."""
    type_name = TYPE_OF[type(payload)]
    body = canonical_bytes(
        {
            "id": fact_id,
            "type": type_name,
            "v": VERSION,
            "case_id": case_id,
            "at": format_instant(at),
            "data": to_plain(payload),
        }
    )
    fact = Fact(fact_id, type_name, case_id, at, author.id, payload, author.name)
    return StoredFact(fact, transaction.now_ms, body)


def load_facts(transaction: Transaction, case_ids: Iterable[str]) -> dict[str, list[StoredFact]]:
    """Give all facts of each case, in no particular order."""
    wanted = list(case_ids)
    found: dict[str, list[StoredFact]] = {case_id: [] for case_id in wanted}
    for start in range(0, len(wanted), _CHUNK):
        some = {"cases": wanted[start : start + _CHUNK]}
        for row in transaction.connection.execute(_FACTS, some).mappings():
            found[row["case_id"]].append(stored_fact(row))
    return found


def fact_row(stored: StoredFact) -> dict[str, Any]:
    """Give the row to insert."""
    fact = stored.fact
    return {
        "case_id": fact.case_id,
        "id": fact.id,
        "type": fact.type,
        "at_ms": milliseconds(fact.at),
        "received_ms": stored.received_ms,
        "author": fact.author,
        "author_name": fact.author_name,
        "device_id": fact.device,
        "seq": stored.seq,
        "flags": " ".join(stored.flags),
        "ver": stored.ver,
        "feed_agent": stored.feed_agent,
        "feed_seq": stored.feed_seq,
        "body": stored.body,
        "resolved": None if stored.resolved is None else canonical_bytes(stored.resolved),
    }


def stored_fact(row: RowMapping) -> StoredFact:
    """Read a row of the fact table."""
    event: dict[str, Any] = msgspec.json.decode(row["body"])
    resolved = None if row["resolved"] is None else typed.decode(row["resolved"], dict[str, Any])
    data = event.get("data", {}) | (resolved or {})
    try:
        payload = decode_payload(row["type"], event.get("v", VERSION), data, None if resolved else row["body"])
    except Undecodable:
        payload = None  # written by a newer server: kept, shown nowhere until this one knows it
    fact = Fact(
        row["id"],
        row["type"],
        row["case_id"],
        from_milliseconds(row["at_ms"]),
        row["author"],
        payload,
        row["author_name"],
        row["device_id"],
    )
    return StoredFact(
        fact,
        row["received_ms"],
        row["body"],
        row["seq"],
        row["flags"].split(),
        resolved,
        row["ver"],
        row["feed_agent"],
        row["feed_seq"],
    )


@functools.cache
def _instants_of(type_name: str) -> tuple[str, ...]:
    """Name the fields of a type of payload that may hold an instant."""
    hints = get_type_hints(PAYLOADS[type_name])
    return tuple(name for name, hint in hints.items() if datetime in (hint, *get_args(hint)))


def _is_naive(value: object) -> bool:
    return isinstance(value, datetime) and value.tzinfo is None
