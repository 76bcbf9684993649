"""Planning a reassignment: which cases are meant, and which of them goes to whom."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from sqlalchemy import ColumnElement, FromClause, select

from domain.case.reading import stage
from domain.distribution import Parcel, Seat, deal
from domain.i18n import tr
from domain.queue import Bucket
from domain.supervision import CaseFilter, ReassignmentRequest, StrategyName
from server.cases.finding import agent_id, kept_cases, matching
from server.cases.loads import Loads
from server.database.engine import Transaction
from server.database.schema import ASSIGNMENT
from server.database.supervision_tables import ABSENCE, CASE_FIGURE
from server.people.directory import Person, people
from server.people.profiles import profiles_of

MOST_CASES: Final = 50_000
"""How many cases one reassignment may move."""

_IN_CHUNK: Final = 1000
_BUCKETS: Final = {bucket.code: int(bucket) for bucket in Bucket}
_HELD_BACK: Final = len(_BUCKETS)


class ReassignmentRefused(ValueError):  # noqa: N818 - it answers a request, it reports no malfunction
    """The reassignment cannot be carried out; the message is one sentence."""


class NothingAllowed(Exception):  # noqa: N818 - it answers a request, it reports no malfunction
    """None of the cases named is the supervisor's, or none exists: the two are not told apart."""


@dataclass(frozen=True, slots=True)
class Planned:
    """One case and where it is to go."""

    case: str
    target: str | None
    source: str | None
    currency: str
    owed: int


@dataclass(slots=True)
class Draft:
    """What a request comes to: the cases to move, those a hold keeps, those that are not the supervisor's."""

    planned: list[Planned] = field(default_factory=list)
    held: list[Planned] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


def draft_of(transaction: Transaction, team: str, request: ReassignmentRequest, before: Loads) -> Draft:
    """Work out who gets what. Raises :class:`ReassignmentRefused` and :class:`NothingAllowed`."""
    if (request.cases is None) == (request.filter is None):
        raise ReassignmentRefused(tr("Name the cases, or give a filter; one of the two."))
    draft = Draft()
    if request.filter is not None:
        rows = _filtered(transaction, team, request.filter)
    else:
        rows, draft.refused = _named(transaction, team, request.cases or [])
    if len(rows) > MOST_CASES:
        raise ReassignmentRefused(tr("One reassignment moves at most {most} cases.").format(most=MOST_CASES))
    kept = set[str]()
    if not request.held:
        kept = set(transaction.connection.execute(kept_cases(transaction)).scalars())
    free = [row for row in rows if row.case_id not in kept]
    draft.held = [_planned(row, row.owner_id) for row in rows if row.case_id in kept]
    targets = _targets(transaction, team, request, free, before)
    draft.planned = [_planned(row, targets[row.case_id]) for row in free]
    return draft


def _planned(row: Any, target: str | None) -> Planned:
    return Planned(row.case_id, target, row.owner_id, row.currency, row.owed)


def _targets(
    transaction: Transaction, team: str, request: ReassignmentRequest, rows: Sequence[Any], before: Loads
) -> dict[str, str | None]:
    if request.strategy is not None:
        agents = agents_named(transaction, team, request.agents)
        return spread(transaction, request.strategy, rows, agents, before)
    target = None
    if request.to is not None:
        target = agent_id(transaction, team, request.to, active=True)
        if target is None:
            raise ReassignmentRefused(tr("There is no such agent in your team."))
    return {row.case_id: target for row in rows}


def spread(
    transaction: Transaction, strategy: StrategyName, rows: Sequence[Any], agents: Sequence[str], before: Loads
) -> dict[str, str | None]:
    """Deal cases out by a strategy; ``before`` is what the agents have now, these cases included."""
    profiles = profiles_of(transaction, agents)
    own: defaultdict[str, int] = defaultdict(int)
    for row in rows:
        if row.owner_id is not None:
            own[row.owner_id] += 1
    seats = []
    for agent in agents:
        profile, load = profiles.get(agent), before.get(agent)
        seats.append(
            Seat(
                agent,
                load=max(0, (load.cases if load is not None else 0) - own[agent]),
                capacity=profile.capacity if profile is not None else None,
                languages=frozenset(profile.languages) if profile is not None else frozenset(),
                skills=frozenset(profile.skills) if profile is not None else frozenset(),
            )
        )
    former = _former_owners(transaction, [row.case_id for row in rows]) if strategy == "last_owner" else {}
    today = transaction.now.date()
    parcels = [_parcel(row, former.get(row.case_id, ()), today) for row in rows]
    return dict(deal(strategy, parcels, seats).targets)


def _parcel(row: Any, former: tuple[str, ...], today: date) -> Parcel:
    days = 0 if row.oldest_due is None else max(0, today.toordinal() - row.oldest_due)
    tags = {row.segment, stage(days, row.segment).lower(), row.bucket, row.currency.lower()}
    return Parcel(
        case=row.case_id,
        owed=row.owed,
        priority=_BUCKETS.get(row.bucket, _HELD_BACK),
        language=row.language,
        tags=frozenset(tag for tag in tags if tag),
        last_owners=former,
    )


def agents_named(transaction: Transaction, team: str, named: Sequence[str]) -> list[str]:
    """Give the agents named, or everybody of the team who is not away. Raises :class:`ReassignmentRefused`."""
    if named:
        found = [agent_id(transaction, team, who, active=True) for who in named]
        if None in found:
            raise ReassignmentRefused(tr("There is no such agent in your team."))
        return sorted({agent for agent in found if agent is not None})
    away = set(
        transaction.connection.execute(
            select(ABSENCE.c.agent_id).where(ABSENCE.c.team == team, ABSENCE.c.state == "away")
        ).scalars()
    )
    everybody = sorted(person.id for person in active_agents(transaction, team) if person.id not in away)
    if not everybody:
        raise ReassignmentRefused(tr("There is no agent in your team."))
    return everybody


def active_agents(transaction: Transaction, team: str) -> list[Person]:
    """List the agents of a team whose accounts are open, by login."""
    return [person for person in people(transaction, team, "agent") if person.active]


def rows_of(transaction: Transaction, team: str, cases: Iterable[str]) -> list[Any]:
    """Read the narrow rows of the team's cases among those named, open or closed, by id."""
    named = sorted(set(cases))
    return [
        row
        for start in range(0, len(named), _IN_CHUNK)
        for row in _select(
            transaction,
            CASE_FIGURE,
            (CASE_FIGURE.c.team == team) & CASE_FIGURE.c.case_id.in_(named[start : start + _IN_CHUNK]),
        )
    ]


def _named(transaction: Transaction, team: str, cases: Sequence[str]) -> tuple[list[Any], list[str]]:
    named = list(dict.fromkeys(cases))
    rows = rows_of(transaction, team, named)
    refused = sorted(set(named) - {row.case_id for row in rows})
    if named and not rows:
        raise NothingAllowed
    return rows, refused


def _filtered(transaction: Transaction, team: str, wanted: CaseFilter) -> list[Any]:
    found = matching(transaction, team, wanted, closed=False)
    return _select(transaction, found.source, found.condition)


def _select(transaction: Transaction, source: FromClause, condition: ColumnElement[bool]) -> list[Any]:
    figure = CASE_FIGURE.c
    query = (
        select(figure.case_id, figure.owner_id, figure.owed, figure.currency, figure.language)
        .add_columns(figure.bucket, figure.segment, figure.oldest_due)
        .select_from(source)
        .where(condition)
        .order_by(figure.case_id)
        .limit(MOST_CASES + 1)
    )
    return list(transaction.connection.execute(query).all())


def _former_owners(transaction: Transaction, cases: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Give everybody who ever had each case, the newest first."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for start in range(0, len(cases), _IN_CHUNK):
        query = (
            select(ASSIGNMENT.c.case_id, ASSIGNMENT.c.agent_id)
            .where(ASSIGNMENT.c.case_id.in_(cases[start : start + _IN_CHUNK]))
            .order_by(ASSIGNMENT.c.case_id, ASSIGNMENT.c.ver.desc())
        )
        for row in transaction.connection.execute(query):
            found[row.case_id].append(row.agent_id)
    return {case: tuple(agents) for case, agents in found.items()}
