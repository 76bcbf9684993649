"""Every table of the server.

Instants are milliseconds since 1970-01-01 UTC, money is minor units, documents and facts are canonical JSON as bytes. Of a
case, ``oldest_due`` is a proleptic day number and ``waiting`` counts what a supervisor has to decide.
Tables that grow carry the column they would be distributed by first in their key: ``fact`` and ``assignment`` the case,
``receipt`` the device, ``feed`` and ``feed_head`` the agent, ``event`` its own id. People, devices, sessions and the
idempotency records are small and belong on every node. No sequences, triggers or cross-shard unique constraints.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, MetaData, Table, Text

METADATA: Final = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    },
)

STATE: Final = Table(
    "server_state",
    METADATA,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
    comment="The epoch and the key cursors are signed with",
)

USER: Final = Table(
    "app_user",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("login", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("team", Text, nullable=False, index=True),
    Column("password", Text, nullable=False),
    Column("active", Integer, nullable=False, default=1),
    Column("created_ms", BigInteger, nullable=False),
    Column("must_change", Integer, nullable=False, default=0),
)

DEVICE: Final = Table(
    "device",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("user_id", Text, nullable=False, index=True),
    Column("name", Text),
    Column("created_ms", BigInteger, nullable=False),
    Column("received_through", BigInteger, nullable=False, default=0),
    Column("acked_seq", BigInteger, nullable=False, default=0),
    Column("contact_ms", BigInteger, nullable=False),
    Column("lease_until_ms", BigInteger, nullable=False),
    Column("lapse_from_ms", BigInteger, nullable=False, default=0),
    Column("lapse_to_ms", BigInteger, nullable=False, default=0),
    Column("revoked_ms", BigInteger),
    Column("revoked_by", Text),
    comment="A machine, the person it belongs to, and what it is known to have stored",
)

DEPOSIT_KEY: Final = Table(
    "deposit_key",
    METADATA,
    Column("key_hash", Text, primary_key=True),
    Column("device_id", Text, nullable=False, index=True),
    Column("created_ms", BigInteger, nullable=False),
)

SESSION: Final = Table(
    "app_session",
    METADATA,
    Column("token_hash", Text, primary_key=True),
    Column("user_id", Text, nullable=False, index=True),
    Column("device_id", Text, nullable=False),
    Column("expires_ms", BigInteger, nullable=False, index=True),
)

LOGIN_FAILURE: Final = Table(
    "login_failure",
    METADATA,
    Column("subject", Text, primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("since_ms", BigInteger, nullable=False),
    comment="Wrong passwords by hashed login or address within the running window",
)

CASE: Final = Table(
    "case_file",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("team", Text, nullable=False),
    Column("creditor", Text, nullable=False),
    Column("customer_key", Text, nullable=False),
    Column("customer", Text, nullable=False),
    Column("customer_id", Text),
    Column("owner_id", Text),
    Column("closed", Text),
    Column("ver", BigInteger, nullable=False),
    Column("doc", LargeBinary, nullable=False),
    Column("search", Text, nullable=False),
    Column("currency", Text, nullable=False),
    Column("owed", BigInteger, nullable=False),
    Column("oldest_due", Integer),
    Column("waiting", Integer, nullable=False),
    Column("source", Text),
    Column("updated_ms", BigInteger, nullable=False),
    Index("ix_case_file_owner", "owner_id", "id"),
    Index("ix_case_file_team", "team", "id"),
    Index("ix_case_file_customer", "creditor", "customer_key"),
    comment="The newest document of each case, and what lists ask of it",
)

FACT: Final = Table(
    "fact",
    METADATA,
    Column("case_id", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("type", Text, nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("received_ms", BigInteger, nullable=False),
    Column("author", Text, nullable=False),
    Column("author_name", Text),
    Column("device_id", Text),
    Column("seq", BigInteger),
    Column("flags", Text, nullable=False),
    Column("ver", BigInteger, nullable=False),
    Column("feed_agent", Text),
    Column("feed_seq", BigInteger),
    Column("body", LargeBinary, nullable=False),
    Column("resolved", LargeBinary),
    Index("ix_fact_author", "author", "at_ms"),
    comment="The event as received, and where it became visible; resolved adds what the server worked out at receipt",
)

EVENT: Final = Table(
    "event",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("digest", Text, nullable=False),
    Column("device_id", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("flags", Text, nullable=False),
    Column("case_key", Text),
    Column("ver", BigInteger),
    Column("received_ms", BigInteger, nullable=False),
    comment="Every event id ever received with its first answer, for ever",
)

RECEIPT: Final = Table(
    "receipt",
    METADATA,
    Column("device_id", Text, primary_key=True),
    Column("seq", BigInteger, primary_key=True),
    Column("event_id", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("prev", Text),
)

QUARANTINE: Final = Table(
    "quarantine",
    METADATA,
    Column("event_id", Text, primary_key=True),
    Column("digest", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("case_id", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("device_id", Text, nullable=False),
    Column("received_ms", BigInteger, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("decided", Text),
    Index("ix_quarantine_open", "decided", "received_ms"),
    comment="Events kept as bytes until a person, or a newer server, has looked",
)

ASSIGNMENT: Final = Table(
    "assignment",
    METADATA,
    Column("case_id", Text, primary_key=True),
    Column("ver", BigInteger, primary_key=True),
    Column("agent_id", Text, primary_key=True),
    Column("feed_seq", BigInteger, nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Index("ix_assignment_agent", "agent_id", "case_id"),
    comment="Who ever owned a case, and from which position of their feed on they saw it",
)

HOLD: Final = Table(
    "hold",
    METADATA,
    Column("case_id", Text, primary_key=True),
    Column("agent_id", Text, primary_key=True),
    Column("remove_seq", BigInteger, nullable=False),
    Column("until_ms", BigInteger, nullable=False),
    Column("forced", Integer, nullable=False, server_default="0"),
    Column("since_ms", BigInteger, nullable=False, server_default="0"),
    Index("ix_hold_agent", "agent_id"),
    comment="A former owner whose device may not know yet that the case is gone",
)

NOTICE: Final = Table(
    "notice",
    METADATA,
    Column("agent_id", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("team", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("expires_ms", BigInteger, nullable=False, index=True),
    Index("ix_notice_team", "team", "kind"),
    comment="What agents are told, a row a recipient, until it expires or is withdrawn",
)

FEED_HEAD: Final = Table(
    "feed_head",
    METADATA,
    Column("agent_id", Text, primary_key=True),
    Column("head", BigInteger, nullable=False),
    Column("floor", BigInteger, nullable=False),
)

FEED: Final = Table(
    "feed",
    METADATA,
    Column("agent_id", Text, primary_key=True),
    Column("doc_key", Text, primary_key=True),
    Column("seq", BigInteger, nullable=False),
    Column("op", Text, nullable=False),
    Column("ver", BigInteger, nullable=False),
    Column("reason", Text),
    Index("ix_feed_seq", "agent_id", "seq"),
    comment="One row a document, moved to a new seq at each change",
)

DOCUMENT: Final = Table(
    "house_document",
    METADATA,
    Column("doc_key", Text, primary_key=True),
    Column("ver", BigInteger, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("updated_ms", BigInteger, nullable=False),
)

REASSIGNMENT: Final = Table(
    "reassignment",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("digest", Text, nullable=False),
    Column("team", Text, nullable=False),
    Column("asked_by", Text, nullable=False),
    Column("options", LargeBinary, nullable=False),
    Column("answer", LargeBinary),
    Column("at_ms", BigInteger, nullable=False),
    Column("kind", Text, nullable=False, server_default="reassignment"),
    Column("undone_by", Text),
    Index("ix_reassignment_team", "team", "at_ms"),
)

REASSIGNED: Final = Table(
    "reassigned_case",
    METADATA,
    Column("reassignment_id", Text, primary_key=True),
    Column("case_id", Text, primary_key=True),
    Column("to_agent", Text),
    Column("status", Text, nullable=False),
    Column("from_agent", Text),
)

PENDING_MOVE: Final = Table(
    "pending_move",
    METADATA,
    Column("case_id", Text, primary_key=True),
    Column("reassignment_id", Text, nullable=False),
    Column("to_agent", Text),
    Column("force", Integer, nullable=False),
    Column("actor", Text, nullable=False),
    Column("due_ms", BigInteger, nullable=False, index=True),
    comment="A reassignment that waits for a running call to end, at the latest until due",
)

DEED: Final = Table(
    "deed",
    METADATA,
    Column("kind", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("digest", Text, nullable=False),
    Column("status", Integer, nullable=False),
    Column("answer", LargeBinary, nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    comment="What a request with an id chosen by the client did, so that repeating it answers the same",
)

PAYMENT: Final = Table(
    "payment",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("case_id", Text, nullable=False),
    Column("reverses", Text),
)

AUDIT: Final = Table(
    "audit",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("at_ms", BigInteger, nullable=False),
    Column("actor", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("team", Text),
    Column("detail", LargeBinary, nullable=False),
    Column("chain", Text, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("digest", Text, nullable=False),
    Index("ix_audit_subject", "subject", "id"),
    Index("ix_audit_team", "team", "id"),
    Index("ix_audit_chain", "chain", "seq"),
    comment="Who did what to which case, device or person; ids only",
)

AUDIT_HEAD: Final = Table(
    "audit_head",
    METADATA,
    Column("chain", Text, primary_key=True),
    Column("seq", BigInteger, nullable=False),
    Column("digest", Text, nullable=False),
    comment="The last line of each chain of the audit trail, locked until the transaction that adds to it commits",
)
