"""``GET /v1/cash``: how fresh the payments are that promises, cases and figures are judged by."""

from __future__ import annotations

from domain.freshness import CashState
from server.figures.cash import cash_state
from server.http.routing import Call, Endpoint, Reply, only


def get_cash(call: Call) -> Reply:
    """Answer when payments last came in for the team, and up to which day they reach."""
    with call.services.database.reading() as transaction:
        return Reply(cash_state(transaction, call.caller.team))


ENDPOINT = Endpoint("GET", "/v1/cash", "How fresh the payments are", only("supervisor"), get_cash, gives=CashState)
