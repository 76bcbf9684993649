"""The tables supervisors' screens are answered from: narrow rows and counters kept up by whatever changes a case.

``case_figure``, ``promise_part`` and ``case_payment`` say again what a case's document says, one narrow row each, so that
the board and the figures never read documents; they are written in the transaction that writes the document. ``work_slot``
counts an agent's work in quarters of an hour, which every time zone's midnight falls on. Days are proleptic day numbers.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, Table, Text

from server.database.schema import METADATA

CASE_FIGURE: Final = Table(
    "case_figure",
    METADATA,
    Column("case_id", Text, primary_key=True),
    Column("team", Text, nullable=False),
    Column("owner_id", Text),
    Column("closed", Text),
    Column("segment", Text, nullable=False),
    Column("language", Text),
    Column("currency", Text, nullable=False),
    Column("owed", BigInteger, nullable=False),
    Column("overdue", BigInteger, nullable=False),
    Column("placed", BigInteger, nullable=False),
    Column("oldest_due", Integer),
    Column("bucket", Text),
    Column("next_ms", BigInteger),
    Column("attempts", Integer, nullable=False),
    Column("broken", Integer, nullable=False),
    Column("waiting", Integer, nullable=False),
    Column("stopped", Integer, nullable=False),
    Column("unreachable", Integer, nullable=False),
    Column("promise_due", Integer),
    Column("opened_ms", BigInteger, nullable=False),
    Column("assigned_ms", BigInteger),
    Column("worked_ms", BigInteger),
    Column("first_attempt_ms", BigInteger),
    Column("first_contact_ms", BigInteger),
    Column("last_attempt_ms", BigInteger),
    Column("last_attempt_by", Text),
    Column("cured_ms", BigInteger),
    Column("month_stage", Text),
    Index("ix_case_figure_team", "team", "owner_id"),
    Index("ix_case_figure_owner", "owner_id", "next_ms"),
    comment="One narrow row a case; next_ms is when it comes up by itself, absent while somebody has to decide first",
)

PROMISE_PART: Final = Table(
    "promise_part",
    METADATA,
    Column("case_id", Text, primary_key=True),
    Column("promise_id", Text, primary_key=True),
    Column("part", Integer, primary_key=True),
    Column("team", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("currency", Text, nullable=False),
    Column("due", Integer, nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("paid", BigInteger, nullable=False),
    Column("parts", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("total", BigInteger, nullable=False),
    Column("total_paid", BigInteger, nullable=False),
    Column("last_due", Integer, nullable=False),
    Column("made_ms", BigInteger, nullable=False),
    Column("changed_ms", BigInteger, nullable=False),
    Index("ix_promise_part_due", "team", "due"),
    Index("ix_promise_part_author", "author", "made_ms"),
    Index("ix_promise_part_changed", "author", "changed_ms"),
    Index("ix_promise_part_state", "state", "due"),
    comment="Every part of every promise with the promise's state as last judged, and when that changed",
)

CASE_PAYMENT: Final = Table(
    "case_payment",
    METADATA,
    Column("case_id", Text, primary_key=True),
    Column("payment_id", Text, primary_key=True),
    Column("team", Text, nullable=False),
    Column("agent_id", Text),
    Column("day", Integer, nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("currency", Text, nullable=False),
    Column("reversed", Integer, nullable=False),
    Index("ix_case_payment_day", "team", "day"),
    comment="Every payment with whoever owned the case when it was booked",
)

WORK_SLOT: Final = Table(
    "work_slot",
    METADATA,
    Column("agent_id", Text, primary_key=True),
    Column("slot", BigInteger, primary_key=True),
    Column("attempts", Integer, nullable=False),
    Column("connected", Integer, nullable=False),
    Column("right_party", Integer, nullable=False),
    Column("conversations", Integer, nullable=False),
    Column("promises", Integer, nullable=False),
    Column("ended", Integer, nullable=False),
    Column("talk_s", BigInteger, nullable=False),
    Column("wrap_s", BigInteger, nullable=False),
    Column("flagged", Integer, nullable=False),
    Column("unread", Integer, nullable=False),
    comment="What an agent did in each quarter of an hour (milliseconds since 1970 divided by 900,000)",
)

DEVICE_REPORT: Final = Table(
    "device_report",
    METADATA,
    Column("device_id", Text, primary_key=True),
    Column("day", Integer, nullable=False),
    Column("unsent", Integer, nullable=False),
    Column("refused", LargeBinary, nullable=False),
    Column("in_call", Integer, nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    comment="What only the device knows, as it last said",
)

REFUSAL_DAY: Final = Table(
    "refusal_day",
    METADATA,
    Column("device_id", Text, primary_key=True),
    Column("day", Integer, primary_key=True),
    Column("code", Text, primary_key=True),
    Column("user_id", Text, nullable=False),
    Column("count", Integer, nullable=False),
    Index("ix_refusal_day_user", "user_id", "day"),
    comment="How often the dial gate refused on a device, by day and code, as the device reported it",
)

AGENT_PROFILE: Final = Table(
    "agent_profile",
    METADATA,
    Column("agent_id", Text, primary_key=True),
    Column("ver", BigInteger, nullable=False),
    Column("body", LargeBinary, nullable=False),
)

ABSENCE: Final = Table(
    "absence",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("digest", Text, nullable=False),
    Column("team", Text, nullable=False, index=True),
    Column("agent_id", Text, nullable=False),
    Column("since", Integer, nullable=False),
    Column("until", Integer),
    Column("body", LargeBinary, nullable=False),
    Column("actor", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("at_ms", BigInteger, nullable=False),
)

KEEPING: Final = Table(
    "keeping",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("digest", Text, nullable=False),
    Column("team", Text, nullable=False, index=True),
    Column("until", Integer, nullable=False),
    Column("cases", Integer, nullable=False),
    Column("reason", Text),
    Column("actor", Text, nullable=False),
    Column("released", Integer, nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    comment="A supervisor's hold: cases that no strategy moves until a day has passed",
)

KEPT_CASE: Final = Table(
    "kept_case",
    METADATA,
    Column("case_id", Text, primary_key=True),
    Column("keeping_id", Text, primary_key=True),
    Column("until", Integer, nullable=False),
    Index("ix_kept_case_keeping_id", "keeping_id"),
)

IMPORT_RUN: Final = Table(
    "import_run",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("team", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("creditor", Text, nullable=False),
    Column("filename", Text, nullable=False),
    Column("profile", Text),
    Column("counts", LargeBinary, nullable=False),
    Column("cases", Integer, nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("undone_ms", BigInteger),
    Index("ix_import_run_team", "team", "at_ms"),
)

IMPORT_CASE: Final = Table(
    "import_case",
    METADATA,
    Column("case_id", Text, primary_key=True),
    Column("import_id", Text, primary_key=True),
    Index("ix_import_case_import_id", "import_id", "case_id"),
    comment="Which cases an import changed",
)

IMPORT_PROFILE: Final = Table(
    "import_profile",
    METADATA,
    Column("team", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("ver", BigInteger, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("updated_ms", BigInteger, nullable=False),
)

CASH: Final = Table(
    "cash",
    METADATA,
    Column("team", Text, primary_key=True),
    Column("received_ms", BigInteger, nullable=False),
    Column("through", Integer),
    Column("source", Text, nullable=False),
    comment="When payments last came in, and up to which day they reach",
)

AGEING_DAY: Final = Table(
    "ageing_day",
    METADATA,
    Column("team", Text, primary_key=True),
    Column("day", Integer, primary_key=True),
    Column("segment", Text, primary_key=True),
    Column("stage", Text, primary_key=True),
    Column("currency", Text, primary_key=True),
    Column("cases", Integer, nullable=False),
    Column("owed", BigInteger, nullable=False),
    comment="What stood in each ageing stage at the end of a day",
)

ROLL_MONTH: Final = Table(
    "roll_month",
    METADATA,
    Column("team", Text, primary_key=True),
    Column("month", Integer, primary_key=True),
    Column("segment", Text, primary_key=True),
    Column("stage_from", Text, primary_key=True),
    Column("stage_to", Text, primary_key=True),
    Column("cases", Integer, nullable=False),
    comment="How many cases went from one stage to another within a month; the month is its first day's number",
)

JOB: Final = Table(
    "job",
    METADATA,
    Column("name", Text, primary_key=True),
    Column("done", Text, nullable=False),
    Column("holder", Text, nullable=False),
    Column("until_ms", BigInteger, nullable=False),
    comment="Work one process does for all: how far it has come, and until when somebody is at it",
)

DOCUMENT_VERSION: Final = Table(
    "document_version",
    METADATA,
    Column("doc_key", Text, primary_key=True),
    Column("ver", BigInteger, primary_key=True),
    Column("body", LargeBinary, nullable=False),
    Column("actor", Text, nullable=False),
    Column("note", Text),
    Column("restored", BigInteger),
    Column("at_ms", BigInteger, nullable=False),
)
