"""The board: what each agent of a team has done since an instant, what is left, and whether their machine is heard from.

Everything is read from narrow rows and counters in a handful of grouped queries, whatever the number of cases; no
document and, but for the minutes before the first whole quarter of an hour, no fact is looked at.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import case as sql_case
from sqlalchemy import func, select

from domain.clock import format_instant, from_milliseconds, milliseconds
from domain.supervision import Board, BoardRow, BoardTeam
from server.cases.planning import active_agents
from server.database.engine import Transaction
from server.database.schema import DEVICE, QUARANTINE, USER
from server.database.supervision_tables import ABSENCE, CASE_FIGURE, DEVICE_REPORT, PROMISE_PART, REFUSAL_DAY, WORK_SLOT
from server.documents import current_policy
from server.figures.cash import cash_state
from server.figures.gaps import missing_facts
from server.figures.leases import Contact, contacts
from server.figures.work import MEASURES, SLOT_MS, slot_of, work_in_facts
from server.people.directory import Person

_DECIDED: Final = ("kept", "partly_kept", "broken")


@dataclass(slots=True)
class _Cases:
    """How many open cases, and how many of them are due now."""

    open: int = 0
    left: int = 0
    waiting: int = 0


@dataclass(slots=True)
class _Promises:
    promised: Counter[str] = field(default_factory=Counter)
    kept: int = 0
    kept_amount: Counter[str] = field(default_factory=Counter)
    broken: int = 0


def board(transaction: Transaction, team: str, since: datetime, after: str | None = None, limit: int = 500) -> Board:
    """Give the team's board; work counts from ``since`` on. The team's line is about all agents, whatever the page."""
    agents = active_agents(transaction, team)
    cases = _cases(transaction, team)
    rows = _rows(transaction, team, agents, cases, milliseconds(since))
    pool = cases.get(None, _Cases()).open
    reviews = sum(each.waiting for each in cases.values()) + _kept_apart(transaction, team)
    rest = [row for row in rows if after is None or row.login > after]
    page = rest[:limit]
    return Board(
        since=format_instant(since),
        agents=page,
        pool=pool,
        reviews=reviews,
        at=format_instant(transaction.now),
        teams=[_team(team, rows, pool, reviews)],
        total=len(rows),
        next=page[-1].login if len(rest) > limit else None,
        cash=cash_state(transaction, team),
    )


def _rows(
    transaction: Transaction, team: str, agents: Sequence[Person], cases: dict[str | None, _Cases], since_ms: int
) -> list[BoardRow]:
    ids = [agent.id for agent in agents]
    work = _work(transaction, ids, since_ms)
    attempted = _attempted(transaction, team, since_ms)
    promises = _promises(transaction, ids, since_ms)
    machines = contacts(transaction, ids)
    gaps = missing_facts(transaction, ids)
    refusals = _refusals(transaction, ids, from_milliseconds(since_ms).date().toordinal())
    reports = _reports(transaction, ids)
    absences = _absences(transaction, team)
    nothing = Contact()
    rows = []
    for agent in agents:
        own, done, promised = cases.get(agent.id, _Cases()), work[agent.id], promises[agent.id]
        machine, report = machines.get(agent.id, nothing), reports.get(agent.id)
        rows.append(
            BoardRow(
                agent=agent.id,
                login=agent.login,
                name=agent.name,
                online=machine.is_online(transaction.now_ms),
                cases=own.open,
                attempted=attempted.get(agent.id, 0),
                attempts=done["attempts"],
                conversations=done["conversations"],
                promises=done["promises"],
                promised=dict(sorted(promised.promised.items())),
                gaps=gaps.get(agent.id, 0),
                last_contact=_instant(machine.contact_ms),
                team=team,
                left=own.left,
                connected=done["connected"],
                right_party=done["right_party"],
                kept=promised.kept,
                kept_amount=dict(sorted(promised.kept_amount.items())),
                broken=promised.broken,
                refusals=refusals.get(agent.id, {}),
                flagged=done["flagged"],
                unsent=None if report is None else report.unsent,
                unsent_at=None if report is None else _instant(report.at_ms),
                in_call=report is not None and bool(report.in_call) and machine.is_online(transaction.now_ms),
                device=machine.name,
                lease=machine.lease(transaction.now_ms),
                lease_until=_instant(machine.lease_until_ms),
                absence=absences.get(agent.id),
            )
        )
    return rows


def _team(team: str, rows: Iterable[BoardRow], pool: int, reviews: int) -> BoardTeam:
    counts: Counter[str] = Counter()
    promised: Counter[str] = Counter()
    kept: Counter[str] = Counter()
    for row in rows:
        promised.update(row.promised)
        kept.update(row.kept_amount)
        counts.update(
            agents=1,
            online=int(row.online),
            cases=row.cases,
            left=row.left,
            attempted=row.attempted,
            attempts=row.attempts,
            connected=row.connected,
            right_party=row.right_party,
            conversations=row.conversations,
            promises=row.promises,
            kept=row.kept,
            broken=row.broken,
            refusals=sum(row.refusals.values()),
            unsent=row.unsent or 0,
        )
    return BoardTeam(
        team=team,
        agents=counts["agents"],
        online=counts["online"],
        cases=counts["cases"],
        left=counts["left"],
        attempted=counts["attempted"],
        attempts=counts["attempts"],
        connected=counts["connected"],
        right_party=counts["right_party"],
        conversations=counts["conversations"],
        promises=counts["promises"],
        promised=dict(sorted(promised.items())),
        kept=counts["kept"],
        kept_amount=dict(sorted(kept.items())),
        broken=counts["broken"],
        refusals=counts["refusals"],
        unsent=counts["unsent"],
        pool=pool,
        reviews=reviews,
    )


def _work(transaction: Transaction, agents: Sequence[str], since_ms: int) -> defaultdict[str, Counter[str]]:
    """Add up the slots from the first whole one on; what came before it since the instant is counted from the facts."""
    first = -(-since_ms // SLOT_MS)
    work: defaultdict[str, Counter[str]] = defaultdict(Counter)
    if slot_of(since_ms) != first:
        codes = current_policy(transaction).catalogue
        for agent, counts in work_in_facts(transaction, agents, since_ms, first * SLOT_MS, codes).items():
            work[agent].update(counts)
    query = (
        select(WORK_SLOT.c.agent_id, *(func.sum(WORK_SLOT.c[measure]).label(measure) for measure in MEASURES))
        .where(WORK_SLOT.c.agent_id.in_(agents), WORK_SLOT.c.slot >= first)
        .group_by(WORK_SLOT.c.agent_id)
    )
    for row in transaction.connection.execute(query).mappings():
        work[row["agent_id"]].update({measure: int(row[measure]) for measure in MEASURES})
    return work


def _cases(transaction: Transaction, team: str) -> dict[str | None, _Cases]:
    due = sql_case((CASE_FIGURE.c.next_ms <= transaction.now_ms, 1), else_=0)
    query = (
        select(
            CASE_FIGURE.c.owner_id,
            func.count().label("cases"),
            func.sum(due).label("due"),
            func.sum(CASE_FIGURE.c.waiting).label("waiting"),
        )
        .where(CASE_FIGURE.c.team == team, CASE_FIGURE.c.closed.is_(None))
        .group_by(CASE_FIGURE.c.owner_id)
    )
    return {
        row.owner_id: _Cases(row.cases, int(row.due), int(row.waiting)) for row in transaction.connection.execute(query)
    }


def _attempted(transaction: Transaction, team: str, since_ms: int) -> dict[str, int]:
    """Count the cases whose newest call since an instant is an agent's."""
    query = (
        select(CASE_FIGURE.c.last_attempt_by, func.count().label("cases"))
        .where(CASE_FIGURE.c.team == team, CASE_FIGURE.c.last_attempt_ms >= since_ms)
        .group_by(CASE_FIGURE.c.last_attempt_by)
    )
    return {row.last_attempt_by: row.cases for row in transaction.connection.execute(query)}


def _promises(transaction: Transaction, agents: Sequence[str], since_ms: int) -> defaultdict[str, _Promises]:
    found: defaultdict[str, _Promises] = defaultdict(_Promises)
    made = (
        select(PROMISE_PART.c.author, PROMISE_PART.c.currency, func.sum(PROMISE_PART.c.amount).label("amount"))
        .where(
            PROMISE_PART.c.author.in_(agents), PROMISE_PART.c.made_ms >= since_ms, PROMISE_PART.c.state != "retracted"
        )
        .group_by(PROMISE_PART.c.author, PROMISE_PART.c.currency)
    )
    for row in transaction.connection.execute(made):
        found[row.author].promised[row.currency] += int(row.amount)
    decided = (
        select(
            PROMISE_PART.c.author,
            PROMISE_PART.c.currency,
            PROMISE_PART.c.state,
            func.count().label("promises"),
            func.sum(PROMISE_PART.c.total_paid).label("paid"),
        )
        .where(
            PROMISE_PART.c.author.in_(agents),
            PROMISE_PART.c.changed_ms >= since_ms,
            PROMISE_PART.c.part == 0,
            PROMISE_PART.c.state.in_(_DECIDED),
        )
        .group_by(PROMISE_PART.c.author, PROMISE_PART.c.currency, PROMISE_PART.c.state)
    )
    for row in transaction.connection.execute(decided):
        if row.state == "kept":
            found[row.author].kept += row.promises
            found[row.author].kept_amount[row.currency] += int(row.paid)
        else:
            found[row.author].broken += row.promises
    return found


def _refusals(transaction: Transaction, agents: Sequence[str], day: int) -> dict[str, dict[str, int]]:
    query = (
        select(REFUSAL_DAY.c.user_id, REFUSAL_DAY.c.code, func.sum(REFUSAL_DAY.c.count).label("refusals"))
        .where(REFUSAL_DAY.c.user_id.in_(agents), REFUSAL_DAY.c.day >= day)
        .group_by(REFUSAL_DAY.c.user_id, REFUSAL_DAY.c.code)
        .order_by(REFUSAL_DAY.c.code)
    )
    found: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for row in transaction.connection.execute(query):
        found[row.user_id][row.code] = int(row.refusals)
    return dict(found)


def _reports(transaction: Transaction, agents: Sequence[str]) -> dict[str, Any]:
    """Give what each agent's machines last reported: all that is unsent, and when the newest report came."""
    query = (
        select(
            DEVICE.c.user_id,
            func.sum(DEVICE_REPORT.c.unsent).label("unsent"),
            func.max(DEVICE_REPORT.c.in_call).label("in_call"),
            func.max(DEVICE_REPORT.c.at_ms).label("at_ms"),
        )
        .join(DEVICE_REPORT, DEVICE_REPORT.c.device_id == DEVICE.c.id)
        .where(DEVICE.c.user_id.in_(agents))
        .group_by(DEVICE.c.user_id)
    )
    return {row.user_id: row for row in transaction.connection.execute(query)}


def _absences(transaction: Transaction, team: str) -> dict[str, str]:
    query = select(ABSENCE.c.agent_id, ABSENCE.c.id).where(ABSENCE.c.team == team, ABSENCE.c.state == "away")
    return {row.agent_id: row.id for row in transaction.connection.execute(query)}


def _kept_apart(transaction: Transaction, team: str) -> int:
    query = (
        select(func.count())
        .select_from(QUARANTINE)
        .join(USER, USER.c.id == QUARANTINE.c.author)
        .where(QUARANTINE.c.decided.is_(None), USER.c.team == team)
    )
    return transaction.connection.execute(query).scalar_one()


def _instant(at_ms: int | None) -> str | None:
    return format_instant(from_milliseconds(at_ms)) if at_ms else None
