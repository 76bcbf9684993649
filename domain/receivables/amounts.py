"""Amounts as ledgers print them, read without guessing.

One cell alone may leave open whether ``1,234`` is a thousand or one and a bit; the other cells of its column settle
that (:func:`decide_mark`), and where they do not, a person is asked.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation, localcontext
from functools import lru_cache
from typing import Final, Literal

from domain.money import exponent
from domain.receivables.currencies import PREFIX, SUFFIX, mark_currency
from domain.receivables.grid import unguard
from domain.receivables.model import Cell, DecimalMark

AmountKind = Literal["value", "empty", "ambiguous", "refused"]

MAX_MAGNITUDE: Final = Decimal(10) ** 15
"""More than any ledger owes in any currency; beyond it the cell holds an identifier, not money."""

_PLAIN: Final = re.compile(r"-?\d{1,15}(?:\.\d{1,2})?$", re.ASCII)
_DASHES: Final = str.maketrans(
    {"–": "-", "—": "-", "−": "-", "﹣": "-", "‐": "-", "‑": "-", "’": "'", "`": "'", "´": "'"}
)
_NOTHING: Final = frozenset(("", "-", "--", "---", "- -", "."))
_SIDE_SUFFIX: Final = re.compile(r"\s*(?<![A-Za-z])(?:(CR|C|H)|(DR|D|S))\.?$", re.IGNORECASE)
_SIDE_PREFIX: Final = re.compile(r"(?:(CR)|(DR))\.?\s+(?=\d)", re.IGNORECASE)
_SCALES: Final = {"万": 10_000, "萬": 10_000, "亿": 100_000_000, "億": 100_000_000, "千": 1_000}
_GROUPED_BY_BLANK: Final = re.compile(r"\d{1,3}(?:([ '])\d{3})(?:\1\d{3})*(?:([.,])(\d+))?$", re.ASCII)
_DIGITS: Final = re.compile(r"\d+$", re.ASCII)
_WESTERN: Final = re.compile(r"\d{1,3}(?:[.,]\d{3})+$", re.ASCII)
_INDIAN: Final = re.compile(r"\d{1,2}(?:,\d{2})+,\d{3}$", re.ASCII)


@dataclass(frozen=True, slots=True)
class Amount:
    """What one cell says.

    ``mark`` is the decimal mark the cell itself proves; an ambiguous amount has one reading a mark instead of a value
    (``None`` where that reading is no number). ``currency`` is what a mark such as € beside the number names.
    """

    kind: AmountKind
    value: Decimal | None = None
    mark: DecimalMark | None = None
    currency: str | None = None
    with_point: Decimal | None = None
    with_comma: Decimal | None = None

    def settled(self, mark: DecimalMark | None) -> Amount:
        """Read an ambiguous amount with the mark its column uses; anything else stays what it is."""
        if self.kind != "ambiguous" or mark is None:
            return self
        value = self.with_point if mark == "." else self.with_comma
        if value is None:
            return Amount("refused")
        return Amount("value", value, mark, self.currency)


EMPTY: Final = Amount("empty")
REFUSED: Final = Amount("refused")


def read_amount(cell: Cell) -> Amount:
    """Read one cell on its own evidence.

    A dash or nothing is ``empty``; words, ``NaN``, percentages and ``1e3`` are ``refused``, never read as zero.
    """
    if isinstance(cell, str):
        return _read_text(cell)
    if isinstance(cell, Decimal):
        return Amount("value", cell) if cell.is_finite() and abs(cell) < MAX_MAGNITUDE else REFUSED
    return REFUSED


def decide_mark(cells: Iterable[Amount]) -> DecimalMark | None:
    """Tell the decimal mark the cells of a column prove; ``None`` where they prove nothing or contradict each other."""
    marks = {cell.mark for cell in cells if cell.mark is not None}
    return marks.pop() if len(marks) == 1 else None


def to_minor(value: Decimal, currency: str | None) -> int:
    """Turn a decimal into minor units of ``currency`` (two decimals where it is unknown), dust rounded half up."""
    with localcontext() as context:
        context.prec = 60
        return int(value.scaleb(exponent(currency or "")).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def is_finer(value: Decimal, currency: str | None) -> bool:
    """Tell whether rounding to minor units changes ``value`` by more than the dust of binary fractions."""
    scaled = value.scaleb(exponent(currency or ""))
    return abs(scaled - scaled.to_integral_value()) > Decimal("0.0001")


@lru_cache(maxsize=32_768)
def _read_text(cell: str) -> Amount:
    if _PLAIN.match(cell):
        fraction = "." in cell
        return Amount("value", Decimal(cell), "." if fraction else None)
    text = unicodedata.normalize("NFKC", unguard(cell.strip())).translate(_DASHES).strip()
    if text in _NOTHING:
        return EMPTY
    if not any(char.isdigit() for char in text):
        return REFUSED
    bare = _without_signs(text)
    if bare is None:
        return REFUSED
    number, negative, currency, scale = bare
    read = _core(number)
    if read.kind == "refused":
        return REFUSED
    factor = Decimal(-scale if negative else scale)
    values = [None if value is None else value * factor for value in (read.value, read.with_point, read.with_comma)]
    if any(value is not None and abs(value) >= MAX_MAGNITUDE for value in values):
        return REFUSED
    return Amount(read.kind, values[0], read.mark, currency, values[1], values[2])


def _without_signs(text: str) -> tuple[str, bool, str | None, int] | None:
    """Peel brackets, signs, currencies, debit and credit marks and 万 off a number.

    Gives the bare number, whether it is negative, the currency and the factor; nothing where two signs contradict.
    """
    signs: list[str] = []
    currency: str | None = None
    scale = 1
    while text:
        before = text
        if text[0] == "(" and text[-1] == ")":
            text, signs = text[1:-1], [*signs, "()"]
        elif text[0] in "+-":
            text, signs = text[1:], [*signs, text[0]]
        elif text[-1] in "+-":
            text, signs = text[:-1], [*signs, text[-1]]
        elif text[-1] in _SCALES and scale == 1:
            scale, text = _SCALES[text[-1]], text[:-1]
        elif side := (_SIDE_SUFFIX.search(text) or _SIDE_PREFIX.match(text)):
            signs = [*signs, "Dr" if side.group(1) is None else "Cr"]
            text = text[: side.start()] + text[side.end() :]
        elif named := (PREFIX.match(text) or SUFFIX.search(text)):
            known, code = mark_currency(named.group(1), named.group(2))
            if not known or (code and currency and code != currency):
                return None
            currency = code or currency
            text = text[: named.start()] + text[named.end() :]
        text = text.strip()
        if text == before:
            break
    # "(-50)" says minus twice and means it once; nobody can tell what "-50 Cr" means.
    if len(signs) > 1 and signs != ["()", "-"]:
        return None
    return text, bool(signs) and signs[0] not in {"+", "Dr"}, currency, scale


def _core(text: str) -> Amount:
    if _DIGITS.match(text):
        return _value(text, None)
    grouped = _GROUPED_BY_BLANK.match(text)
    if grouped:
        mark: DecimalMark | None = None if grouped.group(2) is None else "." if grouped.group(2) == "." else ","
        return _value(text.replace(grouped.group(1), "").replace(",", "."), mark)
    points, commas = text.count("."), text.count(",")
    if text.replace(".", "").replace(",", "") == "" or not re.match(r"[\d.,]+$", text, re.ASCII):
        return REFUSED
    if points and commas:
        mark = "." if text.rfind(".") > text.rfind(",") else ","
        group = "," if mark == "." else "."
        whole, _, fraction = text.rpartition(mark)
        if mark in whole or not (_WESTERN.match(whole) or _INDIAN.match(whole)) or not fraction:
            return REFUSED
        return _value(f"{whole.replace(group, '')}.{fraction}", mark)
    group = "." if points else ","
    if points + commas > 1:
        if not (_WESTERN.match(text) or _INDIAN.match(text)):
            return REFUSED
        return _value(text.replace(group, ""), "," if points else ".")
    return _one_mark(text, group)


def _one_mark(text: str, mark: str) -> Amount:
    """Read a number with a single point or comma in it, which may group or may divide."""
    whole, _, fraction = text.partition(mark)
    divided = Decimal(f"{whole or '0'}.{fraction}") if fraction else None
    if divided is None:
        return REFUSED
    grouping = len(fraction) == 3 and 1 <= len(whole) <= 3 and whole[0] != "0"
    if grouping:
        joined = Decimal(whole + fraction)
        point, comma = (divided, joined) if mark == "." else (joined, divided)
        return Amount("ambiguous", with_point=point, with_comma=comma)
    if mark == "," and len(fraction) == 1:
        # Money has two decimals; one after a comma may as well be a slip of the keyboard.
        return Amount("ambiguous", with_comma=divided)
    return Amount("value", divided, "." if mark == "." else ",")


def _value(text: str, mark: DecimalMark | None) -> Amount:
    try:
        return Amount("value", Decimal(text), mark)
    except InvalidOperation:  # pragma: no cover - the patterns above let only numbers through
        return REFUSED


def is_amount(cell: Cell) -> bool:
    """Tell whether a cell reads as an amount, however its decimals are meant."""
    return not isinstance(cell, date) and read_amount(cell).kind in {"value", "ambiguous"}
