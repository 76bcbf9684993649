"""What the first case or the first keystroke would otherwise wait for, fetched while a person types the password."""

from __future__ import annotations

from datetime import date


def warm() -> None:
    """Import the calendars and the grammars of dates; half a second on a slow machine, on a thread of its own."""
    from domain.dates import read_phrase
    from domain.gate.holidays import PublicHolidays

    today = date.today()  # noqa: DTZ011  # any day of the year will do
    holidays = PublicHolidays()
    for region in ("CN", "US"):
        holidays.is_holiday(today, region)
    for phrase in ("friday", "周五"):
        read_phrase(phrase, today)
