"""Every report by its name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from domain.clock import format_instant
from domain.supervision import Report
from server.database.engine import Transaction
from server.figures.cash import cash_state
from server.figures.reports import first_call, promised, stock, worked
from server.figures.reports.asked import Asked, Table

BUILDERS: Final[dict[str, Callable[[Transaction, Asked], Table]]] = {
    "kept_rate": promised.kept_rate,
    "promised_kept": promised.promised_kept,
    "ageing": stock.ageing,
    "hours": worked.hours,
    "roll_rates": stock.roll_rates,
    "agents": worked.agents,
    "liquidation": stock.liquidation,
    "cure_rate": stock.cure_rate,
    "first_contact": stock.first_contact,
    "handle_time": worked.handle_time,
    "first_call": first_call.first_call,
    "funnel": worked.funnel,
    "compliance": worked.compliance,
    "data_quality": stock.data_quality,
}


def report(transaction: Transaction, name: str, asked: Asked) -> Report:
    """Make a report. Raises ``KeyError`` for a name there is none of."""
    cash = cash_state(transaction, asked.team)
    return BUILDERS[name](transaction, asked).as_report(name, asked, format_instant(transaction.now), cash)
