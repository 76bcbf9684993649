"""How figures, instants and states are written on the supervisor's screens."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from domain.clock import parse_instant
from domain.formats import ago, day_plain, weekday_short
from domain.i18n import tr
from domain.money import format_money
from domain.queue import Bucket


def money(amounts: Mapping[str, int], *, short: bool = False) -> str:
    """Write amounts of several currencies; ``short`` leaves the minor units away where there are none to speak of."""
    return " ".join(amount(minor, currency, short=short) for currency, minor in sorted(amounts.items()) if minor)


def amount(minor: int, currency: str, *, short: bool = False) -> str:
    """Write one amount."""
    words = format_money(minor, currency)
    return words.removesuffix(".00").removesuffix(".000") if short else words


def rate(hundredths: int | None) -> str:
    """Write a rate given in hundredths of a per cent; a dash where there is none."""
    if hundredths is None:
        return "–"
    whole, rest = divmod(abs(hundredths) + 5, 100)
    sign = "-" if hundredths < 0 else ""
    return f"{sign}{whole}.{rest // 10} %"


def share(part: int, whole: int) -> str:
    """Write a share as a rate."""
    return rate(part * 10_000 // whole) if whole else "–"


def instant(text: str | None) -> datetime | None:
    """Read an instant of the server; nothing where there is none or it is none."""
    if not text:
        return None
    try:
        return parse_instant(text)
    except (ValueError, OverflowError):
        return None


def clock(text: str | None) -> str:
    """Write the time of day here: ``09:41``; a dash where there is none."""
    found = instant(text)
    return "–" if found is None else found.astimezone().strftime("%H:%M")


def when(text: str | None, now: datetime) -> str:
    """Write an instant here, with its day unless that is today: ``09:41``, ``Fri 20 Nov 09:41``."""
    found = instant(text)
    if found is None:
        return "–"
    local = found.astimezone()
    if local.date() == now.astimezone().date():
        return local.strftime("%H:%M")
    return f"{day_plain(local.date())} {local:%H:%M}"


def when_short(text: str | None, now: datetime) -> str:
    """Write an instant in a narrow column: ``09:41``, ``Fri 09:41``, ``20 Nov``."""
    found = instant(text)
    if found is None:
        return ""
    local, today = found.astimezone(), now.astimezone().date()
    if local.date() == today:
        return local.strftime("%H:%M")
    if abs((local.date() - today).days) < 7:
        return f"{weekday_short(local.date())} {local:%H:%M}"
    return day_numbers(local.date())


def day_numbers(day: date) -> str:
    """Write a day in figures: ``2026-11-20``."""
    return day.isoformat()


def since(text: str | None, now: datetime) -> str:
    """Write how long ago something was: ``52m``."""
    found = instant(text)
    return "" if found is None else ago(now - found)


def bucket_words(code: str | None) -> str:
    """Name a place of the queue in the interface language."""
    names = {
        Bucket.CALLBACK_DUE.code: tr("call-back due"),
        Bucket.BROKEN_PROMISE.code: tr("broken promise"),
        Bucket.DUE_TODAY.code: tr("due today"),
        Bucket.CALLBACK_TODAY.code: tr("call-back today"),
        Bucket.NEW.code: tr("new"),
        Bucket.PARTLY_KEPT.code: tr("partly kept"),
        Bucket.REMINDER.code: tr("reminder"),
        Bucket.REST.code: tr("by points"),
        Bucket.NO_NUMBER.code: tr("no good number"),
    }
    return names.get(code or "", tr("held back") if code is None else code)


def stop_words(kind: str) -> str:
    """Name a stop flag."""
    names = {
        "cease": tr("no contact at all"),
        "opt_out": tr("channel or number opted out"),
        "channel_opt_out": tr("channel or number opted out"),
        "represented": tr("represented by a lawyer"),
        "deceased": tr("deceased"),
        "insolvency": tr("insolvency"),
        "third_party_refused": tr("third party refused"),
    }
    return names.get(kind, kind.replace("_", " "))


def refusals_words(counted: Mapping[str, int]) -> str:
    """Write the dial gate's refusals by code."""
    names = {
        "window": tr("outside hours"),
        "holiday": tr("holiday"),
        "cap": tr("limit reached"),
        "cooldown": tr("quiet time"),
        "stop": tr("stop flag"),
        "lease": tr("sync first"),
        "third_party": tr("third party"),
    }
    return ", ".join(f"{names.get(code, code)} {count}" for code, count in sorted(counted.items()) if count)
