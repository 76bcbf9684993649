"""Cut an English phrase into words, numbers and numeric dates; number words become numbers ("twenty second", "two")."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Final, NamedTuple

from domain.dates import english_words as words


class Token(NamedTuple):
    """One piece of the phrase."""

    kind: str
    """``word``, ``num``, ``date`` (three figures), ``pair`` (two figures), ``money``, ``time`` or ``sep``."""
    text: str
    start: int
    end: int
    value: Fraction = Fraction(0)
    ordinal: bool = False
    spelled: bool = False
    figures: tuple[int, ...] = ()
    """The figures of a numeric date, as written."""
    gap: str = ""
    """What stands between the figures."""


_PIECES: Final = re.compile(
    r"""
    (?P<time>\d{1,2}[:.h]\d{2}(?::\d{2})?\s?[ap]\.?m\b\.?|\d{1,2}:\d{2}(?::\d{2})?(?:\s?[ap]\.?m\b\.?)?
        |\d{1,2}\s?(?:[ap]\.?m\b\.?|o'clock\b))
    |(?P<date>(?<!\d)(?:\d{4}(?P<gap1>\s?[-/.]\s?)\d{1,2}(?P=gap1)\d{1,2}|\d{1,2}(?P<gap2>\s?[-/.]\s?)\d{1,2}(?P=gap2)(?:\d{4}|\d{2}))(?!\d))
    |(?P<compact>(?<!\d)(?:19|20)\d{6}(?!\d))
    |(?P<money>[$£€¥₹]\s?\d[\d,]*(?:\.\d+)?\s?(?:k\b)?)
    |(?P<pair>(?<!\d)\d{1,2}\s?[-/.]\s?\d{1,2}(?![\d/]|st\b|nd\b|rd\b|th\b))
    |(?P<num>\d+(?:,\d{3})*(?:\.\d+)?)(?P<suffix>(?:st|nd|rd|th)\b)?
    |(?P<word>w/[ce]\b|[^\W\d_]+(?:'[^\W\d_]+)?)
    |(?P<sep>[^\w\s])
    """,
    re.VERBOSE,
)
_FIGURES: Final = re.compile(r"\d+")
_SHORTHAND: Final = re.compile(r"\b(?:2moro|2mrw|2morrow|2day|2nite|1rst)\b")


def tokenise(text: str) -> list[Token]:
    """Cut a lower-case phrase into tokens; characters that mean nothing here are dropped."""
    tokens: list[Token] = []
    position = 0
    for shorthand in _SHORTHAND.finditer(text):
        _cut(text, position, shorthand.start(), tokens)
        tokens.append(Token("word", shorthand[0], shorthand.start(), shorthand.end()))
        position = shorthand.end()
    _cut(text, position, len(text), tokens)
    return _with_number_words(tokens)


def _cut(text: str, start: int, end: int, tokens: list[Token]) -> None:
    for found in _PIECES.finditer(text, start, end):
        kind = str(found.lastgroup)
        piece, begin, stop = found[0], found.start(), found.end()
        if kind == "suffix":
            tokens.append(
                Token("num", found["num"], begin, stop, Fraction(found["num"].replace(",", "")), ordinal=True)
            )
        elif kind == "num":
            tokens.append(Token("num", piece, begin, stop, Fraction(piece.replace(",", ""))))
        elif kind == "word":
            tokens.append(_word(piece, begin, stop))
        elif kind in ("date", "gap1", "gap2", "pair"):
            figures = tuple(int(figure) for figure in _FIGURES.findall(piece))
            gap = next(char for char in piece if char in "-/.")
            tokens.append(Token("pair" if kind == "pair" else "date", piece, begin, stop, figures=figures, gap=gap))
        elif kind == "compact":
            figures = (int(piece[:4]), int(piece[4:6]), int(piece[6:]))
            tokens.append(Token("date", piece, begin, stop, figures=figures, gap="-"))
        else:
            tokens.append(Token(kind, piece, begin, stop))


def _word(piece: str, begin: int, stop: int) -> Token:
    """Drop a possessive, so that "a week's time" and "new year's day" need no entries of their own."""
    return Token("word", piece.removesuffix("'s").replace("'", "") or piece, begin, stop)


def _with_number_words(tokens: list[Token]) -> list[Token]:
    merged: list[Token] = []
    index = 0
    while index < len(tokens):
        token = tokens[index]
        if token.kind == "word":
            if (number := _number_at(tokens, index)) is not None:
                token, index = number
                merged.append(token)
                continue
            if (longer := words.SHORT_FORMS.get(token.text)) is not None:
                merged.extend(Token("word", word, token.start, token.end) for word in longer)
                index += 1
                continue
        merged.append(token)
        index += 1
    return merged


def _number_at(tokens: list[Token], index: int) -> tuple[Token, int] | None:
    """Read number words: "twenty-two", "two hundred", "two thousand and eighteen", "nineteen eighty-five"."""
    first = _below_hundred(tokens, index)
    if first is None:
        if tokens[index].text in ("a", "one") and _text(tokens, index + 1) in ("hundred", "thousand", "grand"):
            first = (1, False, index + 1)
        else:
            return None
    value, ordinal, stop = first
    if not ordinal:
        if value in (19, 20) and (rest := _below_hundred(tokens, stop)) and not rest[1] and rest[0] >= 10:
            value, stop = value * 100 + rest[0], rest[2]  # a year: "nineteen eighty-five", "twenty twenty-seven"
        else:
            value, stop = _with_scales(tokens, value, stop)
    start, end = tokens[index].start, tokens[stop - 1].end
    text = tokens[index].text if stop == index + 1 else " ".join(token.text for token in tokens[index:stop])
    return Token("num", text, start, end, Fraction(value), ordinal=ordinal, spelled=True), stop


def _with_scales(tokens: list[Token], value: int, stop: int) -> tuple[int, int]:
    total = 0
    for scale, names in ((1000, ("thousand", "grand")), (100, ("hundred",))):
        if _text(tokens, stop) in names and value:
            total += value * scale
            value, stop = 0, stop + 1
            skip = stop + 1 if _text(tokens, stop) == "and" else stop
            rest = _below_hundred(tokens, skip)
            if rest is not None and not rest[1]:
                value, stop = rest[0], rest[2]
    return total + value, stop


def _below_hundred(tokens: list[Token], index: int) -> tuple[int, bool, int] | None:
    """Read one number word or two ("twenty", "twenty-first"); give value, whether ordinal, and the end."""
    text = _text(tokens, index)
    if text in words.TENS:
        tens = words.TENS[text]
        after = index + 2 if _text(tokens, index + 1) == "-" else index + 1
        following = _text(tokens, after)
        if 0 < words.UNITS_OF_NUMBER.get(following, 0) < 10:
            return tens + words.UNITS_OF_NUMBER[following], False, after + 1
        if words.ORDINAL_UNITS.get(following, 10) < 10:
            return tens + words.ORDINAL_UNITS[following], True, after + 1
        return tens, False, index + 1
    if text in words.UNITS_OF_NUMBER:
        return words.UNITS_OF_NUMBER[text], False, index + 1
    if text in words.ORDINAL_UNITS:
        return words.ORDINAL_UNITS[text], True, index + 1
    if text in words.ORDINAL_TENS:
        return words.ORDINAL_TENS[text], True, index + 1
    return None


def _text(tokens: list[Token], index: int) -> str:
    return tokens[index].text if index < len(tokens) and tokens[index].kind in ("word", "sep") else ""
