"""Which country phone numbers without a country code belong to, as far as the file itself tells."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final, Literal

from domain.receivables.currencies import home_of
from domain.receivables.heading_words import fold_heading, heading_words
from domain.receivables.model import DateOrder

_KANA: Final = re.compile("[\u3041-\u30ff]")
_HAN: Final = re.compile("[\u4e00-\u9fff]")
_TRADITIONAL: Final = re.compile("[戶單據號帳應餘額電聯絡編匯]")
_NORTH_AMERICAN: Final = re.compile(r"\s*(?:\(\d{3}\)\s?|\d{3}[-. ])\d{3}[-. ]\d{4}\s*$", re.ASCII)


def script_of(headings: Iterable[str]) -> Literal["ja", "zh", "zh-Hant"] | None:
    """Tell the East Asian language of a file's headings; other languages are not told apart here."""
    words = tuple(headings)
    text = "".join(words)
    if _KANA.search(text):
        return "ja"
    if not _HAN.search(text):
        return None
    spoken = [heading_words().languages.get(fold_heading(word), frozenset()) for word in words]
    if sum("ja" in languages for languages in spoken) > sum("zh" in languages for languages in spoken):
        return "ja"
    return "zh-Hant" if _TRADITIONAL.search(text) else "zh"


def guess_region(
    currencies: Iterable[str | None], headings: Iterable[str], order: DateOrder | None, phones: Iterable[str]
) -> str | None:
    """Guess the ISO 3166 country from what points to exactly one: the only currency, the language, how phones look.

    ``None`` where nothing does: a number without a country code is then not dialled.
    """
    named = {currency for currency in currencies if currency}
    home = home_of(named.pop()) if len(named) == 1 else None
    if home:
        return home
    script = script_of(headings)
    if script == "ja":
        return "JP"
    if script == "zh":
        return "CN"
    cells = [phone for phone in phones if phone.strip()]
    local = [phone for phone in cells if not phone.strip().startswith("+")]
    if local and sum(_NORTH_AMERICAN.match(phone) is not None for phone in local) * 2 > len(local):
        return "US"
    return "US" if order == "MDY" else None
