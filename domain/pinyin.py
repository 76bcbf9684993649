"""Chinese names as people type them without an input method: 李建国 is found by ``lijianguo``, ``ljg`` or ``lijg``.

A character in a name may be read in several ways, and as a surname often in one that it has nowhere else (单 is *shan*,
曾 *zeng*, 仇 *qiu*); every reading is accepted, the surname's own as well. The dictionary takes a third of a second to load and
is fetched when :func:`fetch` is called, on a thread of the caller's.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

_HAN: Final = re.compile(r"[㐀-䶿一-鿿豈-﫿]")
_LETTERS: Final = re.compile(r"[a-zü]+")

SURNAMES: Final = {
    "单": "shan", "單": "shan", "曾": "zeng", "仇": "qiu", "解": "xie", "查": "zha", "任": "ren", "朴": "piao", "区": "ou",
    "區": "ou", "盖": "ge", "蓋": "ge", "乐": "yue", "樂": "yue", "华": "hua", "華": "hua", "翟": "zhai", "缪": "miao",
    "繆": "miao", "冼": "xian", "洗": "xian", "覃": "qin", "那": "na", "折": "she", "员": "yun", "員": "yun", "黑": "he",
    "秘": "bi", "召": "shao", "种": "chong", "祭": "zhai", "繁": "po", "卜": "bu", "贾": "jia", "賈": "jia", "沈": "shen",
    "应": "ying", "應": "ying", "隗": "kui", "车": "che", "車": "che", "晟": "cheng", "宿": "su", "尹": "yin", "宓": "fu",
    "燕": "yan", "葛": "ge", "哈": "ha", "纪": "ji", "紀": "ji", "句": "gou", "能": "nai", "暴": "bao", "尉": "yu",
    "万": "wan", "俞": "yu", "牟": "mu", "臧": "zang", "逄": "pang", "撒": "sa", "訾": "zi", "亓": "qi", "麻": "ma",
}  # fmt: skip
"""How characters are read when they are a family name, where that is easily got wrong."""


def is_spelling(word: str) -> bool:
    """Tell whether a word may be pinyin: Latin letters and nothing else."""
    return _LETTERS.fullmatch(word) is not None


def has_han(text: str) -> bool:
    """Tell whether a text has Chinese characters."""
    return _HAN.search(text) is not None


def fetch() -> None:
    """Load the dictionary; takes a third of a second the first time and nothing afterwards."""
    import pypinyin

    pypinyin.lazy_pinyin("字")


def is_fetched() -> bool:
    """Tell whether the dictionary is there."""
    return "pypinyin" in sys.modules


@lru_cache(maxsize=20_000)
def readings(name: str) -> tuple[frozenset[str], ...]:
    """Give the ways to read each syllable of a name, in lower case; runs of other characters are one syllable."""
    from pypinyin import Style, pinyin

    read = pinyin(name, style=Style.NORMAL, heteronym=True)
    syllables = [frozenset(way.casefold().strip() for way in ways) - {""} for ways in read]
    first = _HAN.search(name)
    if first is not None and first.start() == 0 and syllables and first[0] in SURNAMES:
        syllables[0] |= {SURNAMES[first[0]]}
    # ü is typed as v by those with an input method and as u by everybody else
    return tuple(
        ways | {way.replace("v", "u") for way in ways} | {way.replace("v", "ü") for way in ways} for ways in syllables
    )


def rank(typed: str, name: str) -> int | None:
    """Say how well ``typed`` spells ``name``: 0 from the first syllable on, 1 from a later one, ``None`` not at all.

    Every syllable may be shortened to its first letters, so that ``zw``, ``zhangw`` and ``zhwei`` all find 张伟.
    """
    syllables = readings(name)
    for start in range(len(syllables)):
        if _spelt(typed, syllables, start):
            return 0 if start == 0 else 1
    return None


def _spelt(typed: str, syllables: Sequence[frozenset[str]], at: int) -> bool:
    if not typed:
        return True
    if at == len(syllables):
        return False
    lengths = {
        length
        for way in syllables[at]
        for length in range(1, min(len(way), len(typed)) + 1)
        if typed.startswith(way[:length])
    }
    return any(_spelt(typed[length:], syllables, at + 1) for length in sorted(lengths, reverse=True))
