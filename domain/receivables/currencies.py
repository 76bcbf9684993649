"""Which currency a mark, a code or a word in a ledger means, and which country a currency points to."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

CODES: Final = frozenset(
    (
        "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP "
        "CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG "
        "HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA "
        "MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD "
        "RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX "
        "USD UYU UZS VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW"
    ).split()
)
"""Active ISO 4217 codes of money people owe."""

AMBIGUOUS_MARKS: Final = frozenset(("$", "¥", "kr", "kr.", "rs", "rs."))
"""Marks of several currencies: they are accepted beside an amount and decide nothing."""

_MARKS: Final = {
    "€": "EUR",
    "£": "GBP",
    "₹": "INR",
    "₩": "KRW",
    "₫": "VND",
    "₺": "TRY",
    "₽": "RUB",
    "₴": "UAH",
    "₪": "ILS",
    "฿": "THB",
    "₱": "PHP",
    "₦": "NGN",
    "₸": "KZT",
    "₾": "GEL",
    "zł": "PLN",
    "kč": "CZK",
    "ft": "HUF",
    "lei": "RON",
    "r$": "BRL",
    "us$": "USD",
    "a$": "AUD",
    "au$": "AUD",
    "nz$": "NZD",
    "c$": "CAD",
    "ca$": "CAD",
    "hk$": "HKD",
    "s$": "SGD",
    "nt$": "TWD",
    "cn¥": "CNY",
    "rmb": "CNY",
    "元": "CNY",
    "円": "JPY",
    "圆": "CNY",
    "rm": "MYR",
    "rp": "IDR",
    "fr.": "CHF",
    "sfr.": "CHF",
    "euro": "EUR",
}
_WORDS: Final = {
    "人民币": "CNY",
    "人民币元": "CNY",
    "美元": "USD",
    "美金": "USD",
    "欧元": "EUR",
    "港币": "HKD",
    "港元": "HKD",
    "日元": "JPY",
    "日圆": "JPY",
    "英镑": "GBP",
    "新台币": "TWD",
    "澳元": "AUD",
    "加元": "CAD",
    "新加坡元": "SGD",
    "us dollar": "USD",
    "us dollars": "USD",
    "euros": "EUR",
    "pounds sterling": "GBP",
    "pound sterling": "GBP",
    "yuan": "CNY",
    "renminbi": "CNY",
    "日本円": "JPY",
    "schweizer franken": "CHF",
}
_HOME: Final = {
    "AUD": "AU",
    "BRL": "BR",
    "CAD": "CA",
    "CNY": "CN",
    "CZK": "CZ",
    "DKK": "DK",
    "GBP": "GB",
    "HKD": "HK",
    "HUF": "HU",
    "IDR": "ID",
    "ILS": "IL",
    "INR": "IN",
    "JPY": "JP",
    "KRW": "KR",
    "MXN": "MX",
    "MYR": "MY",
    "NOK": "NO",
    "NZD": "NZ",
    "PHP": "PH",
    "PLN": "PL",
    "RON": "RO",
    "SEK": "SE",
    "SGD": "SG",
    "THB": "TH",
    "TRY": "TR",
    "TWD": "TW",
    "VND": "VN",
    "ZAR": "ZA",
}

_BY_LENGTH: Final = sorted((*_MARKS, *AMBIGUOUS_MARKS), key=len, reverse=True)
_ALTERNATIVES: Final = "|".join(re.escape(mark) for mark in _BY_LENGTH)
# A mark made of letters must not be cut out of a longer word.
PREFIX: Final = re.compile(rf"(?:([A-Z]{{3}})(?![A-Za-z])|(?i:({_ALTERNATIVES}))(?![A-Za-z]))\s*")
SUFFIX: Final = re.compile(rf"\s*(?<![A-Za-z])(?:([A-Z]{{3}})|(?i:({_ALTERNATIVES})))$")


def mark_currency(code: str | None, mark: str | None) -> tuple[bool, str | None]:
    """Tell whether a three-letter code or a mark is one of money, and which currency it names for certain."""
    if code is not None:
        return code in CODES, code if code in CODES else None
    lowered = (mark or "").casefold()
    return True, _MARKS.get(lowered)


def currency_of(text: str) -> str | None:
    """Read a cell that holds nothing but a currency: ``EUR``, ``€``, ``人民币``; ``None`` where it is no certain one."""
    plain = unicodedata.normalize("NFKC", text).strip(" ()[]:：")
    if plain.upper() in CODES:
        return plain.upper()
    lowered = plain.casefold()
    return _WORDS.get(lowered) or _MARKS.get(lowered)


def home_of(currency: str | None) -> str | None:
    """Give the one country (ISO 3166) whose currency it is; ``None`` for those many countries share or trade in."""
    return _HOME.get(currency or "")
