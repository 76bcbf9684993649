"""The English vocabulary of days: units, weekdays, months, number words, with the shorthand agents type."""

from __future__ import annotations

from typing import Final


def _spread(table: dict[str, str]) -> dict[str, str]:
    """Turn {meaning: "word word"} into {word: meaning}."""
    return {word: meaning for meaning, words in table.items() for word in words.split()}


UNITS: Final = _spread(
    {
        "second": "second seconds sec secs",
        "minute": "minute minutes min mins",
        "hour": "hour hours hr hrs h",
        "day": "day days d dys night nights",
        "week": "week weeks wk wks w wek weeek",
        "fortnight": "fortnight fortnights",
        "month": "month months mo mos mth mths mnth mnths",
        "quarter": "quarter quarters qtr",
        "year": "year years yr yrs y",
        "working day": "workday workdays weekday weekdays",
    }
)
"""Units of length; "weekday" as a unit is a working day ("five weekdays")."""

WORKING: Final = frozenset({"working", "business", "work", "banking", "bank", "office", "trading", "week", "bus"})
"""Words that make "day" a working day ("week days")."""

WEEKDAYS: Final[dict[str, int]] = {
    word: number
    for number, words in enumerate(
        (
            "monday mon monady",
            "tuesday tue tues teusday tuseday",
            "wednesday wed weds wednes wensday wednsday wendesday",
            "thursday thu thur thurs thrusday thursdy",
            "friday fri firday frday frid",
            "saturday sat saterday satuday",
            "sunday sun sundy",
        )
    )
    for word in words.split()
}

PLURAL_WEEKDAYS: Final[dict[str, int]] = {
    f"{name}s": number
    for number, name in enumerate(
        ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"),
    )
}

MONTHS: Final[dict[str, int]] = {
    word: number
    for number, words in enumerate(
        (
            "january jan janurary",
            "february feb febuary feburary",
            "march mar",
            "april apr",
            "may",
            "june jun",
            "july jul",
            "august aug",
            "september sep sept septmber",
            "october oct",
            "november nov",
            "december dec",
        ),
        1,
    )
    for word in words.split()
}

ALSO_PLAIN_WORDS: Final = frozenset({"may", "march", "mar", "sun", "sat", "mon", "wed", "dec", "jan", "jun"})
"""Names that are ordinary words or first names too; alone they are a month only after "in", "by" and the like."""

UNITS_OF_NUMBER: Final[dict[str, int]] = {
    word: value
    for value, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
        "seventeen eighteen nineteen".split()
    )
}
TENS: Final[dict[str, int]] = {
    word: value * 10 for value, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), 2)
} | {"fourty": 40}
ORDINAL_UNITS: Final[dict[str, int]] = {
    word: value
    for value, word in enumerate(
        "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth "
        "fifteenth sixteenth seventeenth eighteenth nineteenth".split(),
        1,
    )
} | {"1rst": 1}
ORDINAL_TENS: Final[dict[str, int]] = {"twentieth": 20, "thirtieth": 30}

TODAY: Final = frozenset({"today", "tonight", "tonite", "todays", "tdy", "2day", "2nite", "otd"})
TOMORROW: Final = frozenset(
    {"tomorrow", "tomorow", "tommorow", "tommorrow", "tomorrows", "tmrw", "tmr", "tmw", "tmoro", "tomoz", "tomo"}
    | {"2moro", "2mrw", "2morrow", "tmoz", "morrow"}
)
AT_ONCE: Final = frozenset({"immediately", "straightaway", "instantly"})
DAY_TIMES: Final = frozenset({"morning", "afternoon", "evening", "lunchtime", "noon", "night", "midday", "arvo"})

THIS: Final = frozenset({"this", "current", "present"})
COMING: Final = frozenset({"coming", "upcoming", "nearest"})
NEXT: Final = frozenset({"next", "nxt", "nex", "following", "ensuing"})
LAST: Final = frozenset({"last", "past", "previous", "prior", "preceding"})

STARTS: Final = frozenset({"start", "beginning", "begining", "beginnings", "top"})
MIDDLES: Final = frozenset({"mid", "middle", "midway", "halfway"})
ENDS: Final = frozenset({"end", "ends", "ending", "close", "back", "tail"})

SHORT_FORMS: Final[dict[str, tuple[str, ...]]] = {
    "eom": ("end", "of", "month"),
    "eow": ("end", "of", "week"),
    "eoy": ("end", "of", "year"),
    "eoq": ("end", "of", "quarter"),
    "eod": ("end", "of", "day"),
    "cob": ("end", "of", "day"),
    "eob": ("end", "of", "day"),
    "midweek": ("mid", "week"),
    "midmonth": ("mid", "month"),
    "monthend": ("end", "of", "month"),
    "yearend": ("end", "of", "year"),
    "weekend": ("weekend",),
    "wkend": ("weekend",),
    "wknd": ("weekend",),
    "w/e": ("weekend",),
    "w/c": ("week", "commencing"),
    "asap": (),
}

CURRENCY_WORDS: Final = frozenset(
    "dollar dollars buck bucks pound pounds quid euro euros yuan rmb usd gbp eur cny aud cad inr rupees rupee grand k "
    "cents pence percent pct".split()
)

NOT_A_DAY: Final = frozenset(
    "payment payments instalment installment instalments installments invoice bill call letter reminder notice floor "
    "street avenue time times birthday anniversary percent half part one thing person attempt account loan party quarter".split()
)
"""Nouns that an ordinal belongs to instead of to a month: "the first payment"."""
