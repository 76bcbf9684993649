"""Alembic's entry: the migrations run on the connection the server hands over."""

from __future__ import annotations

from alembic import context

from server.database.schema import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
