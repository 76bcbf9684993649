"""The filter line: what a supervisor types to say which cases, and the same said back in words."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from typing import Any, Final

from domain.i18n import tr
from domain.money import exponent
from domain.queue import Bucket
from domain.supervision import CaseFilter
from screens.ports import Refused
from screens.supervisor.words import bucket_words

_BOUND: Final = re.compile(r"(days|owed|idle)\s*(>=|<=|>|<|=|≥|≤)\s*(\d{1,12})(?:\.(\d{1,2}))?", re.IGNORECASE)
_NAMED: Final = re.compile(r"(owner|currency|segment|lang|bucket|import):(\S+)", re.IGNORECASE)
_BUCKETS: Final = frozenset(bucket.code for bucket in Bucket)


def read_filter(text: str) -> CaseFilter | Refused:
    """Read a filter line; what is no condition is words of the customer's name, id or documents.

    Amounts are typed in major units; without a currency they are compared as in one with two decimals.
    """
    wanted = CaseFilter()
    named: dict[str, Any] = {}
    for found in _NAMED.finditer(text):
        name, value = found[1].lower(), found[2]
        if name == "bucket" and value not in _BUCKETS:
            words = tr("There is no place “{text}” in the queue; the places are {places}.")
            return Refused(words.format(text=value, places=", ".join(sorted(_BUCKETS))))
        field = {"lang": "language", "import": "imported"}.get(name, name)
        named[field] = value.upper() if name == "currency" else value
    wanted = replace(wanted, **named)
    text = _NAMED.sub(" ", text)
    for found in _BOUND.finditer(text):
        wanted = _bounded(wanted, found)
    left = []
    for word in _BOUND.sub(" ", text).split():
        if word.casefold() in ("pool", "公共池"):
            wanted = replace(wanted, unassigned=True)
        elif word.casefold() in ("new", "新案"):
            wanted = replace(wanted, untouched=True)
        else:
            left.append(word)
    if re.search(r"(days|owed|idle)\s*[<>=≥≤]", " ".join(left), re.IGNORECASE):
        return Refused(tr("A bound is a number, like days>30 or owed>5000; nothing was searched."))
    return replace(wanted, q=" ".join(left) or None)


def _bounded(wanted: CaseFilter, found: re.Match[str]) -> CaseFilter:
    what, sign, number = found[1].lower(), found[2], int(found[3])
    if what == "owed":
        number = int(Decimal(f"{found[3]}.{found[4] or 0}").scaleb(exponent(wanted.currency or "USD")))
    least = {">": number + 1, ">=": number, "≥": number, "=": number}.get(sign)
    most = {"<": number - 1, "<=": number, "≤": number, "=": number}.get(sign)
    if what == "idle":
        return replace(wanted, idle_days=least if least is not None else wanted.idle_days)
    names = {"days": ("min_days", "max_days"), "owed": ("min_owed", "max_owed")}[what]
    bounds: dict[str, Any] = {
        name: max(0, value) for name, value in zip(names, (least, most), strict=True) if value is not None
    }
    return replace(wanted, **bounds)


def filter_words(wanted: CaseFilter, *, typed: bool = False) -> str:
    """Say a filter back: as it could be typed, or for reading."""
    parts = [wanted.q or ""]
    if wanted.owner:
        parts.append(f"owner:{wanted.owner}")
    if wanted.unassigned:
        parts.append("pool" if typed else tr("the pool"))
    if wanted.untouched:
        parts.append("new" if typed else tr("never called"))
    for name, low, high, scale in (
        ("days", wanted.min_days, wanted.max_days, 1),
        ("owed", wanted.min_owed, wanted.max_owed, 10 ** exponent(wanted.currency or "USD")),
    ):
        parts.append(f"{name}>={_number(low, scale)}" if low is not None else "")
        parts.append(f"{name}<={_number(high, scale)}" if high is not None else "")
    if wanted.idle_days is not None:
        parts.append(f"idle>={wanted.idle_days}")
    if wanted.bucket:
        parts.append(f"bucket:{wanted.bucket}" if typed else bucket_words(wanted.bucket))
    parts += [
        f"{name}:{value}"
        for name, value in (
            ("currency", wanted.currency),
            ("segment", wanted.segment),
            ("lang", wanted.language),
            ("import", wanted.imported),
        )
        if value
    ]
    return " ".join(part for part in parts if part)


def _number(value: int, scale: int) -> str:
    return str(value // scale) if not value % scale else str(Decimal(value) / scale)
