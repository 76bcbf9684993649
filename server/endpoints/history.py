"""``GET /v1/cases/{id}/history``: what happened on a case before what its document shows."""

from __future__ import annotations

from sqlalchemy import select

from domain.i18n import tr
from domain.supervision import HistoryPage
from server.cases.history import history_page
from server.database.engine import Transaction
from server.database.schema import CASE
from server.http.problem import BAD_PARAMETER, FORBIDDEN, Refusal
from server.http.routing import Call, Endpoint, Parameter, Reply, only
from server.people.sessions import Caller


def get_history(call: Call) -> Reply:
    """Answer one page, newest first. A case that is not the caller's and one that does not exist answer alike."""
    case_id = call.id()
    with call.services.database.reading() as transaction:
        if not _may_read(transaction, call.caller, case_id):
            raise Refusal(FORBIDDEN, tr("There is no such case, or it is not yours."))
        try:
            page = history_page(transaction, case_id, call.query.get("before") or None)
        except LookupError:
            raise Refusal(BAD_PARAMETER, "before is the next of an earlier page.") from None
    return Reply(page)


def _may_read(transaction: Transaction, caller: Caller, case_id: str) -> bool:
    query = select(CASE.c.team, CASE.c.owner_id, CASE.c.closed).where(CASE.c.id == case_id)
    row = transaction.connection.execute(query).first()
    if row is None:
        return False
    if caller.role == "supervisor":
        return bool(row.team == caller.team)
    return row.owner_id == caller.id and row.closed is None


ENDPOINT = Endpoint(
    "GET",
    "/v1/cases/{id}/history",
    "Older history of a case",
    only("agent", "supervisor"),
    get_history,
    gives=HistoryPage,
    parameters=(Parameter("before", "the last page's next; absent for the newest"),),
    problems=(BAD_PARAMETER, FORBIDDEN),
)
