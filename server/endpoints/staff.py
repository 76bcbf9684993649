"""``/v1/agents``, ``/v1/absences``, ``/v1/holds``: what agents can take on, when they are away, what stays put."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from sqlalchemy import select

from domain.i18n import tr
from domain.supervision import (
    Absence,
    AbsenceList,
    AbsenceRequest,
    AgentLine,
    AgentList,
    AgentProfile,
    HoldAnswer,
    HoldList,
    HoldRequest,
    UndoRequest,
)
from server.cases import absences, keeping
from server.cases.finding import agent_id
from server.cases.loads import Load, loads
from server.cases.planning import NothingAllowed, ReassignmentRefused
from server.cases.reassigning import IdReused
from server.database.engine import Transaction
from server.database.supervision_tables import ABSENCE
from server.documents import Outdated
from server.http.problem import (
    BAD_PARAMETER,
    FORBIDDEN,
    ID_REUSED,
    IF_MATCH_NEEDED,
    MALFORMED,
    OUTDATED,
    UNPROCESSABLE,
    Refusal,
)
from server.http.routing import Call, Endpoint, Parameter, Reply, only
from server.people.directory import people
from server.people.profiles import etag_of, replace_profile, versions_of

_LARGEST_CAPACITY: Final = 100_000
_MOST_WORDS: Final = 30
_LANGUAGE: Final = re.compile(r"[a-z]{2,3}")
_SKILL: Final = re.compile(r"[\w+–-]{1,40}")


def get_agents(call: Call) -> Reply:
    """Answer the team by login, and the pool."""
    with call.services.database.reading() as transaction:
        return Reply(_agents(transaction, call.caller.team))


def put_agent(call: Call) -> Reply:
    """Write what an agent can take on."""
    seen = call.headers.get("if-match")
    if seen is None:
        raise Refusal(IF_MATCH_NEEDED, tr("Send the agent's etag as If-Match."))
    profile = _checked(call.read(AgentProfile))

    def work(transaction: Transaction) -> AgentLine:
        agent = agent_id(transaction, call.caller.team, call.id())
        if agent is None:
            raise Refusal(FORBIDDEN, tr("There is no such agent, or they are not in your team."))
        replace_profile(transaction, agent, profile, seen.strip(), call.caller.id, call.caller.team)
        return next(line for line in _agents(transaction, call.caller.team).agents if line.agent == agent)

    try:
        return Reply(call.services.database.write(work))
    except Outdated:
        raise Refusal(OUTDATED, tr("Read the agents again and make the change on the newest version.")) from None


def _checked(profile: AgentProfile) -> AgentProfile:
    languages = sorted({language.lower() for language in profile.languages})
    skills = sorted({skill.lower() for skill in profile.skills})
    if profile.capacity is not None and not 0 <= profile.capacity <= _LARGEST_CAPACITY:
        raise Refusal(
            UNPROCESSABLE,
            tr("The capacity is between 0 and {most} cases.").format(most=_LARGEST_CAPACITY),
        )
    if len(languages) > _MOST_WORDS or not all(_LANGUAGE.fullmatch(language) for language in languages):
        raise Refusal(UNPROCESSABLE, tr("Languages are codes like zh or en."))
    if len(skills) > _MOST_WORDS or not all(_SKILL.fullmatch(skill) for skill in skills):
        raise Refusal(UNPROCESSABLE, tr("A skill is one word of at most 40 characters."))
    return replace(profile, languages=languages, skills=skills)


def _agents(transaction: Transaction, team: str) -> AgentList:
    everybody = people(transaction, team, "agent")
    found = loads(transaction, team)
    profiles = versions_of(transaction, [person.id for person in everybody])
    away = {
        row.agent_id: row
        for row in transaction.connection.execute(
            select(ABSENCE).where(ABSENCE.c.team == team, ABSENCE.c.state == "away")
        )
    }
    lines = []
    for person in everybody:
        load = found.get(person.id, Load())
        ver, profile = profiles.get(person.id, (0, AgentProfile()))
        absence: Any = away.get(person.id)
        lines.append(
            AgentLine(
                agent=person.id,
                login=person.login,
                name=person.name,
                active=person.active,
                cases=load.cases,
                owed=dict(sorted(load.owed.items())),
                profile=profile,
                etag=etag_of(ver),
                absence=None if absence is None else absence.id,
                away_until=absences.last_day(absence),
            )
        )
    pool = found.get(None, Load())
    return AgentList(lines, pool.cases, dict(sorted(pool.owed.items())))


def put_absence(call: Call) -> Reply:
    """Write an absence down and spread the work once it has begun."""
    request = call.read(AbsenceRequest)
    return _answered(lambda: absences.begin(call.services.database, call.caller, call.id(), request))


def end_absence(call: Call) -> Reply:
    """Call somebody back and give back what is left of their work."""
    request = call.read(UndoRequest)
    return _answered(lambda: absences.end(call.services.database, call.caller, call.id(), request))


def get_absences(call: Call) -> Reply:
    """Answer the team's absences."""
    with call.services.database.reading() as transaction:
        return Reply(absences.list_absences(transaction, call.caller.team))


def put_hold(call: Call) -> Reply:
    """Keep cases where they are."""
    request = call.read(HoldRequest)
    return _answered(
        lambda: call.services.database.write(
            lambda transaction: keeping.hold_cases(transaction, call.caller, call.id(), request)
        )
    )


def undo_hold(call: Call) -> Reply:
    """Let the cases of a hold go."""
    call.read(UndoRequest)
    return _answered(
        lambda: call.services.database.write(lambda transaction: keeping.release(transaction, call.caller, call.id()))
    )


def get_holds(call: Call) -> Reply:
    """Answer the holds that stand."""
    with call.services.database.reading() as transaction:
        return Reply(keeping.list_holds(transaction, call.caller.team))


def _answered(work: Callable[[], Any]) -> Reply:
    try:
        return Reply(work())
    except IdReused:
        raise Refusal(ID_REUSED, tr("This id belongs to something else; make a new one.")) from None
    except (NothingAllowed, absences.NoSuchAbsence, keeping.NoSuchHold):
        raise Refusal(FORBIDDEN, tr("There is no such thing, or it is not your team's.")) from None
    except ReassignmentRefused as problem:
        raise Refusal(UNPROCESSABLE, str(problem)) from None


_CHANGING: Final = (BAD_PARAMETER, MALFORMED, FORBIDDEN, ID_REUSED, UNPROCESSABLE)
_SUPERVISOR: Final = only("supervisor")

ENDPOINTS = (
    Endpoint("GET", "/v1/agents", "The team's agents and what they have", _SUPERVISOR, get_agents, gives=AgentList),
    Endpoint(
        "PUT",
        "/v1/agents/{id}",
        "What an agent can take on",
        _SUPERVISOR,
        put_agent,
        takes=AgentProfile,
        gives=AgentLine,
        headers=(Parameter("If-Match", "the etag of the version that was edited", required=True),),
        problems=(BAD_PARAMETER, MALFORMED, FORBIDDEN, IF_MATCH_NEEDED, OUTDATED, UNPROCESSABLE),
    ),
    Endpoint("GET", "/v1/absences", "The team's absences", _SUPERVISOR, get_absences, gives=AbsenceList),
    Endpoint(
        "PUT",
        "/v1/absences/{id}",
        "Spread the work of somebody who is away",
        _SUPERVISOR,
        put_absence,
        takes=AbsenceRequest,
        gives=Absence,
        problems=_CHANGING,
    ),
    Endpoint(
        "PUT",
        "/v1/absences/{id}/end",
        "Give somebody who is back their work again",
        _SUPERVISOR,
        end_absence,
        takes=UndoRequest,
        gives=Absence,
        problems=_CHANGING,
    ),
    Endpoint("GET", "/v1/holds", "The holds that stand", _SUPERVISOR, get_holds, gives=HoldList),
    Endpoint(
        "PUT",
        "/v1/holds/{id}",
        "Keep cases where they are",
        _SUPERVISOR,
        put_hold,
        takes=HoldRequest,
        gives=HoldAnswer,
        problems=_CHANGING,
    ),
    Endpoint(
        "PUT",
        "/v1/holds/{id}/undo",
        "Let the cases of a hold go",
        _SUPERVISOR,
        undo_hold,
        takes=UndoRequest,
        gives=HoldAnswer,
        problems=_CHANGING,
    ),
)
