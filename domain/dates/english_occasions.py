"""English days named after what happens on them: festivals and the customer's pay day."""

from __future__ import annotations

import re
from typing import Final

from domain.dates import english_words as words
from domain.dates.arithmetic import NoSuchDayError
from domain.dates.english_line import Found, Line, impossible
from domain.dates.festivals import ENGLISH, festival_in, next_festival
from domain.dates.mention import one_day
from domain.dates.pay_days import on_pay_day


def festival(line: Line, index: int) -> Found | None:
    """Read a day known by its name, with a year where one is said: "Christmas", "next Easter", "Thanksgiving 2027"."""
    here = line.skip(index, "the")
    if line.at(here) in words.NEXT or line.at(here) in words.THIS or line.at(here) in words.COMING:
        here += 1
    if line.at(here) not in FESTIVAL_STARTS:
        return None
    for length in range(min(_LONGEST_FESTIVAL, line.size - here), 0, -1):
        key = ENGLISH.get(
            " ".join(line.texts[here : here + length]).replace(" - ", " ").replace(" . ", " ").replace(" ' ", " ")
        )
        if key is None:
            continue
        end = here + length
        year = line.year(end)
        try:
            if year is not None:
                return one_day(festival_in(key, year[0]), year_said=True), year[1]
            return one_day(next_festival(key, line.setting.today)), end
        except NoSuchDayError:
            return impossible(), end
    return None


FESTIVAL_STARTS: Final = frozenset(name.split()[0] for name in ENGLISH)
_LONGEST_FESTIVAL: Final = max(len(name.split()) for name in ENGLISH) + 2

_INCOME: Final = (
    r"(?:social security|disability(?: check)?|ssi|(?:pay|salary|pension|benefit|disability) che(?:ck|que)s?"
    r"|che(?:ck|que)s? (?=comes|arrives|clears|is|gets|hits|lands)"
    r"|salary|salaries|wages?|payroll|pension|benefits|pay ?che(?:ck|que)s?|pay ?-?days?|pay ?slip)"
)
_PAID: Final = re.compile(
    r"(?:(?:i|we|he|she|they|i'll|i will|next|finally|have|'ve|i've) )*(?:get|gets|getting|got|receive) "
    rf"(?:paid|(?:(?:my|our|the|next) )*(?:{_INCOME}|pay)\b)"
    r"|(?:i am|i'm|im|we are|we're) paid\b"
    rf"|(?:(?:my|our|the|his|her|their|next|this|coming) )*{_INCOME}\b"
    r"|(?:my|our|his|her|their) (?:next )?pay\b(?= (?:comes|arrives|lands|hits|clears|goes|is|gets|has))"
)
PAID_STARTS: Final = frozenset(
    "i im ill ive we were he she they get gets getting got receive my our his her their the next this coming pay payday "
    "paydays paycheck paychecks paycheque paycheques payroll payslip "
    "social disability ssi check cheque checks cheques salary salaries wage wages pension benefits".split()
)


def pay_day(line: Line, index: int) -> Found | None:
    """Read "payday", "when I get paid", "once my wages come in"."""
    if line.at(index) not in PAID_STARTS or line.kind(index) != "word":
        return None
    found = _PAID.match(line.source, line.tokens[index].start)
    if found is None:
        return None
    end = index + 1
    while end < line.size and line.tokens[end].start < found.end():
        end += 1
    return on_pay_day(line.setting), end
