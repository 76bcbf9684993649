"""Points from 0 to 100 that order cases inside a bucket, each with its reason."""

from __future__ import annotations

import math
from datetime import date, datetime
from typing import Final

from domain.case import reading
from domain.case.model import Case
from domain.i18n import tr
from domain.money import exponent
from domain.promises.judging import Standing, level
from domain.queue.model import Points

_LOG_CEILING: Final = math.log10(1_000_000)


def score(case: Case, standings: tuple[Standing, ...], now: datetime, today: date) -> tuple[Points, ...]:
    """Give the points of a case, one reason each; together they are at most 100."""
    money = reading.balance(case, today)
    major = max(0, money.overdue) / 10 ** exponent(money.currency)
    days = reading.days_past_due(case, today)
    left = reading.days_to_next_stage(days, case.customer.segment)
    broken = level(standings)
    since = (now - case.attempts[-1].at).days if case.attempts else 14
    return (
        Points(tr("balance"), round(25 * min(1.0, math.log10(1 + major) / _LOG_CEILING)), 25),
        Points(tr("days to the next stage"), 0 if left is None else max(0, 20 - 2 * (left - 1)), 20),
        Points(tr("broken promises"), min(15, 5 * broken), 15),
        Points(tr("contactability"), _contactability(case, now), 15),
        Points(tr("risk"), _risk(days), 10),
        Points(tr("days since the last attempt"), min(10, since), 10),
        Points(tr("first-time defaulter"), 5 if not case.promises and len(case.attempts) < 2 else 0, 5),
    )


def _contactability(case: Case, now: datetime) -> int:
    conversation = reading.last_conversation(case)
    if conversation is None:
        return 5 if not case.attempts else max(0, 5 - len(case.attempts))
    age = (now - conversation.at).days
    zones = reading.zones(case)
    hour_now = now.astimezone().hour
    if zones:
        from zoneinfo import ZoneInfo

        zone = ZoneInfo(zones[0])
        hour_now, hour_then = now.astimezone(zone).hour, conversation.at.astimezone(zone).hour
    else:
        hour_then = conversation.at.hour
    return max(0, 10 - age // 3) + (5 if abs(hour_now - hour_then) <= 1 else 0)


def _risk(days: int) -> int:
    return 10 if days > 90 else 7 if days > 60 else 5 if days > 30 else 2
