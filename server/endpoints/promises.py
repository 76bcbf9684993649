"""``/v1/promises`` and ``/v1/judgements/{day}``: what falls due, what it lets expect, and judging it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from domain.i18n import tr
from domain.promises.judging import STATES
from domain.supervision import CashForecast, Judged, PromiseCalendar, PromisePage
from server.http.parameters import day_of
from server.http.problem import BAD_PARAMETER, UNPROCESSABLE, Refusal
from server.http.routing import Call, Endpoint, Parameter, Reply, only
from server.promises.calendar import NoSuchPage, calendar, forecast, list_promises
from server.promises.judging import judge_promises

_DEFAULT: Final = 100
_MOST: Final = 1000
_LONGEST: Final = 400
_AHEAD: Final = 30


def get_calendar(call: Call) -> Reply:
    """Answer what falls due by day."""
    with call.services.database.reading() as transaction:
        since, until = _span(call, transaction.now.date())
        agent = call.query.get("agent") or None
        return Reply(calendar(transaction, call.caller.team, since, until, agent))


def get_promises(call: Call) -> Reply:
    """Answer the promises that fall due, part by part."""
    limit = call.integer("limit", _DEFAULT, 1, _MOST)
    state = call.choice("state", "", ("", *STATES)) or None
    with call.services.database.reading() as transaction:
        due = day_of(call, "due")
        since, until = (due, due) if due is not None else _span(call, transaction.now.date())
        agent, after = call.query.get("agent") or None, call.query.get("after") or None
        try:
            page = list_promises(transaction, call.caller.team, since, until, state, agent, after, limit)
        except NoSuchPage:
            raise Refusal(BAD_PARAMETER, "after is the next of an earlier page.") from None
    return Reply(page)


def get_forecast(call: Call) -> Reply:
    """Answer the cash to expect."""
    over = call.integer("over", 90, 1, _LONGEST)
    with call.services.database.reading() as transaction:
        today = transaction.now.date()
        until = day_of(call, "until") or today + timedelta(days=_AHEAD)
        if (until - today).days > _LONGEST:
            raise Refusal(BAD_PARAMETER, f"until is at most {_LONGEST} days ahead.")
        return Reply(forecast(transaction, call.caller.team, until, over))


def put_judgement(call: Call) -> Reply:
    """Judge the team's promises up to a day; the same day again finds nothing new."""
    try:
        day = date.fromisoformat(call.id("day"))
    except ValueError:
        raise Refusal(BAD_PARAMETER, "The day is written like 2026-11-30.") from None
    if day > call.services.clock.now().date():
        raise Refusal(UNPROCESSABLE, tr("A day that has not come yet cannot be judged."))
    return Reply(judge_promises(call.services.database, day, call.caller.team, call.caller.id))


def _span(call: Call, today: date) -> tuple[date, date]:
    since = day_of(call, "since") or today
    until = day_of(call, "until") or since + timedelta(days=_AHEAD)
    if not 0 <= (until - since).days <= _LONGEST:
        raise Refusal(BAD_PARAMETER, f"until is at most {_LONGEST} days after since.")
    return since, until


_SUPERVISOR: Final = only("supervisor")
_SPAN: Final = (
    Parameter("since", "the first due day; today where absent", "date"),
    Parameter("until", f"the last due day; {_AHEAD} days later where absent", "date"),
)
_AGENT: Final = Parameter("agent", "only promises this agent took: login or id")

ENDPOINTS = (
    Endpoint(
        "GET",
        "/v1/promises",
        "The promises that fall due",
        _SUPERVISOR,
        get_promises,
        gives=PromisePage,
        parameters=(
            Parameter("due", "only what falls due on this day", "date"),
            *_SPAN,
            Parameter("state", "only promises that stand so", values=STATES),
            _AGENT,
            Parameter("after", "the last page's next; absent for the beginning"),
            Parameter("limit", "most lines", "integer", least=1, most=_MOST),
        ),
        problems=(BAD_PARAMETER,),
    ),
    Endpoint(
        "GET",
        "/v1/promises/calendar",
        "What falls due by day",
        _SUPERVISOR,
        get_calendar,
        gives=PromiseCalendar,
        parameters=(*_SPAN, _AGENT),
        problems=(BAD_PARAMETER,),
    ),
    Endpoint(
        "GET",
        "/v1/promises/forecast",
        "The cash to expect",
        _SUPERVISOR,
        get_forecast,
        gives=CashForecast,
        parameters=(
            Parameter("until", f"the last day; in {_AHEAD} days where absent", "date"),
            Parameter(
                "over", "over how many days back decided promises are counted", "integer", least=1, most=_LONGEST
            ),
        ),
        problems=(BAD_PARAMETER,),
    ),
    Endpoint(
        "PUT",
        "/v1/judgements/{day}",
        "Judge the promises that were due",
        _SUPERVISOR,
        put_judgement,
        gives=Judged,
        problems=(BAD_PARAMETER, UNPROCESSABLE),
        lane="file",
    ),
)
