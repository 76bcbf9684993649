"""Chinese text brought to one form: simplified characters, ordinary numerals, no blanks between characters."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Final

_TRADITIONAL: Final = (
    "禮號後個週這兩點開發資錢還給餘間內過從幾萬塊節慶國聖誕動勞兒婦軍陽曆農聽歲時鐘現馬來當頭結總應該會試許沒辦約賬帳領糧餉進為業"
    "東確說對麼樣讓〇慮繳轉匯剩餘筆陰舊曆臘達緩寬觀復華獨鬼黃薪夠準儘盡爭後處長問題據實應圓備緊錄電話離"
    "爺爸媽戶與將買賣貨單務師傅學連隨請談張趙劉陳楊銀卡網遲險樂歡熱樓隻門關簡級組終經線練繼續統計訂記證評譯變責貸費賠贖"
    "穌難靈齋體齊獲彙報撥覺嗎吧係喺嘅嗰閏驚蟄種滿"
)
_SIMPLIFIED: Final = (
    "礼号后个周这两点开发资钱还给余间内过从几万块节庆国圣诞动劳儿妇军阳历农听岁时钟现马来当头结总应该会试许没办约账账领粮饷进为业"
    "东确说对么样让零虑缴转汇剩余笔阴旧历腊达缓宽观复华独鬼黄薪够准尽尽争后处长问题据实应圆备紧录电话离"
    "爷爸妈户与将买卖货单务师傅学连随请谈张赵刘陈杨银卡网迟险乐欢热楼只门关简级组终经线练继续统计订记证评译变责贷费赔赎"
    "稣难灵斋体齐获汇报拨觉吗吧系在的那闰惊蛰种满"
)
_TABLE: Final = str.maketrans(_TRADITIONAL, _SIMPLIFIED)

_CJK: Final = "\u3400-\u9fff"
_BLANKS: Final = re.compile(rf"(?<=[{_CJK}，。、；！？])\s+|\s+(?=[{_CJK}，。、；！？])")
IS_CHINESE: Final = re.compile(rf"[{_CJK}]")

NUMBER: Final = r"(?:\d+(?:\.\d+)?|[零一二两三四五六七八九十廿卅百千万]+)"
"""A number in figures or characters, as a pattern."""

_DIGITS: Final[dict[str, int]] = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"两": 2}
_SCALES: Final[dict[str, int]] = {"十": 10, "百": 100, "千": 1000}
_SHORT: Final[dict[str, int]] = {"廿": 20, "卅": 30}


_OTHER_WORDS: Final = {
    "元月": "一月",
    "十天半个月": "半个月",
    "十天半月": "半个月",
    "三天两天": "三天",
    "开支那": "开工资那",
}
"""Ways of saying a date that only mean other words."""
_TENS_ONCE: Final = re.compile(r"(十[一二三四五六七八])、([二三四五六七八九][号日])")
"""十五、六号 is said without the pause too."""


def simplify(text: str) -> str:
    """Bring a sentence to simplified characters and close the blanks between them."""
    plain = text.translate(_TABLE).replace("俩", "两个").replace("仨", "三个")
    closed = _BLANKS.sub("", plain)
    for said, meant in _OTHER_WORDS.items():
        closed = closed.replace(said, meant)
    return _TENS_ONCE.sub(r"\1\2", closed)


def number_of(written: str) -> Fraction:
    """Read a number: "15", "1.5", "十五", "廿五", "二零一六", "一万五" (15,000), "两百五" (250).

    The last digit after a scale counts for the next smaller one, as spoken.
    """
    if written[0].isdigit():
        return Fraction(written)
    if not any(char in _SCALES or char in "万廿卅" for char in written):
        value = 0
        for char in written:
            value = value * 10 + _DIGITS[char]
        return Fraction(value)
    return Fraction(_scaled(written))


def _scaled(written: str) -> int:
    total = section = digit = 0
    below = 0  # what a bare last digit is worth
    zero = False
    for char in written:
        if char in _DIGITS:
            digit = _DIGITS[char]
            zero = digit == 0
            if zero:
                below = 1
        elif char == "万":
            total += (section + digit or 1) * 10_000
            section = digit = 0
            below = 1000
        elif char in _SHORT:
            section += _SHORT[char]
            below = 1
        else:
            section += (digit or 1) * _SCALES[char]
            below = max(_SCALES[char] // 10, 1)
            digit = 0
    return total + section + digit * (below or 1)


def whole_number(written: str) -> int:
    """Read a whole number; a broken one gives -1, which is no day, month or year."""
    number = number_of(written)
    return int(number) if number.denominator == 1 else -1
