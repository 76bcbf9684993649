"""What stands outside the table: the day the balances describe, their currency, and thousands or 万元 as the unit."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import PurePosixPath, PureWindowsPath
from typing import Final

from domain.receivables.currencies import CODES, currency_of
from domain.receivables.datecells import DateCell, read_date
from domain.receivables.grid import Row, blanks_removed
from domain.receivables.model import Cell, DateOrder

_AS_OF: Final = re.compile(
    r"(?:\b(?:as of|as at|as on|at date|date at filter|balance date|date to|up to|ageing date|aging date|aged as of|report date|"
    r"stand|stichtag\w*|stichtagfilter|per|zum|a la date du|arrete au|situation au|au|filtre de date|"
    r"a fecha|al|a la fecha|filtro fecha|alla data|filtro alla data|op datum|per datum|datum van filter|"
    r"em|na data|data no filtro|filtro de data|per den|datumfilter|tarihi itibariyla|filtre tarihi|la data de|la data|"
    r"na dan|na datum|datum na filteru|a data|filtre de data en)\b"
    r"|截止日期|截止|截至|基准日|统计日期|報表日期|报表日期|基準日|時点|現在|في تاريخ|حتى تاريخ)",
    re.IGNORECASE,
)
_PRINTED: Final = re.compile(
    r"\b(?:printed|print date|gedruckt|druckdatum|imprime|generated|run on)\b|打印|印刷|導出|导出", re.IGNORECASE
)
_ANY_DATE: Final = re.compile(
    r"\d{4}\s*年\s*\d{1,2}\s*月\s*\d{1,2}\s*日?"
    r"|(?<!\d)\d{4}[-/.]\d{1,2}[-/.]\d{1,2}(?!\d)"
    r"|(?<!\d)\d{1,2}[-/.]\d{1,2}[-/.](?:\d{4}|\d{2})(?!\d)"
    r"|(?<!\d)(?:19|20)\d{6}(?!\d)"
    r"|(?<!\d)\d{1,2}(?:st|nd|rd|th|er|\.|º)?[\s-]*(?:de\s+|d['’])?[^\W\d_]{3,12}\.?[\s,-]*(?:de\s+|del\s+)?\d{4}(?!\d)"
    r"|[^\W\d_]{3,12}\.?\s+\d{1,2}(?:st|nd|rd|th)?,?\s+\d{4}(?!\d)"
)
_IN_NAME: Final = re.compile(
    r"(?<!\d)(?:(?:19|20)\d{2}([-_.]?)\d{2}\1\d{2}|\d{1,2}\.\d{1,2}\.(?:19|20)\d{2})(?!\d)|\d{4}年\d{1,2}月\d{1,2}日"
)
_CURRENCY_WORD: Final = re.compile(
    r"(?:\b(?:currency|wahrung|devise|moneda|valuta|moeda|para birimi|alle betrage in|(?:all )?amounts (?:are )?in|"
    r"betrage in|montants en|importes en|importi in|bedragen in|expressed in|in)\b"
    r"|币别|币种|幣別|货币|通貨|العملة)\s*[:：=]?\s*([^\s,;，；)）]+)",
    re.IGNORECASE,
)
_SCALE: Final = (
    (re.compile(r"单位\s*[:：]\s*(?:人民币)?\s*万元|金额单位\s*[:：]?\s*万元|[（(]\s*万元\s*[)）]"), 10_000),
    (re.compile(r"单位\s*[:：]\s*(?:人民币)?\s*千元|[（(]\s*千元\s*[)）]|単位\s*[:：]\s*千円"), 1_000),
    (
        re.compile(
            r"\bin thousands\b|\bT(?:EUR|€)|\bin Tausend\b|\ben milliers\b|['’]000s?\b|\bin 000s?\b", re.IGNORECASE
        ),
        1_000,
    ),
)
_YUAN_UNIT: Final = re.compile(r"单位\s*[:：]\s*(?:人民币)?\s*[万千]?元")


@dataclass(frozen=True, slots=True)
class Titles:
    """What title lines and file name say.

    ``as_of`` is still a :class:`DateCell`, because its day and month may depend on the order the table proves;
    ``from_name`` tells that it stood in the file name only. ``scale`` multiplies every amount.
    """

    as_of: DateCell | None
    from_name: bool
    currency: str | None
    scale: int

    def as_of_date(self, order: DateOrder | None) -> date | None:
        """Give the day in the order of the file, if it is one."""
        return self.as_of.settled(order).value if self.as_of else None


def read_titles(rows: Iterable[Row], filename: str) -> Titles:
    """Read the rows above the table, then the file's name for what they leave out."""
    stated: DateCell | None = None
    lonely: DateCell | None = None
    currency = None
    scale = 1
    for row in rows:
        cells = [cell for cell in row.cells if cell not in ("", " ")]
        text = " ".join(str(cell) for cell in cells)
        plain = _plain(text)
        if not _PRINTED.search(plain):
            stated = stated or _stated(cells)
            lonely = lonely or (_only_date(cells) if len(cells) == 1 else None)
        currency = currency or _currency(cells, text)
        for pattern, factor in _SCALE:
            if scale == 1 and pattern.search(unicodedata.normalize("NFKC", text)):
                scale = factor
    as_of = stated or lonely
    if as_of is None and (named := _in_filename(filename)):
        return Titles(named, from_name=True, currency=currency, scale=scale)
    return Titles(as_of, from_name=False, currency=currency, scale=scale)


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(char for char in decomposed if not unicodedata.combining(char)).replace("ı", "i")


def _dates_in(cell: Cell) -> list[DateCell]:
    if not isinstance(cell, str):
        read = read_date(cell)
        return [read] if read.kind == "value" else []
    text = unicodedata.normalize("NFKC", cell)
    found = [read_date(match.group()) for match in _ANY_DATE.finditer(text)]
    return [read for read in found if read.kind in {"value", "numbers"}]


def _stated(cells: Sequence[Cell]) -> DateCell | None:
    """Find the date that follows words such as "as of", in the same cell or in the next filled one."""
    for index, cell in enumerate(cells):
        if not isinstance(cell, str):
            continue
        said = _AS_OF.search(_plain(cell))
        if not said:
            continue
        # Of a period ("1 January to 31 March") its last day counts.
        following = cells[index + 1 :]
        dates = _dates_in(cell) or [read for other in following for read in _dates_in(other)][:1]
        # "As of September 14, 2026" without quotation marks was cut in two at its own comma.
        dates = dates or _dates_in(", ".join(str(part).strip() for part in cells[index : index + 2]))
        if dates:
            return dates[-1]
    return None


def _only_date(cells: Sequence[Cell]) -> DateCell | None:
    if not isinstance(cells[0], str):
        return None
    dates = _dates_in(cells[0])
    rest = _ANY_DATE.sub("", unicodedata.normalize("NFKC", cells[0]))
    return dates[-1] if dates and not re.search(r"\d{1,2}:\d{2}", rest) and len(rest.strip(" ,.-–—:")) <= 12 else None


def _in_filename(filename: str) -> DateCell | None:
    """Find a date in the file's name, in the forms that have only one reading."""
    stem = PurePosixPath(PureWindowsPath(filename).name).stem
    found = _IN_NAME.search(unicodedata.normalize("NFKC", stem))
    if not found:
        return None
    read = read_date(found.group().replace("_", "-"))
    if read.kind == "numbers":
        read = read.settled("DMY")
    return read if read.kind == "value" else None


def _currency(cells: Sequence[Cell], text: str) -> str | None:
    for index, cell in enumerate(cells):
        if not isinstance(cell, str):
            continue
        normal = unicodedata.normalize("NFKC", cell)
        for said in _CURRENCY_WORD.finditer(_plain(normal)):
            code = currency_of(said.group(1))
            if code and (said.group(1).isupper() or not said.group(1).isascii() or len(said.group(1)) > 3):
                return code
        if re.search(r"(?:currency|wahrung|devise|moneda|币别|币种)\s*[:：]?\s*$", _plain(normal), re.IGNORECASE):
            following = next((other for other in cells[index + 1 :] if isinstance(other, str)), "")
            if code := currency_of(following):
                return code
        # "Aged Partner Balance - Company - USD": a code counts only as a whole part of the title.
        for part in re.split(r"\s+[-–—|/]\s+|[()（）\[\]:：]", normal):
            if part.strip() in CODES:
                return part.strip()
    return "CNY" if _YUAN_UNIT.search(unicodedata.normalize("NFKC", text)) else None


def is_remark(cells: Sequence[Cell]) -> bool:
    """Tell whether a row is an annotation of the printed list: a stamp, a signature line, a page number."""
    filled = [cell for cell in blanks_removed(cells) if isinstance(cell, str)]
    if not filled:
        return False
    text = " ".join(filled)
    if re.search(r"(?:^|\s)(?:page|seite|página|pagina|sida|第)\s*\d+", text, re.IGNORECASE):
        return True
    if _PRINTED.search(_plain(text)):
        return True
    labelled = sum(bool(re.search(r"^[^\d:：]{1,24}[:：](?!\S*:)", cell.strip())) for cell in filled)
    return labelled * 2 > len(filled)
