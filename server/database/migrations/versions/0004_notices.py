"""Notices in the agents' feeds; take-overs that were forced are remembered while the former machine is silent."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0004"
down_revision: Final = "0003"


def upgrade() -> None:
    """Add the table and the columns; nothing of it is known about the past."""
    op.create_table(
        "notice",
        sa.Column("agent_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("team", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("expires_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("agent_id", "id", name=op.f("pk_notice")),
        comment="What agents are told, a row a recipient, until it expires or is withdrawn",
    )
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_notice_expires_ms"), ["expires_ms"], unique=False)
        batch_op.create_index("ix_notice_team", ["team", "kind"], unique=False)
    with op.batch_alter_table("hold", schema=None) as batch_op:
        batch_op.add_column(sa.Column("forced", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("since_ms", sa.BigInteger(), nullable=False, server_default="0"))
