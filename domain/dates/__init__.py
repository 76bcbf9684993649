"""What a promise phrase means, in English and Chinese, and how a date is said back so that nobody can mistake it."""

from __future__ import annotations

from datetime import date
from typing import Literal

from domain.dates.echo import absolute, echo
from domain.dates.reading import DatedPart, PhraseReading

__all__ = ["DatedPart", "PhraseReading", "absolute", "echo", "read_phrase"]


def read_phrase(
    text: str,
    today: date,
    *,
    language: Literal["en", "zh"] | None = None,
    pay_day: int | None = None,
    date_order: Literal["MDY", "DMY"] = "MDY",
) -> PhraseReading:
    """Read what day a phrase or a customer's sentence promises.

    ``today`` is the day of the call where the customer is; a ``datetime`` with an hour lets "in 12 hours" cross
    midnight, otherwise hours are counted from midday. ``language`` says which layer to try first, the script of the
    text decides if it is ``None``; the other layer is tried when the first finds nothing. ``pay_day`` is the day of
    the month the customer is paid. ``date_order`` settles 3/4 where the figures do not.

    Never raises for any text. Raises ``ValueError`` for a ``pay_day`` outside 1 to 31.
    """
    # imported at the first phrase: the grammars' patterns take longer to compile than the first screen may wait
    from domain.dates.phrase import read

    return read(text, today, language=language, pay_day=pay_day, date_order=date_order)
