"""``/v1/reassignments``: move cases, see how far it has come, take it back, list what was moved."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from domain.i18n import tr
from domain.supervision import ReassignmentAnswer, ReassignmentPage, ReassignmentRequest, UndoRequest
from server.cases.planning import NothingAllowed, ReassignmentRefused
from server.cases.reassigning import IdReused, NoSuchReassignment, read_answer, reassign
from server.cases.undoing import list_reassignments, undo
from server.http.problem import BAD_PARAMETER, FORBIDDEN, ID_REUSED, MALFORMED, UNPROCESSABLE, Refusal
from server.http.routing import Call, Endpoint, Parameter, Reply, convert, only

_DEFAULT: Final = 50
_MOST: Final = 500
_LONGEST_BUDGET_MS: Final = 60_000


def put_reassignment(call: Call) -> Reply:
    """Move cases to an agent, to the pool, or by a strategy over several agents."""
    reassignment = call.id()
    body = call.plain_json()
    request = convert(body, ReassignmentRequest)
    if request.strategy is None and "to" not in body:
        raise Refusal(MALFORMED, "Say where the cases go: an agent, null for the pool, or a strategy.")
    if request.budget_ms is not None and not 0 <= request.budget_ms <= _LONGEST_BUDGET_MS:
        raise Refusal(MALFORMED, f"budget_ms is between 0 and {_LONGEST_BUDGET_MS}.")
    return _answered(lambda: reassign(call.services.database, call.caller, reassignment, request))


def get_reassignment(call: Call) -> Reply:
    """Answer what a reassignment did, or how far it has come."""
    with call.services.database.reading() as transaction:
        return _answered(lambda: read_answer(transaction, call.caller.team, call.id()))


def undo_reassignment(call: Call) -> Reply:
    """Give back what is still where the reassignment put it."""
    request = call.read(UndoRequest)
    return _answered(lambda: undo(call.services.database, call.caller, call.id(), request))


def get_reassignments(call: Call) -> Reply:
    """Answer the team's reassignments, newest first."""
    limit = call.integer("limit", _DEFAULT, 1, _MOST)
    with call.services.database.reading() as transaction:
        return Reply(list_reassignments(transaction, call.caller.team, call.query.get("before") or None, limit))


def _answered(work: Callable[[], bytes]) -> Reply:
    try:
        return Reply(work())
    except IdReused:
        raise Refusal(ID_REUSED, tr("This id belongs to another reassignment; make a new one.")) from None
    except NothingAllowed:
        raise Refusal(FORBIDDEN, tr("None of these cases is yours to move.")) from None
    except NoSuchReassignment:
        raise Refusal(FORBIDDEN, tr("There is no such reassignment, or it is not your team's.")) from None
    except ReassignmentRefused as problem:
        raise Refusal(UNPROCESSABLE, str(problem)) from None


ENDPOINTS = (
    Endpoint(
        "PUT",
        "/v1/reassignments/{id}",
        "Move cases",
        only("supervisor"),
        put_reassignment,
        takes=ReassignmentRequest,
        gives=ReassignmentAnswer,
        problems=(BAD_PARAMETER, MALFORMED, FORBIDDEN, ID_REUSED, UNPROCESSABLE),
    ),
    Endpoint(
        "GET",
        "/v1/reassignments/{id}",
        "What a reassignment did, or how far it has come",
        only("supervisor"),
        get_reassignment,
        gives=ReassignmentAnswer,
        problems=(BAD_PARAMETER, FORBIDDEN),
    ),
    Endpoint(
        "PUT",
        "/v1/reassignments/{id}/undo",
        "Take a reassignment back",
        only("supervisor"),
        undo_reassignment,
        takes=UndoRequest,
        gives=ReassignmentAnswer,
        problems=(BAD_PARAMETER, MALFORMED, FORBIDDEN, ID_REUSED),
    ),
    Endpoint(
        "GET",
        "/v1/reassignments",
        "The team's reassignments",
        only("supervisor"),
        get_reassignments,
        gives=ReassignmentPage,
        parameters=(
            Parameter("before", "the last page's next; absent for the newest"),
            Parameter("limit", "most reassignments", "integer", least=1, most=_MOST),
        ),
        problems=(BAD_PARAMETER,),
    ),
)
