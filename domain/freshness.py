"""How fresh the cash figure is: what a promise, a case or a figure is judged by is as old as the last payments."""

from __future__ import annotations

from datetime import date, datetime

from domain.clock import parse_instant
from domain.formats import day_plain
from domain.i18n import tr
from domain.records import dataclass


@dataclass(frozen=True, slots=True)
class CashState:
    """How fresh the cash figure is: when payments last came in, and up to which day they reach.

    Both are absent where no payment has ever come in. ``source`` is ``file`` or ``feed``.
    """

    received_at: str | None = None
    through: date | None = None
    source: str | None = None


def cash_words(cash: CashState, now: datetime) -> str:
    """Say how fresh the cash figure is: ``payments as of 07:40``, with the day unless that is today."""
    if cash.received_at is None:
        return tr("no payments yet")
    try:
        received = parse_instant(cash.received_at).astimezone()
    except (ValueError, OverflowError):
        return tr("no payments yet")
    when = f"{received:%H:%M}"
    if received.date() != now.astimezone().date():
        when = f"{day_plain(received.date())} {when}"
    return tr("payments as of {when}").format(when=when)
