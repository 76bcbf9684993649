"""How people say that they promise nothing: doubt, refusal, payments already made, dates of birth, repeating payments.

These are judged by the clause or sentence a day stands in, so that "I can't pay today but Friday is fine" keeps Friday.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from domain.i18n import Language


@dataclass(frozen=True, slots=True)
class Wording:
    """The patterns of one language, over cleaned lower-case text."""

    doubt: re.Pattern[str]
    """Says that nothing is promised, wherever it stands."""
    mild_doubt: re.Pattern[str]
    """Says so for the sentence it stands in."""
    refusal: re.Pattern[str]
    """Says that it will not be paid in this clause."""
    no_refusal: re.Pattern[str]
    """Looks like a refusal and is none ("no problem", "why not"); taken out before looking."""
    limit: re.Pattern[str]
    """Turns a refusal into a limit ("can't pay until Friday")."""
    paid_already: re.Pattern[str]
    birth: re.Pattern[str]
    repeating: re.Pattern[str]
    income: re.Pattern[str]
    """Says that something else repeats: being paid."""
    paying: re.Pattern[str]
    """Marks the clause that speaks of paying."""
    history: re.Pattern[str]
    """Says that a length of time lies behind and not ahead ("I've been ill for two weeks")."""
    clause: re.Pattern[str]
    sentence: re.Pattern[str]

    def clause_around(self, text: str, start: int, end: int) -> tuple[str, str]:
        """Give the words of the clause before and after the characters ``start`` to ``end``."""
        return _around(self.clause, text, start, end)

    def sentence_around(self, text: str, start: int, end: int) -> str:
        """Give the sentence the characters ``start`` to ``end`` stand in."""
        before, after = _around(self.sentence, text, start, end)
        return f"{before}{text[start:end]}{after}"

    def refuses(self, text: str, start: int, end: int) -> bool:
        """Tell whether the clause says that it will not be paid on the day named there."""
        before, after = self.clause_around(text, start, end)
        before, after = self.no_refusal.sub(" ", before), self.no_refusal.sub(" ", after)
        refusals = list(self.refusal.finditer(before))
        if refusals:
            limited = self.limit.search(before, refusals[-1].end()) or self.limit.match(text[start:end])
            return limited is None
        return self.refusal.search(after) is not None and self.limit.search(after) is None


def _around(mark: re.Pattern[str], text: str, start: int, end: int) -> tuple[str, str]:
    begin = 0
    for found in mark.finditer(text, 0, start):
        begin = found.end() if found[0].strip() and not found[0][0].isalpha() else found.start()
    stop = mark.search(text, end)
    return text[begin:start], text[end : stop.start() if stop else len(text)]


_EN: Final = Wording(
    doubt=re.compile(
        r"\b(?:maybe|may be able|mebbe|perhaps|possibly|probably|prob|probs|prolly|might|hopefully|not sure|unsure"
        r"|no promises?|can'?t promise|cannot promise|\w+day-?ish)\b"
    ),
    mild_doubt=re.compile(
        r"\b(?:hoping|i hope|no idea|don'?t know|dunno|can'?t say|hard to say|depends|depending|thinking (?:of|about|maybe)"
        r"|figure out (?:what|how|if|whether|when)|see (?:if|what|whether|how)|let me see|we'?ll see|i'?ll see"
        r"|(?:i'?ll|will|gonna|going to|can) (?:try|check|ask|think|confirm|have a look)|try(?:ing)? (?:to|and|for|my)"
        r"|let me (?:check|ask|think)|(?:need|have) to (?:check|ask|think)|(?:should|could) be able"
        r"|if i (?:can|get|could|have|find|manage|am able)|if (?:my|they|he|she|everything|things)"
        r"|(?:i|we|it|they|he|she|that) may(?! (?:\d|the))|unless|tentative(?:ly)?|provisional(?:ly)?)\b"
    ),
    refusal=re.compile(
        r"\b(?:not|never|cannot|can'?t|won'?t|don'?t|doesn'?t|didn'?t|isn'?t|couldn'?t|wouldn'?t|haven'?t|hasn'?t|ain'?t"
        r"|shan'?t|unable|no way|impossible|refuse)\b"
    ),
    no_refusal=re.compile(
        r"\b(?:(?:not|isn'?t|won'?t be|no) (?:a |any )?(?:problem|worries|issue)|why not|why don'?t (?:i|we)|if not"
        r"|(?:don'?t|won'?t|do not) (?:worry|mind|forget|be late)|can'?t wait|not (?:only|just)|whether or not)\b"
    ),
    limit=re.compile(r"\b(?:until|till|til|before|later than|after|earlier than|sooner than|unless)\b"),
    paid_already=re.compile(
        r"\b(?:i|we|he|she|they|wife|husband|company|office)(?:'ve| have| had| has| already| just| actually)* "
        r"(?:paid|sent|transferred|mailed|posted|wired|settled|cleared|made (?:a|the|my) payment)\b"
        r"|\balready (?:paid|sent|made|settled|transferred|went|gone)\b|\bwas paid\b|\bbeen paid already\b"
    ),
    birth=re.compile(r"\b(?:d\.?o\.?b|date of birth|birth ?date|birth|birthday|born)\b"),
    repeating=re.compile(
        r"\b(?:every|each|per) (?!on |of |by )(?:\w+ )?(?:day|week|month|fortnight|quarter|year|pay ?day|weekday|[a-z]+day"
        r"|mon|tues?|wed"
        r"|thu|fri|sat|sun)s?\b"
        r"|\b(?:monthly|weekly|fortnightly|bi-?weekly|quarterly)\b(?! (?:salary|wage|pay\b|income|bill|statement|pension))"
        r"|(?:[$£€¥₹]\s?[\d,.]+k?|\b\d[\d,.]*|\bhundred|\bthousand|\bfifty|\btwenty|\bdollars|\bbucks|\bpounds|\bquid|\beuros"
        r"|\byuan|\bpayments?|\bonce|\btwice) (?:a|an|per) (?:day|week|fortnight|month|quarter|year)\b"
        r"|[$£€¥₹\d]\s?/\s?(?:day|week|wk|month|mo)\b|\bper month\b|\bpcm\b"
        r"|\b(?:in|by|with|through|via) (?:\w+ ){0,3}instal+ments?\b|\b(?:payment|instal+ment) plan\b"
        r"|\bon (?:mon|tues|wednes|thurs|fri|satur|sun)days\b"
    ),
    income=re.compile(
        r"\b(?:get|gets|getting|am|are|is|i'm|im) paid\b|\bpay ?day\b|\b(?:salary|wages?|pension|paycheck)\b"
        r"|\bpay (?:comes|arrives|lands|hits|clears|goes)\b"
    ),
    paying=re.compile(
        r"\b(?:pay|paying|send|sending|transfer|settle|clear|make|do|manage|afford|put|wire|bring|give|promise|sort"
        r"|payment|you'?ll (?:have|get)|have it|rest|balance|works?|okay|ok|fine|good|best|say)\b"
    ),
    history=re.compile(r"\b(?:been|since|was|were|had|used to|for the (?:last|past)|ago|took)\b"),
    clause=re.compile(
        r"[.!?;,]\s|[.!?;]$|\b(?:but|however|though|although|so|because|cuz|cause|since|instead)\b"
        r"|\b(?:i'll|ill (?=pay|send|do|make|have|transfer|settle|clear|sort|give|put|bring)"
        r"|i will|i can|i could|we'?ll|we can|we will|let'?s|how about|what about)\b(?!'?t\b)"
    ),
    sentence=re.compile(r"[.!?]\s|[!?;]"),
)

_ZH: Final = Wording(
    doubt=re.compile(
        r"(?<!不)可能(?!性)|也许|或许|说不定|没准|兴许|大概|估计|应该|看看|看情况|看吧|再看|再说|尽量|尽力|争取|试试|试着|想想办法"
        r"|想办法|不一定|不确定|不敢保证|不保证|不能保证|保证不了|不好说|说不好|不知道|恐怕|如果|要是|假如|万一|希望|顺利的话|可以的话"
        r"|有钱的话|考虑|商量"
    ),
    mild_doubt=re.compile(r"(?!)"),
    refusal=re.compile(
        r"[还付拿交转凑]不(?:了|上|起|出|到|清)|没法|没办法|无法|不能|不行|不可以|不可能|没钱|没有钱|来不及|赶不上|不方便|不会|不还|不付|不是"
    ),
    no_refusal=re.compile(
        r"能不能|可不可以|行不行|好不好|是不是|会不会|要不要|不能再?(?:晚|迟|拖)|不会(?:晚|迟|拖|超过|再|忘)|没问题|不是问题|不是不还|不行的话"
        r"|不晚于|不迟于|不超过"
    ),
    limit=re.compile(r"才|以后|之后|等到|要到|得到"),
    paid_already=re.compile(
        r"已经?(?:还|付|转|打|交|汇|结|存|给)|(?:还|付|转|打|交|汇)过(?:了|钱)?|(?:刚|都)(?:还|付|转)(?:了|完|清)"
    ),
    birth=re.compile(r"出生|生日|生于|生的|身份证|年生"),
    repeating=re.compile(
        r"每个?(?:月|周|星期|礼拜|天|日|年|季度|半个?月|期)|每隔|按月|按周|逐月|分期|月供|月付|分(?:[两二三四五六七八九十几\d]+)(?:期|个月)"
        r"|(?:一个月|一周|一星期|一个星期|一天|一个礼拜)(?:可以|能|先|就|我)*(?:还|付|给|交)?[\d零一二两三四五六七八九十百千万]+(?:块|元|百|千|万)"
        r"|一个月(?:可以|能)?(?:还|付|给|交)\d"
    ),
    income=re.compile(r"(?:发|开|领|拿|出)(?:工资|薪|薪水|饷|粮|钱)|工资|薪水|到账"),
    paying=re.compile(r"[还付给转交汇打结清凑]|可以|能|行|好|吧"),
    history=re.compile(r"已经|一直|从来|过去|前面|了.?$"),
    clause=re.compile(
        r"[，。.；！？,;!?、\s]|但是|但|不过|可是|所以|因为|只能|要等|得等|等到|要到|得到|然后|那就|改到|就(?=周|星期|礼拜|下|明|后|月|\d)"
    ),
    sentence=re.compile(r"[。.；！？;!?\n]"),
)

WORDING: Final[dict[Language, Wording]] = {"en": _EN, "zh": _ZH}
