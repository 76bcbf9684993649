"""Invented customers, written as the ledgers their creditors would export."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal

from domain.i18n import Language
from domain.money import to_decimal

_FIRST: Final = (
    "Alice Marcus Dorothy Henry Priya Omar Grace Felix Nadia Victor Elena Tobias Ruth Caleb Ingrid Hugo".split()
)
_LAST: Final = (
    "Fairbairn Okonkwo Whitlow Castellan Drummond Petrossian Hale Lindqvist Marlowe Tanaka Abernathy Quill".split()
)
_SURNAMES: Final = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦许何吕施张孔曹严华金魏陶姜"
_GIVEN: Final = "晓梅 建国 丽华 志强 雨桐 明轩 秀英 海涛 佳怡 国栋 文静 俊杰 思远 春燕 振华 梦瑶".split()
_TRADES: Final = "Bakery Joinery Freight Print Nurseries Glazing Catering Tools Textiles Roofing Marine Optics".split()
_PLACES_EN: Final = "Alder Brook Cobalt Dune Ember Fallow Gable Hollow Iris Juniper Kestrel Larch".split()
_TRADES_ZH: Final = "建材 食品 物流 印刷 电子 服装 餐饮 机械 家居 园艺".split()
_PLACES_ZH: Final = "青禾 远帆 明山 瑞泽 星桥 云溪 金麦 海棠".split()
_US_AREAS: Final = (212, 646, 917, 617, 305)

Kind = Literal["consumer-cn", "business-cn", "consumer-us", "business-us", "business-gb"]


@dataclass(frozen=True, slots=True)
class Group:
    """Customers of one kind: their country, currency and segment, and how many of a hundred they are."""

    kind: Kind
    region: str
    currency: str
    segment: Literal["consumer", "business"]
    language: Language
    share: int


GROUPS: Final[dict[Language, tuple[Group, ...]]] = {
    "zh": (
        Group("consumer-cn", "CN", "CNY", "consumer", "zh", 65),
        Group("business-cn", "CN", "CNY", "business", "zh", 25),
        Group("business-gb", "GB", "GBP", "business", "en", 10),
    ),
    "en": (
        Group("business-us", "US", "USD", "business", "en", 55),
        Group("consumer-us", "US", "USD", "consumer", "en", 35),
        Group("consumer-cn", "CN", "CNY", "consumer", "zh", 10),
    ),
}
"""What the demonstration in each language is made of: mostly its own market, and some of the other."""


def ledger(group: Group, count: int, today: date, dice: random.Random, first_number: int) -> bytes:
    """Write the open items of ``count`` customers, overdue by a few days up to five months on ``today``.

    Customers are numbered from ``first_number`` on. Every eleventh has no telephone number.
    """
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(_HEADINGS[group.language])
    for number, name in zip(range(first_number, first_number + count), _names(group, dice), strict=False):
        phone = "" if number % 11 == 10 else _PHONES[group.kind](dice)
        for row in _items(group, number, today, dice):
            writer.writerow([f"K{number:05d}", name, *row, group.currency, phone])
    return out.getvalue().encode()


_HEADINGS: Final[dict[Language, tuple[str, ...]]] = {
    "en": ("Customer No", "Customer", "Invoice", "Invoice Date", "Due Date", "Open", "Currency", "Phone"),
    "zh": ("客户编号", "客户名称", "单据号", "单据日期", "到期日", "未收金额", "币种", "电话"),
}


def _items(group: Group, number: int, today: date, dice: random.Random) -> Iterator[tuple[str, ...]]:
    """Give one to three open items, now and then a credit note smaller than what is owed."""
    prefix = "LN" if group.segment == "consumer" else "INV"
    oldest = dice.choice((3, 6, 11, 19, 24, 33, 41, 58, 72, 95, 130, 155))
    for place in range(dice.choice((1, 1, 1, 2, 3))):
        due = today - timedelta(days=max(1, oldest - 30 * place))
        amount = dice.randrange(180, 9_800) * 100 + dice.choice((0, 0, 50, 99))
        yield _item(f"{prefix}-{number:05d}-{place + 1}", due - timedelta(days=30), due, amount, group.currency)
    if number % 9 == 4:
        yield _item(f"CN-{number:05d}", today - timedelta(days=20), today - timedelta(days=20), -5_000, group.currency)


def _item(document: str, written: date, due: date, amount: int, currency: str) -> tuple[str, ...]:
    return (document, written.isoformat(), due.isoformat(), to_decimal(amount, currency))


def _names(group: Group, dice: random.Random) -> Iterator[str]:
    """Give names without end; where the combinations are used up, a second word or a number tells them apart."""
    one, other, join = _WORDS[group.kind]
    pairs = [(first, second) for first in one for second in other]
    dice.shuffle(pairs)
    turn = 0
    while True:
        for first, second in pairs:
            yield join(first, second) + ("" if turn == 0 else f" {turn + 1}")
        turn += 1


_WORDS: Final[dict[Kind, tuple[Sequence[str], Sequence[str], Callable[[str, str], str]]]] = {
    "consumer-cn": (_SURNAMES, _GIVEN, lambda family, given: family + given),
    "business-cn": (_PLACES_ZH, _TRADES_ZH, lambda place, trade: f"{place}{trade}有限公司"),
    "consumer-us": (_FIRST, _LAST, lambda first, last: f"{first} {last}"),
    "business-us": (_PLACES_EN, _TRADES, lambda place, trade: f"{place} {trade} LLC"),
    "business-gb": (_PLACES_EN, _TRADES, lambda place, trade: f"{place} {trade} Ltd"),
}


def _chinese_mobile(dice: random.Random) -> str:
    return f"17405{dice.randrange(100_000, 1_000_000)}"


def _american(dice: random.Random) -> str:
    return f"({dice.choice(_US_AREAS)}) 555-01{dice.randrange(100):02d}"


def _london(dice: random.Random) -> str:
    return f"020 7946 0{dice.randrange(1000):03d}"


_PHONES: Final[dict[Kind, Callable[[random.Random], str]]] = {
    "consumer-cn": _chinese_mobile,
    "business-cn": _chinese_mobile,
    "consumer-us": _american,
    "business-us": _american,
    "business-gb": _london,
}
