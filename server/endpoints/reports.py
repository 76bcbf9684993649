"""``/v1/reports``: figures as tables, for a picture, for a spreadsheet."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from domain.i18n import tr
from domain.spreadsheet import to_csv
from domain.supervision import Report, ReportList
from server.cases.finding import agent_id
from server.database.engine import Transaction
from server.figures.reports import BUILDERS, Asked, report
from server.http.parameters import day_of
from server.http.problem import BAD_PARAMETER, FORBIDDEN, Refusal
from server.http.routing import Call, Endpoint, Parameter, Reply, only

_LONGEST: Final = 800
_USUAL: Final = 30
_FURTHEST: Final = 14 * 60
_CURRENCY_LENGTH: Final = 3


def get_reports(_call: Call) -> Reply:
    """Answer the names of the reports."""
    return Reply(ReportList(list(BUILDERS)))


def get_report(call: Call) -> Reply:
    """Answer one report as JSON or as CSV."""
    name = call.id("name")
    form = call.choice("format", "json", ("json", "csv"))
    if name not in BUILDERS:
        raise Refusal(FORBIDDEN, tr("There is no such report."))
    with call.services.database.reading() as transaction:
        made = report(transaction, name, _asked(call, transaction))
    if form == "json":
        return Reply(made)
    text = to_csv((column.id for column in made.columns), made.rows)
    name = f"{made.name}_{made.since}_{made.until}.csv"
    return Reply(
        text.encode(),
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
        media_type="text/csv; charset=utf-8",
    )


def _asked(call: Call, transaction: Transaction) -> Asked:
    offset = _offset(call)
    today = (transaction.now + timedelta(minutes=offset)).date()
    until = day_of(call, "until") or today
    since = day_of(call, "since") or max(date.min, until - timedelta(days=_USUAL))
    if not 0 <= (until - since).days <= _LONGEST:
        raise Refusal(BAD_PARAMETER, f"until is at most {_LONGEST} days after since.")
    who = call.query.get("agent") or None
    agent = agent_id(transaction, call.caller.team, who) if who is not None else None
    if who is not None and agent is None:
        raise Refusal(FORBIDDEN, tr("There is no such agent, or they are not in your team."))
    currency = call.query.get("currency", "").upper()[:_CURRENCY_LENGTH] or None
    return Asked(call.caller.team, since, until, agent, currency, offset)


def _offset(call: Call) -> int:
    text = call.query.get("offset", "0")
    digits = text.removeprefix("-")
    if not (digits.isascii() and digits.isdecimal() and len(digits) < 5) or abs(int(text)) > _FURTHEST:
        raise Refusal(BAD_PARAMETER, f"offset is a number of minutes from -{_FURTHEST} to {_FURTHEST}.")
    return int(text)


ENDPOINTS = (
    Endpoint("GET", "/v1/reports", "The names of the reports", only("supervisor"), get_reports, gives=ReportList),
    Endpoint(
        "GET",
        "/v1/reports/{name}",
        "Figures as a table",
        only("supervisor"),
        get_report,
        gives=Report,
        parameters=(
            Parameter("since", f"the first day; {_USUAL} days before the last where absent", "date"),
            Parameter("until", "the last day; today where absent", "date"),
            Parameter("agent", "only this agent: login or id"),
            Parameter("currency", "only this currency (ISO 4217)"),
            Parameter("offset", "how many minutes east of UTC days and hours are counted", "integer"),
            Parameter("format", "as what", values=("json", "csv")),
        ),
        problems=(BAD_PARAMETER, FORBIDDEN),
    ),
)
