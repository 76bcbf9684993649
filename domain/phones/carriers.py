"""Whose network a number belongs to, as its range was given out; it may have been taken along to another since.

The table takes eleven megabytes and is loaded by :func:`fetch`, on a thread of the caller's, when a customer file is opened
and not before. Countries in which numbers move freely between networks have no names in it for some ranges.
"""

from __future__ import annotations

import sys

from domain.i18n import language
from domain.phones.plans import parse_e164


def fetch() -> None:
    """Load the table; it takes a fifth of a second the first time and nothing afterwards."""
    import phonenumbers.carrier  # noqa: F401  # loading it is the purpose


def is_fetched() -> bool:
    """Tell whether the table is there."""
    return "phonenumbers.carrier" in sys.modules


def carrier_of(e164: str) -> str:
    """Name the network of a mobile number in the interface language; empty where nobody knows or nothing is loaded."""
    number = parse_e164(e164) if is_fetched() else None
    if number is None:
        return ""
    from phonenumbers import carrier

    name: str = carrier.name_for_number(number, language())
    return name
