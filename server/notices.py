"""Notices in the agents' feeds: sent by supervisors and by the server itself, withdrawn, and gone when they expire.

Each recipient has a row of their own, so that a notice lies where its feed lies.
"""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import delete, select, update

from domain.canonical import canonical_bytes
from domain.clock import format_instant, milliseconds
from domain.notices import CASES_MOVED, DECIDED, KEY, LASTS, LONGEST_TEXT, MESSAGE, MOST_NAMED, Notice
from domain.supervision import NoticeLine
from server import typed
from server.audit import record
from server.database.engine import Database, Transaction
from server.database.schema import NOTICE
from server.database.upsert import insert_missing
from server.feeds.publishing import Change, publish
from server.people.directory import Person, people
from server.people.sessions import Caller

_FIRST: Final = 1
_REMOVED: Final = 2
_WITHDRAWN: Final = "withdrawn"
_SWEPT_AT_ONCE: Final = 500


class NoSuchNotice(Exception):  # noqa: N818 - it answers a request, it reports no malfunction
    """There is no such notice, or it is another team's: the two are not told apart."""


def send(transaction: Transaction, team: str, actor: str, notice: Notice, agents: Sequence[str]) -> None:
    """Put a notice into agents' feeds; the same id again changes nothing. Locks the feeds' heads."""
    if not agents:
        return
    rows = [
        {
            "agent_id": agent,
            "id": notice.id,
            "team": team,
            "actor": actor,
            "kind": notice.kind,
            "body": canonical_bytes(notice),
            "at_ms": milliseconds(notice.at),
            "expires_ms": milliseconds(notice.expires_at),
        }
        for agent in sorted(agents)
    ]
    insert_missing(transaction.connection, NOTICE, rows)
    publish(transaction, [Change(agent, KEY + notice.id, "put", _FIRST) for agent in agents])
    record(transaction, actor, "notice.sent", notice.id, team, kind=notice.kind, agents=len(agents))


def send_message(
    transaction: Transaction, caller: Caller, notice_id: str, text: str, agents: Sequence[Person], expires: datetime
) -> NoticeLine:
    """Send what a supervisor wrote."""
    notice = Notice(notice_id, MESSAGE, transaction.now, expires, text, caller.name)
    send(transaction, caller.team, caller.id, notice, [agent.id for agent in agents])
    return _line(notice, caller.id, agents)


def tell_of_moves(
    transaction: Transaction,
    team: str,
    actor: str,
    notice_id: str,
    agent: str,
    cases: Sequence[str],
    reason: str,
) -> None:
    """Tell an agent that cases of theirs were moved. It names ids alone: the customers are not theirs any more."""
    named = tuple(sorted(cases)[:MOST_NAMED])
    expires = transaction.now + LASTS
    notice = Notice(notice_id, CASES_MOVED, transaction.now, expires, reason[:LONGEST_TEXT], None, named, len(cases))
    send(transaction, team, actor, notice, [agent])


def tell_of_decision(
    transaction: Transaction,
    caller: Caller,
    notice_id: str,
    agent: str,
    case: str,
    reason: str | None,
    *,
    approved: bool,
) -> None:
    """Tell an agent that what they asked for was decided."""
    notice = Notice(
        notice_id,
        DECIDED,
        transaction.now,
        transaction.now + LASTS,
        reason or "",
        caller.name,
        (case,),
        1,
        approved,
    )
    send(transaction, caller.team, caller.id, notice, [agent])


def withdraw(transaction: Transaction, caller: Caller, notice_id: str) -> None:
    """Take a notice out of every feed; doing so again changes nothing. Raises :class:`NoSuchNotice`."""
    query = select(NOTICE.c.agent_id, NOTICE.c.team, NOTICE.c.kind).where(
        NOTICE.c.id == notice_id, NOTICE.c.kind.in_((MESSAGE, _WITHDRAWN))
    )
    rows = transaction.connection.execute(query).all()
    if not rows or any(row.team != caller.team for row in rows):
        raise NoSuchNotice
    agents = sorted(row.agent_id for row in rows if row.kind == MESSAGE)
    for agent in agents:
        emptied = update(NOTICE).where(NOTICE.c.agent_id == agent, NOTICE.c.id == notice_id)
        transaction.connection.execute(emptied.values(kind=_WITHDRAWN, body=b""))
    if agents:
        publish(transaction, [Change(agent, KEY + notice_id, "remove", _REMOVED, "withdrawn") for agent in agents])
        record(transaction, caller.id, "notice.withdrawn", notice_id, caller.team)


def standing(transaction: Transaction, team: str) -> list[NoticeLine]:
    """Give the messages of a team that have not expired, newest first."""
    query = select(NOTICE.c.id, NOTICE.c.agent_id, NOTICE.c.actor, NOTICE.c.body).where(
        NOTICE.c.team == team, NOTICE.c.kind == MESSAGE, NOTICE.c.expires_ms > transaction.now_ms
    )
    everybody = {person.id: person for person in people(transaction, team)}
    recipients: defaultdict[str, list[Person]] = defaultdict(list)
    found: dict[str, tuple[Notice, str]] = {}
    for row in transaction.connection.execute(query):
        found.setdefault(row.id, (typed.decode(row.body, Notice), row.actor))
        if row.agent_id in everybody:
            recipients[row.id].append(everybody[row.agent_id])
    lines = [_line(notice, actor, recipients[notice.id]) for notice, actor in found.values()]
    return sorted(lines, key=lambda line: (line.at, line.id), reverse=True)


def bodies(transaction: Transaction, agent: str, keys: Iterable[str]) -> dict[str, tuple[int, bytes]]:
    """Give an agent's notices that have not expired, by key, with their version."""
    ids = [key.removeprefix(KEY) for key in keys]
    query = select(NOTICE.c.id, NOTICE.c.body).where(
        NOTICE.c.agent_id == agent,
        NOTICE.c.id.in_(ids),
        NOTICE.c.kind != _WITHDRAWN,
        NOTICE.c.expires_ms > transaction.now_ms,
    )
    return {KEY + row.id: (_FIRST, bytes(row.body)) for row in transaction.connection.execute(query)}


def sweep_notices(database: Database) -> int:
    """Take notices that have expired out of the feeds, and what is left of withdrawn ones; answer how many."""
    with database.reading() as transaction:
        query = select(NOTICE.c.agent_id, NOTICE.c.id).where(NOTICE.c.expires_ms <= transaction.now_ms)
        over = sorted((row.agent_id, row.id) for row in transaction.connection.execute(query))
    for start in range(0, len(over), _SWEPT_AT_ONCE):
        database.write(functools.partial(_sweep, rows=over[start : start + _SWEPT_AT_ONCE]))
    return len(over)


def _sweep(transaction: Transaction, rows: Iterable[tuple[str, str]]) -> None:
    changes = []
    for agent, notice_id in rows:
        gone = delete(NOTICE).where(NOTICE.c.agent_id == agent, NOTICE.c.id == notice_id).returning(NOTICE.c.kind)
        if transaction.connection.execute(gone).scalar() not in (None, _WITHDRAWN):
            changes.append(Change(agent, KEY + notice_id, "remove", _REMOVED, "expired"))
    publish(transaction, changes)


def _line(notice: Notice, actor: str, agents: Sequence[Person]) -> NoticeLine:
    listed = sorted(agents, key=lambda person: person.login)
    return NoticeLine(
        notice.id,
        notice.text,
        format_instant(notice.at),
        format_instant(notice.expires_at),
        actor,
        notice.name,
        [person.id for person in listed],
        [person.login for person in listed],
    )
