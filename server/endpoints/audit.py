"""``GET /v1/audit``: who did what, newest first."""

from __future__ import annotations

from typing import Final

import msgspec
from sqlalchemy import select

from domain.clock import format_instant, from_milliseconds
from domain.supervision import AuditLine, AuditPage
from server.database.schema import AUDIT
from server.http.problem import BAD_PARAMETER
from server.http.routing import Call, Endpoint, Parameter, Reply, only

_DEFAULT: Final = 100
_MOST: Final = 1000


def get_audit(call: Call) -> Reply:
    """Answer one page of the team's trail."""
    limit = call.integer("limit", _DEFAULT, 1, _MOST)
    query = select(AUDIT).where(AUDIT.c.team == call.caller.team).order_by(AUDIT.c.id.desc()).limit(limit + 1)
    for name, column in (("subject", AUDIT.c.subject), ("actor", AUDIT.c.actor), ("action", AUDIT.c.action)):
        if call.query.get(name):
            query = query.where(column == call.query[name])
    if call.query.get("before"):
        query = query.where(AUDIT.c.id < call.query["before"])
    with call.services.database.reading() as transaction:
        rows = transaction.connection.execute(query).all()
    lines = [
        AuditLine(
            row.id,
            format_instant(from_milliseconds(row.at_ms)),
            row.actor,
            row.action,
            row.subject,
            msgspec.json.decode(row.detail),
        )
        for row in rows[:limit]
    ]
    return Reply(AuditPage(lines, lines[-1].id if len(rows) > limit else None))


ENDPOINT = Endpoint(
    "GET",
    "/v1/audit",
    "The audit trail",
    only("supervisor"),
    get_audit,
    gives=AuditPage,
    parameters=(
        Parameter("subject", "the case, device, event or person it is about"),
        Parameter("actor", "who did it"),
        Parameter("action", "what was done, such as case.reassigned"),
        Parameter("before", "the last page's next; absent for the newest"),
        Parameter("limit", f"most lines, 1 to {_MOST}", "integer"),
    ),
    problems=(BAD_PARAMETER,),
)
