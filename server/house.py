"""Versions of the house's documents: kept for ever, compared, brought back; a policy tried out before it is published."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import select

from domain.case.gating import may_call_case
from domain.case.model import Case
from domain.case.reading import good_phones
from domain.clock import format_instant, from_milliseconds
from domain.house import differences
from domain.policy import Policy
from domain.queue import Queue, QueueRow, build_queue
from domain.queue.model import Verdict
from domain.supervision import DocumentDiff, SimulatedCase, Simulation, VersionLine, VersionList
from server import typed
from server.cases.finding import agent_id
from server.cases.planning import active_agents
from server.database.engine import Transaction
from server.database.schema import CASE, USER
from server.database.supervision_tables import DOCUMENT_VERSION
from server.documents import current_policy

MOST_CASES: Final = 5_000
"""How many cases a simulation looks at."""


class NoSuchVersion(Exception):  # noqa: N818 - it answers a request, it reports no malfunction
    """The document never had that version."""


def versions(transaction: Transaction, key: str) -> VersionList:
    """Give the versions of a document, newest first."""
    query = (
        select(DOCUMENT_VERSION, USER.c.name.label("actor_name"))
        .outerjoin(USER, USER.c.id == DOCUMENT_VERSION.c.actor)
        .where(DOCUMENT_VERSION.c.doc_key == key)
        .order_by(DOCUMENT_VERSION.c.ver.desc())
    )
    return VersionList(
        key,
        [
            VersionLine(
                ver=row.ver,
                at=format_instant(from_milliseconds(row.at_ms)),
                actor=row.actor,
                size=len(row.body),
                actor_name=row.actor_name,
                note=row.note,
                restored=row.restored,
            )
            for row in transaction.connection.execute(query)
        ],
    )


def body_of(transaction: Transaction, key: str, ver: int) -> bytes:
    """Give a document as it was. Raises :class:`NoSuchVersion`."""
    query = select(DOCUMENT_VERSION.c.body).where(DOCUMENT_VERSION.c.doc_key == key, DOCUMENT_VERSION.c.ver == ver)
    body = transaction.connection.execute(query).scalar()
    if body is None:
        raise NoSuchVersion
    return bytes(body)


def compare(transaction: Transaction, key: str, before: int, after: int) -> DocumentDiff:
    """Give what differs between two versions. Raises :class:`NoSuchVersion`."""
    old, new = (msgspec.json.decode(body_of(transaction, key, ver)) for ver in (before, after))
    return DocumentDiff(key, before, after, differences(old, new))


def simulate(transaction: Transaction, team: str, policy: Policy, who: str | None, limit: int) -> Simulation | None:
    """Say what a policy would change in today's queues; ``None`` where there is no such agent.

    Nothing is written. Queues are each agent's own, and so are the ranks.
    """
    agents = {person.id: person.login for person in active_agents(transaction, team)}
    if who is not None:
        agent = agent_id(transaction, team, who)
        if agent is None or agent not in agents:
            return None
        agents = {agent: agents[agent]}
    cases = _cases(transaction, sorted(agents))
    published = current_policy(transaction)
    rows: list[SimulatedCase] = []
    entered = left = 0
    for agent in sorted({agent for agent, _ in cases}):
        own = [case for owner, case in cases if owner == agent]
        old, new = (_ranked(_queue(transaction, own, each)) for each in (published, policy))
        for case_id in sorted(old):
            (old_rank, before), (new_rank, after) = old[case_id], new[case_id]
            entered += old_rank is None and new_rank is not None
            left += old_rank is not None and new_rank is None
            if (old_rank, before.score, before.why) != (new_rank, after.score, after.why):
                rows.append(_simulated(agents[agent], before, old_rank, after, new_rank))
    rows.sort(key=lambda row: (-_moved(row), row.case))
    return Simulation(len(cases), len(rows), len({agent for agent, _ in cases}), entered, left, rows[:limit])


def _cases(transaction: Transaction, agents: Sequence[str]) -> list[tuple[str, Case]]:
    query = (
        select(CASE.c.owner_id, CASE.c.doc)
        .where(CASE.c.owner_id.in_(agents), CASE.c.closed.is_(None))
        .order_by(CASE.c.owner_id, CASE.c.id)
        .limit(MOST_CASES)
    )
    return [(row.owner_id, typed.decode(row.doc, Case)) for row in transaction.connection.execute(query)]


def _queue(transaction: Transaction, cases: Sequence[Case], policy: Policy) -> Queue:
    def gate(case: Case, at: Any) -> Verdict:
        return may_call_case(case, at, policy, phone=next(iter(good_phones(case)), None))

    return build_queue(cases, transaction.now, policy, gate)


def _ranked(queue: Queue) -> dict[str, tuple[int | None, QueueRow]]:
    ranked: dict[str, tuple[int | None, QueueRow]] = {
        row.case_id: (rank, row) for rank, row in enumerate(queue.today, 1)
    }
    return ranked | {row.case_id: (None, row) for row in queue.not_now}


def _simulated(
    login: str, before: QueueRow, old_rank: int | None, after: QueueRow, new_rank: int | None
) -> SimulatedCase:
    reasons = [
        f"{old.name} {old.points} → {new.points}"
        for old, new in zip(before.points, after.points, strict=True)
        if old.points != new.points
    ]
    return SimulatedCase(
        case=before.case_id,
        customer=before.customer,
        owner_login=login,
        old_score=before.score,
        new_score=after.score,
        old_why=before.why,
        new_why=after.why,
        old_rank=old_rank,
        new_rank=new_rank,
        reasons=reasons,
    )


def _moved(row: SimulatedCase) -> int:
    if row.old_rank is None or row.new_rank is None:
        return MOST_CASES if row.old_rank is not row.new_rank else 0
    return abs(row.old_rank - row.new_rank)
