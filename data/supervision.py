"""What a supervisor asks the server, as typed questions and answers over :class:`~data.http.ServerClient`."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from dataclasses import fields
from datetime import date
from typing import TYPE_CHECKING, Any, Literal, TypeVar
from urllib.parse import quote

from data.answers import Answer, Failure, Step
from data.decoding import NotUnderstoodError, convert
from data.pokes import Hint
from data.secret import Secret
from domain.supervision import (
    Absence,
    AbsenceList,
    AbsenceRequest,
    AgentLine,
    AgentList,
    AgentProfile,
    AuditChain,
    AuditPage,
    Board,
    CaseFile,
    CaseFilter,
    CasePage,
    CashForecast,
    CashState,
    DocumentCheck,
    DocumentDiff,
    HoldAnswer,
    HoldList,
    HoldRequest,
    ImportLine,
    ImportPage,
    Judged,
    ProfileList,
    PromiseCalendar,
    PromisePage,
    QueuePage,
    ReassignmentAnswer,
    ReassignmentPage,
    ReassignmentRequest,
    Report,
    ReportList,
    ReviewDecided,
    ReviewDecision,
    ReviewPage,
    Rollback,
    Simulation,
    SimulationRequest,
    StopLift,
    StopPage,
    UndoRequest,
    VersionList,
)

if TYPE_CHECKING:
    from data.http import ServerClient

T = TypeVar("T")


class SupervisorLine:
    """A session of a supervisor. ``token`` may be replaced after a new login."""

    def __init__(self, client: ServerClient, token: Secret) -> None:
        self._client = client
        self.token = token

    async def aclose(self) -> None:
        """End the session and close the connection; a server that is not there forgets it by itself after hours."""
        await self._client.logout(self.token)
        await self._client.aclose()

    def hints(self) -> AsyncGenerator[Hint | Failure | None, None]:
        """Follow what the server hints at."""
        return self._client.stream(self.token)

    async def read(self, path: str, shape: type[T], query: Mapping[str, str] | None = None) -> Answer[T] | Failure:
        """Read a document and check it against its shape."""
        return _shaped(await self._client.get(path, self.token, query), shape)

    async def write(
        self, path: str, document: object, shape: type[T], *, if_match: str | None = None
    ) -> Answer[T] | Failure:
        """Write a document and check what is answered against its shape."""
        return _shaped(await self._client.put(path, document, self.token, if_match=if_match), shape)

    async def board(self, since: str | None = None) -> Answer[Board] | Failure:
        """Read the board; the work counts from ``since`` on (RFC 3339), else from midnight UTC."""
        return await self.read("/v1/board", Board, {"since": since} if since else None)

    async def cash(self) -> Answer[CashState] | Failure:
        """Read how fresh the payments are."""
        return await self.read("/v1/cash", CashState)

    async def cases(
        self, wanted: CaseFilter, after: str | None, limit: int, sort: str = "id"
    ) -> Answer[CasePage] | Failure:
        """Read a page of cases."""
        query = asked(wanted) | paged(after, limit) | {"sort": sort}
        return await self.read("/v1/cases", CasePage, query)

    async def case(self, case_id: str) -> Answer[CaseFile] | Failure:
        """Read a case's document."""
        return await self.read(f"/v1/cases/{named(case_id)}", CaseFile)

    async def queue(self, agent: str, after: str | None, limit: int) -> Answer[QueuePage] | Failure:
        """Read a page of an agent's queue."""
        return await self.read(f"/v1/agents/{named(agent)}/queue", QueuePage, paged(after, limit))

    async def agents(self) -> Answer[AgentList] | Failure:
        """Read the team and the pool."""
        return await self.read("/v1/agents", AgentList)

    async def reassign(self, change: str, request: ReassignmentRequest) -> Answer[ReassignmentAnswer] | Failure:
        """Move cases, or preview it."""
        return await self.write(f"/v1/reassignments/{named(change)}", request, ReassignmentAnswer)

    async def undo_reassignment(self, change: str) -> Answer[ReassignmentAnswer] | Failure:
        """Give cases back."""
        return await self.write(f"/v1/reassignments/{named(change)}/undo", UndoRequest(), ReassignmentAnswer)

    async def reassignments(self, before: str | None, limit: int) -> Answer[ReassignmentPage] | Failure:
        """Read what was moved."""
        return await self.read("/v1/reassignments", ReassignmentPage, paged(before, limit, "before"))

    async def write_profile(self, agent: str, profile: AgentProfile, etag: str) -> Answer[AgentLine] | Failure:
        """Write what an agent can take on over the version with that tag."""
        return await self.write(f"/v1/agents/{named(agent)}", profile, AgentLine, if_match=etag)

    async def absences(self) -> Answer[AbsenceList] | Failure:
        """Read who is, was or will be away."""
        return await self.read("/v1/absences", AbsenceList)

    async def try_absence(self, absence: str, request: AbsenceRequest) -> Answer[ReassignmentAnswer] | Failure:
        """Ask what an absence would move; the request has ``dry_run``."""
        return await self.write(f"/v1/absences/{named(absence)}", request, ReassignmentAnswer)

    async def write_absence(self, absence: str, request: AbsenceRequest) -> Answer[Absence] | Failure:
        """Write an absence down."""
        return await self.write(f"/v1/absences/{named(absence)}", request, Absence)

    async def end_absence(self, absence: str) -> Answer[Absence] | Failure:
        """Call somebody back."""
        return await self.write(f"/v1/absences/{named(absence)}/end", UndoRequest(), Absence)

    async def holds(self) -> Answer[HoldList] | Failure:
        """Read the holds."""
        return await self.read("/v1/holds", HoldList)

    async def hold(self, hold: str, request: HoldRequest) -> Answer[HoldAnswer] | Failure:
        """Keep cases where they are."""
        return await self.write(f"/v1/holds/{named(hold)}", request, HoldAnswer)

    async def release(self, hold: str) -> Answer[HoldAnswer] | Failure:
        """Let the cases of a hold go."""
        return await self.write(f"/v1/holds/{named(hold)}/undo", UndoRequest(), HoldAnswer)

    async def reviews(self, kind: str | None, after: str | None, limit: int) -> Answer[ReviewPage] | Failure:
        """Read what waits."""
        return await self.read("/v1/reviews", ReviewPage, paged(after, limit) | ({"kind": kind} if kind else {}))

    async def decide(self, fact: str, decision: ReviewDecision) -> Answer[ReviewDecided] | Failure:
        """Decide."""
        return await self.write(f"/v1/reviews/{named(fact)}", decision, ReviewDecided)

    async def stops(self, after: str | None, limit: int) -> Answer[StopPage] | Failure:
        """Read the stop flags."""
        return await self.read("/v1/stops", StopPage, paged(after, limit))

    async def lift_stop(self, fact: str, reason: str) -> Answer[ReviewDecided] | Failure:
        """Lift a stop flag."""
        return await self.write(f"/v1/stops/{named(fact)}", StopLift(reason), ReviewDecided)

    async def undo_decided(self, kind: Literal["reviews", "stops"], fact: str) -> Answer[ReviewDecided] | Failure:
        """Take a decision back, or let a stop flag stand again."""
        return await self.write(f"/v1/{kind}/{named(fact)}/undo", UndoRequest(), ReviewDecided)

    async def put_import(
        self, change: str, content: bytes, query: Mapping[str, str], told: Callable[[Step], None]
    ) -> Answer[object] | Failure:
        """Hand a file over; ``told`` hears how far the server is, the report is a plain document.

        Cancelling it takes the import back unless it was committed: :meth:`import_line` knows.
        """
        async with aclosing(self._client.follow_import(change, content, query, self.token)) as steps:
            async for step in steps:
                if not isinstance(step, Step):
                    return step
                told(step)
        return Failure("network")

    async def import_line(self, change: str) -> Answer[ImportLine] | Failure:
        """Read one import; 403 where there is none."""
        return await self.read(f"/v1/imports/{named(change)}", ImportLine)

    async def undo_import(self, change: str) -> Answer[ImportLine] | Failure:
        """Take an import back."""
        return await self.write(f"/v1/imports/{named(change)}/undo", UndoRequest(), ImportLine)

    async def imports(self, before: str | None, limit: int) -> Answer[ImportPage] | Failure:
        """Read what came in."""
        return await self.read("/v1/imports", ImportPage, paged(before, limit, "before"))

    async def import_profiles(self) -> Answer[ProfileList] | Failure:
        """Read the profiles."""
        return await self.read("/v1/import-profiles", ProfileList)

    async def promise_calendar(self, since: date, until: date) -> Answer[PromiseCalendar] | Failure:
        """Read what falls due."""
        query = {"since": since.isoformat(), "until": until.isoformat()}
        return await self.read("/v1/promises/calendar", PromiseCalendar, query)

    async def cash_forecast(self, until: date) -> Answer[CashForecast] | Failure:
        """Read what cash to expect."""
        return await self.read("/v1/promises/forecast", CashForecast, {"until": until.isoformat()})

    async def promises(self, query: Mapping[str, str], after: str | None, limit: int) -> Answer[PromisePage] | Failure:
        """Read promises."""
        return await self.read("/v1/promises", PromisePage, {**query, **paged(after, limit)})

    async def judge(self, day: date) -> Answer[Judged] | Failure:
        """Judge a day again."""
        return await self.write(f"/v1/judgements/{day.isoformat()}", {}, Judged)

    async def report_names(self) -> Answer[ReportList] | Failure:
        """Read which figures there are."""
        return await self.read("/v1/reports", ReportList)

    async def report(self, name: str, query: Mapping[str, str]) -> Answer[Report] | Failure:
        """Read a figure."""
        return await self.read(f"/v1/reports/{named(name)}", Report, query)

    async def report_csv(self, name: str, query: Mapping[str, str]) -> Answer[bytes] | Failure:
        """Read a figure as CSV that is safe in a spreadsheet."""
        return await self._client.get_bytes(f"/v1/reports/{named(name)}", self.token, {**query, "format": "csv"})

    async def house(self, name: str) -> Answer[dict[str, Any]] | Failure:
        """Read one of the house's documents, with its tag."""
        return await self.read(f"/v1/{name}", dict)

    async def publish(self, name: str, body: object, etag: str, note: str) -> Answer[dict[str, Any]] | Failure:
        """Write a document over the version with that tag."""
        path = f"/v1/{name}" + (f"?note={named(note)}" if note else "")
        return await self.write(path, body, dict, if_match=etag)

    async def check(self, name: str, body: object) -> Answer[DocumentCheck] | Failure:
        """Have a document checked."""
        return await self.write(f"/v1/{name}/check", body, DocumentCheck)

    async def simulate(self, policy: Mapping[str, Any]) -> Answer[Simulation] | Failure:
        """Try a policy on today's cases."""
        request = SimulationRequest(dict(policy))
        return _shaped(await self._client.post("/v1/simulations", request, self.token), Simulation)

    async def versions(self, name: str) -> Answer[VersionList] | Failure:
        """Read the versions of a document."""
        return await self.read(f"/v1/{name}/versions", VersionList)

    async def difference(self, name: str, before: int, after: int) -> Answer[DocumentDiff] | Failure:
        """Read what changed between two versions."""
        return await self.read(f"/v1/{name}/diff", DocumentDiff, {"from": str(before), "to": str(after)})

    async def rollback(self, name: str, ver: int, etag: str, note: str) -> Answer[dict[str, Any]] | Failure:
        """Bring a version back."""
        return await self.write(f"/v1/{name}/rollback", Rollback(ver, note or None), dict, if_match=etag)

    async def audit(self, query: Mapping[str, str], before: str | None, limit: int) -> Answer[AuditPage] | Failure:
        """Read the trail."""
        return await self.read("/v1/audit", AuditPage, {**query, **paged(before, limit, "before")})

    async def audit_chain(self) -> Answer[AuditChain] | Failure:
        """Have the chain verified."""
        return await self.read("/v1/audit/chain", AuditChain)

    async def audit_csv(self, query: Mapping[str, str]) -> Answer[bytes] | Failure:
        """Read the trail as CSV that is safe in a spreadsheet."""
        return await self._client.get_bytes("/v1/audit/export", self.token, query)


def asked(wanted: CaseFilter) -> dict[str, str]:
    """Write a filter as the parameters of an address."""
    query: dict[str, str] = {}
    for each in fields(wanted):
        value = getattr(wanted, each.name)
        if value is True:
            query[each.name] = "true"
        elif value is not None and value is not False:
            query[each.name] = str(value)
    return query


def paged(after: str | None, limit: int, name: str = "after") -> dict[str, str]:
    """Write which page is asked for."""
    return {"limit": str(limit)} | ({name: after} if after else {})


def named(word: str) -> str:
    """Give an id as one part of a path."""
    return quote(word, safe="")


def _shaped(answer: Answer[object] | Failure, shape: type[T]) -> Answer[T] | Failure:
    if isinstance(answer, Failure):
        return answer
    try:
        return Answer(convert(answer.value, shape), answer.timing, answer.etag)
    except NotUnderstoodError as error:
        return Failure("protocol", problem=str(error), timing=answer.timing)
