"""The board: what each agent of a team has done since an instant, and whether their machine is heard from."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import msgspec
from sqlalchemy import func, select

from domain.clock import format_instant, from_milliseconds, milliseconds
from domain.codes import catalogue
from domain.facts.payloads import AttemptEnded, AttemptStarted, PromiseMade
from domain.supervision import Board, BoardRow
from server.cases.reassigning import active_agents
from server.database.engine import Transaction
from server.database.schema import CASE, DEVICE, FACT, QUARANTINE, RECEIPT, USER

ONLINE_MS: Final = 60_000
"""A machine that was heard from within so many milliseconds is online."""

_COUNTED: Final = ("attempt.started", "attempt.ended", "promise.made")


@dataclass(slots=True)
class _Work:
    cases: set[str] = field(default_factory=set)
    attempts: int = 0
    conversations: int = 0
    promises: int = 0
    promised: Counter[str] = field(default_factory=Counter)


def board(transaction: Transaction, team: str, since: datetime) -> Board:
    """Give the team's board; work counts from ``since`` on."""
    agents = active_agents(transaction, team)
    ids = [agent.id for agent in agents]
    work = _work(transaction, ids, milliseconds(since))
    contact = _contact(transaction, ids)
    gaps = _gaps(transaction, ids)
    cases = _cases(transaction, ids)
    rows = [
        BoardRow(
            agent=agent.id,
            login=agent.login,
            name=agent.name,
            online=transaction.now_ms - contact.get(agent.id, 0) < ONLINE_MS,
            cases=cases.get(agent.id, 0),
            attempted=len(work[agent.id].cases),
            attempts=work[agent.id].attempts,
            conversations=work[agent.id].conversations,
            promises=work[agent.id].promises,
            promised=dict(sorted(work[agent.id].promised.items())),
            gaps=gaps.get(agent.id, 0),
            last_contact=format_instant(from_milliseconds(contact[agent.id])) if agent.id in contact else None,
        )
        for agent in agents
    ]
    return Board(format_instant(since), rows, _pool(transaction, team), _waiting(transaction, team))


def _work(transaction: Transaction, agents: list[str], since_ms: int) -> defaultdict[str, _Work]:
    query = select(FACT.c.author, FACT.c.case_id, FACT.c.type, FACT.c.body).where(
        FACT.c.author.in_(agents), FACT.c.at_ms >= since_ms, FACT.c.type.in_(_COUNTED)
    )
    work: defaultdict[str, _Work] = defaultdict(_Work)
    for row in transaction.connection.execute(query):
        _count(work[row.author], row.case_id, row.type, row.body)
    return work


def _count(work: _Work, case_id: str, kind: str, body: bytes) -> None:
    data = msgspec.json.decode(body, type=_Event).data
    if kind == "attempt.started":
        started = msgspec.convert(data, AttemptStarted)
        work.cases.add(case_id)
        work.attempts += started.channel == "call"
    elif kind == "attempt.ended":
        code = catalogue().get(msgspec.convert(data, AttemptEnded).code)
        work.conversations += code is not None and code.has("conversation")
    else:
        made = msgspec.convert(data, PromiseMade)
        work.promises += 1
        work.promised[made.currency] += sum(part.amount for part in made.parts)


@dataclass(frozen=True, slots=True)
class _Event:
    data: dict[str, Any] = field(default_factory=dict, repr=False)


def _cases(transaction: Transaction, agents: list[str]) -> dict[str, int]:
    query = (
        select(CASE.c.owner_id, func.count().label("cases"))
        .where(CASE.c.owner_id.in_(agents), CASE.c.closed.is_(None))
        .group_by(CASE.c.owner_id)
    )
    return {row.owner_id: row.cases for row in transaction.connection.execute(query)}


def _contact(transaction: Transaction, agents: list[str]) -> dict[str, int]:
    query = (
        select(DEVICE.c.user_id, func.max(DEVICE.c.contact_ms).label("contact_ms"))
        .where(DEVICE.c.user_id.in_(agents))
        .group_by(DEVICE.c.user_id)
    )
    return {row.user_id: row.contact_ms for row in transaction.connection.execute(query)}


def _gaps(transaction: Transaction, agents: list[str]) -> dict[str, int]:
    """Count the numbers missing below the highest one received, over all machines of each agent."""
    query = (
        select(
            DEVICE.c.user_id,
            (func.max(RECEIPT.c.seq) - DEVICE.c.received_through - func.count(RECEIPT.c.seq)).label("missing"),
        )
        .join(RECEIPT, (RECEIPT.c.device_id == DEVICE.c.id) & (RECEIPT.c.seq > DEVICE.c.received_through))
        .where(DEVICE.c.user_id.in_(agents))
        .group_by(DEVICE.c.id, DEVICE.c.user_id, DEVICE.c.received_through)
    )
    gaps: Counter[str] = Counter()
    for row in transaction.connection.execute(query):
        gaps[row.user_id] += row.missing
    return gaps


def _pool(transaction: Transaction, team: str) -> int:
    query = select(func.count()).select_from(CASE)
    mine = (CASE.c.team == team, CASE.c.owner_id.is_(None), CASE.c.closed.is_(None))
    return transaction.connection.execute(query.where(*mine)).scalar_one()


def _waiting(transaction: Transaction, team: str) -> int:
    on_cases = transaction.connection.execute(select(func.sum(CASE.c.waiting)).where(CASE.c.team == team)).scalar()
    apart = transaction.connection.execute(
        select(func.count())
        .select_from(QUARANTINE)
        .join(USER, USER.c.id == QUARANTINE.c.author)
        .where(QUARANTINE.c.decided.is_(None), USER.c.team == team)
    ).scalar_one()
    return int(on_cases or 0) + apart
