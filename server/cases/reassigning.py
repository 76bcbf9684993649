"""Reassignments: planned once, then carried out case by case, so that repeating a request is harmless.

The plan is durable before the first case moves. A server that dies half-way finds the rest of it when the request is
sent again, and a request that is sent again after it was done gets its first answer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

import msgspec
from sqlalchemy import ColumnElement, func, insert, select, update

from domain.canonical import canonical_bytes, digest
from domain.supervision import AgentLoad, CaseFilter, MovedCase, MoveStatus, ReassignmentAnswer, ReassignmentRequest
from server.cases.casework import Casework, OpenCase
from server.cases.finding import agent_id, conditions
from server.cases.moving import forget_waiting, move, running_call_ends_by, wait_for_call
from server.database.engine import Database, Transaction
from server.database.schema import CASE, REASSIGNED, REASSIGNMENT, USER
from server.people.directory import Person, people
from server.people.sessions import Caller

MOST_CASES: Final = 50_000
"""How many cases one reassignment may move."""

_AT_ONCE: Final = 50  # cases a transaction: the writer's lock is held for some ten milliseconds
_IN_CHUNK: Final = 1000


class ReassignmentRefused(ValueError):  # noqa: N818 - it answers a request, it reports no malfunction
    """The reassignment cannot be carried out; the message is one sentence."""


class NothingAllowed(Exception):  # noqa: N818 - it answers a request, it reports no malfunction
    """None of the cases named is the supervisor's, or none exists: the two are not told apart."""


class IdReused(Exception):  # noqa: N818 - it answers a request, it reports no malfunction
    """The id belongs to another reassignment."""


@dataclass(frozen=True, slots=True)
class _Target:
    case: str
    agent: str | None


def reassign(database: Database, caller: Caller, reassignment: str, request: ReassignmentRequest) -> bytes:
    """Move cases; answer canonical JSON of a :class:`domain.wire.ReassignmentAnswer`.

    Raises :class:`IdReused`, :class:`NothingAllowed` and :class:`ReassignmentRefused`, in which cases nothing moves.
    """
    if request.dry_run:
        with database.reading() as transaction:
            return _preview(transaction, caller, reassignment, request)
    asked = digest(canonical_bytes(request))
    answer = database.write(lambda transaction: _plan(transaction, caller, reassignment, request, asked))
    if answer is not None:
        return answer
    while database.write(lambda transaction: _carry_out_some(transaction, caller, reassignment, request)):
        pass
    return database.write(lambda transaction: _conclude(transaction, reassignment))


def _plan(
    transaction: Transaction, caller: Caller, reassignment: str, request: ReassignmentRequest, asked: str
) -> bytes | None:
    """Write the plan down; answer the stored answer where it was carried out before."""
    query = select(REASSIGNMENT.c.digest, REASSIGNMENT.c.asked_by, REASSIGNMENT.c.answer)
    known = transaction.connection.execute(query.where(REASSIGNMENT.c.id == reassignment)).first()
    if known is not None:
        if known.digest != asked or known.asked_by != caller.id:
            raise IdReused
        return None if known.answer is None else bytes(known.answer)
    targets, refused = _targets(transaction, caller, request)
    before = _loads(transaction, caller.team)
    transaction.connection.execute(
        insert(REASSIGNMENT).values(
            id=reassignment,
            digest=asked,
            team=caller.team,
            asked_by=caller.id,
            options=canonical_bytes({"before": before}),
            at_ms=transaction.now_ms,
        )
    )
    rows: list[dict[str, Any]] = [
        {"reassignment_id": reassignment, "case_id": each.case, "to_agent": each.agent, "status": "planned"}
        for each in targets
    ] + [{"reassignment_id": reassignment, "case_id": case, "to_agent": None, "status": "refused"} for case in refused]
    if rows:
        transaction.connection.execute(insert(REASSIGNED), rows)
    return None


def _preview(transaction: Transaction, caller: Caller, reassignment: str, request: ReassignmentRequest) -> bytes:
    targets, refused = _targets(transaction, caller, request)
    owners = _owners(transaction, [each.case for each in targets])
    cases = [
        MovedCase(
            each.case, "unchanged" if owners[each.case] == each.agent else "planned", owners[each.case], each.agent
        )
        for each in targets
    ] + [MovedCase(case, "refused") for case in refused]
    before = _loads(transaction, caller.team)
    after = Counter(before)
    for case in cases:
        if case.status == "planned":
            after[case.source or ""] -= 1
            after[case.target or ""] += 1
    return _answer(transaction, reassignment, caller.team, cases, before, after)


def _targets(transaction: Transaction, caller: Caller, request: ReassignmentRequest) -> tuple[list[_Target], list[str]]:
    """Work out which case goes to whom; answer that and the cases that are not the supervisor's to move."""
    if (request.cases is None) == (request.filter is None):
        raise ReassignmentRefused("Name the cases, or give a filter; one of the two.")
    if request.filter is not None:
        found, refused = _filtered(transaction, caller.team, request.filter), []
    else:
        named = list(dict.fromkeys(request.cases or []))
        mine = CASE.c.team == caller.team
        found = [
            row
            for start in range(0, len(named), _IN_CHUNK)
            for row in _select(transaction, mine & CASE.c.id.in_(named[start : start + _IN_CHUNK]))
        ]
        refused = sorted(set(named) - {case for case, _ in found})
        if named and not found:
            raise NothingAllowed
    if len(found) > MOST_CASES:
        raise ReassignmentRefused(f"One reassignment moves at most {MOST_CASES} cases.")
    if request.strategy == "even":
        agents = _agents(transaction, caller.team, request.agents)
        # the largest debts are dealt first, there and back again, so that counts and amounts come out even
        dealt = sorted(found, key=lambda row: (-row[1], row[0]))
        seats = [*agents, *reversed(agents)]
        return [_Target(case, seats[place % len(seats)]) for place, (case, _) in enumerate(dealt)], refused
    target = None
    if request.to is not None:
        target = agent_id(transaction, caller.team, request.to, active=True)
        if target is None:
            raise ReassignmentRefused("There is no such agent in your team.")
    return [_Target(case, target) for case, _ in found], refused


def _filtered(transaction: Transaction, team: str, wanted: CaseFilter) -> list[tuple[str, int]]:
    return _select(transaction, conditions(transaction, team, wanted, closed=False))


def _select(transaction: Transaction, condition: ColumnElement[bool]) -> list[tuple[str, int]]:
    query = select(CASE.c.id, CASE.c.owed).where(condition).order_by(CASE.c.id).limit(MOST_CASES + 1)
    return [(row.id, row.owed) for row in transaction.connection.execute(query)]


def _agents(transaction: Transaction, team: str, named: Sequence[str]) -> list[str]:
    if named:
        found = [agent_id(transaction, team, who, active=True) for who in named]
        if None in found:
            raise ReassignmentRefused("There is no such agent in your team.")
        return sorted({agent for agent in found if agent is not None})
    everybody = [person.id for person in active_agents(transaction, team)]
    if not everybody:
        raise ReassignmentRefused("There is no agent in your team.")
    return sorted(everybody)


def active_agents(transaction: Transaction, team: str) -> list[Person]:
    """List the agents of a team whose accounts are open, by login."""
    return [person for person in people(transaction, team, "agent") if person.active]


def _carry_out_some(transaction: Transaction, caller: Caller, reassignment: str, request: ReassignmentRequest) -> bool:
    """Carry out the next cases of the plan; answer whether there may be more."""
    query = (
        select(REASSIGNED.c.case_id, REASSIGNED.c.to_agent)
        .where(REASSIGNED.c.reassignment_id == reassignment, REASSIGNED.c.status == "planned")
        .order_by(REASSIGNED.c.case_id)
        .limit(_AT_ONCE)
    )
    planned = {row.case_id: row.to_agent for row in transaction.connection.execute(query)}
    if not planned:
        return False
    casework = Casework(transaction)
    cases = casework.open(planned)
    for case_id, target in planned.items():
        case = cases[case_id]
        source = case.owner
        status = _carry_out(casework, case, target, caller, reassignment, request)
        transaction.connection.execute(
            update(REASSIGNED)
            .where(REASSIGNED.c.reassignment_id == reassignment, REASSIGNED.c.case_id == case_id)
            .values(status=status, from_agent=source)
        )
    casework.finish()
    return len(planned) == _AT_ONCE


def _carry_out(
    casework: Casework,
    case: OpenCase,
    target: str | None,
    caller: Caller,
    reassignment: str,
    request: ReassignmentRequest,
) -> MoveStatus:
    transaction = casework.transaction
    if case.was_closed is not None:
        return "closed"
    if case.owner == target:
        forget_waiting(transaction, case.id)
        return "unchanged"
    if request.mode == "after_wrapup":
        until = running_call_ends_by(case.folded, case.owner, transaction.now)
        if until is not None:
            wait_for_call(transaction, case, target, caller.id, reassignment, until, forced=request.force)
            return "waiting"
    move(casework, case, target, caller.id, reassignment, forced=request.force)
    return "moved"


def _conclude(transaction: Transaction, reassignment: str) -> bytes:
    row = transaction.connection.execute(
        select(REASSIGNMENT.c.team, REASSIGNMENT.c.options, REASSIGNMENT.c.answer).where(
            REASSIGNMENT.c.id == reassignment
        )
    ).one()
    if row.answer is not None:
        return bytes(row.answer)
    moved = transaction.connection.execute(
        select(REASSIGNED).where(REASSIGNED.c.reassignment_id == reassignment).order_by(REASSIGNED.c.case_id)
    )
    cases = [MovedCase(each.case_id, cast("MoveStatus", each.status), each.from_agent, each.to_agent) for each in moved]
    before: dict[str, int] = msgspec.json.decode(row.options)["before"]
    answer = _answer(transaction, reassignment, row.team, cases, before, _loads(transaction, row.team))
    transaction.connection.execute(update(REASSIGNMENT).where(REASSIGNMENT.c.id == reassignment).values(answer=answer))
    return answer


def _answer(
    transaction: Transaction,
    reassignment: str,
    team: str,
    cases: Sequence[MovedCase],
    before: dict[str, int],
    after: dict[str, int],
) -> bytes:
    loads = [
        AgentLoad(person.id, person.login, before.get(person.id, 0), after.get(person.id, 0))
        for person in people(transaction, team, "agent")
    ]
    counts: dict[str, int] = dict(Counter[str](case.status for case in cases))
    return canonical_bytes(ReassignmentAnswer(reassignment, counts, list(cases), loads))


def _loads(transaction: Transaction, team: str) -> dict[str, int]:
    query = (
        select(CASE.c.owner_id, func.count().label("cases"))
        .join(USER, USER.c.id == CASE.c.owner_id)
        .where(USER.c.team == team, CASE.c.closed.is_(None))
        .group_by(CASE.c.owner_id)
    )
    return {row.owner_id: row.cases for row in transaction.connection.execute(query)}


def _owners(transaction: Transaction, case_ids: Sequence[str]) -> dict[str, str | None]:
    owners: dict[str, str | None] = {}
    for start in range(0, len(case_ids), _IN_CHUNK):
        query = select(CASE.c.id, CASE.c.owner_id).where(CASE.c.id.in_(case_ids[start : start + _IN_CHUNK]))
        owners |= {row.id: row.owner_id for row in transaction.connection.execute(query)}
    return owners
