"""What a layer hands on for every place in a sentence where days are named: the days, or why there are none."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import Literal

DateOrder = Literal["MDY", "DMY"]


@dataclass(frozen=True, slots=True)
class Setting:
    """What a phrase is read against: the day of the call, the hour if known, the country's habit, the pay day."""

    today: date
    moment: datetime | None = None
    order: DateOrder = "MDY"
    pay_day: int | None = None


class Trouble(Enum):
    """Why words that speak of days name none that can be promised."""

    IMPOSSIBLE = "impossible"
    """The calendar has no such day."""
    PLAN = "plan"
    """The words describe payments that repeat."""
    PAY_DAY = "pay_day"
    """The day depends on when the customer is paid."""
    LUNAR = "lunar"
    """A day of the Chinese lunar calendar, which is not computed here."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Words that speak of days without naming one."""

    trouble: Trouble
    why: str


@dataclass(frozen=True, slots=True)
class Days:
    """The days some words cover, and the one of them that is kept."""

    first: date
    last: date
    kept: date
    note: str = ""
    """What the agent should know about the interpretation; empty where nobody could read the words otherwise."""
    loose: bool = False
    """Counts only if the sentence names no other day: "2 weeks", "this afternoon"."""
    edge: bool = False
    """The words already name a limit ("end of the month"), so that "before" them changes nothing."""
    year_said: bool = False
    """A year was said, so the day is never moved to another year."""
    offset: bool = False
    """Reached by counting from another day, so that "on Friday" after it picks a day of that week."""
    span: bool = False
    """Two days were named, the first and the last."""

    @property
    def range(self) -> bool:
        """Whether more than one day is covered."""
        return self.first != self.last


Outcome = Days | Refusal


def one_day(day: date, note: str = "", *, loose: bool = False, year_said: bool = False, offset: bool = False) -> Days:
    """Make the outcome of words that name a single day."""
    return Days(day, day, day, note, loose=loose, year_said=year_said, offset=offset)


@dataclass(frozen=True, slots=True)
class Mention:
    """Where in the cleaned text an outcome was read: characters ``start`` up to ``end``."""

    start: int
    end: int
    outcome: Outcome
