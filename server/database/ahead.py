"""Writing without waiting: statements that give no rows are sent one after another, and looked after at the end.

While the database works on one, the next is put together. It is the protocol's pipeline (PostgreSQL 14 and later, "Pipeline
Mode" of libpq); a pool in transaction mode passes it on, as nothing of it outlives the transaction.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError


@contextmanager
def writing_ahead(connection: Connection) -> Iterator[None]:
    """Send the statements of the block without waiting for each; they are waited for when the block ends.

    None of them may give rows. What is wrong with one is raised by a later one or by the end of the block, as a
    :class:`sqlalchemy.exc.DBAPIError`; either way the transaction is lost, as it is after every error. On SQLite the block
    changes nothing.
    """
    if connection.dialect.name == "sqlite":
        yield
        return
    driver: Any = connection.connection.driver_connection
    try:
        with driver.pipeline():
            yield
    except psycopg.Error as problem:  # from the end of the block; from a statement it comes as SQLAlchemy's already
        raise _told(connection, driver, problem) from problem


def _told(connection: Connection, driver: Any, problem: psycopg.Error) -> Exception:
    """Give an error of the driver's as SQLAlchemy tells it, so that whoever runs the transaction knows what it means."""
    lost = connection.dialect.is_disconnect(problem, driver, None)  # type: ignore[arg-type] # an error of the driver's
    if lost:
        connection.invalidate(problem)
    return DBAPIError.instance(
        "several statements",
        None,
        problem,
        psycopg.Error,
        hide_parameters=True,
        connection_invalidated=lost,
        dialect=connection.dialect,
    )
