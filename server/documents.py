"""The house's documents: policy and scripts. They are in every agent's feed and edited by supervisors."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import bindparam, insert, select, update

from domain.canonical import canonical_bytes
from domain.policy import Policy
from server import typed
from server.audit import record
from server.database.engine import Transaction
from server.database.schema import DOCUMENT, FEED_HEAD
from server.database.supervision_tables import DOCUMENT_VERSION
from server.database.upsert import insert_missing
from server.feeds.publishing import Change, publish

POLICY: Final = "policy"
SCRIPTS: Final = "scripts"

_SERVER: Final = "server"

LONGEST_LEASE_S: Final = 24 * 3600
"""The longest lease a policy may give, in seconds: a stolen laptop shows customers for that long."""


# asked at every request, so it is put together once
_CURRENT: Final = select(DOCUMENT.c.ver, DOCUMENT.c.body).where(DOCUMENT.c.doc_key == bindparam("key"))


class Outdated(Exception):  # noqa: N818 - it answers a request, it reports no malfunction
    """Somebody changed the document in the meantime."""


@dataclass(frozen=True, slots=True)
class Document:
    """One document; ``body`` is canonical JSON."""

    key: str
    ver: int
    body: bytes = field(repr=False)

    @property
    def etag(self) -> str:
        """The entity tag (RFC 9110 §8.8.3) of this version."""
        return f'"{self.ver}"'


def current(transaction: Transaction, key: str) -> Document:
    """Give a document as it is now. Raises ``LookupError`` before the server was founded."""
    row = transaction.connection.execute(_CURRENT, {"key": key}).first()
    if row is None:
        raise LookupError(key)
    return Document(key, row.ver, row.body)


def current_policy(transaction: Transaction) -> Policy:
    """Give the policy as it is now."""
    return _read_policy(bytes(current(transaction, POLICY).body))


@functools.lru_cache(maxsize=4)
def _read_policy(body: bytes) -> Policy:
    return typed.decode(body, Policy)


def found(transaction: Transaction, key: str, body: Mapping[str, Any]) -> None:
    """Write the first version of a document where there is none, before anybody has a feed."""
    known = transaction.connection.execute(select(DOCUMENT).where(DOCUMENT.c.doc_key == key)).first()
    if known is not None:
        _keep(transaction, Document(key, known.ver, known.body), _SERVER, known.updated_ms)
        return
    first = Document(key, 1, canonical_bytes(body))
    transaction.connection.execute(
        insert(DOCUMENT).values(doc_key=key, ver=1, body=first.body, updated_ms=transaction.now_ms)
    )
    _keep(transaction, first, _SERVER, transaction.now_ms)


def _keep(
    transaction: Transaction,
    document: Document,
    actor: str,
    at_ms: int,
    note: str | None = None,
    restored: int | None = None,
) -> None:
    """Keep a version for ever, unless it is kept already."""
    row = {
        "doc_key": document.key,
        "ver": document.ver,
        "body": document.body,
        "actor": actor,
        "note": note,
        "restored": restored,
        "at_ms": at_ms,
    }
    insert_missing(transaction.connection, DOCUMENT_VERSION, [row])


def replace(
    transaction: Transaction,
    key: str,
    body: Mapping[str, Any],
    seen_etag: str,
    actor: str,
    note: str | None = None,
    restored: int | None = None,
) -> Document:
    """Write a new version and put it into every feed.

    Raises :class:`Outdated` when ``seen_etag`` is not the current version's.
    """
    query = select(DOCUMENT).where(DOCUMENT.c.doc_key == key).with_for_update()
    before = transaction.connection.execute(query).one()
    ver = before.ver
    if seen_etag not in (f'"{ver}"', "*"):
        raise Outdated
    document = Document(key, ver + 1, canonical_bytes(body))
    _keep(transaction, Document(key, ver, before.body), _SERVER, before.updated_ms)
    _keep(transaction, document, actor, transaction.now_ms, note, restored)
    transaction.connection.execute(
        update(DOCUMENT)
        .where(DOCUMENT.c.doc_key == key)
        .values(ver=document.ver, body=document.body, updated_ms=transaction.now_ms)
    )
    agents = transaction.connection.execute(select(FEED_HEAD.c.agent_id)).scalars().all()
    publish(transaction, [Change(agent, key, "put", document.ver) for agent in agents])
    record(transaction, actor, f"{key}.changed", key, ver=document.ver)
    return document
