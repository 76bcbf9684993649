"""Public holidays and make-up workdays, behind a small protocol so that a house may bring its own calendar."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import Protocol


class HolidayCalendar(Protocol):
    """Something that knows the public holidays of countries (ISO 3166 codes); what it says of a day never changes."""

    def is_holiday(self, day: date, region: str) -> bool:
        """Tell whether ``day`` is a public holiday everywhere in ``region``."""
        ...

    def is_makeup_workday(self, day: date, region: str) -> bool:
        """Tell whether ``region`` works on ``day``, a weekend day, in exchange for a bridging day."""
        ...


class PublicHolidays:
    """National holidays as the ``holidays`` library knows them; it is imported when the first day is asked for.

    Make-up workdays are those a government has announced, usually a year ahead. A country the library does not know has
    no holidays.
    """

    def is_holiday(self, day: date, region: str) -> bool:
        """Tell whether ``day`` is a national holiday of ``region``, substitute days included."""
        return day in _holidays_of(region, day.year)

    def is_makeup_workday(self, day: date, region: str) -> bool:
        """Tell whether ``day`` is an announced make-up workday of ``region``."""
        return day in _makeup_workdays_of(region, day.year)


class NoHolidays:
    """A calendar without holidays."""

    def is_holiday(self, day: date, region: str) -> bool:  # noqa: ARG002 - the protocol's signature
        """Answer no."""
        return False

    def is_makeup_workday(self, day: date, region: str) -> bool:  # noqa: ARG002 - the protocol's signature
        """Answer no."""
        return False


@lru_cache(maxsize=256)
def _holidays_of(region: str, year: int) -> frozenset[date]:
    import holidays

    try:
        return frozenset(holidays.country_holidays(region, years=year))
    except NotImplementedError:
        return frozenset()


@lru_cache(maxsize=256)
def _makeup_workdays_of(region: str, year: int) -> frozenset[date]:
    import holidays

    try:
        calendar = holidays.country_holidays(region, years=year)
    except NotImplementedError:
        return frozenset()
    return frozenset(day for day in calendar.weekend_workdays if day.year == year)
