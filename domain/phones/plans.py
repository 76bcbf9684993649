"""Numbering plans: the one place that asks libphonenumber whether a row of digits is a number.

The library is imported inside the functions, because its metadata costs ten milliseconds of every start. Its
``geocoder`` is never imported, since it costs a quarter of a second and a hundred megabytes; its ``carrier`` only by
:mod:`domain.phones.carriers`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from domain.phones.model import RejectionCode

if TYPE_CHECKING:
    import phonenumbers

# Called free or at a shared price, and advertised as words (1-800-FLOWERS): the only numbers whose letters are digits.
_SPELT_IN_LETTERS: Final = frozenset({"toll_free", "shared_cost", "premium_rate", "uan"})
_UNKNOWN_ZONE: Final = "Etc/Unknown"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A valid number as the numbering plan knows it; ``trunk_usual`` says that people write it with a leading 0."""

    e164: str = field(repr=False)
    country_code: int
    type: str
    region: str | None
    zones: tuple[str, ...]
    trunk_usual: bool


@lru_cache(maxsize=4096)
def look_up(digits: str, region: str | None, *, plus: bool) -> Candidate | None:
    """Find the valid number that ``digits`` (ASCII digits alone) mean when dialled in ``region``; else ``None``.

    ``plus`` says that a ``+`` stood before them, so that they begin with a country code.
    """
    typed = "+" + digits if plus else digits
    found = _valid(typed, region)
    if found is None and not plus and digits.startswith("00"):
        # 00 is the international prefix ITU-T E.164 recommends and people type it where theirs is another (011, 810).
        found = _valid("+" + digits[2:], None)
    if found is None:
        found = _valid_after_renumbering(typed, region)
    return None if found is None else _candidate(found)


def why_not(digits: str, region: str | None, *, plus: bool) -> RejectionCode:
    """Name the reason why ``digits`` are no valid number."""
    import phonenumbers

    if _is_emergency(digits, region):
        return "emergency"
    if region is None and not plus:
        return "no_region"
    try:
        parsed = phonenumbers.parse("+" + digits if plus else digits, region)
    except phonenumbers.NumberParseException as error:
        return "too_long" if error.error_type == phonenumbers.NumberParseException.TOO_LONG else "too_short"
    if not plus and region is not None and phonenumbers.is_valid_short_number_for_region(parsed, region):
        return "short_number"
    possible = phonenumbers.is_possible_number_with_reason(parsed)
    if possible == phonenumbers.ValidationResult.TOO_LONG:
        return "too_long"
    if possible in (phonenumbers.ValidationResult.TOO_SHORT, phonenumbers.ValidationResult.IS_POSSIBLE_LOCAL_ONLY):
        return "too_short"
    return "not_valid"


def look_up_letters(text: str, region: str | None) -> Candidate | None:
    """Find the service number that ``text`` spells on a telephone's keys, such as ``1-800-FLOWERS``; else ``None``.

    Letters count as digits only in service numbers: nobody is given a private line spelt in words, whereas a name or a
    label beside an incomplete private number would silently complete it to a stranger's.
    """
    import phonenumbers

    converted = phonenumbers.convert_alpha_characters_in_number(text)
    digits = phonenumbers.normalize_digits_only(converted)
    found = look_up(digits, region, plus=text.lstrip(" (").startswith("+"))
    return found if found is not None and found.type in _SPELT_IN_LETTERS else None


def known_region(region: str | None) -> str | None:
    """Give ``region`` as an ISO 3166 code that has a numbering plan, or ``None``."""
    import phonenumbers

    code = (region or "").strip().upper()
    return code if code in phonenumbers.SUPPORTED_REGIONS else None


def parse_e164(e164: str) -> phonenumbers.PhoneNumber | None:
    """Parse a number written with its country code; ``None`` when it is not one."""
    import phonenumbers

    try:
        return phonenumbers.parse(e164, None)
    except phonenumbers.NumberParseException:
        return None


def zones_of_number(number: phonenumbers.PhoneNumber) -> tuple[str, ...]:
    """List the IANA zones ``number`` may be in, as the library names them; empty when it knows none."""
    from phonenumbers import timezone

    return tuple(zone for zone in timezone.time_zones_for_number(number) if zone != _UNKNOWN_ZONE)


def _valid(typed: str, region: str | None) -> phonenumbers.PhoneNumber | None:
    import phonenumbers

    try:
        parsed = phonenumbers.parse(typed, region)
    except phonenumbers.NumberParseException:
        return None
    return parsed if phonenumbers.is_valid_number(parsed) else None


def _valid_after_renumbering(typed: str, region: str | None) -> phonenumbers.PhoneNumber | None:
    """Read a Mexican mobile written with the ``1`` that was dialled after +52 until August 2019 (IFT numbering plan)."""
    import phonenumbers

    try:
        parsed = phonenumbers.parse(typed, region)
    except phonenumbers.NumberParseException:
        return None
    national = phonenumbers.national_significant_number(parsed)
    if parsed.country_code == 52 and len(national) == 11 and national.startswith("1"):
        return _valid("+52" + national[1:], None)
    return None


def _candidate(number: phonenumbers.PhoneNumber) -> Candidate:
    import phonenumbers

    region = phonenumbers.region_code_for_number(number)
    trunk = phonenumbers.ndd_prefix_for_region(region, strip_non_digits=True) if region else None
    national = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)
    return Candidate(
        e164=phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164),
        country_code=number.country_code or 0,
        type=phonenumbers.PhoneNumberType.to_string(phonenumbers.number_type(number)).lower(),
        region=region,
        zones=zones_of_number(number),
        trunk_usual=trunk == "0" and national.lstrip("(").startswith("0"),
    )


def _is_emergency(digits: str, region: str | None) -> bool:
    import phonenumbers

    # 112 and 911 reach the emergency services from mobile phones nearly everywhere (3GPP TS 22.101).
    return digits in {"112", "911"} or (region is not None and phonenumbers.is_emergency_number(digits, region))
