"""``PUT /v1/reassignments/{id}``: move cases."""

from __future__ import annotations

from domain.supervision import ReassignmentAnswer, ReassignmentRequest
from server.cases.reassigning import IdReused, NothingAllowed, ReassignmentRefused, reassign
from server.http.problem import BAD_PARAMETER, FORBIDDEN, ID_REUSED, MALFORMED, UNPROCESSABLE, Refusal
from server.http.routing import Call, Endpoint, Reply, convert, only


def put_reassignment(call: Call) -> Reply:
    """Move cases to an agent, to the pool, or evenly over several agents."""
    reassignment = call.id()
    body = call.plain_json()
    request = convert(body, ReassignmentRequest)
    if request.strategy is None and "to" not in body:
        raise Refusal(MALFORMED, "Say where the cases go: an agent, null for the pool, or a strategy.")
    try:
        answer = reassign(call.services.database, call.caller, reassignment, request)
    except IdReused:
        raise Refusal(ID_REUSED, "This id belongs to another reassignment; make a new one.") from None
    except NothingAllowed:
        raise Refusal(FORBIDDEN, "None of these cases is yours to move.") from None
    except ReassignmentRefused as problem:
        raise Refusal(UNPROCESSABLE, str(problem)) from None
    return Reply(answer)


ENDPOINT = Endpoint(
    "PUT",
    "/v1/reassignments/{id}",
    "Move cases",
    only("supervisor"),
    put_reassignment,
    takes=ReassignmentRequest,
    gives=ReassignmentAnswer,
    problems=(BAD_PARAMETER, MALFORMED, FORBIDDEN, ID_REUSED, UNPROCESSABLE),
)
