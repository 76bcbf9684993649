"""Days and agreements as they are spoken to a customer, in the customer's language rather than the agent's."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

from domain.case.parts import PromisePart
from domain.i18n import Language
from domain.money import format_money

_WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS: Final = "January February March April May June July August September October November December".split()
_METHODS: Final[dict[str, tuple[str, str]]] = {
    "transfer": ("bank transfer", "银行转账"),
    "card": ("card", "刷卡"),
    "cash": ("cash", "现金"),
    "direct debit": ("direct debit", "自动扣款"),
    "wallet": ("mobile wallet", "手机钱包"),
}


def spoken_day(day: date, language: Language) -> str:
    """Write a day to be read out: ``Friday, 4 December``, ``12月4日星期五``."""
    if language == "zh":
        return f"{day.month}月{day.day}日星期{'一二三四五六日'[day.weekday()]}"
    return f"{_WEEKDAYS[day.weekday()]}, {day.day} {_MONTHS[day.month - 1]}"


def spoken_promise(parts: Sequence[PromisePart], currency: str, method: str, language: Language) -> str:
    """Say what was agreed, as part of a sentence; without parts, what has to be agreed."""
    way = _METHODS.get(method, (method, method))[language == "zh"]
    if not parts:
        return "金额、日期和付款方式" if language == "zh" else "the amount, the day and the way of paying"
    if language == "zh":
        listed = "，".join(f"{spoken_day(part.due, language)}付{format_money(part.amount, currency)}" for part in parts)
        return f"您承诺通过{way}，{listed}"
    listed = ", then ".join(
        f"{format_money(part.amount, currency)} on {spoken_day(part.due, language)}" for part in parts
    )
    return f"you will pay {listed}, by {way}"
