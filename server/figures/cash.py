"""How fresh the cash figure is: when payments last came in, and up to which day they reach."""

from __future__ import annotations

from datetime import date
from typing import Literal

from sqlalchemy import select

from domain.clock import format_instant, from_milliseconds
from domain.supervision import CashState
from server.database.engine import Transaction
from server.database.supervision_tables import CASH
from server.database.upsert import upsert

Source = Literal["file", "feed"]


def cash_state(transaction: Transaction, team: str) -> CashState:
    """Tell how fresh a team's cash figure is."""
    row = transaction.connection.execute(select(CASH).where(CASH.c.team == team)).first()
    if row is None:
        return CashState()
    through = None if row.through is None else date.fromordinal(row.through)
    return CashState(format_instant(from_milliseconds(row.received_ms)), through, row.source)


def note_cash(transaction: Transaction, team: str, through: date | None, source: Source) -> None:
    """Write down that payments up to a day have come in; an older file does not take the day back."""
    known = transaction.connection.execute(select(CASH.c.through).where(CASH.c.team == team)).scalar()
    days = [day for day in (known, None if through is None else through.toordinal()) if day is not None]
    upsert(
        transaction.connection,
        CASH,
        [
            {
                "team": team,
                "received_ms": transaction.now_ms,
                "through": max(days, default=None),
                "source": source,
            }
        ],
    )
