"""Reports about the cases themselves: how old they are, where they roll, what was collected, how fast they were reached."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import func, select, text

from domain.clock import milliseconds
from domain.figures import formulas
from server.database.engine import Transaction
from server.database.schema import FACT, USER
from server.database.supervision_tables import AGEING_DAY, CASE_FIGURE, CASE_PAYMENT, ROLL_MONTH
from server.figures.cash import cash_state
from server.figures.gaps import missing_facts
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
    opened = asked.opened_day(figure.opened_ms).label("day")
    query = (
        select(opened, figure.currency, func.count().label("cases"), func.sum(figure.placed).label("placed"))
        .add_columns(func.sum(func.coalesce(paid.c.paid, 0)).label("paid"))
        .outerjoin(paid, (paid.c.case_id == figure.case_id) & (paid.c.currency == figure.currency))
        .where(*_opened(asked))
        .group_by(text("day"), figure.currency)
    )
    cohorts: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for row in transaction.connection.execute(query):
        sums = {"cases": row.cases, "assigned": int(row.placed), "collected": int(row.paid)}
        cohorts[_month(row.day), row.currency].update(sums)
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
    opened = asked.opened_day(figure.opened_ms).label("day")
    query = (
        select(opened, func.count().label("cases"), func.count(figure.cured_ms).label("cured"))
        .where(*_opened(asked))
        .group_by(text("day"))
    )
    cohorts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for row in transaction.connection.execute(query):
        cohorts[_month(row.day)].update(cases=row.cases, cured=row.cured)
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
    opened = asked.opened_day(figure.opened_ms).label("day")
    counts = select(opened, func.count().label("cases")).where(*_opened(asked)).group_by(text("day"))
    cases: Counter[str] = Counter()
    for row in transaction.connection.execute(counts):
        cases[_month(row.day)] += row.cases
    reached = select(opened, (figure.first_contact_ms - figure.opened_ms).label("wait")).where(
        *_opened(asked), figure.first_contact_ms.is_not(None)
    )
    waits: defaultdict[str, list[int]] = defaultdict(list)
    months: dict[int, str] = {}
    for day, wait in transaction.connection.execute(reached):
        month = months.setdefault(day, _month(day))
        waits[month].append(max(0, wait) // 1000)
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
    agents = [row.id for row in transaction.connection.execute(asked.agents())]
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
        "gaps": missing_facts(transaction, agents).total(),
        "lag_p95": _lag_p95(transaction, asked),
        "cash_age": age,
    }
    return Table((("what", "text"), ("count", "count")), [[what, count] for what, count in found.items()], found)


def _lag_p95(transaction: Transaction, asked: Asked) -> int | None:
    """Give the seconds within which 95 % of the facts of the last day asked about had arrived (nearest rank)."""
    lag = (FACT.c.received_ms - FACT.c.at_ms).label("lag")
    of_the_day = (
        FACT.c.author.in_(asked.agents()),
        FACT.c.at_ms >= asked.begin_ms(asked.until.toordinal()),
        FACT.c.at_ms < asked.end_ms,
        FACT.c.device_id.is_not(None),
    )
    facts = transaction.connection.execute(select(func.count()).select_from(FACT).where(*of_the_day)).scalar_one()
    if not facts:
        return None
    rank = -(-95 * facts // 100) - 1
    slow = transaction.connection.execute(select(lag).where(*of_the_day).order_by(lag).limit(1).offset(rank)).scalar()
    return max(0, slow or 0) // 1000


def _opened(asked: Asked) -> tuple[Any, ...]:
    figure = CASE_FIGURE.c
    mine = () if asked.agent is None else (figure.owner_id == asked.agent,)
    one = () if asked.currency is None else (figure.currency == asked.currency,)
    return (figure.team == asked.team, figure.opened_ms >= asked.first_ms, figure.opened_ms < asked.end_ms, *mine, *one)


def _month(day: int) -> str:
    return month_text(date.fromordinal(day))
