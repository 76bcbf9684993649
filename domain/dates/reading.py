"""What a promise phrase was understood to mean: the value that screens, the command line and the store receive."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Literal

from domain.dates.echo import WEEKDAY_NAMES


@dataclass(frozen=True, slots=True)
class DatedPart:
    """One payment of a promise in parts: "half today", "$100 on Friday", "the rest next week"."""

    date: dt.date
    share: Fraction | None = None
    """The part of the whole debt, or ``None`` with ``amount`` ``None`` for "the rest"."""
    amount: str | None = None
    """The figure as said in plain digits without currency ("100" for "$100", "15000" for "一万五")."""
    range: bool = False
    """Whether the words for this part cover several days, of which the last is kept."""

    @property
    def rest(self) -> bool:
        """Whether this part is whatever the other parts leave."""
        return self.share is None and self.amount is None


@dataclass(frozen=True, slots=True)
class PhraseReading:
    """What a phrase means on a given day; a promise can be made of it only where ``date`` is not ``None``."""

    text: str = field(repr=False)
    """The words as given (a customer's words: kept out of logs)."""
    today: dt.date
    """The day the phrase was read against."""
    date: dt.date | None
    """The day named, today or later; of a range the last day, of parts the first part's day."""
    range: bool
    """Whether the words cover several days ("月底", "next week")."""
    parts: tuple[DatedPart, ...]
    """The payments of a promise in parts, earliest first; empty for a single payment."""
    needs: Literal["pay_day"] | None
    """What must be asked before the phrase has a date: the day of the month the customer is paid."""
    tentative: bool
    """Whether the words commit to nothing ("maybe next week"); then ``date`` is ``None``."""
    why: str
    """One short sentence for the agent in the interface language: how the words were read, or why there is no date."""
    mentioned: dt.date | None = None
    """The day that was named without being promised, for the agent to accept with one key."""
    mentioned_parts: tuple[DatedPart, ...] = ()
    """The parts that were named without being promised."""
    stretch: tuple[dt.date, dt.date] | None = None
    """First and last day covered where the words cover several."""
    share: Fraction | None = None
    """Of a single payment that is said to be a part of the debt ("half on Friday"): the share."""
    amount: str | None = None
    """Of a single payment with a figure ("$100 next week"): the figure as said, in plain digits."""

    @property
    def weekday(self) -> str | None:
        """The English name of the weekday of ``date``."""
        return None if self.date is None else WEEKDAY_NAMES[self.date.weekday()]

    @property
    def days(self) -> int | None:
        """Days from ``today`` to ``date``."""
        return None if self.date is None else (self.date - self.today).days

    def accepted(self) -> PhraseReading:
        """Take the day that was only mentioned as the day promised, because the agent got a yes to it.

        Raises ``ValueError`` when no day was mentioned.
        """
        if self.mentioned is None:
            raise ValueError("no day was mentioned")
        return replace(
            self,
            date=self.mentioned,
            parts=self.mentioned_parts,
            tentative=False,
            needs=None,
            mentioned=None,
            mentioned_parts=(),
        )
