"""Documents of cases are compressed by LZ4 where the database has it: the default method takes several times as long."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0005"
down_revision: Final = "0004"

_METHODS: Final = "SELECT enumvals FROM pg_settings WHERE name = 'default_toast_compression'"


def upgrade() -> None:
    """Choose the method for what is written from now on; what is there stays as it is and can be read."""
    connection = op.get_bind()
    if connection.dialect.name == "sqlite":
        return
    methods = connection.execute(sa.text(_METHODS)).scalar()  # nothing before PostgreSQL 14, which had one method only
    if methods is not None and "lz4" in methods:
        op.execute("ALTER TABLE case_file ALTER COLUMN doc SET COMPRESSION lz4")
