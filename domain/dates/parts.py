"""Promises in parts: which payment belongs to which day in "half today and the rest next week", "今天还500，月底还清"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Final

from domain.dates.chinese_text import NUMBER, number_of
from domain.dates.english_tokens import tokenise
from domain.dates.english_words import CURRENCY_WORDS, UNITS
from domain.dates.mention import Days, Mention
from domain.dates.reading import DatedPart
from domain.i18n import Language


@dataclass(frozen=True, slots=True)
class Portion:
    """A payment named in the sentence: a share, a figure, or (neither) the rest; where it stands in the text."""

    start: int
    end: int
    share: Fraction | None = None
    amount: str | None = None

    @property
    def rest(self) -> bool:
        """Whether this is what the others leave."""
        return self.share is None and self.amount is None


_FRACTIONS: Final[dict[str, Fraction]] = {
    "half": Fraction(1, 2), "third": Fraction(1, 3), "quarter": Fraction(1, 4), "fourth": Fraction(1, 4),
    "fifth": Fraction(1, 5), "thirds": Fraction(1, 3), "quarters": Fraction(1, 4), "fifths": Fraction(1, 5),
}  # fmt: skip
_COUNTS: Final = {"a": 1, "one": 1, "two": 2, "three": 3, "four": 4, "1": 1, "2": 2, "3": 3, "4": 4}

_ENGLISH: Final = re.compile(
    r"(?P<rest>\b(?:(?:the |my |what's |whatever's |whatever is )?"
    r"(?:rest(?! of (?:the|this) (?:week|month|year))|remainder|remaining(?: \w+)?|balance|left ?over|left)\b"
    r"|(?:the )?other (?:half|part|bit|one)\b|the (?:second|2nd|other) half\b))"
    r"|(?P<half>\bhalf\b(?! (?:a |an )?(?:day|week|month|year|hour|past)\b))"
    r"|\b(?P<count>a|one|two|three|four|[1-4])[ -](?P<of>thirds?|quarters?|fourth|fifths?)\b"
    r"(?! of (?:the )?(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|month|next|this))"
    r"|(?P<percent>\b\d{1,2}(?:\.\d+)?) ?(?:%|percent\b|per cent\b|pct\b)"
    r"|(?<![\d/.])(?P<slash>1/[2345])(?= (?:now|today|tomorrow|of|up ?front|straight|right|on|and)\b)"
    r"|[$£€¥₹] ?(?P<money>\d[\d,]*(?:\.\d+)?)(?P<kilo> ?k\b)?"
    r"|(?P<thousands>\b\d[\d,]*(?:\.\d+)?) ?k\b"
    r"|(?P<figure>\b\d[\d,]*(?:\.\d+)?) ?(?:dollars?|bucks?|pounds?|quid|euros?|yuan|rmb|usd|gbp|eur|cny|aud|cad|rupees?|inr)\b"
)
_SPENT_ON: Final = frozenset(
    "pay do send manage give put transfer offer afford make bring just least about only another then and be with".split()
)
_A_NUMBER: Final = re.compile(r"\d|\w(?:ty|teen)\b|hundred|thousand|grand|\bten\b")
_BEFORE_AN_HOUR: Final = frozenset({"at", "by", "until", "till", "around", "before", "after"})
_CHINESE: Final = re.compile(
    r"(?P<rest>剩下?的?(?:部分|钱|款)?|剩余的?|余下的?|其余的?|余款|尾款|其他的|另外?一半|另外的?一半|还清|付清|结清|清掉|还完|付完|全部还|全还|清账|一次性还)"
    r"|(?P<half>一半|(?<![\d一二两三四五六七八九十个天周月年点])半数|对半)"
    rf"|(?P<low>{NUMBER})分之(?P<high>{NUMBER})|百分之(?P<percent>{NUMBER})|(?P<figurepercent>\d{{1,2}}(?:\.\d+)?)%"
    rf"|(?P<tenths>[一二两三四五六七八九])成"
    rf"|[¥￥$€£] ?(?P<money>\d[\d,]*(?:\.\d+)?)(?P<moneyscale>[万千百wk]?)"
    rf"|(?P<figure>\d[\d,]*(?:\.\d+)?|{NUMBER})(?P<scale>[万千百wk]?)(?P<last>\d?)(?:块钱?|元|圆|人民币|rmb|美元|美金|港币)"
    rf"|(?<=[还付给转交打凑])(?:你们?|您|上|个|一?笔)?(?P<bare>\d[\d,]*(?:\.\d+)?(?![\d./]?\d*[号日天月周个年期次点])|{NUMBER}(?![号日天月周个年期次点成分笔半一二三四五六七八九十百千万]))(?P<barescale>[万千百wk]?)"
    rf"|(?P<round>[一二两三四五六七八九十]+[百千万][零一二三四五六七八九十百千万]*)(?![号日天月周个年期次])"
)
_FIRST_FIGURE: Final = re.compile(r" *((?P<figure>\d[\d,]*(?:\.\d+)?)(?P<scale>[万千百wk]?))[ ,，、]*")
_LONGEST_FIGURE: Final = 15
"""Digits of an amount that are looked at: more are no amount, and cutting keeps arithmetic on them exact."""
_SCALES: Final = {"万": 10_000, "w": 10_000, "千": 1000, "k": 1000, "百": 100, "": 1}


_CLEARED: Final = ("还清", "付清", "结清", "清掉", "还完", "付完", "全部还", "全还", "清账", "一次性还")


def portions(text: str, language: Language, mentions: list[Mention]) -> list[Portion]:
    """Find the payments a sentence names, leaving out what belongs to its days."""
    found = _english(text) if language == "en" else _chinese(text)
    if language == "en":
        found += _bare_english(text, mentions, found)
    elif not found:
        found = _bare_chinese(text, mentions)
    free = [portion for portion in found if not any(_overlap(portion, mention) for mention in mentions)]
    rests = [portion for portion in free if portion.rest]
    # "剩下的月底还清" names the rest twice; the noun says where it belongs
    kept = next(
        (portion for portion in rests if not text.startswith(_CLEARED, portion.start)), rests[0] if rests else None
    )
    return sorted((p for p in free if not p.rest or p is kept), key=lambda portion: portion.start)


def _overlap(portion: Portion, mention: Mention) -> bool:
    return portion.start < mention.end and mention.start < portion.end


def _plain_figure(value: Decimal) -> str:
    return format(value.to_integral() if value == value.to_integral() else value.normalize(), "f")


def _figure(written: str, scale: int = 1) -> Decimal:
    return Decimal(written.replace(",", "")[:_LONGEST_FIGURE]) * scale


def _english(text: str) -> list[Portion]:
    found: list[Portion] = []
    for match in _ENGLISH.finditer(text):
        start, end = match.span()
        if match["rest"]:
            found.append(Portion(start, end))
        elif match["half"]:
            found.append(Portion(start, end, share=Fraction(1, 2)))
        elif match["of"]:
            found.append(Portion(start, end, share=_COUNTS[match["count"]] * _FRACTIONS[match["of"]]))
        elif match["percent"]:
            found.append(Portion(start, end, share=Fraction(match["percent"]) / 100))
        elif match["slash"]:
            found.append(Portion(start, end, share=Fraction(match["slash"])))
        else:
            figure = match["money"] or match["thousands"] or match["figure"]
            scale = 1000 if match["kilo"] or match["thousands"] else 1
            found.append(Portion(start, end, amount=_plain_figure(_figure(figure, scale))))
    return found


def _bare_english(text: str, mentions: list[Mention], found: list[Portion]) -> list[Portion]:
    """Find figures without a currency: "100 today", "I can do two hundred now"."""
    edges = [0, *(edge for mention in mentions for edge in (mention.start, mention.end)), len(text)]
    if not any(_A_NUMBER.search(text, edges[at], edges[at + 1]) for at in range(0, len(edges), 2)):
        return []  # cutting the sentence up again costs as much as everything else
    tokens = tokenise(text)
    bare: list[Portion] = []
    for index, token in enumerate(tokens):
        if token.kind != "num" or token.ordinal or not 1 <= token.value < 10**_LONGEST_FIGURE:
            continue
        after = tokens[index + 1].text if index + 1 < len(tokens) else ""
        before = tokens[index - 1].text if index else ""
        value = Decimal(token.value.numerator) / token.value.denominator
        portion = Portion(token.start, token.end, amount=_plain_figure(value))
        if any(portion.start < other.end and other.start < portion.end for other in found) or after in UNITS:
            continue
        if before in _BEFORE_AN_HOUR:
            continue
        last = index + 1 == len(tokens) or tokens[index + 1].kind == "sep" or after == "and"
        beside_day = any(
            0 <= mention.start - token.end <= 4 or (last and 0 <= token.start - mention.end <= 2)
            for mention in mentions
        )
        if after in CURRENCY_WORDS or after == "each" or (token.value >= 5 and (beside_day or before in _SPENT_ON)):
            bare.append(portion)
    return bare


def _chinese(text: str) -> list[Portion]:
    found: list[Portion] = []
    for match in _CHINESE.finditer(text):
        start, end = match.span()
        if match["rest"]:
            found.append(Portion(start, end))
        elif match["half"]:
            found.append(Portion(start, end, share=Fraction(1, 2)))
        elif match["high"]:
            low = number_of(match["low"])
            if low:
                found.append(Portion(start, end, share=number_of(match["high"]) / low))
        elif match["percent"] or match["figurepercent"]:
            found.append(Portion(start, end, share=number_of(match["percent"] or match["figurepercent"]) / 100))
        elif match["tenths"]:
            found.append(Portion(start, end, share=number_of(match["tenths"]) / 10))
        else:
            found.append(Portion(start, end, amount=_chinese_amount(match)))
    return found


def _chinese_amount(match: re.Match[str]) -> str:
    written = match["money"] or match["figure"] or match["bare"] or match["round"]
    scale = _SCALES[match["moneyscale"] or match["scale"] or match["barescale"] or ""]
    value = _figure(written, scale) if written[0].isdigit() else _figure(str(number_of(written).numerator), scale)
    if match["last"]:
        value += Decimal(match["last"]) * scale / 10  # 1万5 is 15,000
    return _plain_figure(value)


def _bare_chinese(text: str, mentions: list[Mention]) -> list[Portion]:
    """Find the figure that stands first, right before a day: "3000 周五", as who types fast names amount and day."""
    first = _FIRST_FIGURE.match(text)
    if first is None or not any(first.end() == mention.start for mention in mentions):
        return []
    return [Portion(*first.span(1), amount=_plain_figure(_figure(first["figure"], _SCALES[first["scale"]])))]


def dated_parts(portions_said: list[Portion], mentions: list[Mention]) -> tuple[list[tuple[Portion, Mention]], bool]:
    """Pair payments with days in the order they are said; tell whether every payment found a day."""
    if len(portions_said) == len(mentions):
        return list(zip(portions_said, mentions, strict=True)), True
    pairs: list[tuple[Portion, Mention]] = []
    for index, portion in enumerate(portions_said):
        stop = portions_said[index + 1].start if index + 1 < len(portions_said) else None
        begin = portions_said[index - 1].end if index else 0
        taken = {mention.start for _, mention in pairs}
        after = [m for m in mentions if m.start >= portion.end and (stop is None or m.start < stop)]
        before = [m for m in mentions if begin <= m.start < portion.start and m.start not in taken]
        if after:
            pairs.append((portion, after[0]))
        elif before:
            pairs.append((portion, before[-1]))
    return pairs, len(pairs) == len(portions_said)


def as_part(portion: Portion, days: Days) -> DatedPart:
    """Make the part of a promise that a payment and its day are."""
    return DatedPart(days.kept, portion.share, portion.amount, days.range)
