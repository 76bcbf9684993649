"""One table of a rule-pack file, its keys checked one by one, with errors that say where and what."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final, cast

from domain.gate import keys
from domain.gate.keys import Key
from domain.gate.pack import Hours, Wording
from domain.i18n import tr

_HOURS: Final = re.compile(keys.HOURS_PATTERN)


class PackError(ValueError):
    """A rule pack that cannot be used; the message says where and what is wrong, in the language of the interface."""


class TableValues:
    """One table of the file, with its keys checked against what the table may have."""

    def __init__(self, where: str, known: Mapping[str, Key], table: Any) -> None:
        self.where = where
        if not isinstance(table, dict):
            raise self.error(tr("it must be a table of keys"))
        self.table: dict[str, Any] = table
        for name in table:
            if name not in known:
                raise self.error(tr('it has no key "{key}"').format(key=name))
        for name, key in known.items():
            if key.required and name not in table:
                raise self.error(tr('the key "{key}" is missing').format(key=name))
            if name in table:
                self._check(name, key, table[name])

    def error(self, what: str) -> PackError:
        """Make the error that says where this table is."""
        return PackError(tr("In {where}: {what}.").format(where=self.where, what=what))

    def text(self, name: str) -> str:
        """Give a text that must be there."""
        return str(self.table[name])

    def text_or(self, name: str, default: str) -> str:
        """Give a text, or ``default`` when the key is absent."""
        return str(self.table.get(name, default))

    def text_or_none(self, name: str) -> str | None:
        """Give a text or ``None``."""
        return cast("str | None", self.table.get(name))

    def texts_or(self, name: str, default: tuple[str, ...]) -> tuple[str, ...]:
        """Give a list of texts, or ``default`` when the key is absent."""
        return tuple(self.table[name]) if name in self.table else default

    def wording(self, name: str) -> Wording:
        """Give texts by language."""
        return Wording(self.table[name]["en"], self.table[name].get("zh"))

    def day(self, name: str) -> date:
        """Give a date that must be there."""
        return cast("date", self.table[name])

    def day_or_none(self, name: str) -> date | None:
        """Give a date or ``None``."""
        return cast("date | None", self.table.get(name))

    def count_or(self, name: str, default: int) -> int:
        """Give a whole number, or ``default`` when the key is absent."""
        return int(self.table.get(name, default))

    def count_or_none(self, name: str) -> int | None:
        """Give a whole number or ``None``."""
        return cast("int | None", self.table.get(name))

    def flag(self, name: str, *, default: bool = False) -> bool:
        """Give a truth value."""
        return bool(self.table.get(name, default))

    def sections(self, name: str) -> list[TableValues]:
        """Give the repeated sections of this name, checked."""
        return [
            TableValues(
                tr("{where}, {section} {number}").format(where=self.where, section=name, number=number),
                keys.SECTIONS[name],
                each,
            )
            for number, each in enumerate(self.table.get(name, []), start=1)
        ]

    def hours(self, texts: list[str]) -> Hours:
        """Read windows such as ``08:00-21:00``; one that ends before it begins goes on past midnight."""
        spans: list[tuple[int, int]] = []
        for text in texts:
            found = _HOURS.fullmatch(text)
            if found is None:
                raise self.error(tr('"{text}" must look like 08:00-21:00').format(text=text))
            first, last = int(found[1]) * 60 + int(found[2]), int(found[3]) * 60 + int(found[4])
            if last > 24 * 60:
                raise self.error(tr('"{text}" ends after 24:00').format(text=text))
            spans.append((first, last + 24 * 60 if last < first else last))
        return tuple(sorted(spans))

    def _check(self, name: str, key: Key, value: Any) -> None:
        problem: str | None = None
        match key.shape:
            case "text" if not (isinstance(value, str) and value.strip()):
                problem = tr("must be a text")
            case "wording" if not _is_wording(value):
                problem = tr('must be texts by language, as { en = "…", zh = "…" }')
            case "flag" if not isinstance(value, bool):
                problem = tr("must be true or false")
            case "count" if not (isinstance(value, int) and not isinstance(value, bool) and value >= 0):
                problem = tr("must be a whole number, 0 or more")
            case "date" if not isinstance(value, date) or isinstance(value, datetime):
                problem = tr("must be a date, as 2026-11-22 without quotation marks")
            case "choice" if value not in key.choices:
                problem = tr("must be one of: {choices}").format(choices=", ".join(key.choices))
            case "choices" if not (isinstance(value, list) and all(each in key.choices for each in value)):
                problem = tr("must be a list of: {choices}").format(choices=", ".join(key.choices))
            case "texts" | "hours" if not _are_texts(value):
                problem = tr("must be a list of texts")
            case "week" if not (
                isinstance(value, dict)
                and all(day in keys.DAY_NAMES and _are_texts(hours) for day, hours in value.items())
            ):
                problem = tr("must give hours by day, with days of: {choices}").format(
                    choices=", ".join(keys.DAY_NAMES)
                )
            case "period" if not (isinstance(value, str) and re.fullmatch(keys.PERIOD_PATTERN, value)):
                problem = tr('must be day, week, month or a number of days such as "7 days"')
            case "section" if not isinstance(value, dict if name == "holiday" else list):
                problem = tr("must be a section of its own")
            case _:
                return
        raise self.error(tr('"{key}" {problem}').format(key=name, problem=problem))


def _is_wording(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and "en" in value
        and set(value) <= {"en", "zh"}
        and all(isinstance(text, str) and text.strip() for text in value.values())
    )


def _are_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(text, str) and text for text in value)
