"""``GET /v1/cases``, ``/v1/cases/{id}`` and ``/v1/agents/{id}/queue``: search, list and look into the team's cases."""

from __future__ import annotations

from typing import Final, cast

from domain.i18n import tr
from domain.supervision import CaseFile, CaseFilter, CasePage, QueuePage
from domain.text import clean_line
from server.cases.listing import SORTS, NoSuchPage, Sort, State, list_cases
from server.cases.moving import sweep_waiting_moves
from server.cases.opening import agents_queue, open_case
from server.http.problem import BAD_PARAMETER, FORBIDDEN, Refusal
from server.http.routing import Call, Endpoint, Parameter, Reply, only

_DEFAULT: Final = 100
_MOST: Final = 1000
_LONGEST_AGE: Final = 100_000
_LARGEST: Final = 999_999_999
_LONGEST_WORD: Final = 100


def get_cases(call: Call) -> Reply:
    """Answer one page in the order asked for."""
    limit = call.integer("limit", _DEFAULT, 1, _MOST)
    state = cast("State", call.choice("state", "open", ("open", "closed", "all")))
    sort = cast("Sort", call.choice("sort", "id", SORTS))
    wanted = _filter(call)
    sweep_waiting_moves(call.services.database)
    with call.services.database.reading() as transaction:
        try:
            page = list_cases(
                transaction, call.caller.team, wanted, state, call.query.get("after") or None, limit, sort
            )
        except NoSuchPage:
            raise Refusal(BAD_PARAMETER, "after is the next of an earlier page in the same order.") from None
    return Reply(page)


def get_case(call: Call) -> Reply:
    """Answer one case's document. A case that is not the caller's and one that does not exist answer alike."""
    case_id = call.id()
    found = call.services.database.write(lambda transaction: open_case(transaction, call.caller, case_id))
    if found is None:
        raise Refusal(FORBIDDEN, tr("There is no such case, or it is not yours."))
    return Reply(found)


def get_queue(call: Call) -> Reply:
    """Answer one page of an agent's queue."""
    limit = call.integer("limit", _DEFAULT, 1, _MOST)
    start = call.integer("after", 0, 0, _LARGEST)
    with call.services.database.reading() as transaction:
        page = agents_queue(transaction, call.caller.team, call.id(), start, limit)
    if page is None:
        raise Refusal(FORBIDDEN, tr("There is no such agent, or they are not in your team."))
    return Reply(page)


def _filter(call: Call) -> CaseFilter:
    return CaseFilter(
        owner=call.query.get("owner") or None,
        unassigned=call.flag("unassigned"),
        q=clean_line(call.query.get("q", ""))[:200] or None,
        currency=_word(call, "currency"),
        min_days=_count(call, "min_days", _LONGEST_AGE),
        max_days=_count(call, "max_days", _LONGEST_AGE),
        min_owed=_count(call, "min_owed", _LARGEST),
        max_owed=_count(call, "max_owed", _LARGEST),
        idle_days=_count(call, "idle_days", _LONGEST_AGE),
        untouched=call.flag("untouched"),
        bucket=_word(call, "bucket"),
        segment=_word(call, "segment"),
        language=_word(call, "language"),
        imported=_word(call, "imported"),
    )


def _word(call: Call, name: str) -> str | None:
    return call.query.get(name, "")[:_LONGEST_WORD] or None


def _count(call: Call, name: str, most: int) -> int | None:
    return call.integer(name, 0, 0, most) if name in call.query else None


ENDPOINTS = (
    Endpoint(
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
            Parameter("min_days", "the oldest debt is due for at least so many days", "integer", most=_LONGEST_AGE),
            Parameter("max_days", "the oldest debt is due for at most so many days", "integer", most=_LONGEST_AGE),
            Parameter("min_owed", "at least so much is owed, in minor units", "integer", most=_LARGEST),
            Parameter("max_owed", "at most so much is owed, in minor units", "integer", most=_LARGEST),
            Parameter(
                "idle_days", "nobody has worked the case for at least so many days", "integer", most=_LONGEST_AGE
            ),
            Parameter("untouched", "only cases nobody has ever called", "boolean"),
            Parameter("bucket", "the place in the queue, such as broken_promise"),
            Parameter("segment", "consumer or business"),
            Parameter("language", "the customer's language"),
            Parameter("imported", "the import that brought the case in or changed it"),
            Parameter("state", "which cases", values=("open", "closed", "all")),
            Parameter("sort", "in which order", values=SORTS),
            Parameter("after", "the last page's next; absent for the beginning"),
            Parameter("limit", "most cases of the page", "integer", least=1, most=_MOST),
        ),
        problems=(BAD_PARAMETER,),
    ),
    Endpoint(
        "GET",
        "/v1/cases/{id}",
        "Look into a case of the team",
        only("supervisor"),
        get_case,
        gives=CaseFile,
        problems=(BAD_PARAMETER, FORBIDDEN),
    ),
    Endpoint(
        "GET",
        "/v1/agents/{id}/queue",
        "An agent's queue as their machine builds it",
        only("supervisor"),
        get_queue,
        gives=QueuePage,
        parameters=(
            Parameter("after", "the last page's next; absent for the beginning", "integer", most=_LARGEST),
            Parameter("limit", "most lines", "integer", least=1, most=_MOST),
        ),
        problems=(BAD_PARAMETER, FORBIDDEN),
    ),
)
