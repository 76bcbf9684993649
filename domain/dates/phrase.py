"""Read a promise phrase: clean it, let the layer of its language find the days, judge what they promise."""

from __future__ import annotations

import unicodedata
from datetime import date, datetime
from typing import Final

from domain.dates.chinese import chinese_mentions
from domain.dates.chinese_text import IS_CHINESE, simplify
from domain.dates.english import english_mentions
from domain.dates.judgement import Sentence, judge
from domain.dates.mention import DateOrder, Setting
from domain.dates.reading import PhraseReading
from domain.i18n import Language
from domain.text import clean_line

LONGEST: Final = 300
"""Characters of a phrase that are read; nobody says when they will pay in more."""

_PLAIN: Final = str.maketrans("‘’ʼ`´“”„–—−‐‑−〜", "''''''''-------")


def read(
    text: str, today: date, *, language: Language | None, pay_day: int | None, date_order: DateOrder
) -> PhraseReading:
    """Read a phrase; what is meant and raised is told at :func:`domain.dates.read_phrase`."""
    if pay_day is not None and not 1 <= pay_day <= 31:
        raise ValueError("a pay day is a day of the month, 1 to 31")
    setting = _setting(today, pay_day, date_order)
    cleaned = _cleaned(text)
    chinese = IS_CHINESE.search(cleaned) is not None
    first: Language = language or ("zh" if chinese else "en")
    other: Language = "en" if first == "zh" else "zh"
    reading, found = _read(cleaned, text, first, setting)
    if not found:
        second, found = _read(cleaned, text, other, setting)
        if found:
            return second
    return reading


def _setting(today: date, pay_day: int | None, order: DateOrder) -> Setting:
    if not isinstance(today, datetime):
        return Setting(today, None, order, pay_day)
    # exactly midnight is how a date without an hour is written as an instant; nobody is phoned then
    hour_known = (today.hour, today.minute, today.second) != (0, 0, 0)
    return Setting(today.date(), today.replace(tzinfo=None) if hour_known else None, order, pay_day)


def _cleaned(text: str) -> str:
    """Give the text on one line, bounded, in compatibility form (full-width digits become plain), in lower case."""
    line = unicodedata.normalize("NFKC", clean_line(text[: 2 * LONGEST])[:LONGEST])
    return line.translate(_PLAIN).lower()[:LONGEST]


def _read(cleaned: str, said: str, language: Language, setting: Setting) -> tuple[PhraseReading, bool]:
    """Read with one layer; tell whether it found anything to say about the phrase."""
    if language == "zh":
        simplified = simplify(cleaned)
        mentions = chinese_mentions(simplified, setting)
        sentence = Sentence(simplified, "zh", said, setting)
    else:
        mentions = english_mentions(cleaned, setting)
        sentence = Sentence(cleaned, "en", said, setting)
    return judge(sentence, mentions), bool(mentions)
