"""Judging promises when their day has passed, so that broken ones are back on the queues the next morning.

How a promise stands is worked out from the facts, here as on every machine. What this job adds is the news: a case whose
promise stands differently than when it was last written gets a new version, and its owner's machine is told. Run again
for the same day it finds nothing new.
"""

from __future__ import annotations

import functools
from collections import Counter, defaultdict
from datetime import date
from typing import Final

from sqlalchemy import select

from domain.case.reading import customer_day
from domain.promises import judge_case
from domain.promises.judging import STANDING
from domain.supervision import Judged
from server.audit import record
from server.cases.casework import Casework
from server.cases.open_case import OpenCase
from server.database.engine import Database, Transaction
from server.database.supervision_tables import PROMISE_PART

_AT_ONCE: Final = 100


def judge_promises(
    database: Database, day: date | None = None, team: str | None = None, actor: str = "server"
) -> Judged:
    """Judge every promise with a part due on ``day`` or before that has not been decided; ``None`` means today.

    Each is judged on the day it now is for its customer, whatever day is named: naming one only says how far to look.
    """
    with database.reading() as transaction:
        last = day or transaction.now.date()
        waiting = _waiting(transaction, last, team)
    changed: Counter[str] = Counter()
    judged = 0
    for start in range(0, len(waiting), _AT_ONCE):
        chunk = waiting[start : start + _AT_ONCE]
        count, states = database.write(functools.partial(_judge, case_ids=chunk, actor=actor))
        judged += count
        changed.update(states)
    return Judged(last, judged, dict(sorted(changed.items())))


def _waiting(transaction: Transaction, last: date, team: str | None) -> list[str]:
    part = PROMISE_PART.c
    query = select(part.case_id).where(part.state.in_(sorted(STANDING)), part.due <= last.toordinal()).distinct()
    if team is not None:
        query = query.where(part.team == team)
    return list(transaction.connection.execute(query.order_by(part.case_id)).scalars())


def _judge(transaction: Transaction, *, case_ids: list[str], actor: str) -> tuple[int, Counter[str]]:
    casework = Casework(transaction)
    cases = casework.open(case_ids)
    known = _known(transaction, case_ids)
    changed: Counter[str] = Counter()
    by_team: defaultdict[str, Counter[str]] = defaultdict(Counter)
    judged = 0
    for case in cases.values():
        states = _states(casework, case)
        judged += len(states)
        news = [state for promise, state in states.items() if known.get((case.id, promise)) != state]
        if news:
            case.touched = True  # the same facts, but they mean something else today
            changed.update(news)
            by_team[case.team].update(news)
    casework.finish()
    for team in sorted(by_team):
        record(transaction, actor, "promises.judged", team, team, **by_team[team])
    return judged, changed


def _states(casework: Casework, case: OpenCase) -> dict[str, str]:
    today = customer_day(case.folded, casework.transaction.now)
    return {standing.promise.id: standing.state for standing in judge_case(case.folded, today, casework.policy.promise)}


def _known(transaction: Transaction, case_ids: list[str]) -> dict[tuple[str, str], str]:
    part = PROMISE_PART.c
    query = select(part.case_id, part.promise_id, part.state).where(part.case_id.in_(case_ids), part.part == 0)
    return {(row.case_id, row.promise_id): row.state for row in transaction.connection.execute(query)}
