"""Bringing the tables to the version this server knows."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

import server.database.supervision_tables  # noqa: F401 - so that the metadata is complete

_FOLDER: Final = Path(__file__).parent / "migrations"


class TablesNewer(Exception):  # noqa: N818 - it answers a command, it reports no malfunction
    """The tables were brought to a version this server does not know."""


def upgrade(engine: Engine) -> None:
    """Run every migration that is missing, in one transaction; an empty database gets all tables.

    Raises :class:`TablesNewer` when a newer server has been here.
    """
    if not _knows(engine):
        raise TablesNewer
    with engine.execution_options(writing=True).begin() as connection:
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def is_current(engine: Engine) -> bool:
    """Tell whether the tables are exactly at the version this server knows."""
    with engine.connect() as connection:
        found = MigrationContext.configure(connection).get_current_revision()
    return found == ScriptDirectory.from_config(_config()).get_current_head()


def _knows(engine: Engine) -> bool:
    with engine.connect() as connection:
        found = MigrationContext.configure(connection).get_current_revision()
    return found is None or found in {each.revision for each in ScriptDirectory.from_config(_config()).walk_revisions()}


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    return config
