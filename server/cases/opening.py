"""One case, and one agent's queue, as a supervisor looks into them."""

from __future__ import annotations

import msgspec
from sqlalchemy import select

from domain.case.gating import may_call_case
from domain.case.model import Case
from domain.case.reading import good_phones
from domain.clock import format_instant
from domain.queue import QueueRow, build_queue
from domain.queue.model import Verdict
from domain.supervision import CaseFile, QueueLine, QueuePage, ScorePart
from server import typed
from server.audit import record
from server.cases.finding import agent_id
from server.database.engine import Transaction
from server.database.schema import CASE, USER
from server.documents import current_policy
from server.people.sessions import Caller


def open_case(transaction: Transaction, caller: Caller, case_id: str) -> CaseFile | None:
    """Give a case of the caller's team and write down who looked; ``None`` where there is none or it is not theirs."""
    query = (
        select(CASE.c.id, CASE.c.ver, CASE.c.team, CASE.c.doc, USER.c.login, USER.c.name)
        .join(USER, USER.c.id == CASE.c.owner_id, isouter=True)
        .where(CASE.c.id == case_id, CASE.c.team == caller.team)
    )
    row = transaction.connection.execute(query).first()
    if row is None:
        return None
    record(transaction, caller.id, "case.opened", case_id, caller.team)
    return CaseFile(row.id, row.ver, row.team, msgspec.json.decode(row.doc), row.login, row.name)


def agents_queue(transaction: Transaction, team: str, who: str, start: int, limit: int) -> QueuePage | None:
    """Build an agent's queue as their own machine would, best first; ``None`` where there is no such agent."""
    agent = agent_id(transaction, team, who)
    if agent is None:
        return None
    login = transaction.connection.execute(select(USER.c.login).where(USER.c.id == agent)).scalar_one()
    documents = transaction.connection.execute(
        select(CASE.c.doc).where(CASE.c.owner_id == agent, CASE.c.closed.is_(None)).order_by(CASE.c.id)
    ).scalars()
    cases = {case.id: case for case in (typed.decode(document, Case) for document in documents)}
    policy = current_policy(transaction)

    def gate(case: Case, at: object) -> Verdict:
        del at  # the queue asks about now
        return may_call_case(case, transaction.now, policy, phone=next(iter(good_phones(case)), None))

    queue = build_queue(cases.values(), transaction.now, policy, gate)
    rows = [*queue.today, *queue.not_now]
    lines = [_line(row) for row in rows[start : start + limit]]
    more = start + limit < len(rows)
    return QueuePage(agent, login, lines, len(queue.today), len(queue.not_now), str(start + limit) if more else None)


def _line(row: QueueRow) -> QueueLine:
    held = None if row.callable or row.next_allowed is None else format_instant(row.next_allowed)
    return QueueLine(
        case=row.case_id,
        customer=row.customer,
        why=row.why
        if row.callable or row.verdict is None or row.verdict.allowed
        else f"{row.why} · {row.verdict.text}",
        score=row.score,
        overdue=row.overdue,
        owed=row.owed,
        currency=row.currency,
        days_past_due=row.days,
        callable=row.callable,
        bucket=None if row.bucket is None else row.bucket.code,
        next_at=held,
        points=[ScorePart(each.reason, each.points, each.most) for each in row.points],
    )
