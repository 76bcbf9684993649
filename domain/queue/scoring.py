"""Points from 0 to 100 that order cases inside a bucket, each with its reason."""

from __future__ import annotations

import math
from typing import Final

from domain.case import reading
from domain.i18n import mark
from domain.money import exponent
from domain.promises.judging import level
from domain.queue.model import Points
from domain.queue.placing import View

_LOG_CEILING: Final = math.log10(1_000_000)
_BALANCE: Final = mark("balance")
_STAGE: Final = mark("days to the next stage")
_BROKEN: Final = mark("broken promises")
_CONTACT: Final = mark("contactability")
_RISK: Final = mark("risk")
_SINCE: Final = mark("days since the last attempt")
_FIRST: Final = mark("first-time defaulter")


def score(view: View) -> tuple[Points, ...]:
    """Give the points of a case, one reason each, weighed as the house does; together they are at most 100."""
    case, now = view.case, view.now
    major = max(0, view.balance.overdue) / 10 ** exponent(view.balance.currency)
    left = reading.days_to_next_stage(view.days, case.customer.segment)
    since = (now - case.attempts[-1].at).days if case.attempts else 14
    weigh = view.policy.queue
    near = 0 if left is None else max(0, 20 - 2 * (left - 1))
    fresh = not case.promises and len(case.attempts) < 2
    return (
        Points(_BALANCE, round(weigh.balance * min(1.0, math.log10(1 + major) / _LOG_CEILING)), weigh.balance),
        Points(_STAGE, round(weigh.stage * near / 20), weigh.stage),
        Points(_BROKEN, round(weigh.broken * min(15, 5 * level(view.standings)) / 15), weigh.broken),
        Points(_CONTACT, round(weigh.contact * _contactability(view) / 15), weigh.contact),
        Points(_RISK, round(weigh.risk * _risk(view.days) / 10), weigh.risk),
        Points(_SINCE, round(weigh.since * min(10, since) / 10), weigh.since),
        Points(_FIRST, weigh.first if fresh else 0, weigh.first),
    )


def _contactability(view: View) -> int:
    conversation, tries = view.conversation, len(view.case.attempts)
    if conversation is None:
        return 5 if not tries else max(0, 5 - tries)
    age = (view.now - conversation.at).days
    apart = abs(view.now.astimezone(view.zone).hour - conversation.at.astimezone(view.zone).hour)
    return max(0, 10 - age // 3) + (5 if apart <= 1 else 0)


def _risk(days: int) -> int:
    return 10 if days > 90 else 7 if days > 60 else 5 if days > 30 else 2
