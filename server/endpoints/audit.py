"""``GET /v1/audit`` and ``GET /v1/audit/chain``: who did what, newest first, and whether anybody has edited it."""

from __future__ import annotations

from typing import Any, Final

import msgspec
from sqlalchemy import Select, select

from domain.canonical import to_plain
from domain.clock import format_instant, from_milliseconds, milliseconds, parse_instant
from domain.i18n import tr
from domain.spreadsheet import to_csv
from domain.supervision import AuditChain, AuditLine, AuditPage
from server.audit import record
from server.database.schema import AUDIT, USER
from server.database.trail import chain_of, examine
from server.http.problem import BAD_PARAMETER, UNPROCESSABLE, Refusal
from server.http.routing import Call, Endpoint, Parameter, Reply, only

_DEFAULT: Final = 100
_MOST: Final = 1000
_MOST_EXPORTED: Final = 50_000
_CHOICE: Final = (
    Parameter("subject", "the case, device, event or person it is about"),
    Parameter("actor", "who did it"),
    Parameter("action", "what was done, such as case.reassigned; with a full stop at its end all of that kind"),
    Parameter("since", "only from this instant on", "instant"),
    Parameter("until", "only before this instant", "instant"),
)


def get_audit(call: Call) -> Reply:
    """Answer one page of the team's trail."""
    limit = call.integer("limit", _DEFAULT, 1, _MOST)
    query = _found(call).order_by(AUDIT.c.id.desc()).limit(limit + 1)
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
            row.seq,
            row.digest,
            row.actor_name,
        )
        for row in rows[:limit]
    ]
    return Reply(AuditPage(lines, lines[-1].id if len(rows) > limit else None))


def get_audit_chain(call: Call) -> Reply:
    """Work every digest of the team's trail out again. That somebody did is a line of the trail itself."""
    chain = chain_of(call.caller.team)
    with call.services.database.reading() as transaction:
        found = examine(transaction.connection, chain)
    call.services.database.write(
        lambda transaction: record(
            transaction,
            call.caller.id,
            "audit.verified",
            chain,
            call.caller.team,
            whole=found.whole,
            lines=found.length,
        )
    )
    answer = AuditChain(chain, found.whole, found.length, found.digest, found.broken_at, found.fault)
    return Reply(to_plain(answer))


def get_audit_export(call: Call) -> Reply:
    """Answer the team's trail, oldest first, as CSV. That somebody took it away is a line of the trail itself."""
    query = _found(call).order_by(AUDIT.c.seq).limit(_MOST_EXPORTED + 1)
    with call.services.database.reading() as transaction:
        rows = transaction.connection.execute(query).all()
    if len(rows) > _MOST_EXPORTED:
        raise Refusal(
            UNPROCESSABLE,
            tr("More than {most} lines; ask for a shorter time, or for one subject.").format(most=_MOST_EXPORTED),
        )
    call.services.database.write(
        lambda transaction: record(
            transaction, call.caller.id, "audit.exported", chain_of(call.caller.team), call.caller.team, lines=len(rows)
        )
    )
    text = to_csv(
        ("seq", "at", "actor", "actor_name", "action", "subject", "detail", "digest"),
        (
            (
                row.seq,
                format_instant(from_milliseconds(row.at_ms)),
                row.actor,
                row.actor_name or "",
                row.action,
                row.subject,
                row.detail.decode(),
                row.digest,
            )
            for row in rows
        ),
    )
    headers = {"Content-Disposition": 'attachment; filename="audit.csv"'}
    return Reply(text.encode(), headers=headers, media_type="text/csv; charset=utf-8")


def _found(call: Call) -> Select[Any]:
    query = (
        select(AUDIT, USER.c.name.label("actor_name"))
        .outerjoin(USER, USER.c.id == AUDIT.c.actor)
        .where(AUDIT.c.team == call.caller.team)
    )
    for name, column in (("subject", AUDIT.c.subject), ("actor", AUDIT.c.actor)):
        if call.query.get(name):
            query = query.where(column == call.query[name])
    action = call.query.get("action")
    if action:
        same = AUDIT.c.action.startswith(action, autoescape=True) if action.endswith(".") else AUDIT.c.action == action
        query = query.where(same)
    since, until = _instant(call, "since"), _instant(call, "until")
    if since is not None:
        query = query.where(AUDIT.c.at_ms >= since)
    if until is not None:
        query = query.where(AUDIT.c.at_ms < until)
    return query


def _instant(call: Call, name: str) -> int | None:
    text = call.query.get(name)
    if text is None:
        return None
    try:
        return milliseconds(parse_instant(text))
    except (ValueError, OverflowError):
        raise Refusal(BAD_PARAMETER, f"{name} is an instant like 2026-11-24T00:00:00Z.") from None


ENDPOINTS = (
    Endpoint(
        "GET",
        "/v1/audit",
        "The audit trail",
        only("supervisor"),
        get_audit,
        gives=AuditPage,
        parameters=(
            *_CHOICE,
            Parameter("before", "the last page's next; absent for the newest"),
            Parameter("limit", "most lines", "integer", least=1, most=_MOST),
        ),
        problems=(BAD_PARAMETER,),
    ),
    Endpoint(
        "GET",
        "/v1/audit/export",
        "The audit trail for a spreadsheet",
        only("supervisor"),
        get_audit_export,
        gives=bytes,
        media_type="text/csv",
        parameters=_CHOICE,
        problems=(BAD_PARAMETER, UNPROCESSABLE),
        lane="file",
    ),
    Endpoint(
        "GET",
        "/v1/audit/chain",
        "Whether the audit trail is as it was written",
        only("supervisor"),
        get_audit_chain,
        gives=AuditChain,
        lane="file",
    ),
)
