"""Cases that move by themselves at night: planned absences, and the rule against hoarding."""

from __future__ import annotations

from typing import Final

from sqlalchemy import select

from domain.policy import AgeOut
from domain.supervision import CaseFilter, ReassignmentRequest, UndoRequest
from server.cases import absences
from server.cases.finding import DAY_MS, idle_since
from server.cases.planning import active_agents
from server.cases.reassigning import reassign
from server.database.engine import Database, Transaction
from server.database.supervision_tables import CASE_FIGURE
from server.documents import current_policy
from server.people.directory import find
from server.people.sessions import Caller

_SERVER: Final = "server"


def begin_and_end_absences(database: Database) -> None:
    """Spread the work of those whose absence begins, and give it back to those who are back."""
    with database.reading() as transaction:
        due = [(absence, find(transaction, actor), ends) for absence, actor, ends in absences.due_absences(transaction)]
    for absence, person, ends in due:
        if person is None:
            continue
        caller = _on_behalf(person.id, person.name, person.team)
        if ends:
            absences.end(database, caller, absence, UndoRequest())
        else:
            absences.begin_planned(database, caller, absence)


def age_out(database: Database) -> None:
    """Take cases nobody has worked for too long away from their owners, as the policy says."""
    with database.reading() as transaction:
        rule = current_policy(transaction).age_out
        if rule is None:
            return
        today = transaction.now.date()
        owners = _hoarding(transaction, rule)
        teams = {team: [agent.id for agent in active_agents(transaction, team)] for team, _ in owners}
    for team, owner in owners:
        wanted = CaseFilter(owner=owner, idle_days=rule.days)
        others = [agent for agent in teams[team] if agent != owner]
        if rule.to == "pool":
            request = ReassignmentRequest(filter=wanted)
        elif others:
            request = ReassignmentRequest(filter=wanted, strategy="even", agents=others)
        else:
            continue  # nobody else is there to take the cases
        name = f"age-out~{today.isoformat()}~{owner}"
        reassign(database, _on_behalf(_SERVER, "", team), name, request, "age_out")


def _hoarding(transaction: Transaction, rule: AgeOut) -> list[tuple[str, str]]:
    figure = CASE_FIGURE.c
    query = (
        select(figure.team, figure.owner_id)
        .where(figure.closed.is_(None), figure.owner_id.is_not(None))
        .where(idle_since(transaction.now_ms - rule.days * DAY_MS))
        .distinct()
        .order_by(figure.team, figure.owner_id)
    )
    return [(row.team, row.owner_id) for row in transaction.connection.execute(query)]


def _on_behalf(person: str, name: str, team: str) -> Caller:
    return Caller(person, name, "supervisor", team, "", deposit=False, credential="")
