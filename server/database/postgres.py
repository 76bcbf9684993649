"""What PostgreSQL needs: a driver that keeps no state in a session, and proof that a commit is on the disk.

Between us and the database there may be a pool in transaction mode (PgBouncer), where each transaction can meet another
session. So nothing is prepared on the server, nothing is ``SET`` for longer than a transaction, and what a session is
set to is asked for inside the transaction it matters for.
"""

from __future__ import annotations

from typing import Any, Final
from weakref import WeakKeyDictionary

from sqlalchemy import URL, Column, Connection, Text, make_url
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.ext.compiler import compiles

_DRIVER: Final = "postgresql+psycopg"
_SPELLINGS: Final = frozenset({"postgres", "postgresql"})
_CONNECT_WITHIN_S: Final = 10

_AWAY: Final = ("08", "53", "57P")
"""Classes of SQLSTATE that say the database is not there for us now: connection, resources, shutdown."""

_NOT_ON_DISK: Final = frozenset({"off"})
"""Values of ``synchronous_commit`` that answer before the commit is durable; ``local`` waits for our own disk."""


_SPREAD: Final[WeakKeyDictionary[Dialect, bool]] = WeakKeyDictionary()


class NotDurable(Exception):  # noqa: N818 - it answers a command, it reports no malfunction
    """The database would acknowledge what it may lose. ``setting`` is the one to change."""

    def __init__(self, setting: str) -> None:
        super().__init__(f"{setting} = off")
        self.setting = setting


@compiles(Text, "postgresql")
def _text(kind: Text, compiler: Any, **about: Any) -> str:
    """Let text columns be ordered by their bytes, as on SQLite, in whatever language the database was set up.

    Lists would come in another order otherwise, and rows would be locked in another one by another server.
    """
    spelt = str(compiler.visit_text(kind, **about))
    return f'{spelt} COLLATE "C"' if isinstance(about.get("type_expression"), Column) else spelt


def address(database: str) -> URL:
    """Read a database's address; ``postgresql://`` means the one driver we use."""
    url = make_url(database)
    return url.set(drivername=_DRIVER) if url.drivername in _SPELLINGS else url


def options() -> dict[str, Any]:
    """Give what the driver is told."""
    return {
        "connect_args": {"prepare_threshold": None, "connect_timeout": _CONNECT_WITHIN_S},
        "use_native_hstore": False,  # it would be looked up at each first connection
    }


def check_server(connection: Connection) -> None:
    """Refuse a server that loses acknowledged commits. Raises :class:`NotDurable`."""
    check_session(connection)
    if connection.exec_driver_sql("SHOW fsync").scalar() == "off":
        raise NotDurable("fsync")


def check_session(connection: Connection) -> None:
    """Refuse a session that loses acknowledged commits. Raises :class:`NotDurable`.

    Asked in every writing transaction: a role, a database, or a session that a pool gave to somebody else before, may
    say otherwise than the server does.
    """
    if connection.exec_driver_sql("SHOW synchronous_commit").scalar() in _NOT_ON_DISK:
        raise NotDurable("synchronous_commit")


def is_spread(connection: Connection) -> bool:
    """Tell whether the tables may lie on several nodes: whether the database has Citus. It is looked up once a process."""
    known = _SPREAD.get(connection.dialect)
    if known is None:
        query = "SELECT count(*) FROM pg_extension WHERE extname = 'citus'"
        known = _SPREAD[connection.dialect] = bool(connection.exec_driver_sql(query).scalar())
    return known


def is_away(problem: DBAPIError) -> bool:
    """Tell whether the database could not be reached, or went away."""
    if problem.connection_invalidated:
        return True
    state = getattr(problem.orig, "sqlstate", None)
    if state is None:
        return isinstance(problem, OperationalError)
    return str(state).startswith(_AWAY)
