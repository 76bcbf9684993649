"""What falls due by day, the promises behind it, and the cash to expect: read from the rows of promise parts."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy import case as sql_case

from domain.clock import format_instant, from_milliseconds
from domain.promises.figures import DueDay, KeptRate, expected_cash
from domain.promises.judging import STANDING
from domain.supervision import CalendarDay, CashForecast, ForecastDay, PromiseCalendar, PromiseLine, PromisePage
from server.cases.finding import agent_id
from server.database.engine import Transaction
from server.database.schema import CASE, USER
from server.database.supervision_tables import CASE_FIGURE, PROMISE_PART

DECIDED: Final = ("kept", "partly_kept", "broken")
_COUNTED: Final = (*sorted(STANDING), *DECIDED)
_MARK: Final = "~"


class NoSuchPage(ValueError):  # noqa: N818 - it answers a request, it reports no malfunction
    """``after`` is not what an earlier page gave."""


def calendar(
    transaction: Transaction, team: str, since: date, until: date, agent: str | None = None
) -> PromiseCalendar:
    """Give what falls due from ``since`` to ``until``; promises that were replaced or withdrawn are left out."""
    part = PROMISE_PART.c
    full = sql_case((part.paid >= part.amount, 2), (part.paid > 0, 1), else_=0).label("got")
    query = (
        select(part.due, part.currency, part.state, full)
        .add_columns(func.count().label("parts"), func.sum(part.amount).label("amount"))
        .add_columns(func.sum(part.paid).label("paid"))
        .where(part.team == team, part.due.between(since.toordinal(), until.toordinal()), part.state.in_(_COUNTED))
        .group_by(part.due, part.currency, part.state, full)
    )
    if agent is not None:
        query = query.where(part.author == (agent_id(transaction, team, agent) or ""))
    days: dict[tuple[int, str], CalendarDay] = {}
    for row in transaction.connection.execute(query):
        key = (row.due, row.currency)
        day = days.get(key, CalendarDay(date.fromordinal(row.due), row.currency, 0, 0, 0))
        stands = _stands(row.state, row.got)
        days[key] = replace(
            day,
            parts=day.parts + row.parts,
            amount=day.amount + int(row.amount),
            paid=day.paid + int(row.paid),
            **{stands: getattr(day, stands) + row.parts},
        )
    return PromiseCalendar(since, until, [days[key] for key in sorted(days)])


def _stands(state: str, got: int) -> str:
    if state == "kept" or got == 2:
        return "kept"
    if state == "pending_approval":
        return "pending"
    if state in ("open", "frozen"):
        return "open"
    return "partly" if got else "broken"


def list_promises(
    transaction: Transaction,
    team: str,
    since: date,
    until: date,
    state: str | None,
    agent: str | None,
    after: str | None,
    limit: int,
) -> PromisePage:
    """Give the parts that fall due in a stretch of days, by day. Raises :class:`NoSuchPage`."""
    part = PROMISE_PART.c
    matching: list[ColumnElement[bool]] = [
        part.team == team,
        part.due.between(since.toordinal(), until.toordinal()),
        part.state == state if state is not None else part.state.in_(_COUNTED),
    ]
    if agent is not None:
        matching.append(part.author == (agent_id(transaction, team, agent) or ""))
    total = transaction.connection.execute(select(func.count()).select_from(PROMISE_PART).where(*matching)).scalar_one()
    query = (
        select(PROMISE_PART, CASE.c.customer, USER.c.login)
        .join(CASE, CASE.c.id == part.case_id)
        .outerjoin(USER, USER.c.id == CASE.c.owner_id)
        .where(*matching)
        .order_by(part.due, part.case_id, part.promise_id, part.part)
        .limit(limit + 1)
    )
    if after is not None:
        query = query.where(_behind(after))
    rows = transaction.connection.execute(query).all()
    lines = [_line(row) for row in rows[:limit]]
    if len(rows) <= limit:
        return PromisePage(lines, total)
    last = rows[limit - 1]
    return PromisePage(lines, total, _MARK.join((str(last.due), str(last.part), last.case_id, last.promise_id)))


def _behind(after: str) -> ColumnElement[bool]:
    part = PROMISE_PART.c
    due, _, rest = after.partition(_MARK)
    number, _, rest = rest.partition(_MARK)
    case_id, _, promise_id = rest.partition(_MARK)
    if not (due.isdecimal() and number.isdecimal()):
        raise NoSuchPage
    same_case = and_(part.due == int(due), part.case_id == case_id)
    return or_(
        part.due > int(due),
        and_(part.due == int(due), part.case_id > case_id),
        and_(same_case, part.promise_id > promise_id),
        and_(same_case, part.promise_id == promise_id, part.part > int(number)),
    )


def _line(row: Any) -> PromiseLine:
    return PromiseLine(
        case=row.case_id,
        promise=row.promise_id,
        customer=row.customer,
        due=date.fromordinal(row.due),
        amount=row.amount,
        paid=row.paid,
        currency=row.currency,
        state=row.state,
        part=row.part,
        parts=row.parts,
        made_at=format_instant(from_milliseconds(row.made_ms)),
        author=row.author,
        owner_login=row.login,
    )


def forecast(transaction: Transaction, team: str, until: date, over: int) -> CashForecast:
    """Give the cash to expect from today to ``until``: what is promised and not paid, times what used to come of it.

    The share is taken over the promises of the last ``over`` days that are decided.
    """
    today = transaction.now.date()
    since = today - timedelta(days=over)
    part = PROMISE_PART.c
    decided = (
        select(part.currency, part.state, func.count().label("promises"))
        .add_columns(func.sum(part.total).label("total"), func.sum(part.total_paid).label("paid"))
        .where(part.team == team, part.part == 0, part.state.in_(DECIDED))
        .where(part.last_due.between(since.toordinal(), today.toordinal()))
        .group_by(part.currency, part.state)
    )
    rates: defaultdict[str, KeptRate] = defaultdict(KeptRate)
    for row in transaction.connection.execute(decided):
        rates[row.currency] = _with(rates[row.currency], row)
    due = (
        select(part.due, part.currency, func.sum(part.amount - part.paid).label("amount"), func.count().label("parts"))
        .join(CASE_FIGURE, CASE_FIGURE.c.case_id == part.case_id)
        .where(part.team == team, part.state.in_(sorted(STANDING)), part.amount > part.paid)
        .where(part.due.between(today.toordinal(), until.toordinal()), CASE_FIGURE.c.closed.is_(None))
        .group_by(part.due, part.currency)
        .order_by(part.due, part.currency)
    )
    days = [
        DueDay(date.fromordinal(row.due), row.currency, int(row.amount), row.parts)
        for row in transaction.connection.execute(due)
    ]
    expected = {(day.day, day.currency): day.amount for day in expected_cash(days, rates)}
    return CashForecast(
        days=[ForecastDay(d.day, d.currency, d.amount, expected.get((d.day, d.currency), 0)) for d in days],
        since=since,
        matured=sum(rate.matured for rate in rates.values()),
        rate={
            currency: min(rate.paid_value, rate.promised_value) * 10_000 // rate.promised_value
            for currency, rate in sorted(rates.items())
            if rate.promised_value
        },
    )


def _with(rate: KeptRate, row: Any) -> KeptRate:
    count, total, kept = row.promises, int(row.total), row.state == "kept"
    return KeptRate(
        rate.kept + (count if kept else 0),
        rate.partly_kept + (count if row.state == "partly_kept" else 0),
        rate.broken + (count if row.state == "broken" else 0),
        rate.kept_value + (total if kept else 0),
        rate.promised_value + total,
        rate.paid_value + int(row.paid),
    )
