"""Phone numbers on the screen: written out, partly hidden, and with the time zones they may be in."""

from __future__ import annotations

from functools import lru_cache

from domain.phones.plans import parse_e164, zones_of_number


@lru_cache(maxsize=4096)
def zones_of(e164: str) -> tuple[str, ...]:
    """List every IANA zone the number may be in, as libphonenumber names them (``Asia/Calcutta``, ``Asia/Shanghai``).

    A toll-free number of North America has 42, a Russian mobile 16. Empty when the text is no number or its zone is not
    known: then nothing may be assumed about the local time.
    """
    number = parse_e164(e164)
    return () if number is None else zones_of_number(number)


def display(e164: str) -> str:
    """Write the number out in its country's grouping, as ``+86 138 0013 8000``; text that is no number comes back."""
    import phonenumbers

    number = parse_e164(e164)
    if number is None:
        return e164
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def masked(e164: str) -> str:
    """Hide the middle of the number, as ``138 **** 8002``: enough to tell two numbers apart, not enough to dial."""
    import phonenumbers

    number = parse_e164(e164)
    digits = (
        phonenumbers.national_significant_number(number)
        if number is not None
        else "".join(character for character in e164 if character.isdigit())
    )
    shown = max(0, len(digits) - max(3, len(digits) - 7))  # at least three digits stay hidden, at most seven are shown
    tail = (shown + 1) // 2
    head = shown - tail
    return " ".join(filter(None, (digits[:head], "*" * (len(digits) - shown), digits[len(digits) - tail :])))
