"""Money: whole minor units with an ISO 4217 code. Never a float."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Final

_EXPONENTS: Final = {
    **dict.fromkeys("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split(), 0),
    **dict.fromkeys("BHD IQD JOD KWD LYD OMR TND".split(), 3),
    **dict.fromkeys("CLF UYW".split(), 4),
}
_SIGNS: Final = {
    "CNY": "¥",
    "USD": "$",
    "EUR": "€",
    "GBP": "£",
    "INR": "₹",
    "AUD": "A$",
    "NZD": "NZ$",
    "JPY": "JP¥",
    "HKD": "HK$",
}


def exponent(currency: str) -> int:
    """Tell how many decimals ``currency`` has (ISO 4217): 0, 2, 3 or 4."""
    return _EXPONENTS.get(currency, 2)


@dataclass(frozen=True, slots=True, order=True)
class Money:
    """An amount of one currency.

    ``minor`` is in minor units (cents, fen), negative for credits; ``currency`` is the ISO 4217 code.
    """

    minor: int
    currency: str

    def __str__(self) -> str:
        return format_money(self.minor, self.currency)


def to_decimal(minor: int, currency: str) -> str:
    """Write minor units as a plain decimal string without grouping: ``"1200.00"``."""
    places = exponent(currency)
    return f"{Decimal(minor).scaleb(-places):.{places}f}"


def from_decimal(text: str, currency: str) -> int:
    """Read a plain decimal string into minor units.

    Raises ``ValueError`` when it is no number or finer than the currency's minor unit.
    """
    try:
        value = Decimal(text).scaleb(exponent(currency))
    except InvalidOperation:
        raise ValueError("not an amount") from None
    if not value.is_finite() or value != value.to_integral_value():
        raise ValueError("not a whole number of minor units")
    return int(value)


def format_money(minor: int, currency: str) -> str:
    """Write an amount for people, grouped and with its sign or code: ``¥12,860.00``, ``KWD 1.250``, ``-$50.00``."""
    places = exponent(currency)
    number = f"{Decimal(abs(minor)).scaleb(-places):,.{places}f}"
    sign = _SIGNS.get(currency)
    return ("-" if minor < 0 else "") + (f"{sign}{number}" if sign else f"{currency} {number}".strip())


def parse_amount(text: str, currency: str) -> int:
    """Read an amount as an agent types it (``1200``, ``1,200.50``, ``¥800``, ``1.2万``) into minor units.

    Raises ``ValueError`` when it is no positive amount of ``currency``.
    """
    plain = text.strip().translate(str.maketrans("０１２３４５６７８９．，", "0123456789.,"))
    plain = plain.lstrip("¥￥$€£₹ ").removesuffix("元").removesuffix("块").replace(",", "").replace(" ", "")
    factor = 1
    if plain.endswith(("万", "萬")):
        plain, factor = plain[:-1], 10_000
    elif plain.lower().endswith("k"):
        plain, factor = plain[:-1], 1_000
    if not re.fullmatch(r"\d{1,15}(\.\d{0,4})?|\.\d{1,4}", plain):
        raise ValueError("not an amount")
    value = Decimal(plain) * factor
    if value <= 0:
        raise ValueError("not a positive amount")
    return from_decimal(str(value), currency)
