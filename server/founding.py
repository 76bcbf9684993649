"""What a server needs before its first request: tables, an epoch, a key for its cursors, a policy and scripts."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import insert, select, update

from domain import scripts
from domain.canonical import to_plain
from domain.clock import format_instant
from domain.policy import default_policy
from server import typed
from server.audit import record
from server.cases.holds import SLACK_MS
from server.database.engine import Database, Transaction
from server.database.migrate import is_current, upgrade
from server.database.schema import DEVICE, STATE
from server.documents import POLICY, SCRIPTS, current, current_policy, found, replace
from server.figures.filling import fill_figures

_EPOCH_BYTES: Final = 8


@dataclass(frozen=True, slots=True)
class Identity:
    """One history of one server: ``epoch`` names it, ``key`` signs its cursors. A restore must change the epoch."""

    epoch: str
    key: bytes = field(repr=False)


class TablesOutdated(Exception):  # noqa: N818 - it answers a command, it reports no malfunction
    """The tables of a shared database are not those of this version; somebody has to bring them up to date first."""


def open_server(database: Database) -> Identity:
    """Give the server's identity when it starts.

    An SQLite file belongs to this server, so its tables are brought up to date. A shared database is changed by
    :func:`prepare` alone, at a time of somebody's choosing. Raises :class:`TablesOutdated` when that has not been done,
    and :class:`server.database.postgres.NotDurable` for a database that loses what it has acknowledged.
    """
    if not database.is_shared:
        return prepare(database)
    database.check()
    if not is_current(database.engine):
        raise TablesOutdated
    with database.reading() as transaction:
        return identity(transaction)


def prepare(database: Database) -> Identity:
    """Bring the tables up to date and found the server where that has not happened yet.

    Raises :class:`server.database.postgres.NotDurable` for a database that loses what it has acknowledged.
    """
    database.check()
    upgrade(database.engine)
    founded = database.write(_found)
    fill_figures(database)
    return founded


def identity(transaction: Transaction) -> Identity:
    """Give the server's identity. Raises ``KeyError`` before it was founded."""
    rows = transaction.connection.execute(select(STATE.c.name, STATE.c.value))
    values: dict[str, Any] = {row.name: row.value for row in rows}
    return Identity(values["epoch"], bytes.fromhex(values["cursor_key"]))


def begin_new_history(transaction: Transaction, calls_from: datetime | None = None) -> Identity:
    """Give the server a new epoch, because its database was restored from a backup.

    What devices have read and stored since the backup is not known any more: every cursor becomes unknown, and every
    device offers again the facts it keeps. **Nobody may call before** ``calls_from``: a case may have had another owner
    after the backup, whose device, unknown to this server, may call until its lease ends. By default that is the lease
    the backup's policy gives, from now on.
    """
    new = secrets.token_hex(_EPOCH_BYTES)
    transaction.connection.execute(update(STATE).where(STATE.c.name == "epoch").values(value=new))
    transaction.connection.execute(update(DEVICE).values(acked_seq=0))
    policy = current(transaction, POLICY)
    body = typed.decode(policy.body, dict[str, Any])
    if calls_from is None:
        calls_from = transaction.now + timedelta(seconds=current_policy(transaction).lease_s, milliseconds=SLACK_MS)
    body["calls_from"] = format_instant(calls_from)
    replace(transaction, POLICY, body, policy.etag, "server")
    record(transaction, "server", "history.begun", new, calls_from=format_instant(calls_from))
    return identity(transaction)


def _found(transaction: Transaction) -> Identity:
    if transaction.connection.execute(select(STATE.c.name).where(STATE.c.name == "epoch")).first() is None:
        transaction.connection.execute(
            insert(STATE),
            [
                {"name": "epoch", "value": secrets.token_hex(_EPOCH_BYTES)},
                {"name": "cursor_key", "value": secrets.token_hex(32)},
            ],
        )
    found(transaction, POLICY, to_plain(default_policy()))
    found(transaction, SCRIPTS, scripts.shipped())
    return identity(transaction)
