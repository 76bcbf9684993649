"""Reassignments: planned once, then carried out case by case, so that repeating a request is harmless.

The plan is durable before the first case moves. A server that dies half-way finds the rest of it when the request is
sent again, and a request that is sent again after it was done gets its first answer.
"""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, Final, Literal, cast

import msgspec
from sqlalchemy import bindparam, func, insert, select, update

from domain.canonical import canonical_bytes, digest
from domain.ids import digest_id
from domain.supervision import MovedCase, MoveStatus, ReassignmentAnswer, ReassignmentRequest
from domain.text import clean_line
from server.audit import record
from server.cases.casework import Casework
from server.cases.loads import Loads, agent_loads, from_plain, loads, moved, to_plain
from server.cases.moving import forget_waiting, move, running_call_ends_by, wait_for_call
from server.cases.open_case import OpenCase
from server.cases.planning import Draft, Planned, draft_of
from server.database.engine import Database, Transaction
from server.database.schema import PENDING_MOVE, REASSIGNED, REASSIGNMENT
from server.database.upsert import insert_rows
from server.notices import tell_of_moves
from server.people.directory import find
from server.people.sessions import Caller

Kind = Literal["reassignment", "undo", "absence", "return", "age_out"]

_AT_ONCE: Final = 50  # cases a transaction: SQLite's one writer is held for some ten milliseconds
_AT_ONCE_SHARED: Final = 200  # where only the rows are locked, fewer commits are worth more


class IdReused(Exception):  # noqa: N818 - it answers a request, it reports no malfunction
    """The id belongs to another reassignment."""


class NoSuchReassignment(Exception):  # noqa: N818 - it answers a request, it reports no malfunction
    """There is no such reassignment, or it is another team's: the two are not told apart."""


def reassign(
    database: Database,
    caller: Caller,
    reassignment: str,
    request: ReassignmentRequest,
    kind: Kind = "reassignment",
) -> bytes:
    """Move cases; answer canonical JSON of a :class:`domain.supervision.ReassignmentAnswer`.

    With ``budget_ms`` the answer may be that it is still running; the same request carries on. Raises :class:`IdReused`,
    :class:`server.cases.planning.NothingAllowed` and :class:`server.cases.planning.ReassignmentRefused`, in which cases
    nothing moves.
    """
    if request.dry_run:
        with database.reading() as transaction:
            return _preview(transaction, caller, reassignment, request)
    asked = digest(canonical_bytes(request))

    def plan(transaction: Transaction) -> bytes | None:
        known = known_answer(transaction, caller, reassignment, asked)
        if known is not None:
            return known or None
        before = loads(transaction, caller.team)
        draft = draft_of(transaction, caller.team, request, before)
        write_plan(transaction, caller, reassignment, request, asked, draft, before, kind)
        return None

    answer = database.write(plan)
    return answer if answer is not None else carry_out(database, caller, reassignment, request)


def known_answer(transaction: Transaction, caller: Caller, reassignment: str, asked: str) -> bytes | None:
    """Give the answer of a reassignment that was asked for before: empty while it is not done, ``None`` for a new one."""
    query = select(REASSIGNMENT.c.digest, REASSIGNMENT.c.asked_by, REASSIGNMENT.c.answer)
    known = transaction.connection.execute(query.where(REASSIGNMENT.c.id == reassignment)).first()
    if known is None:
        return None
    if known.digest != asked or known.asked_by != caller.id:
        raise IdReused
    return b"" if known.answer is None else bytes(known.answer)


def write_plan(
    transaction: Transaction,
    caller: Caller,
    reassignment: str,
    request: ReassignmentRequest,
    asked: str,
    draft: Draft,
    before: Loads,
    kind: Kind,
) -> None:
    """Write down what is to move, before the first case does."""
    options = {
        "before": to_plain(before),
        "to": request.to,
        "strategy": request.strategy,
        "reason": request.reason,
        "mode": request.mode,
        "force": request.force,
    }
    transaction.connection.execute(
        insert(REASSIGNMENT).values(
            id=reassignment,
            digest=asked,
            team=caller.team,
            asked_by=caller.id,
            options=canonical_bytes(options),
            at_ms=transaction.now_ms,
            kind=kind,
        )
    )
    rows: list[dict[str, Any]] = [
        *(_row(reassignment, each, "planned") for each in draft.planned),
        *(_row(reassignment, each, "held") for each in draft.held),
        *(
            {
                "reassignment_id": reassignment,
                "case_id": case,
                "to_agent": None,
                "status": "refused",
                "from_agent": None,
            }
            for case in draft.refused
        ),
    ]
    insert_rows(transaction.connection, REASSIGNED, rows)
    record(
        transaction,
        caller.id,
        "reassignment.planned",
        reassignment,
        caller.team,
        kind=kind,
        cases=len(draft.planned),
        held=len(draft.held),
    )


def _row(reassignment: str, planned: Planned, status: MoveStatus) -> dict[str, Any]:
    return {
        "reassignment_id": reassignment,
        "case_id": planned.case,
        "to_agent": planned.target,
        "status": status,
        "from_agent": planned.source,
    }


def carry_out(database: Database, caller: Caller, reassignment: str, request: ReassignmentRequest) -> bytes:
    """Carry a plan out, all of it or for as long as the request allows, and answer."""
    start = time.monotonic()
    most = _AT_ONCE_SHARED if database.is_shared else _AT_ONCE
    while database.write(lambda transaction: _carry_out_some(transaction, caller, reassignment, request, most)):
        spent_ms = (time.monotonic() - start) * 1000
        if request.budget_ms is not None and spent_ms >= request.budget_ms:
            with database.reading() as transaction:
                return _progress(transaction, reassignment)
    return database.write(lambda transaction: _conclude(transaction, reassignment))


def _preview(transaction: Transaction, caller: Caller, reassignment: str, request: ReassignmentRequest) -> bytes:
    before = loads(transaction, caller.team)
    draft = draft_of(transaction, caller.team, request, before)
    return preview_of(transaction, caller.team, reassignment, draft, before)


def preview_of(transaction: Transaction, team: str, reassignment: str, draft: Draft, before: Loads) -> bytes:
    """Answer what a draft would do."""
    cases = [
        *(
            MovedCase(each.case, "unchanged" if each.source == each.target else "planned", each.source, each.target)
            for each in draft.planned
        ),
        *(MovedCase(each.case, "held", each.source, each.source) for each in draft.held),
        *(MovedCase(case, "refused") for case in draft.refused),
    ]
    moves = {each.case: (each.source, each.target, each.currency, each.owed) for each in draft.planned}
    return _answer(transaction, reassignment, team, cases, before, moved(before, moves), "preview")


def _carry_out_some(
    transaction: Transaction, caller: Caller, reassignment: str, request: ReassignmentRequest, most: int
) -> bool:
    """Carry out the next cases of the plan; answer whether there may be more."""
    query = (
        select(REASSIGNED.c.case_id, REASSIGNED.c.to_agent, REASSIGNED.c.from_agent)
        .where(REASSIGNED.c.reassignment_id == reassignment, REASSIGNED.c.status == "planned")
        .order_by(REASSIGNED.c.case_id)
        .limit(most)
    )
    planned = transaction.connection.execute(query).all()
    if not planned:
        return False
    kind = transaction.connection.execute(
        select(REASSIGNMENT.c.kind).where(REASSIGNMENT.c.id == reassignment)
    ).scalar_one()
    casework = Casework(transaction)
    cases = casework.open(row.case_id for row in planned)
    # the same request may be under way elsewhere: what it did meanwhile is visible now that the cases are locked
    still = set(transaction.connection.execute(query.where(REASSIGNED.c.case_id.in_(sorted(cases)))).scalars())
    names = _names(transaction, {row.to_agent for row in planned})
    waiting = _waiting(transaction, cases)
    done = []
    for row in planned:
        if row.case_id not in still:
            continue
        case = cases[row.case_id]
        source = case.owner
        if kind in ("undo", "return") and source != row.from_agent:
            status: MoveStatus = "unchanged"  # somebody else has moved it since: their decision stands
        else:
            status = _carry_out(casework, case, row.to_agent, names, waiting, caller, reassignment, request)
        done.append({"which": row.case_id, "became": status, "source": source})
    if done:
        transaction.connection.execute(
            update(REASSIGNED)
            .where(REASSIGNED.c.reassignment_id == reassignment, REASSIGNED.c.case_id == bindparam("which"))
            .values(status=bindparam("became"), from_agent=bindparam("source")),
            done,
        )
    casework.finish()
    return len(planned) == most


def _names(transaction: Transaction, agents: set[str | None]) -> dict[str, str]:
    found = {agent: find(transaction, agent) for agent in sorted(agent for agent in agents if agent is not None)}
    return {agent: person.name for agent, person in found.items() if person is not None}


def _waiting(transaction: Transaction, cases: Iterable[str]) -> set[str]:
    query = select(PENDING_MOVE.c.case_id).where(PENDING_MOVE.c.case_id.in_(sorted(cases)))
    return set(transaction.connection.execute(query).scalars())


def _carry_out(
    casework: Casework,
    case: OpenCase,
    target: str | None,
    names: dict[str, str],
    waiting: set[str],
    caller: Caller,
    reassignment: str,
    request: ReassignmentRequest,
) -> MoveStatus:
    transaction = casework.transaction
    if case.was_closed is not None:
        return "closed"
    if case.owner == target:
        if case.id in waiting:
            forget_waiting(transaction, case.id)
        return "unchanged"
    if request.mode == "after_wrapup":
        until = running_call_ends_by(case.folded, case.owner, transaction.now)
        if until is not None:
            wait_for_call(transaction, case, target, caller.id, reassignment, until, forced=request.force)
            return "waiting"
    name = names.get(target or "")
    move(
        casework,
        case,
        target,
        caller.id,
        reassignment,
        forced=request.force,
        name=name,
        waiting=case.id in waiting,
    )
    return "moved"


def _conclude(transaction: Transaction, reassignment: str) -> bytes:
    query = select(REASSIGNMENT).where(REASSIGNMENT.c.id == reassignment).with_for_update()
    row = transaction.connection.execute(query).one()
    if row.answer is not None:
        return bytes(row.answer)
    before = from_plain(msgspec.json.decode(row.options)["before"])
    cases = moved_cases(transaction, reassignment)
    answer = _answer(transaction, reassignment, row.team, cases, before, loads(transaction, row.team), "done")
    transaction.connection.execute(update(REASSIGNMENT).where(REASSIGNMENT.c.id == reassignment).values(answer=answer))
    _tell_former_owners(transaction, row.team, row.asked_by, reassignment, cases, msgspec.json.decode(row.options))
    return answer


def _tell_former_owners(
    transaction: Transaction,
    team: str,
    actor: str,
    reassignment: str,
    cases: Sequence[MovedCase],
    options: dict[str, Any],
) -> None:
    """Tell each agent once what a reassignment took from them and why; one without a reason has nothing to tell."""
    reason = clean_line(options.get("reason") or "")
    if not reason:
        return
    taken: defaultdict[str, list[str]] = defaultdict(list)
    for case in cases:
        if case.status in ("moved", "waiting") and case.source is not None:
            taken[case.source].append(case.case)
    for agent in sorted(taken):  # the order in which feeds are locked
        notice = digest_id("n", "moved", reassignment, agent)
        tell_of_moves(transaction, team, actor, notice, agent, taken[agent], reason)


def moved_cases(transaction: Transaction, reassignment: str) -> list[MovedCase]:
    """Give what has become of each case of a reassignment."""
    rows = transaction.connection.execute(
        select(REASSIGNED).where(REASSIGNED.c.reassignment_id == reassignment).order_by(REASSIGNED.c.case_id)
    )
    return [MovedCase(each.case_id, cast("MoveStatus", each.status), each.from_agent, each.to_agent) for each in rows]


def _progress(transaction: Transaction, reassignment: str) -> bytes:
    counts = counts_of(transaction, [reassignment])[reassignment]
    total = sum(counts.values())
    return canonical_bytes(
        ReassignmentAnswer(
            reassignment, counts, [], [], state="running", done=total - counts.get("planned", 0), total=total
        )
    )


def counts_of(transaction: Transaction, reassignments: Sequence[str]) -> dict[str, dict[str, int]]:
    """Count the cases of reassignments by status."""
    query = (
        select(REASSIGNED.c.reassignment_id, REASSIGNED.c.status, func.count().label("cases"))
        .where(REASSIGNED.c.reassignment_id.in_(reassignments))
        .group_by(REASSIGNED.c.reassignment_id, REASSIGNED.c.status)
        .order_by(REASSIGNED.c.status)
    )
    found: dict[str, dict[str, int]] = {each: {} for each in reassignments}
    for row in transaction.connection.execute(query):
        found[row.reassignment_id][row.status] = row.cases
    return found


def _answer(
    transaction: Transaction,
    reassignment: str,
    team: str,
    cases: Sequence[MovedCase],
    before: Loads,
    after: Loads,
    state: Literal["preview", "done"],
) -> bytes:
    counts: dict[str, int] = dict(Counter[str](case.status for case in cases))
    answer = ReassignmentAnswer(
        reassignment,
        counts,
        list(cases),
        agent_loads(transaction, team, before, after),
        state=state,
        done=len(cases),
        total=len(cases),
        pool_before=before[None].cases if None in before else 0,
        pool_after=after[None].cases if None in after else 0,
    )
    return canonical_bytes(answer)


def read_answer(transaction: Transaction, team: str, reassignment: str) -> bytes:
    """Give a reassignment's answer, or how far it has come. Raises :class:`NoSuchReassignment`."""
    query = select(REASSIGNMENT.c.answer, REASSIGNMENT.c.undone_by).where(
        REASSIGNMENT.c.id == reassignment, REASSIGNMENT.c.team == team
    )
    row = transaction.connection.execute(query).first()
    if row is None:
        raise NoSuchReassignment
    if row.answer is None:
        return _progress(transaction, reassignment)
    answer: dict[str, Any] = msgspec.json.decode(row.answer)
    if row.undone_by is not None:
        answer["undone_by"] = row.undone_by
    answer["cases"] = [
        {name: value for name, value in msgspec.to_builtins(case).items() if value is not None}
        for case in moved_cases(transaction, reassignment)
    ]  # those that waited for a call may have moved since
    return canonical_bytes(answer)
