"""``GET /v1/cases``: search and list the team's cases."""

from __future__ import annotations

from typing import Final, cast

from domain.supervision import CaseFilter, CasePage
from domain.text import clean_line
from server.cases.listing import State, list_cases
from server.cases.moving import sweep_waiting_moves
from server.http.problem import BAD_PARAMETER
from server.http.routing import Call, Endpoint, Parameter, Reply, only

_DEFAULT: Final = 100
_MOST: Final = 1000
_LONGEST_AGE: Final = 100_000


def get_cases(call: Call) -> Reply:
    """Answer one page, in the order of the cases' ids."""
    limit = call.integer("limit", _DEFAULT, 1, _MOST)
    wanted = CaseFilter(
        owner=call.query.get("owner") or None,
        unassigned=call.flag("unassigned"),
        q=clean_line(call.query.get("q", ""))[:200] or None,
        currency=call.query.get("currency") or None,
        min_days=call.integer("min_days", 0, 0, _LONGEST_AGE) if "min_days" in call.query else None,
        max_days=call.integer("max_days", 0, 0, _LONGEST_AGE) if "max_days" in call.query else None,
    )
    state = cast("State", call.choice("state", "open", ("open", "closed", "all")))
    sweep_waiting_moves(call.services.database)
    with call.services.database.reading() as transaction:
        page = list_cases(transaction, call.caller.team, wanted, state, call.query.get("after") or None, limit)
    return Reply(page)


ENDPOINT = Endpoint(
    "GET",
    "/v1/cases",
    "Search and list the team's cases",
    only("supervisor"),
    get_cases,
    gives=CasePage,
    parameters=(
        Parameter("q", "words of the customer's name, id or documents; all must occur"),
        Parameter("owner", "an agent's login or id"),
        Parameter("unassigned", "only the pool", "boolean"),
        Parameter("currency", "the case's main currency (ISO 4217)"),
        Parameter("min_days", "the oldest debt is due for at least so many days", "integer"),
        Parameter("max_days", "the oldest debt is due for at most so many days", "integer"),
        Parameter("state", "which cases", values=("open", "closed", "all")),
        Parameter("after", "the last page's next; absent for the beginning"),
        Parameter("limit", f"most cases of the page, 1 to {_MOST}", "integer"),
    ),
    problems=(BAD_PARAMETER,),
)
