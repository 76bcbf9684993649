"""Absences: somebody's work spread over the others while they are away, and given back."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from sqlalchemy import insert, select, update

from domain.canonical import canonical_bytes, digest
from domain.i18n import tr
from domain.supervision import Absence, AbsenceList, AbsenceRequest, CaseFilter, ReassignmentRequest, UndoRequest
from server import typed
from server.audit import record
from server.cases.finding import agent_id
from server.cases.planning import ReassignmentRefused, active_agents
from server.cases.reassigning import IdReused, counts_of, reassign
from server.cases.undoing import undo
from server.database.engine import Database, Transaction
from server.database.schema import USER
from server.database.supervision_tables import ABSENCE
from server.people.sessions import Caller

_SPREAD: Final = "~spread"
_RETURN: Final = "~spread~undo"


class NoSuchAbsence(Exception):  # noqa: N818 - it answers a request, it reports no malfunction
    """There is no such absence, or it is another team's: the two are not told apart."""


def begin(database: Database, caller: Caller, absence: str, request: AbsenceRequest) -> Absence | bytes:
    """Write an absence down and, once its first day has come, spread the work; a dry run answers what would move.

    Raises :class:`server.cases.reassigning.IdReused` and :class:`server.cases.planning.ReassignmentRefused`.
    """
    if request.until is not None and request.until < request.since:
        raise ReassignmentRefused(tr("The last day away is before the first one."))
    with database.reading() as transaction:
        agent = agent_id(transaction, caller.team, request.agent)
        if agent is None:
            raise ReassignmentRefused(tr("There is no such agent in your team."))
        order = _spreading(transaction, caller.team, agent, request)
    if request.dry_run:
        return reassign(database, caller, absence + _SPREAD, order)
    asked = digest(canonical_bytes([caller.team, request]))

    def write(transaction: Transaction) -> bool:
        known = transaction.connection.execute(select(ABSENCE).where(ABSENCE.c.id == absence)).first()
        if known is not None:
            if known.digest != asked:
                raise IdReused
            return bool(known.state == "away")
        due = request.since <= transaction.now.date()
        transaction.connection.execute(
            insert(ABSENCE).values(
                id=absence,
                digest=asked,
                team=caller.team,
                agent_id=agent,
                since=request.since.toordinal(),
                until=None if request.until is None else request.until.toordinal(),
                body=canonical_bytes(request),
                actor=caller.id,
                state="away" if due else "planned",
                at_ms=transaction.now_ms,
            )
        )
        record(transaction, caller.id, "absence.written", absence, caller.team, agent=agent)
        return due

    if database.write(write):
        reassign(database, caller, absence + _SPREAD, order, "absence")
    with database.reading() as transaction:
        return _read(transaction, caller.team, absence)


def end(database: Database, caller: Caller, absence: str, request: UndoRequest) -> Absence:
    """Call somebody back: what the others still have of theirs is given back. Raises :class:`NoSuchAbsence`."""

    def write(transaction: Transaction) -> bool:
        before = _read(transaction, caller.team, absence)
        transaction.connection.execute(update(ABSENCE).where(ABSENCE.c.id == absence).values(state="back"))
        if before.state != "back":
            record(transaction, caller.id, "absence.ended", absence, caller.team, agent=before.agent)
        return before.state == "away"

    if database.write(write):
        undo(database, caller, absence + _SPREAD, UndoRequest(request.reason), "return")
    with database.reading() as transaction:
        return _read(transaction, caller.team, absence)


def due_absences(transaction: Transaction) -> list[tuple[str, str, bool]]:
    """Name the absences that begin or end today: their id, who wrote them, and whether they end."""
    today = transaction.now.date().toordinal()
    query = (
        select(ABSENCE.c.id, ABSENCE.c.actor, ABSENCE.c.state)
        .where(
            ((ABSENCE.c.state == "planned") & (ABSENCE.c.since <= today))
            | ((ABSENCE.c.state == "away") & (ABSENCE.c.until < today))
        )
        .order_by(ABSENCE.c.id)
    )
    return [(row.id, row.actor, row.state == "away") for row in transaction.connection.execute(query)]


def begin_planned(database: Database, caller: Caller, absence: str) -> None:
    """Spread the work of somebody whose planned absence begins."""
    with database.reading() as transaction:
        row = transaction.connection.execute(
            select(ABSENCE.c.body, ABSENCE.c.agent_id).where(ABSENCE.c.id == absence)
        ).one()
        request = typed.decode(row.body, AbsenceRequest)
        order = _spreading(transaction, caller.team, row.agent_id, request)
    database.write(
        lambda transaction: transaction.connection.execute(
            update(ABSENCE).where(ABSENCE.c.id == absence, ABSENCE.c.state == "planned").values(state="away")
        )
    )
    reassign(database, caller, absence + _SPREAD, order, "absence")


def last_day(row: Any) -> date | None:
    """Give the last day away of a row of the table, if there is one and it is known."""
    return None if row is None or row.until is None else date.fromordinal(row.until)


def list_absences(transaction: Transaction, team: str) -> AbsenceList:
    """Give a team's absences, newest first."""
    query = _query(team).order_by(ABSENCE.c.at_ms.desc(), ABSENCE.c.id.desc()).limit(200)
    return AbsenceList(_answers(transaction, transaction.connection.execute(query).all()))


def _spreading(transaction: Transaction, team: str, agent: str, request: AbsenceRequest) -> ReassignmentRequest:
    others = request.agents or [person.id for person in active_agents(transaction, team) if person.id != agent]
    away = set(
        transaction.connection.execute(
            select(ABSENCE.c.agent_id).where(ABSENCE.c.team == team, ABSENCE.c.state == "away")
        ).scalars()
    )
    here = [other for other in others if other not in away or other in request.agents]
    if not here:
        raise ReassignmentRefused(tr("There is nobody else in your team who could take the work."))
    return ReassignmentRequest(
        filter=CaseFilter(owner=agent),
        strategy=request.strategy,
        agents=here,
        reason=request.reason,
        dry_run=request.dry_run,
    )


def _read(transaction: Transaction, team: str, absence: str) -> Absence:
    row = transaction.connection.execute(_query(team).where(ABSENCE.c.id == absence)).first()
    if row is None:
        raise NoSuchAbsence
    return _answers(transaction, [row])[0]


def _query(team: str) -> Any:
    return select(ABSENCE, USER.c.login).join(USER, USER.c.id == ABSENCE.c.agent_id).where(ABSENCE.c.team == team)


def _answers(transaction: Transaction, rows: Any) -> list[Absence]:
    counts = counts_of(transaction, [row.id + _SPREAD for row in rows])
    return [
        Absence(
            id=row.id,
            agent=row.agent_id,
            login=row.login,
            since=date.fromordinal(row.since),
            until=last_day(row),
            state=row.state,
            cases=sum(counts[row.id + _SPREAD].get(status, 0) for status in ("moved", "waiting", "planned")),
            spread=row.id + _SPREAD if counts[row.id + _SPREAD] else None,
            returned=row.id + _RETURN if row.state == "back" and counts[row.id + _SPREAD] else None,
        )
        for row in rows
    ]
