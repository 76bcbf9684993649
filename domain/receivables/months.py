"""Names of the months in the languages ledgers are printed in, for dates such as ``15. März 2026``."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from domain.text import fold

_NAMES: Final = {
    "en": "january february march april may june july august september october november december",
    "de": "januar februar märz april mai juni juli august september oktober november dezember",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "it": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "nl": "januari februari maart april mei juni juli augustus september oktober november december",
    "pt": "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
    "sv": "januari februari mars april maj juni juli augusti september oktober november december",
    "tr": "ocak şubat mart nisan mayıs haziran temmuz ağustos eylül ekim kasım aralık",
    "ro": "ianuarie februarie martie aprilie mai iunie iulie august septembrie octombrie noiembrie decembrie",
    "hr": "siječanj veljača ožujak travanj svibanj lipanj srpanj kolovoz rujan listopad studeni prosinac",
    "hr genitive": "siječnja veljače ožujka travnja svibnja lipnja srpnja kolovoza rujna listopada studenoga prosinca",
    "ca": "gener febrer març abril maig juny juliol agost setembre octubre novembre desembre",
    "ar": "يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر",
    "austrian": "jänner feber märz april mai juni juli august september oktober november dezember",
}
_SHORT: Final = 3


@lru_cache(maxsize=1)
def _whole() -> dict[str, int]:
    return {fold(name): number for names in _NAMES.values() for number, name in enumerate(names.split(), 1)}


@lru_cache(maxsize=256)
def month_of(word: str) -> int | None:
    """Give the number of the month ``word`` names in full or shortened to three letters and more.

    ``None`` for other words, and for a shortening that means different months in different languages.
    """
    plain = fold(word).strip(". ")
    whole = _whole()
    if plain in whole:
        return whole[plain]
    if len(plain) < _SHORT:
        return None
    months = {number for name, number in whole.items() if name.startswith(plain)}
    return months.pop() if len(months) == 1 else None
