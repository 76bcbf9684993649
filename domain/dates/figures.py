"""Dates made of figures and of month and day, in either language: which figure is the month, which year is meant."""

from __future__ import annotations

from dataclasses import dataclass, replace

from domain.dates.arithmetic import NoSuchDayError, day_of, full_year, next_month_day
from domain.dates.echo import absolute, weekday_name
from domain.dates.mention import DateOrder, Days, Outcome, Refusal, Setting, Trouble, one_day
from domain.i18n import tr

_LONG_AHEAD = 300
"""Days after which a date without a year is so far away that the agent is told it was moved to the next year."""


@dataclass(frozen=True, slots=True)
class FigureDate:
    """Year, month and day taken from figures, and whether month and day could be the other way round."""

    year: int | None
    month: int
    day: int
    year_digits: int = 4
    doubtful: bool = False

    @classmethod
    def of(cls, figures: tuple[int, ...], written: str, order: DateOrder) -> FigureDate:
        """Sort two or three figures out.

        Four digits in front are a year (ISO 8601 order); otherwise ``order`` decides, unless only the other order
        makes a month.
        """
        if len(figures) == 3 and written[:4].isdigit():
            year, month, day = figures
            return cls(year, day, month) if month > 12 >= day else cls(year, month, day)
        one, two = figures[0], figures[1]
        month_first = one <= 12 if two > 12 else (order == "MDY" if one <= 12 else False)
        month, day = (one, two) if month_first else (two, one)
        doubtful = one <= 12 and two <= 12 and one != two
        if len(figures) == 2:
            return cls(None, month, day, doubtful=doubtful)
        digits = 4 if written[-4:].isdigit() else 2
        return cls(figures[2], month, day, year_digits=digits, doubtful=doubtful)


def date_of_figures(setting: Setting, figure: FigureDate) -> Outcome:
    """Give the day that figures name."""
    year = figure.year
    if year is not None:
        year = full_year(year, figure.year_digits, setting.today)
    outcome = month_and_day(setting, figure.month, figure.day, year)
    if not figure.doubtful or isinstance(outcome, Refusal):
        return outcome
    if year is not None and outcome.kept < setting.today:
        other = month_and_day(setting, figure.day, figure.month, year)
        if isinstance(other, Days) and other.kept >= setting.today:
            note = tr("Read as {day}, because the other order has passed.")
            return replace(other, note=note.format(day=absolute(other.kept)))
    return replace(
        outcome, note=outcome.note or tr("Read as {day}: check day and month.").format(day=absolute(outcome.kept))
    )


def month_and_day(setting: Setting, month: int, day: int, year: int | None) -> Outcome:
    """Give the day of the year said, or else the next such day from today on."""
    try:
        if year is not None:
            return one_day(day_of(year, month, day), year_said=True)
        kept = next_month_day(setting.today, month, day)
    except NoSuchDayError:
        return _no_such_day(month, day)
    if (kept - setting.today).days > _LONG_AHEAD:
        return one_day(kept, tr("That day of this year has passed: {day} is kept.").format(day=absolute(kept)))
    return one_day(kept)


def _no_such_day(month: int, day: int) -> Refusal:
    if (month, day) == (2, 29):
        return Refusal(Trouble.IMPOSSIBLE, tr("There is no 29 February in that year: ask for another day."))
    why = tr("There is no day {day} in month {month}: ask for another day.").format(day=day, month=month)
    return Refusal(Trouble.IMPOSSIBLE, why)


def fits_weekday(outcome: Outcome, weekday: int) -> Outcome:
    """Hold a date against the weekday said with it.

    A date without a year moves to the following year if the weekday is right only there; otherwise the date is kept
    and the agent is told that the two disagree.
    """
    if isinstance(outcome, Refusal) or outcome.range or outcome.kept.weekday() == weekday:
        return outcome
    day = outcome.kept
    if not outcome.year_said:
        try:
            later = day_of(day.year + 1, day.month, day.day)
        except NoSuchDayError:
            later = day
        if later.weekday() == weekday:
            note = tr("The nearest one that is a {weekday}; {day} is not: ask which is meant.")
            return one_day(later, note.format(weekday=weekday_name(weekday), day=absolute(day)))
    note = tr("{day} is no {weekday}: ask which is meant.")
    return replace(outcome, note=note.format(day=absolute(day), weekday=weekday_name(weekday)))
