"""How many open cases each agent has and what they owe, before and after a change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import func, select

from domain.clock import format_instant, from_milliseconds
from domain.supervision import AgentLoad
from server.database.engine import Transaction
from server.database.supervision_tables import CASE_FIGURE
from server.figures.leases import Contact, contacts
from server.people.directory import people
from server.people.profiles import profiles_of


@dataclass(slots=True)
class Load:
    """One owner's open cases, and what is owed on them in minor units by currency."""

    cases: int = 0
    owed: Counter[str] = field(default_factory=Counter)


Loads = dict[str | None, Load]
"""By owner; ``None`` is the pool."""


def loads(transaction: Transaction, team: str) -> Loads:
    """Count the open cases of a team by owner."""
    query = (
        select(
            CASE_FIGURE.c.owner_id,
            CASE_FIGURE.c.currency,
            func.count().label("cases"),
            func.sum(CASE_FIGURE.c.owed).label("owed"),
        )
        .where(CASE_FIGURE.c.team == team, CASE_FIGURE.c.closed.is_(None))
        .group_by(CASE_FIGURE.c.owner_id, CASE_FIGURE.c.currency)
    )
    found: Loads = {}
    for row in transaction.connection.execute(query):
        load = found.setdefault(row.owner_id, Load())
        load.cases += row.cases
        load.owed[row.currency] += int(row.owed)
    return found


def to_plain(found: Loads) -> dict[str, list[object]]:
    """Write loads as JSON holds them; the pool has the empty name."""
    return {owner or "": [load.cases, dict(sorted(load.owed.items()))] for owner, load in found.items()}


def from_plain(kept: Mapping[str, list[object]]) -> Loads:
    """Read what :func:`to_plain` wrote."""
    found: Loads = {}
    for owner, (cases, owed) in kept.items():
        assert isinstance(cases, int)
        assert isinstance(owed, dict)
        found[owner or None] = Load(cases, Counter(owed))
    return found


def moved(before: Loads, moves: Mapping[str, tuple[str | None, str | None, str, int]]) -> Loads:
    """Give the loads after moves: by case its owner, its next owner, its currency and what is owed."""
    after = {owner: Load(load.cases, Counter(load.owed)) for owner, load in before.items()}
    for source, target, currency, owed in moves.values():
        for owner, sign in ((source, -1), (target, 1)):
            load = after.setdefault(owner, Load())
            load.cases += sign
            load.owed[currency] += sign * owed
    return after


def agent_loads(transaction: Transaction, team: str, before: Loads, after: Loads) -> list[AgentLoad]:
    """Give a line for every agent of the team, those with closed accounts too while they have cases."""
    everybody = people(transaction, team, "agent")
    ids = [person.id for person in everybody]
    machines = contacts(transaction, ids)
    profiles = profiles_of(transaction, ids)
    nothing = Load()
    lines = []
    for person in everybody:
        was, will = before.get(person.id, nothing), after.get(person.id, nothing)
        machine = machines.get(person.id, Contact())
        holds = machine.lease(transaction.now_ms) in ("held", "ending")
        offline = holds and not machine.is_online(transaction.now_ms)
        lines.append(
            AgentLoad(
                agent=person.id,
                login=person.login,
                before=was.cases,
                after=will.cases,
                owed_before=_shown(was.owed),
                owed_after=_shown(will.owed),
                capacity=profiles[person.id].capacity if person.id in profiles else None,
                offline=offline,
                lease_until=format_instant(from_milliseconds(machine.lease_until_ms))
                if offline and machine.lease_until_ms
                else None,
            )
        )
    return lines


def _shown(owed: Mapping[str, int]) -> dict[str, int]:
    return {currency: amount for currency, amount in sorted(owed.items()) if amount}
