"""Reports about the cases themselves: how old they are, where they roll, what was collected, how fast they were reached."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from domain.clock import from_milliseconds, milliseconds
from domain.figures import formulas
from server.database.engine import Transaction
from server.database.schema import DEVICE, FACT, RECEIPT, USER
from server.database.supervision_tables import AGEING_DAY, CASE_FIGURE, CASE_PAYMENT, ROLL_MONTH
from server.figures.cash import cash_state
from server.figures.reports.asked import Asked, Cell, Table, day_text, month_text
from server.figures.snapshots import ageing as ageing_now
from server.figures.snapshots import rolls as rolls_now

_STAGES = ("C", "S1", "S2", "S3", "M2", "M3", "M3+", "1–30", "31–60", "61–90", "91–120", "120+", "settled")
_PLACE = {stage: place for place, stage in enumerate(_STAGES)}


def ageing(transaction: Transaction, asked: Asked) -> Table:
    """Give what stood in each stage at the end of each day; today as it stands now."""
    row = AGEING_DAY.c
    query = select(AGEING_DAY).where(
        row.team == asked.team, row.day.between(asked.since.toordinal(), asked.until.toordinal())
    )
    if asked.currency is not None:
        query = query.where(row.currency == asked.currency)
    found = [
        (each.day, each.segment, each.stage, each.currency, each.cases, each.owed)
        for each in transaction.connection.execute(query)
    ]
    notes = [] if found else ["no_snapshots"]
    today = transaction.now.date()
    if asked.until >= today:
        found += [
            (today.toordinal(), segment, stage, currency, cases, owed)
            for (_, segment, stage, currency), (cases, owed) in ageing_now(transaction, asked.team, today).items()
            if asked.currency in (None, currency)
        ]
        notes.append("today_is_live")
    found.sort(key=lambda each: (each[0], each[1], _PLACE.get(each[2], len(_STAGES)), each[3]))
    return Table(
        (
            ("day", "day"),
            ("segment", "text"),
            ("stage", "text"),
            ("currency", "text"),
            ("cases", "count"),
            ("owed", "money"),
        ),
        [[day_text(day), *rest] for day, *rest in found],
        {},
        tuple(notes),
    )


def roll_rates(transaction: Transaction, asked: Asked) -> Table:
    """Give, month by month, the share of each stage that stood in each stage at the end; the running month as it is."""
    row = ROLL_MONTH.c
    first = asked.since.replace(day=1)
    query = select(ROLL_MONTH).where(
        row.team == asked.team, row.month.between(first.toordinal(), asked.until.toordinal())
    )
    months: defaultdict[tuple[str, str], list[tuple[str, str, int]]] = defaultdict(list)
    for each in transaction.connection.execute(query):
        months[day_text(each.month), each.segment].append((each.stage_from, each.stage_to, each.cases))
    today = transaction.now.date()
    if asked.until >= today.replace(day=1):
        for (_, segment, before, after), cases in rolls_now(transaction, asked.team, today).items():
            months[month_text(today), segment].append((before, after, cases))
    rows: list[list[Cell]] = []
    for (month, segment), counts in sorted(months.items()):
        counts.sort(key=lambda each: (_PLACE.get(each[0], 99), _PLACE.get(each[1], 99)))
        rows += [[month, segment, *rolled] for rolled in formulas.roll_rates(counts)]
    return Table(
        (
            ("month", "day"),
            ("segment", "text"),
            ("stage_from", "text"),
            ("stage_to", "text"),
            ("cases", "count"),
            ("rate", "rate"),
        ),
        rows,
        {},
        ("month_so_far",),
    )


def liquidation(transaction: Transaction, asked: Asked) -> Table:
    """Give what was collected of what came in, by the month the case came in."""
    figure, payment = CASE_FIGURE.c, CASE_PAYMENT.c
    paid = (
        select(payment.case_id, payment.currency, func.sum(payment.amount).label("paid"))
        .where(payment.team == asked.team, payment.reversed == 0)
        .group_by(payment.case_id, payment.currency)
        .subquery()
    )
    query = (
        select(figure.opened_ms, figure.currency, figure.placed, func.coalesce(paid.c.paid, 0).label("paid"))
        .outerjoin(paid, (paid.c.case_id == figure.case_id) & (paid.c.currency == figure.currency))
        .where(*_opened(asked))
    )
    cohorts: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for row in transaction.connection.execute(query):
        cohorts[_month(row, asked), row.currency].update(cases=1, assigned=row.placed, collected=int(row.paid))
    rows: list[list[Cell]] = [
        [
            month,
            currency,
            sums["cases"],
            sums["assigned"],
            sums["collected"],
            formulas.liquidation(sums["collected"], sums["assigned"]),
        ]
        for (month, currency), sums in sorted(cohorts.items())
    ]
    return Table(
        (
            ("month", "day"),
            ("currency", "text"),
            ("cases", "count"),
            ("assigned", "money"),
            ("collected", "money"),
            ("rate", "rate"),
        ),
        rows,
        {},
    )


def cure_rate(transaction: Transaction, asked: Asked) -> Table:
    """Give how many of the cases that came in have nothing overdue any more, by the month they came in."""
    figure = CASE_FIGURE.c
    query = select(figure.opened_ms, figure.cured_ms).where(*_opened(asked))
    cohorts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for row in transaction.connection.execute(query):
        cohorts[_month(row, asked)].update(cases=1, cured=int(row.cured_ms is not None))
    rows: list[list[Cell]] = [
        [month, sums["cases"], sums["cured"], formulas.cure_rate(sums["cured"], sums["cases"])]
        for month, sums in sorted(cohorts.items())
    ]
    cured = sum(sums["cured"] for sums in cohorts.values())
    total = sum(sums["cases"] for sums in cohorts.values())
    return Table(
        (("month", "day"), ("cases", "count"), ("cured", "count"), ("rate", "rate")),
        rows,
        {"rate": formulas.cure_rate(cured, total)},
    )


def first_contact(transaction: Transaction, asked: Asked) -> Table:
    """Give how long it took to reach the customers, by the month the case came in."""
    figure = CASE_FIGURE.c
    query = select(figure.opened_ms, figure.first_contact_ms).where(*_opened(asked))
    cases: Counter[str] = Counter()
    waits: defaultdict[str, list[int]] = defaultdict(list)
    for row in transaction.connection.execute(query):
        month = _month(row, asked)
        cases[month] += 1
        if row.first_contact_ms is not None:
            waits[month].append(max(0, row.first_contact_ms - row.opened_ms) // 1000)
    rows: list[list[Cell]] = [
        [month, cases[month], len(waits[month]), formulas.median(waits[month])] for month in sorted(cases)
    ]
    everything = [wait for month in waits.values() for wait in month]
    return Table(
        (("month", "day"), ("cases", "count"), ("contacted", "count"), ("median", "seconds")),
        rows,
        {"median": formulas.median(everything)},
    )


def data_quality(transaction: Transaction, asked: Asked) -> Table:
    """Give what keeps cases from being worked, and how late facts arrive."""
    figure = CASE_FIGURE.c
    here = figure.team == asked.team
    active = select(USER.c.id).where(USER.c.team == asked.team, USER.c.active == 1)
    pool, orphans, unreachable, nothing_next = transaction.connection.execute(
        select(
            func.count().filter(figure.owner_id.is_(None)),
            func.count().filter(figure.owner_id.is_not(None), figure.owner_id.not_in(active)),
            func.count().filter(figure.unreachable == 1),
            func.count().filter(figure.next_ms.is_(None), figure.waiting == 0, figure.stopped == 0, figure.owed > 0),
        ).where(here, figure.closed.is_(None))
    ).one()
    cash = cash_state(transaction, asked.team)
    age = None
    if cash.received_at is not None:
        received = milliseconds(datetime.fromisoformat(cash.received_at).astimezone(UTC))
        age = (transaction.now_ms - received) // 3_600_000
    found: dict[str, int | None] = {
        "pool": pool,
        "orphans": orphans,
        "unreachable": unreachable,
        "no_next_action": nothing_next,
        "gaps": _gaps(transaction, asked),
        "lag_p95": formulas.percentile(_lags(transaction, asked), 95),
        "cash_age": age,
    }
    return Table((("what", "text"), ("count", "count")), [[what, count] for what, count in found.items()], found)


def _gaps(transaction: Transaction, asked: Asked) -> int:
    """Count the numbers missing below the highest one received, over all machines of the team."""
    counts = (
        select((func.max(RECEIPT.c.seq) - DEVICE.c.received_through - func.count(RECEIPT.c.seq)).label("missing"))
        .select_from(DEVICE)
        .join(RECEIPT, (RECEIPT.c.device_id == DEVICE.c.id) & (RECEIPT.c.seq > DEVICE.c.received_through))
        .where(DEVICE.c.user_id.in_(asked.agents()))
        .group_by(DEVICE.c.id, DEVICE.c.received_through)
        .subquery()
    )
    return int(transaction.connection.execute(select(func.coalesce(func.sum(counts.c.missing), 0))).scalar_one())


def _lags(transaction: Transaction, asked: Asked) -> list[int]:
    """Give the seconds the facts of the last day asked about were on their way."""
    first = asked.begin_ms(asked.until.toordinal())
    query = select(FACT.c.received_ms - FACT.c.at_ms).where(
        FACT.c.author.in_(asked.agents()),
        FACT.c.at_ms >= first,
        FACT.c.at_ms < asked.end_ms,
        FACT.c.device_id.is_not(None),
    )
    return [max(0, lag) // 1000 for lag in transaction.connection.execute(query).scalars()]


def _opened(asked: Asked) -> tuple[Any, ...]:
    figure = CASE_FIGURE.c
    mine = () if asked.agent is None else (figure.owner_id == asked.agent,)
    one = () if asked.currency is None else (figure.currency == asked.currency,)
    return (figure.team == asked.team, figure.opened_ms >= asked.first_ms, figure.opened_ms < asked.end_ms, *mine, *one)


def _month(row: Any, asked: Asked) -> str:
    return month_text((from_milliseconds(row.opened_ms) + timedelta(minutes=asked.offset)).date())
