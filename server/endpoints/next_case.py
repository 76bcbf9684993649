"""``POST /v1/cases/next``: draw a case from the team's pool."""

from __future__ import annotations

from domain.supervision import DrawnCase
from server.cases.pool import draw
from server.http.routing import Call, Endpoint, Reply, only


def post_next_case(call: Call) -> Reply:
    """Assign the best callable case of the pool to the caller; 204 when there is none."""
    drawn = draw(call.services.database, call.caller)
    return Reply(None, status=204) if drawn is None else Reply(drawn)


ENDPOINT = Endpoint(
    "POST",
    "/v1/cases/next",
    "Draw a case from the pool",
    only("agent"),
    post_next_case,
    gives=DrawnCase,
    may_be_empty=True,
)
