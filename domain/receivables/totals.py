"""Which rows are sums and not customers, told by words and, where words deceive, by arithmetic.

A customer may really be called "Total"; a total row in the customer's column is taken as a sum only where the figure
says so. Sums that do not add up are reported and change nothing: declared totals of genuine exports often do not.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Final, Literal

from domain.text import fold

Sort = Literal["data", "total", "maybe total", "head", "section", "text", "error", "blank", "heading"]

_STARS: Final = re.compile(r"\*{1,5}$")
_CERTAIN: Final = re.compile(
    r"(?:sub-? ?totals?|grand totals?|page totals?|report totals?|overall totals?|totals? for\b.*|totals? due for\b.*"
    r"|zwischensumme.*|gesamtsumme.*|endsumme.*|summe\b.*|sous-?total.*|total general.*|suma y sigue|total generale"
    r"|totale generale.*|subtotale.*|eindtotaal.*|totaal generaal.*|delsumma.*|slutsumma.*|ara toplam.*|genel toplam.*"
    r"|sveukupno.*|medjuzbroj.*|meduzbroj.*|percents?|percentages?|prozente?|pourcentages?|porcentajes?|percentuali|% .*"
    r"|percentage of total.*|% of total.*"
    r"|(?:本页|本頁|部门|地区|客户|按客户|分类)?(?:小计|小計|合计|合計|总计|總計|総計|総合計|共计|累计|总额|页计)\s*[:：]?"
    r"|المجموع.*|الإجمالي.*|الاجمالي.*)$"
)
_GRAND: Final = re.compile(
    r"grand|report total|overall|gesamtsumme|endsumme|general|eindtotaal|slutsumma|genel|sveukupno"
    r"|总计|總計|総|^合计|^合計|^总额|^共计"
)
_BARE: Final = re.compile(
    r"(?:totals?|gesamt|totale|totaal|totalt|summa|toplam|ukupno|sum)\s*[:：]?(?:\s*[(\[]?\s*[a-z]{3}\s*[)\]]?)?$"
)
_WITH_NAME: Final = re.compile(
    r"(?:sub-? ?totals?|totals?|gesamt|totale|totaal|total de|totale per)\s+(.+)$"
    r"|(.+?)\s*[-–:]?\s+(?:sub-? ?totals?|totals?|gesamt|totale|totaal)$"
    r"|(?:小计|小計|合计|合計|总计|總計)\s*[:：\s]\s*(.+)$|(.+?)\s*[-–:：]?\s*(?:小计|小計|合计|合計|总计|總計)$"
)


@dataclass(frozen=True, slots=True)
class TotalLabel:
    """A cell that may label a sum: ``certain`` where nobody is called so, ``name`` is whose total it claims to be."""

    certain: bool
    name: str = ""
    grand: bool = False


@lru_cache(maxsize=8192)
def total_label(text: str) -> TotalLabel | None:
    """Read a cell as the label of a sum; ``None`` where it is none."""
    plain = unicodedata.normalize("NFKC", text).strip()
    if not plain or len(plain) > 200:
        return None
    if _STARS.match(plain):
        return TotalLabel(certain=True)
    folded = fold(plain).strip(" *").strip()
    if not folded:
        return None
    if _CERTAIN.match(folded):
        return TotalLabel(certain=True, grand=bool(_GRAND.search(folded)))
    if _BARE.match(folded):
        return TotalLabel(certain=False, grand=True)
    named = _WITH_NAME.match(folded)
    if named:
        return TotalLabel(certain=False, name=next(filter(None, named.groups())).strip())
    return None


@dataclass(slots=True)
class Tally:
    """One body row as the arithmetic sees it: what sort it is so far, its open balance, and what its label claims.

    ``sort`` is changed by :func:`settle`. ``carried`` tells a data row without a customer of its own, ``above`` a sum
    printed above what it adds up, ``doubtful`` a customer who is called like a sum, ``declares`` the row with the
    file's own total.
    """

    sort: Sort
    value: Decimal | None = None
    label: TotalLabel | None = None
    name: str = ""
    carried: bool = False
    above: bool = False
    doubtful: bool = False
    declares: bool = False
    ties: bool = True


def settle(rows: Sequence[Tally]) -> None:
    """Decide every row that may be a sum, and find the one that declares the total of the file."""
    _settle_heads(rows)
    names = {fold(row.name.strip()) for row in rows if row.name and row.sort in {"data", "section"}}
    for row in rows:
        if row.sort == "maybe total" and row.label and row.label.name and fold(row.label.name) in names:
            row.sort = "total"
    doubtful = [row for row in rows if row.sort == "maybe total"]
    if doubtful and not _last_ties(rows, doubtful):
        _settle_in_order(rows, doubtful)
    _check_ties(rows)
    _find_declared(rows)


def _settle_heads(rows: Sequence[Tally]) -> None:
    """Settle customers printed with their sum above their own items: all of them tie, or none is a head."""
    heads = [index for index, row in enumerate(rows) if row.sort == "head"]
    tied = 0
    for place, index in enumerate(heads):
        end = heads[place + 1] if place + 1 < len(heads) else len(rows)
        below = [
            row.value for row in rows[index + 1 : end] if row.sort == "data" and row.carried and row.value is not None
        ]
        tied += bool(below) and sum(below) == rows[index].value
    for index in heads:
        rows[index].sort = "total" if tied == len(heads) else "data"
        rows[index].above = True


def _last_ties(rows: Sequence[Tally], doubtful: Sequence[Tally]) -> bool:
    """Take all doubtful rows but the last as customers if the last is then the sum of everything."""
    last = doubtful[-1]
    others = [row.value for row in rows if row.sort == "data" or (row.sort == "maybe total" and row is not last)]
    if last.value is None or sum(value for value in others if value is not None) != last.value or not others:
        return False
    for row in doubtful[:-1]:
        row.sort, row.doubtful = "data", True
    last.sort = "total"
    return True


def _settle_in_order(rows: Sequence[Tally], doubtful: Sequence[Tally]) -> None:
    """Take a doubtful row as a sum where it ties with the rows above it, or closes the file as a bare "Total"."""
    running = Decimal(0)
    boundaries = {running}
    fresh = False
    last_data = max((index for index, row in enumerate(rows) if row.sort == "data"), default=-1)
    for index, row in enumerate(rows):
        if row.sort == "maybe total":
            closes = row is doubtful[-1] and index > last_data and row.label is not None and not row.label.name
            if (fresh and row.value is not None and running - row.value in boundaries) or closes:
                row.sort = "total"
            else:
                row.sort, row.doubtful = "data", True
        if row.sort == "data" and row.value is not None:
            running += row.value
            fresh = True
        elif row.sort in {"total", "section"}:
            boundaries.add(running)
            fresh = False


def _check_ties(rows: Sequence[Tally]) -> None:
    """Note which sums are the sum of the data rows since the start, a section, or another sum."""
    running = Decimal(0)
    boundaries = {running}
    opened: tuple[Tally, Decimal] | None = None
    for row in rows:
        if row.sort == "data" and row.value is not None:
            running += row.value
        elif row.sort in {"section", "total"}:
            if opened is not None:
                head, before = opened
                head.ties = head.value is None or running - before == head.value
            opened = (row, running) if row.above else None
            if row.sort == "total" and not row.above:
                row.ties = row.value is None or running - row.value in boundaries
            boundaries.add(running)
    if opened is not None:
        head, before = opened
        head.ties = head.value is None or running - before == head.value


def _find_declared(rows: Sequence[Tally]) -> None:
    """Find the last sum at the end that ties with everything; failing that, the last one called a grand total."""
    whole = sum((row.value for row in rows if row.sort == "data" and row.value is not None), Decimal(0))
    last_data = max((index for index, row in enumerate(rows) if row.sort == "data"), default=-1)
    sums = [row for row in rows[last_data + 1 :] if row.sort == "total" and row.value is not None]
    tying = [row for row in sums if row.value == whole]
    labelled = [row for row in sums if row.label is not None and row.label.grand]
    unlabelled = [row for row in sums if row.label is None]
    chosen = tying or labelled or unlabelled
    if chosen:
        chosen[-1].declares = True
