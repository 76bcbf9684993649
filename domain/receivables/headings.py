"""Where the headings are and what each of them means: one row, two rows, repeated per page or per customer."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Final, Literal

from domain.receivables.amounts import is_amount
from domain.receivables.currencies import CODES, currency_of
from domain.receivables.datecells import is_date
from domain.receivables.grid import Row, is_ruler
from domain.receivables.heading_words import Role, fold_heading, heading_words
from domain.receivables.model import Cell

SEARCHED_ROWS: Final = 200
"""Headings stand above the data; nobody prints two hundred title lines."""
LONGEST_HEADING: Final = 60

MONEY_ROLES: Final[frozenset[Role]] = frozenset(
    ("open", "balance", "amount", "total", "debit", "not_due", "bucket", "age_bucket", "overdue")
)
WHO_ROLES: Final[frozenset[Role]] = frozenset(
    ("customer", "customer_name", "customer_id", "company", "vendor", "last_name")
)
_WHAT_ROLES: Final[frozenset[Role]] = frozenset(("doc", "doc_number", "doc_date", "booking_date", "due_date"))
_AGED: Final[frozenset[Role]] = frozenset(("not_due", "bucket", "age_bucket"))

_GENERIC: Final = frozenset(
    "name date amount document naam namn nom nombre nome datum fecha data betrag montant importe importo bedrag belopp"
    " 姓名 日期 金额 金額 日付".split()
)
_UNIT: Final = (
    r"(?:days?|d|tagen?|tg|t|jours?|j|dias?|giorni|gg?|dagen|dgn|dagar|gun|zile|dana|dies|months?|monaten?|years?"
    r"|weeks?|天|日|个?月|年|ヶ月|か月|يوم)"
)
_TAIL: Final = r"(?:\s*(?:past due|overdue|late|old|逾期|以内|以上|内|超|uberfallig|en retard))?"
_MORE: Final = r"(?:\s*(?:and|or|und|oder|et|y|o|e|ou)\s*(?:over|above|more|mehr|alter|plus|mas|older|up))?"
_BUCKET: Final = re.compile(
    r"(?:(?:age|alter|tiempo|ech|eta|vv|antiguidade|idade|alder|varsta|dosp|antiguitat|逾期|账龄|past due|overdue|due)\.?\s*)?"
    r"(?:bis|to|ate|≤|<=|<|>|>=|≥|over|above|uber|mehr als|more than|older than|plus de|mas de|oltre|超过|大于|小于)?\s*"
    rf"(\d{{1,4}})\s*{_UNIT}?(?:\s*(?:-|–|—|~|to|bis|a|至|到|/)\s*(?:\d{{1,4}}|above|over|older)|\s*\+)?"
    rf"{_MORE}\s*{_UNIT}?\.?{_MORE}{_TAIL}$"
)
_BARE_NUMBER: Final = re.compile(r"\d+$")
_NUMBER_AS_WORD: Final = re.compile(r"(?:30|60|90|120|150|180|360|19\d\d|20\d\d)$")
_IN_CURRENCY: Final = re.compile(r"[\s(\[_\-/]+(?:in\s+)?([A-Za-z]{3}|[€£₹])[)\]]?$|[(（]([^()（）]{1,6})[)）]$")


@dataclass(frozen=True, slots=True)
class Heading:
    """One column's heading as printed, what it means (if known), how surely, and the currency it names.

    ``rank`` is 0 for a whole heading known to the table, 1 for one that could head any list ("Name", "Date"), 2 without
    its bracketed part, 3 for a telling part only.
    """

    text: str
    role: Role | None = None
    rank: int = 0
    currency: str | None = None


@dataclass(frozen=True, slots=True)
class HeadingRows:
    """A heading found: the indexes of its first and last row, one :class:`Heading` a column, and the rows as printed."""

    first: int
    last: int
    columns: tuple[Heading, ...]
    printed: tuple[tuple[str, ...], ...] = ()

    def has(self, roles: frozenset[Role]) -> bool:
        """Tell whether any column means one of ``roles``."""
        return any(column.role in roles for column in self.columns)


def find_headings(rows: Sequence[Row]) -> HeadingRows | None:
    """Find the heading of a table among its first rows: the row, or pair of rows, that names most columns.

    A file may have a second table with more columns, so the first heading wins that names two thirds as many.
    """
    found = [each for i in range(min(len(rows), SEARCHED_ROWS)) if (each := heading_at(rows, i)) is not None]
    most = max(map(score_of, found), default=0)
    money = any(each.has(MONEY_ROLES) for each in found)
    return next(
        (each for each in found if score_of(each) * 3 >= most * 2 and (each.has(MONEY_ROLES) or not money)), None
    )


def heading_at(rows: Sequence[Row], index: int) -> HeadingRows | None:
    """Read the row at ``index`` as a heading, together with the next one where that names more columns."""
    cells = rows[index].cells
    if not _could_be_heading(cells):
        return None
    printed = _texts(cells)
    single = HeadingRows(index, index, tuple(read_heading(cell) for cell in cells), (printed,))
    best = single if _qualifies(single) else None
    if index + 1 < len(rows):
        below = _texts(rows[index + 1].cells)
        if _could_be_heading(rows[index + 1].cells) and sum(map(bool, below)) > 1 and below != printed:
            pair = HeadingRows(index, index + 1, _joined(printed, below), (printed, below))
            alone = HeadingRows(index + 1, index + 1, tuple(read_heading(cell) for cell in below))
            better = score_of(pair) > max(score_of(single), score_of(alone))
            if better and _qualifies(pair) and _continues(below, pair):
                best = pair
    return best


def score_of(found: HeadingRows) -> int:
    """Count what a heading names; each meaning counts once, ageing columns at most four times."""
    roles = [column.role for column in found.columns if column.role is not None]
    aged = sum(role in _AGED for role in roles)
    return len({role for role in roles if role not in _AGED}) + min(aged, 4)


def same_heading(found: HeadingRows, rows: Sequence[Row], index: int) -> bool:
    """Tell whether the rows from ``index`` on repeat a heading word for word, as on every page of a printed list."""
    cells = rows[index].cells
    # Nearly every row fails here, which spares comparing all of its cells.
    if not cells or not isinstance(cells[0], str) or cells[0].strip() != (found.printed[0] or ("",))[0]:
        return False
    return index + len(found.printed) <= len(rows) and all(
        _texts(rows[index + offset].cells) == printed for offset, printed in enumerate(found.printed)
    )


def is_age_span(text: str) -> bool:
    """Tell whether a text names a span of age, as ``1-30 days``, ``90天以上`` and ``Current`` do."""
    return len(text) <= LONGEST_HEADING and read_heading(text).role in _AGED


@lru_cache(maxsize=4096)
def _read_heading(text: str) -> Heading:
    printed = " ".join(text.split())
    if not printed or len(printed) > LONGEST_HEADING:
        return Heading(printed)
    table = heading_words()
    currency = None
    for rank, form in enumerate(_forms(printed)):
        role = table.roles.get(fold_heading(form)) or _ageing(form)
        if rank:
            currency = _currency_in(printed)
        if role is not None:
            generic = fold_heading(form) in _GENERIC
            return Heading(printed, role, 2 if rank else int(generic), currency or _currency_in(printed))
    folded = fold_heading(printed)
    for part, role in table.contained:
        if part in folded:
            return Heading(printed, role, 3, _currency_in(printed))
    return Heading(printed)


def read_heading(cell: Cell) -> Heading:
    """Read what one heading cell means."""
    return _read_heading(cell if isinstance(cell, str) else str(cell))


def _forms(printed: str) -> tuple[str, ...]:
    without_currency = _IN_CURRENCY.sub("", printed)
    without_brackets = re.sub(r"\s*[(（\[].*?[)）\]]\s*", " ", printed).strip()
    return (printed, without_currency, without_brackets)


def _currency_in(printed: str) -> str | None:
    found = _IN_CURRENCY.search(unicodedata.normalize("NFKC", printed))
    if not found:
        return None
    named = found.group(1) or found.group(2)
    if len(named) == 3 and named.isascii():
        return named.upper() if named.upper() in CODES else None
    return currency_of(named)


def _ageing(text: str) -> Literal["bucket", "age_bucket"] | None:
    """Recognise a span of age; one that starts at 0 counts from the invoice, not from the due date."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    plain = "".join(char for char in plain if not unicodedata.combining(char)).strip(" :：-*")
    if not any(char.isdigit() for char in plain) or _BARE_NUMBER.match(plain):
        return None
    found = _BUCKET.match(plain)
    if not found:
        return None
    return "age_bucket" if found.group(1) == "0" else "bucket"


def _texts(cells: Sequence[Cell]) -> tuple[str, ...]:
    texts = [cell.strip() if isinstance(cell, str) else str(cell) for cell in cells]
    while texts and not texts[-1]:
        texts.pop()
    return tuple(texts)


def _could_be_heading(cells: Sequence[Cell]) -> bool:
    """Tell whether a row holds words only; ages such as 30 or 1-30 are words here."""
    if is_ruler(tuple(cells)):
        return False
    filled = 0
    for cell in cells:
        if isinstance(cell, Decimal):
            if cell not in {30, 60, 90, 120, 150, 180, 360}:
                return False
        elif not isinstance(cell, str):
            return False
        elif cell.strip():
            plain = cell.strip()
            if len(plain) > 4 * LONGEST_HEADING:
                return False
            if (is_amount(plain) or is_date(plain)) and not (_ageing(plain) or _NUMBER_AS_WORD.match(plain)):
                return False
        else:
            continue
        filled += 1
    return filled > 0


def _qualifies(found: HeadingRows) -> bool:
    """Tell whether the columns named make a table of receivables, contacts or calls, and not a sentence."""
    roles = {column.role for column in found.columns if column.role is not None}
    filled = sum(bool(column.text) for column in found.columns)
    named = sum(column.role is not None for column in found.columns)
    aged = sum(column.role in _AGED for column in found.columns)
    if named < 2 or named * 4 < filled:
        return False
    about = roles & (WHO_ROLES | _WHAT_ROLES)
    return len(roles) >= 2 and (
        bool(about) or aged >= 2 or bool(roles & {"phone", "email", "call_result", "call_action"})
    )


def _continues(below: Sequence[str], pair: HeadingRows) -> bool:
    """Tell a second heading row from the first row of data: each of its words must have become part of a meaning."""
    filled = [index for index, cell in enumerate(below) if cell]
    meant = sum(index < len(pair.columns) and pair.columns[index].role is not None for index in filled)
    return meant * 2 > len(filled)


def _joined(above: Sequence[str], below: Sequence[str]) -> tuple[Heading, ...]:
    """Join two heading rows; a heading printed over several columns speaks for those to its right as well."""
    columns: list[Heading] = []
    spanning = ""
    for index in range(max(len(above), len(below))):
        top = above[index] if index < len(above) else ""
        sub = below[index] if index < len(below) else ""
        if top:
            spanning = top
        if not sub:
            columns.append(read_heading(top))
            continue
        together = read_heading(f"{top or spanning} {sub}".strip())
        alone = read_heading(sub)
        chosen = together if together.role is not None and together.rank < 3 else alone
        if chosen.role is None:
            chosen = read_heading(top)
        columns.append(Heading(together.text, chosen.role, chosen.rank, chosen.currency))
    return tuple(columns)
