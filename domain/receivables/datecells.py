"""Dates as ledgers print them; day and month in numbers only are decided by all dates of the file together."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Final, Literal

from domain.receivables.grid import unguard
from domain.receivables.model import Cell, DateOrder
from domain.receivables.months import month_of

DateKind = Literal["value", "empty", "numbers", "refused"]

FIRST_YEAR: Final = 1950
LAST_YEAR: Final = 2150
EXCEL_EPOCH: Final = date(1899, 12, 30)
"""Day 0 of Excel's serial numbers for every day after its invented 29 February 1900."""
_SERIALS: Final = range(18_264, 91_677)
"""Serial numbers of the years accepted here."""

_ISO: Final = re.compile(r"\d{4}-\d{2}-\d{2}$", re.ASCII)
_TIME: Final = re.compile(
    r"[T\s,]+\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?\s*(?:[ap]\.?m\.?)?\s*(?:Z|(?:GMT|UTC)?[+-]\d{1,2}:?\d{0,2}|[A-Z]{2,4})?$",
    re.IGNORECASE,
)
_YEAR_FIRST: Final = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})\.?$", re.ASCII)
_YEAR_LAST: Final = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})\.?$", re.ASCII)
_HAN: Final = re.compile(r"(\d{4})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日?$", re.ASCII)
_WEEKDAY: Final = re.compile(r"^[^\W\d_]+\.?,\s*(?=[^\W\d_]+\.?\s*\d|\d)")
_DAY_WORD: Final = re.compile(
    r"(\d{1,2})(?:st|nd|rd|th|er|\.|º|°)?[\s\-/.]*(?:de\s+|d['’])?([^\W\d_]+)\.?[\s\-/.,]*(?:de\s+|del\s+)?(\d{4}|\d{2})$"
)
_WORD_DAY: Final = re.compile(r"([^\W\d_]+)\.?[\s\-/.]*(\d{1,2})(?:st|nd|rd|th)?[\s\-/.,]+(\d{4}|\d{2})$")
_YEAR_WORD: Final = re.compile(r"(\d{4})[\s\-/.]*([^\W\d_]+)\.?[\s\-/.]*(\d{1,2})$")
_NUMBER: Final = re.compile(r"\d{1,8}(?:\.\d+)?$", re.ASCII)
_NOTHING: Final = re.compile(r"(?:[-–—./\s]*|0{1,4}([-/.]?)0{1,2}\1?0{1,4}|n/?a|none|null|无|nil)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class DateCell:
    """What one cell says: a day, nothing, a day that depends on the order of ``parts``, or no date at all.

    ``orders`` holds the orders under which the numbers are a day at all.
    """

    kind: DateKind
    value: date | None = None
    parts: tuple[int, int, int] | None = None
    orders: frozenset[DateOrder] = frozenset()

    def settled(self, order: DateOrder | None) -> DateCell:
        """Read numbers in the order of the file; a day the order makes impossible is refused."""
        if self.kind != "numbers" or self.parts is None or order is None:
            return self
        value = _arrange(self.parts, order)
        return DateCell("value", value) if value else REFUSED


EMPTY: Final = DateCell("empty")
REFUSED: Final = DateCell("refused")


@dataclass(frozen=True, slots=True)
class OrderEvidence:
    """What the dates of a file say about the order of day and month.

    ``order`` is proven or ``None``; ``needed`` tells whether any date depends on it; ``contradicts`` whether cells
    prove different orders; ``choices`` are the orders still possible.
    """

    order: DateOrder | None
    needed: bool
    contradicts: bool
    choices: tuple[DateOrder, ...]


def read_date(cell: Cell) -> DateCell:
    """Read one cell on its own evidence. Never raises."""
    if isinstance(cell, str):
        return _read_text(cell)
    if isinstance(cell, date):
        return DateCell("value", cell) if FIRST_YEAR <= cell.year <= LAST_YEAR else REFUSED
    return _from_number(cell)


def decide_order(cells: Iterable[DateCell]) -> OrderEvidence:
    """Decide the order from all numeric dates of a file.

    Only what is impossible counts as evidence (there is no month 18). Where nothing is impossible and it makes a
    difference, the order stays open.
    """
    possible: set[DateOrder] = {"DMY", "MDY", "YMD"}
    needed = seen = False
    year_first = False
    for cell in cells:
        if cell.kind == "numbers":
            seen = True
            possible &= cell.orders
            needed = needed or len({_arrange(cell.parts, order) for order in cell.orders if cell.parts}) > 1
        elif cell.kind == "value" and cell.orders:
            year_first = True
    if not seen:
        return OrderEvidence("YMD" if year_first else None, False, False, ())
    # Two-digit years first are so rare that they count only where nothing else fits.
    if len(possible) > 1:
        possible.discard("YMD")
    if len(possible) == 1:
        return OrderEvidence(next(iter(possible)), needed, False, ())
    both: tuple[DateOrder, ...] = ("DMY", "MDY")
    choices = tuple(order for order in both if not possible or order in possible)
    if not needed and possible:
        return OrderEvidence(None, False, False, choices)
    return OrderEvidence(None, True, not possible, choices)


@lru_cache(maxsize=16_384)
def _read_text(cell: str) -> DateCell:
    if _ISO.match(cell) and cell[:4] != "0000":
        return _year_first(int(cell[:4]), int(cell[5:7]), int(cell[8:]))
    text = unicodedata.normalize("NFKC", unguard(cell.strip())).strip()
    if _NOTHING.match(text):
        return EMPTY
    if not any(char.isdigit() for char in text) or len(text) > 80:
        return REFUSED
    text = _TIME.sub("", text)
    text = _WEEKDAY.sub("", text).strip()
    if _NUMBER.match(text):
        return _from_number(Decimal(text))
    if found := (_YEAR_FIRST.match(text) or _HAN.match(text)):
        return _year_first(*(int(part) for part in found.groups()))
    if found := _YEAR_LAST.match(text):
        return _numbers(int(found[1]), found[2], int(found[3]), found[4])
    return _with_month_name(text)


def _with_month_name(text: str) -> DateCell:
    for pattern, order in ((_DAY_WORD, "dmy"), (_WORD_DAY, "mdy"), (_YEAR_WORD, "ymd")):
        found = pattern.match(text)
        if found is None:
            continue
        parts = dict(zip(order, found.groups(), strict=True))
        month = month_of(parts["m"])
        day = _day(_full_year(parts["y"]), month, int(parts["d"])) if month else None
        if day is not None:
            return DateCell("value", day)
    return REFUSED


def _year_first(year: int, month: int, day: int) -> DateCell:
    value = _day(year, month, day)
    return DateCell("value", value, orders=frozenset(("YMD",))) if value else REFUSED


def _numbers(first: int, separator: str, second: int, third: str) -> DateCell:
    parts = (first, second, int(third) if len(third) == 4 else _short(third))
    both: tuple[DateOrder, ...] = ("DMY", "MDY")
    orders = {order for order in both if _arrange(parts, order)}
    if separator == "." and len(orders) > 1:
        # Points between the numbers are written where the day comes first.
        orders.discard("MDY")
    if len(third) == 2 and not orders and _arrange(parts, "YMD"):
        orders.add("YMD")
    if not orders:
        return REFUSED
    return DateCell("numbers", parts=parts, orders=frozenset(orders))


def _short(third: str) -> int:
    """Keep a two-digit last number recognisable until the order tells whether it is a year or a day."""
    return int(third) - 1000


def _arrange(parts: tuple[int, int, int] | None, order: DateOrder) -> date | None:
    if parts is None:
        return None
    first, second, third = parts
    year = third if third >= 0 else _full_year(f"{third + 1000:02d}")
    if order == "YMD":
        return _day(_full_year(f"{first:02d}"), second, third + 1000) if third < 0 else None
    return _day(year, second, first) if order == "DMY" else _day(year, first, second)


def _full_year(text: str | int) -> int:
    number = int(text)
    if len(str(text)) == 4:
        return number
    # The POSIX pivot: 69-99 are the last century.
    return number + (1900 if number >= 69 else 2000)


def _day(year: int, month: int, day: int) -> date | None:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _from_number(number: Decimal) -> DateCell:
    """Read 20260215 and Excel's serial numbers, whose fraction is the time of the day."""
    if not number.is_finite() or not 0 <= number < 100_000_000:
        return REFUSED
    if number == 0:
        return EMPTY
    whole = int(number)
    if whole in _SERIALS:
        return DateCell("value", EXCEL_EPOCH + timedelta(days=whole))
    if len(str(whole)) == 8 and whole == number:
        return _year_first(whole // 10_000, whole // 100 % 100, whole % 100)
    return REFUSED


def is_date(cell: Cell) -> bool:
    """Tell whether a cell is written as a date (numbers alone do not count: they may be anything)."""
    if isinstance(cell, datetime | date):
        return True
    if not isinstance(cell, str) or cell.strip().isdecimal():
        return False
    return read_date(cell).kind in {"value", "numbers"}
