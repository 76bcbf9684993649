"""A phone cell as typed, made uniform and taken apart into rows of digits and what stands between them."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from typing import Final, Literal

from domain.phones import wording
from domain.phones.model import RejectionCode

Gap = Literal["start", "tight", "space", "slash", "hard"]
"""What stands before a row of digits: nothing that joins it, ``-`` or ``.``, a blank, ``/``, or a real separator."""

_MASK_CHARACTERS: Final = frozenset("•●∗✱✲×■□※◆＊")
_SOFT: Final = re.compile(r"[ .\-()\[\]·']*")
_SLASH: Final = re.compile(r"[ .\-()\[\]·']*[/\\][ .\-()\[\]·']*")

_WRAPPED: Final = re.compile(r"=?\s*\"(.*)\"|'(.*)", re.DOTALL)
_EMAIL: Final = re.compile(r"\S*@\S*")
_FLOAT: Final = re.compile(r"(?<![\d.,])(\d{6,})\.0+(?!\d)")
_THOUSANDS: Final = re.compile(r"\s*(\d{1,3}(?:,\d{3}){2,})(?:\.0+)?\s*")
_DATE: Final = re.compile(
    r"(?<![\d\-/.+)])(?:19|20)\d\d([\-/.])(?:0?[1-9]|1[0-2])\1(?:0?[1-9]|[12]\d|3[01])(?![\d\-/.])(?:[ T]\d\d:\d\d(?::\d\d)?)?"
)
# What must be cut out before digits are looked for, because digits in it are not digits of a number.
_CUTS: Final[tuple[tuple[RejectionCode, re.Pattern[str]], ...]] = (
    ("do_not_call", wording.DO_NOT_CALL),
    ("digits_lost", re.compile(r"(?<![\w.])\d+(?:[.,]\d+)?[eE]\+?\d{1,3}(?!\w)")),
    (
        "masked",
        re.compile(
            r"(?<![\d+])(?:\+?[\d()\-.]{1,6} )*[\d+()\-.]*"
            r"(?:\*|(?<=[\d\- ])[xX]{2,}(?=[\d\- ]|$))"
            r"[\d*xX()\-.]*(?: ?[\d*()\-.]{1,6}(?!\d))*"
        ),
    ),
    ("date", _DATE),
)
_DIGITS: Final = re.compile(r"\d+")
_LONGEST_EXTENSION: Final = 8


@dataclass(frozen=True, slots=True)
class Row:
    """One unbroken row of digits, with a ``+`` before it or not, and what joins it to the row before."""

    digits: str = field(repr=False)
    plus: bool
    gap: Gap
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Chunk:
    """Rows that may together be one number, an extension said after them, and where they stand in the text."""

    rows: tuple[Row, ...]
    extension: str | None
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Cut:
    """A part taken out of the cell before reading, and why."""

    text: str = field(repr=False)
    code: RejectionCode


def make_uniform(text: str) -> str:
    """Write full-width, Arabic-Indic and other digits, dashes and blanks in ASCII, and drop invisible characters."""
    return "".join(map(_uniform, text)).replace("\r\n", "\n").replace("\r", "\n").strip()


def unwrap(text: str) -> str:
    """Take off what spreadsheets put around a number: ``="…"``, a leading ``'``, ``.0``, separators of thousands."""
    if (wrapped := _WRAPPED.fullmatch(text)) is not None:
        text = (wrapped[1] if wrapped[1] is not None else wrapped[2]).strip()
    if (thousands := _THOUSANDS.fullmatch(text)) is not None:
        return thousands[1].replace(",", "")
    return _FLOAT.sub(r"\1", text)


def cut_out(text: str) -> tuple[str, list[Cut]]:
    """Blank out what is no number although it has digits; give the remaining text, of the same length, and the cuts."""
    cuts: list[Cut] = []
    text = _EMAIL.sub(lambda match: " " * len(match[0]), text)
    for code, pattern in _CUTS:

        def remember(match: re.Match[str], code: RejectionCode = code) -> str:
            cuts.append(Cut(match[0].strip(), code))
            return ";".ljust(len(match[0]))  # a separator: what stood on both sides is not one number

        text = pattern.sub(remember, text)
    return text, cuts


def take_apart(text: str) -> list[Chunk]:
    """Group the rows of digits in ``text`` into chunks; an extension closes its chunk."""
    chunks: list[Chunk] = []
    rows: list[Row] = []
    extension: str | None = None
    before = 0
    for match in _DIGITS.finditer(text):
        between = text[before : match.start()]
        if rows and extension is None and _names_extension(between) and len(match[0]) <= _LONGEST_EXTENSION:
            extension = match[0]
            before = match.end()
            chunks.append(Chunk(tuple(rows), extension, rows[0].start, before))
            rows = []
            extension = None
            continue
        plus = re.search(r"\+[ (\[]*$", between) is not None
        gap = _gap(between) if rows and not plus else "start"
        if gap in {"hard", "start"} and rows:
            chunks.append(Chunk(tuple(rows), None, rows[0].start, before))
            rows = []
            gap = "start"
        rows.append(Row(match[0], plus, gap, match.start(), match.end()))
        before = match.end()
    if rows:
        chunks.append(Chunk(tuple(rows), None, rows[0].start, before))
    return chunks


def _names_extension(between: str) -> bool:
    return any(pattern.fullmatch(between) for pattern in (wording.EXTENSION, wording.PAUSED_EXTENSION))


def _gap(between: str) -> Gap:
    if _SLASH.fullmatch(between):
        return "slash"
    if not _SOFT.fullmatch(between):
        return "hard"
    return "space" if " " in between else "tight"


def _uniform(character: str) -> str:
    if character.isascii():
        return character if character.isprintable() or character in "\n\r" else "\n" if character == "\t" else " "
    if character in _MASK_CHARACTERS:
        return "*"
    category = unicodedata.category(character)
    if category == "Cf":  # zero-width and bidi marks that office programs copy along
        return ""
    if category == "Nd":
        return str(unicodedata.decimal(character))
    if category == "Pd" or character == "−":
        return "-"
    if category in {"Zl", "Zp"}:
        return "\n"
    if category in {"Zs", "Cc"}:
        return " "
    if "！" <= character <= "～":
        return chr(ord(character) - 0xFEE0)
    return {"’": "'", "‘": "'", "“": '"', "”": '"', "、": ";", "。": ";", "∕": "/", "⁄": "/"}.get(character, character)
