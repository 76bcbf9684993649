"""Narrow rows and counters for the board and the figures, absences, holds, import runs, versions of documents."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0003"
down_revision: Final = "0002"


def upgrade() -> None:
    """Add the tables; a server that has cases already fills them when it starts."""
    op.create_table(
        "absence",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("team", sa.Text(), nullable=False),
        sa.Column("agent_id", sa.Text(), nullable=False),
        sa.Column("since", sa.Integer(), nullable=False),
        sa.Column("until", sa.Integer(), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absence")),
    )
    with op.batch_alter_table("absence", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_absence_team"), ["team"], unique=False)

    op.create_table(
        "ageing_day",
        sa.Column("team", sa.Text(), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("segment", sa.Text(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("cases", sa.Integer(), nullable=False),
        sa.Column("owed", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("team", "day", "segment", "stage", "currency", name=op.f("pk_ageing_day")),
        comment="What stood in each ageing stage at the end of a day",
    )
    op.create_table(
        "agent_profile",
        sa.Column("agent_id", sa.Text(), nullable=False),
        sa.Column("ver", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("agent_id", name=op.f("pk_agent_profile")),
    )
    op.create_table(
        "case_figure",
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("team", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.Text(), nullable=True),
        sa.Column("closed", sa.Text(), nullable=True),
        sa.Column("segment", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("owed", sa.BigInteger(), nullable=False),
        sa.Column("overdue", sa.BigInteger(), nullable=False),
        sa.Column("placed", sa.BigInteger(), nullable=False),
        sa.Column("oldest_due", sa.Integer(), nullable=True),
        sa.Column("bucket", sa.Text(), nullable=True),
        sa.Column("next_ms", sa.BigInteger(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("broken", sa.Integer(), nullable=False),
        sa.Column("waiting", sa.Integer(), nullable=False),
        sa.Column("stopped", sa.Integer(), nullable=False),
        sa.Column("unreachable", sa.Integer(), nullable=False),
        sa.Column("promise_due", sa.Integer(), nullable=True),
        sa.Column("opened_ms", sa.BigInteger(), nullable=False),
        sa.Column("assigned_ms", sa.BigInteger(), nullable=True),
        sa.Column("worked_ms", sa.BigInteger(), nullable=True),
        sa.Column("first_attempt_ms", sa.BigInteger(), nullable=True),
        sa.Column("first_contact_ms", sa.BigInteger(), nullable=True),
        sa.Column("last_attempt_ms", sa.BigInteger(), nullable=True),
        sa.Column("last_attempt_by", sa.Text(), nullable=True),
        sa.Column("cured_ms", sa.BigInteger(), nullable=True),
        sa.Column("month_stage", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_case_figure")),
        comment="One narrow row a case; next_ms is when it comes up by itself, absent while somebody has to decide first",
    )
    with op.batch_alter_table("case_figure", schema=None) as batch_op:
        batch_op.create_index("ix_case_figure_owner", ["owner_id", "next_ms"], unique=False)
        batch_op.create_index("ix_case_figure_team", ["team", "owner_id"], unique=False)

    op.create_table(
        "case_payment",
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("payment_id", sa.Text(), nullable=False),
        sa.Column("team", sa.Text(), nullable=False),
        sa.Column("agent_id", sa.Text(), nullable=True),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("reversed", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("case_id", "payment_id", name=op.f("pk_case_payment")),
        comment="Every payment with whoever owned the case when it was booked",
    )
    with op.batch_alter_table("case_payment", schema=None) as batch_op:
        batch_op.create_index("ix_case_payment_day", ["team", "day"], unique=False)

    op.create_table(
        "cash",
        sa.Column("team", sa.Text(), nullable=False),
        sa.Column("received_ms", sa.BigInteger(), nullable=False),
        sa.Column("through", sa.Integer(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("team", name=op.f("pk_cash")),
        comment="When payments last came in, and up to which day they reach",
    )
    op.create_table(
        "device_report",
        sa.Column("device_id", sa.Text(), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("unsent", sa.Integer(), nullable=False),
        sa.Column("refused", sa.LargeBinary(), nullable=False),
        sa.Column("in_call", sa.Integer(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("device_id", name=op.f("pk_device_report")),
        comment="What only the device knows, as it last said",
    )
    op.create_table(
        "document_version",
        sa.Column("doc_key", sa.Text(), nullable=False),
        sa.Column("ver", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("restored", sa.BigInteger(), nullable=True),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("doc_key", "ver", name=op.f("pk_document_version")),
    )
    op.create_table(
        "import_case",
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("import_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("case_id", "import_id", name=op.f("pk_import_case")),
        comment="Which cases an import changed",
    )
    with op.batch_alter_table("import_case", schema=None) as batch_op:
        batch_op.create_index("ix_import_case_import_id", ["import_id", "case_id"], unique=False)

    op.create_table(
        "import_profile",
        sa.Column("team", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("ver", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("updated_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("team", "name", name=op.f("pk_import_profile")),
    )
    op.create_table(
        "import_run",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("team", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("creditor", sa.Text(), nullable=False),
        sa.Column("filename", sa.Text(), nullable=False),
        sa.Column("profile", sa.Text(), nullable=True),
        sa.Column("counts", sa.LargeBinary(), nullable=False),
        sa.Column("cases", sa.Integer(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("undone_ms", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_run")),
    )
    with op.batch_alter_table("import_run", schema=None) as batch_op:
        batch_op.create_index("ix_import_run_team", ["team", "at_ms"], unique=False)

    op.create_table(
        "job",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("done", sa.Text(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("until_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_job")),
        comment="Work one process does for all: how far it has come, and until when somebody is at it",
    )
    op.create_table(
        "keeping",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("team", sa.Text(), nullable=False),
        sa.Column("until", sa.Integer(), nullable=False),
        sa.Column("cases", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("released", sa.Integer(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_keeping")),
        comment="A supervisor's hold: cases that no strategy moves until a day has passed",
    )
    with op.batch_alter_table("keeping", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_keeping_team"), ["team"], unique=False)

    op.create_table(
        "kept_case",
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("keeping_id", sa.Text(), nullable=False),
        sa.Column("until", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("case_id", "keeping_id", name=op.f("pk_kept_case")),
    )
    with op.batch_alter_table("kept_case", schema=None) as batch_op:
        batch_op.create_index("ix_kept_case_keeping_id", ["keeping_id"], unique=False)

    op.create_table(
        "promise_part",
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("promise_id", sa.Text(), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("team", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("due", sa.Integer(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("paid", sa.BigInteger(), nullable=False),
        sa.Column("parts", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("total_paid", sa.BigInteger(), nullable=False),
        sa.Column("last_due", sa.Integer(), nullable=False),
        sa.Column("made_ms", sa.BigInteger(), nullable=False),
        sa.Column("changed_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("case_id", "promise_id", "part", name=op.f("pk_promise_part")),
        comment="Every part of every promise with the promise's state as last judged, and when that changed",
    )
    with op.batch_alter_table("promise_part", schema=None) as batch_op:
        batch_op.create_index("ix_promise_part_author", ["author", "made_ms"], unique=False)
        batch_op.create_index("ix_promise_part_changed", ["author", "changed_ms"], unique=False)
        batch_op.create_index("ix_promise_part_due", ["team", "due"], unique=False)
        batch_op.create_index("ix_promise_part_state", ["state", "due"], unique=False)

    op.create_table(
        "refusal_day",
        sa.Column("device_id", sa.Text(), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("device_id", "day", "code", name=op.f("pk_refusal_day")),
        comment="How often the dial gate refused on a device, by day and code, as the device reported it",
    )
    with op.batch_alter_table("refusal_day", schema=None) as batch_op:
        batch_op.create_index("ix_refusal_day_user", ["user_id", "day"], unique=False)

    op.create_table(
        "roll_month",
        sa.Column("team", sa.Text(), nullable=False),
        sa.Column("month", sa.Integer(), nullable=False),
        sa.Column("segment", sa.Text(), nullable=False),
        sa.Column("stage_from", sa.Text(), nullable=False),
        sa.Column("stage_to", sa.Text(), nullable=False),
        sa.Column("cases", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("team", "month", "segment", "stage_from", "stage_to", name=op.f("pk_roll_month")),
        comment="How many cases went from one stage to another within a month; the month is its first day's number",
    )
    op.create_table(
        "work_slot",
        sa.Column("agent_id", sa.Text(), nullable=False),
        sa.Column("slot", sa.BigInteger(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("connected", sa.Integer(), nullable=False),
        sa.Column("right_party", sa.Integer(), nullable=False),
        sa.Column("conversations", sa.Integer(), nullable=False),
        sa.Column("promises", sa.Integer(), nullable=False),
        sa.Column("ended", sa.Integer(), nullable=False),
        sa.Column("talk_s", sa.BigInteger(), nullable=False),
        sa.Column("wrap_s", sa.BigInteger(), nullable=False),
        sa.Column("flagged", sa.Integer(), nullable=False),
        sa.Column("unread", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("agent_id", "slot", name=op.f("pk_work_slot")),
        comment="What an agent did in each quarter of an hour (milliseconds since 1970 divided by 900,000)",
    )
    with op.batch_alter_table("reassignment", schema=None) as batch_op:
        batch_op.add_column(sa.Column("kind", sa.Text(), server_default="reassignment", nullable=False))
        batch_op.add_column(sa.Column("undone_by", sa.Text(), nullable=True))
        batch_op.create_index("ix_reassignment_team", ["team", "at_ms"], unique=False)
