"""Reports about work: calls by hour and day, agents beside one another, how long a call takes, what was found fault with."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any, Final

from sqlalchemy import func, select

from domain.figures import formulas
from server.database.engine import Transaction
from server.database.schema import AUDIT
from server.database.supervision_tables import CASE_FIGURE, REFUSAL_DAY, WORK_SLOT
from server.figures.reports.asked import Asked, Cell, Table, day_text, logins
from server.figures.reports.promised import kept_by_author
from server.figures.work import MEASURES, SLOT_MS

_RATES: Final = ("connect_rate", "right_party_rate", "promise_rate", "kept_rate", "handle_time")


def hours(transaction: Transaction, asked: Asked) -> Table:
    """Give calls and conversations by hour of the day."""
    by_hour: defaultdict[int, Counter[str]] = defaultdict(Counter)
    for slot, counts in _by_slot(transaction, asked).items():
        by_hour[asked.hour_of(slot * SLOT_MS)].update(counts)
    rows: list[list[Cell]] = [
        [
            hour,
            by_hour[hour]["attempts"],
            by_hour[hour]["connected"],
            by_hour[hour]["right_party"],
            by_hour[hour]["promises"],
            formulas.right_party_rate(by_hour[hour]["right_party"], by_hour[hour]["attempts"]),
        ]
        for hour in range(24)
        if by_hour[hour]["attempts"] or by_hour[hour]["ended"]
    ]
    total = _sum(by_hour.values())
    return Table(
        (
            ("hour", "count"),
            ("attempts", "count"),
            ("connected", "count"),
            ("right_party", "count"),
            ("promises", "count"),
            ("rate", "rate"),
        ),
        rows,
        {"attempts": total["attempts"], "rate": formulas.right_party_rate(total["right_party"], total["attempts"])},
    )


def agents(transaction: Transaction, asked: Asked) -> Table:
    """Give each agent's rates; the figures are the medians over the agents who made a call."""
    names = logins(transaction, asked.team)
    work = _by_agent(transaction, asked)
    kept = kept_by_author(transaction, asked)
    rows: list[list[Cell]] = []
    for agent in sorted(names, key=lambda agent: names[agent]):
        counts = work.get(agent, Counter())
        if counts["attempts"]:
            rows.append(
                [
                    names[agent],
                    counts["attempts"],
                    counts["right_party"],
                    counts["promises"],
                    formulas.connect_rate(counts["connected"], counts["attempts"]),
                    formulas.right_party_rate(counts["right_party"], counts["attempts"]),
                    formulas.promise_rate(counts["promises"], counts["right_party"]),
                    kept.get(agent),
                    formulas.handle_time(counts["talk_s"], counts["wrap_s"], counts["ended"]),
                ]
            )
    columns = ("agent", "attempts", "right_party", "promises", *_RATES)
    medians = {
        column: formulas.median([value for row in rows if isinstance(value := row[place], int)])
        for place, column in enumerate(columns)
        if column != "agent"
    }
    return Table(
        (
            ("agent", "text"),
            ("attempts", "count"),
            ("right_party", "count"),
            ("promises", "count"),
            ("connect_rate", "rate"),
            ("right_party_rate", "rate"),
            ("promise_rate", "rate"),
            ("kept_rate", "rate"),
            ("handle_time", "seconds"),
        ),
        rows,
        medians,
        ("matured_only",),
    )


def handle_time(transaction: Transaction, asked: Asked) -> Table:
    """Give how long calls took, day by day."""
    days = _by_day(transaction, asked)
    rows: list[list[Cell]] = [
        [
            day_text(day),
            counts["ended"],
            counts["talk_s"],
            counts["wrap_s"],
            formulas.handle_time(counts["talk_s"], counts["wrap_s"], counts["ended"]),
        ]
        for day, counts in sorted(days.items())
    ]
    total = _sum(days.values())
    return Table(
        (("day", "day"), ("ended", "count"), ("talk", "seconds"), ("wrap", "seconds"), ("average", "seconds")),
        rows,
        {"average": formulas.handle_time(total["talk_s"], total["wrap_s"], total["ended"])},
    )


def funnel(transaction: Transaction, asked: Asked) -> Table:
    """Give the way from cases to promises, day by day and altogether."""
    days = _by_day(transaction, asked)
    rows: list[list[Cell]] = [
        [
            day_text(day),
            counts["attempts"],
            counts["connected"],
            counts["right_party"],
            counts["promises"],
            formulas.connect_rate(counts["connected"], counts["attempts"]),
            formulas.right_party_rate(counts["right_party"], counts["attempts"]),
            formulas.promise_rate(counts["promises"], counts["right_party"]),
        ]
        for day, counts in sorted(days.items())
    ]
    total = _sum(days.values())
    figure = CASE_FIGURE.c
    mine = figure.owner_id == asked.agent if asked.agent is not None else figure.owner_id.is_not(None)
    assigned, attempted = transaction.connection.execute(
        select(
            func.count(),
            func.count().filter(figure.last_attempt_ms >= asked.first_ms, figure.last_attempt_ms < asked.end_ms),
        ).where(figure.team == asked.team, figure.closed.is_(None), mine)
    ).one()
    return Table(
        (
            ("day", "day"),
            ("attempts", "count"),
            ("connected", "count"),
            ("right_party", "count"),
            ("promises", "count"),
            ("connect_rate", "rate"),
            ("right_party_rate", "rate"),
            ("promise_rate", "rate"),
        ),
        rows,
        {
            "assigned": assigned,
            "attempted": attempted,
            "attempt_rate": formulas.attempt_rate(attempted, assigned),
            "connect_rate": formulas.connect_rate(total["connected"], total["attempts"]),
            "right_party_rate": formulas.right_party_rate(total["right_party"], total["attempts"]),
            "promise_rate": formulas.promise_rate(total["promises"], total["right_party"]),
        },
    )


def compliance(transaction: Transaction, asked: Asked) -> Table:
    """Give refusals, rules set aside, faults and texts not read, day by day."""
    days = _by_day(transaction, asked)
    refusals = _refusals(transaction, asked)
    overrides = _overrides(transaction, asked)
    rows: list[list[Cell]] = [
        [
            day_text(day),
            days[day]["attempts"],
            refusals[day],
            overrides[day],
            days[day]["flagged"],
            days[day]["unread"],
        ]
        for day in sorted({*days, *refusals, *overrides})
    ]
    total = _sum(days.values())
    return Table(
        (
            ("day", "day"),
            ("attempts", "count"),
            ("refusals", "count"),
            ("overrides", "count"),
            ("flagged", "count"),
            ("unread", "count"),
        ),
        rows,
        {
            "refusals": refusals.total(),
            "overrides": overrides.total(),
            "flagged": total["flagged"],
            "unread": total["unread"],
        },
    )


def _refusals(transaction: Transaction, asked: Asked) -> Counter[int]:
    refusal = REFUSAL_DAY.c
    query = (
        select(refusal.day, func.sum(refusal.count).label("refusals"))
        .where(refusal.day.between(asked.since.toordinal(), asked.until.toordinal()))
        .where(refusal.user_id == asked.agent if asked.agent is not None else refusal.user_id.in_(asked.agents()))
        .group_by(refusal.day)
    )
    return Counter({row.day: int(row.refusals) for row in transaction.connection.execute(query)})


def _overrides(transaction: Transaction, asked: Asked) -> Counter[int]:
    query = select(AUDIT.c.at_ms).where(
        AUDIT.c.team == asked.team,
        AUDIT.c.action == "gate.overridden",
        AUDIT.c.at_ms >= asked.first_ms,
        AUDIT.c.at_ms < asked.end_ms,
    )
    if asked.agent is not None:
        query = query.where(AUDIT.c.actor == asked.agent)
    return Counter(asked.day_of(at_ms) for at_ms in transaction.connection.execute(query).scalars())


def _by_day(transaction: Transaction, asked: Asked) -> defaultdict[int, Counter[str]]:
    days: defaultdict[int, Counter[str]] = defaultdict(Counter)
    for slot, counts in _by_slot(transaction, asked).items():
        days[asked.day_of(slot * SLOT_MS)].update(counts)
    return days


def _by_slot(transaction: Transaction, asked: Asked) -> dict[int, dict[str, int]]:
    return {row["slot"]: _counts(row) for row in _grouped(transaction, asked, WORK_SLOT.c.slot)}


def _by_agent(transaction: Transaction, asked: Asked) -> dict[str, Counter[str]]:
    return {row["agent_id"]: Counter(_counts(row)) for row in _grouped(transaction, asked, WORK_SLOT.c.agent_id)}


def _grouped(transaction: Transaction, asked: Asked, column: Any) -> Any:
    sums = (func.sum(WORK_SLOT.c[measure]).label(measure) for measure in MEASURES)
    query = select(column, *sums).where(*asked.slots()).group_by(column)
    return transaction.connection.execute(query).mappings()


def _counts(row: Any) -> dict[str, int]:
    return {measure: int(row[measure]) for measure in MEASURES}


def _sum(counts: Any) -> Counter[str]:
    total: Counter[str] = Counter()
    for each in counts:
        total.update(each)
    return total
