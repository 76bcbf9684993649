"""``GET /v1/board``: the live board of the team."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Final

from domain.clock import parse_instant
from domain.supervision import Board
from server.cases.moving import sweep_waiting_moves
from server.figures.board import board
from server.http.problem import BAD_PARAMETER, Refusal
from server.http.routing import Call, Endpoint, Parameter, Reply, only

_MOST: Final = 500
_LONGEST: Final = timedelta(days=31)


def get_board(call: Call) -> Reply:
    """Answer what everybody has done since midnight UTC, or since the instant asked for."""
    limit = call.integer("limit", _MOST, 1, _MOST)
    sweep_waiting_moves(call.services.database)
    with call.services.database.reading() as transaction:
        since = _since(call, transaction.now)
        return Reply(board(transaction, call.caller.team, since, call.query.get("after") or None, limit))


def _since(call: Call, now: datetime) -> datetime:
    asked = call.query.get("since")
    if asked is None:
        return datetime.combine(now.date(), time(), UTC)
    try:
        since = parse_instant(asked)
    except (ValueError, OverflowError):
        raise Refusal(BAD_PARAMETER, "since is an instant like 2026-11-24T00:00:00Z.") from None
    if now - since > _LONGEST:
        raise Refusal(BAD_PARAMETER, "since is at most 31 days ago.")
    return since


ENDPOINT = Endpoint(
    "GET",
    "/v1/board",
    "The live board",
    only("supervisor"),
    get_board,
    gives=Board,
    parameters=(
        Parameter("since", "count from this instant on; midnight UTC where absent", "instant"),
        Parameter("after", "the last page's next; absent for the beginning"),
        Parameter("limit", "most agents of the page", "integer", least=1, most=_MOST),
    ),
    problems=(BAD_PARAMETER,),
)
