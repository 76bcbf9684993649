"""What a report is asked about, and the table it is given in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import ColumnElement, Select, select

from domain.freshness import CashState
from domain.supervision import Column, Report
from domain.supervision.reports import ColumnKind
from server.database.engine import Transaction
from server.database.schema import USER
from server.database.supervision_tables import WORK_SLOT
from server.figures.work import SLOT_MS

Cell = str | int | None

_EPOCH_DAY: Final = date(1970, 1, 1).toordinal()
_DAY_MS: Final = 24 * 3600 * 1000
_MINUTE_MS: Final = 60_000
SLOTS_AN_HOUR: Final = 3_600_000 // SLOT_MS


@dataclass(frozen=True, slots=True)
class Asked:
    """One question: whose figures, from which day to which, days and hours ``offset`` minutes east of UTC."""

    team: str
    since: date
    until: date
    agent: str | None = None
    currency: str | None = None
    offset: int = 0

    @property
    def first_ms(self) -> int:
        """The instant the first day begins."""
        return self.begin_ms(self.since.toordinal())

    @property
    def end_ms(self) -> int:
        """The instant the last day ends."""
        return self.begin_ms(self.until.toordinal() + 1)

    def begin_ms(self, day: int) -> int:
        """Give the instant a day (by number) begins where the report is read."""
        return (day - _EPOCH_DAY) * _DAY_MS - self.offset * _MINUTE_MS

    def day_of(self, at_ms: int) -> int:
        """Give the number of the day an instant falls on where the report is read."""
        return (at_ms + self.offset * _MINUTE_MS) // _DAY_MS + _EPOCH_DAY

    def opened_day(self, column: ColumnElement[int]) -> ColumnElement[int]:
        """Give the number of the day a column's instant falls on, for grouping by it in the database."""
        return (column + self.offset * _MINUTE_MS) // _DAY_MS + _EPOCH_DAY

    def hour_of(self, at_ms: int) -> int:
        """Give the hour of the day an instant falls into where the report is read."""
        return (at_ms + self.offset * _MINUTE_MS) % _DAY_MS // 3_600_000

    def slots(self) -> tuple[ColumnElement[bool], ...]:
        """Give the conditions for the slots of the agents and days asked about."""
        slot = WORK_SLOT.c
        mine = slot.agent_id == self.agent if self.agent is not None else slot.agent_id.in_(self.agents())
        return (slot.slot >= self.first_ms // SLOT_MS, slot.slot < self.end_ms // SLOT_MS, mine)

    def agents(self) -> Select[tuple[str]]:
        """Give the query of the team's agents, those who have left too: they did their work."""
        return select(USER.c.id).where(USER.c.team == self.team, USER.c.role == "agent")


@dataclass(frozen=True, slots=True)
class Table:
    """A report's columns by kind, its rows, its figures over everything, and what to say beside them."""

    columns: tuple[tuple[str, ColumnKind], ...]
    rows: list[list[Cell]]
    figures: dict[str, int | None]
    notes: tuple[str, ...] = ()

    def as_report(self, name: str, asked: Asked, at: str, cash: CashState) -> Report:
        """Give the table as it travels; ``cash`` is how fresh the payments are that it rests on."""
        columns = [Column(column, kind) for column, kind in self.columns]
        return Report(name, asked.since, asked.until, at, columns, self.rows, self.figures, list(self.notes), cash)


def logins(transaction: Transaction, team: str) -> dict[str, str]:
    """Give the logins of the team's agents by id."""
    query = select(USER.c.id, USER.c.login).where(USER.c.team == team, USER.c.role == "agent")
    return {row.id: row.login for row in transaction.connection.execute(query)}


def day_text(day: int) -> str:
    """Write a day by its number."""
    return date.fromordinal(day).isoformat()


def month_text(day: date) -> str:
    """Write the first day of a month."""
    return day.replace(day=1).isoformat()
