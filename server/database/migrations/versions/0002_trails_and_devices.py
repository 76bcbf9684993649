"""Chain the audit trail, revoke devices and force new passwords."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

from domain.canonical import canonical_bytes, digest

revision: Final = "0002"
down_revision: Final = "0001"


def upgrade() -> None:
    """Add the columns, then chain the lines that are there already in the order they were written."""
    op.create_table(
        "audit_head",
        sa.Column("chain", sa.Text(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("chain", name=op.f("pk_audit_head")),
        comment="The last line of each chain of the audit trail, locked until the transaction that adds to it commits",
    )
    with op.batch_alter_table("audit") as audit:
        audit.add_column(sa.Column("chain", sa.Text(), nullable=False, server_default=""))
        audit.add_column(sa.Column("seq", sa.BigInteger(), nullable=False, server_default="0"))
        audit.add_column(sa.Column("digest", sa.Text(), nullable=False, server_default=""))
    op.create_index("ix_audit_chain", "audit", ["chain", "seq"])
    with op.batch_alter_table("device") as device:
        device.add_column(sa.Column("revoked_ms", sa.BigInteger(), nullable=True))
        device.add_column(sa.Column("revoked_by", sa.Text(), nullable=True))
    with op.batch_alter_table("deposit_key") as key:
        key.add_column(sa.Column("created_ms", sa.BigInteger(), nullable=False, server_default="0"))
    op.create_index(op.f("ix_deposit_key_device_id"), "deposit_key", ["device_id"])
    with op.batch_alter_table("app_user") as user:
        user.add_column(sa.Column("must_change", sa.Integer(), nullable=False, server_default="0"))
    _chain_what_is_there()


def _chain_what_is_there() -> None:
    """Spell each digest as :func:`server.database.trail.line_digest` did when this migration was written."""
    connection = op.get_bind()
    columns = ("id", "at_ms", "actor", "action", "subject", "team", "detail")
    audit = sa.table("audit", *map(sa.column, (*columns, "chain", "seq", "digest")))
    ends: dict[str, tuple[int, str]] = {}
    rows = connection.execute(sa.select(*(audit.c[name] for name in columns)).order_by(audit.c.id)).all()
    for row in rows:
        chain = "server" if row.team is None else f"team:{row.team}"
        seq, before = ends.get(chain, (0, digest(b"")))
        seq += 1
        line = [before, chain, seq, row.id, row.at_ms, row.actor, row.action, row.subject, row.team]
        after = digest(canonical_bytes([*line, bytes(row.detail).decode()]))
        connection.execute(sa.update(audit).where(audit.c.id == row.id).values(chain=chain, seq=seq, digest=after))
        ends[chain] = (seq, after)
    head = sa.table("audit_head", sa.column("chain"), sa.column("seq"), sa.column("digest"))
    for chain, (seq, last) in sorted(ends.items()):
        connection.execute(sa.insert(head).values(chain=chain, seq=seq, digest=last))
