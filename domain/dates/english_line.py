"""One English phrase as the grammar sees it: tokens to look at by position, and readers for counts, names and years."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Final, NamedTuple

from domain.dates import english_words as words
from domain.dates.arithmetic import Distance, distance, full_year
from domain.dates.english_tokens import Token, tokenise
from domain.dates.mention import DateOrder, Outcome, Refusal, Setting, Trouble
from domain.i18n import tr

Found = tuple[Outcome, int]
"""What was read and the position after it."""

_HALF: Final = Fraction(1, 2)
_FILLERS: Final = frozenset({"more", "other", "full", "whole", "good", "extra", "additional", "clear", "solid"})
_VAGUE: Final[dict[str, int]] = {"few": 3, "several": 5, "couple": 2, "dozen": 12}


class Count(NamedTuple):
    """A length of time as said: how far, what to tell the agent about it, the position after it."""

    far: Distance
    note: str
    end: int


class Line:
    """The tokens of a phrase with the setting they are read in; positions beyond the end read as empty words."""

    __slots__ = ("setting", "size", "source", "texts", "tokens")

    def __init__(self, source: str, setting: Setting) -> None:
        self.source = source
        self.tokens: list[Token] = tokenise(source)
        self.setting = _order_shown(self.tokens, setting)
        self.texts: list[str] = [token.text for token in self.tokens]
        self.size = len(self.tokens)

    def at(self, index: int) -> str:
        """Give the word or sign at a position, empty outside the phrase."""
        return self.texts[index] if 0 <= index < self.size else ""

    def kind(self, index: int) -> str:
        """Give the kind of token at a position, empty outside the phrase."""
        return self.tokens[index].kind if 0 <= index < self.size else ""

    def skip(self, index: int, *options: str) -> int:
        """Step over the word at a position if it is one of ``options``."""
        return index + 1 if self.at(index) in options else index

    def whole(self, index: int) -> int | None:
        """Give the whole number at a position."""
        if self.kind(index) != "num":
            return None
        value = self.tokens[index].value
        return int(value) if value.denominator == 1 else None

    def ordinal(self, index: int) -> int | None:
        """Give the ordinal number at a position ("15th", "twenty-first")."""
        return self.whole(index) if self.kind(index) == "num" and self.tokens[index].ordinal else None

    def weekday(self, index: int) -> tuple[int, int] | None:
        """Read a weekday's name, with the dot of a short form; give its number and the position after it."""
        number = words.WEEKDAYS.get(self.at(index))
        if number is None or self.kind(index) != "word":
            return None
        return number, self._after_dot(index)

    def month(self, index: int) -> tuple[int, int] | None:
        """Read a month's name, with the dot of a short form; give its number and the position after it."""
        number = words.MONTHS.get(self.at(index))
        if number is None or self.kind(index) != "word":
            return None
        return number, self._after_dot(index)

    def _after_dot(self, index: int) -> int:
        return index + 2 if self.at(index + 1) == "." and len(self.at(index)) <= 5 else index + 1

    def unit(self, index: int) -> tuple[str, int] | None:
        """Read a unit of length, "working days" included; give it and the position after it."""
        text = self.at(index)
        if text in words.WORKING and self.at(index + 1) in ("day", "days"):
            return "working day", index + 2
        if text == "calendar":
            return self.unit(index + 1)
        unit = words.UNITS.get(text)
        return None if unit is None else (unit, index + 1)

    def ends_clause(self, index: int) -> bool:
        """Tell whether the phrase stops at a position or goes on with another clause."""
        return index >= self.size or self.kind(index) in ("sep", "time") or self.at(index) in _CLAUSE_STARTS

    def year(self, index: int) -> tuple[int, int] | None:
        """Read the year that belongs to a day or month just named; give it and the position after it."""
        apart = self.at(index) in ("-", ".")
        index = self.skip(index, ",", "/", "-", ".")
        here = self.skip(index, "of", "in")
        today = self.setting.today
        moved = {"next": 1, "this": 0, "last": -1, "following": 1, "coming": 1}.get(self.at(here))
        if moved is not None and self.at(here + 1) == "year":
            return today.year + moved, here + 2
        quoted = self.at(here) in ("'", "‘")
        here += quoted
        number = self.whole(here)
        if number is None or self.tokens[here].ordinal or self._counts_something(here + 1):
            return None
        if 1900 <= number < 2200:
            return number, here + 1
        token = self.tokens[here]
        two_digits = len(token.text) == 2 if not token.spelled else 31 < number < 100
        if two_digits and number < 100 and not apart and (quoted or self.month(here + 1) is None):
            return full_year(number, 2, today), here + 1
        return None

    def _counts_something(self, index: int) -> bool:
        """Tell whether the number before ``index`` counts money or time instead of naming a year or a day."""
        return self.unit(index) is not None or self.at(index) in words.CURRENCY_WORDS or self.at(index) == "%"

    def day_number(self, index: int) -> int | None:
        """Give a number that can be a day of the month and counts nothing else."""
        number = self.whole(index)
        if number is None or not 1 <= number <= 31:
            return None
        if not self.tokens[index].ordinal and self._counts_something(index + 1):
            return None
        return number

    def count(self, index: int) -> Count | None:
        """Read a length of time: "2 weeks", "a couple of days", "1d 2hr", "a week and a half", "two or three days"."""
        found = self._single_count(index)
        if found is None:
            return None
        far, note, end = found
        while True:
            following = self.skip(self.skip(end, ","), "and")
            more = self._single_count(following)
            if more is None:
                break
            far, note, end = far + more.far, note or more.note, more.end
        return Count(far, note, end)

    def _single_count(self, index: int) -> Count | None:
        amount = self._amount(index)
        if amount is None:
            return None
        number, note, end = amount
        if self.at(end) in words.COMING or self.at(end) in _FILLERS:
            end += 1
        unit = self.unit(end)
        if unit is None:
            return None
        name, end = unit
        if self.at(end) == "and" and self.at(end + 1) in ("a", "1") and self.at(end + 2) == "half":
            number, end = number + _HALF, end + 3
        elif self.at(end) == "or" and self.at(end + 1) in ("so", "more"):
            note, end = _roughly(), end + 2
        elif self.at(end) == "or" and self.whole(end + 1) is not None and self.unit(end + 2) is None:
            number, end = self.tokens[end + 1].value, end + 2  # "a week or two"
            note = _roughly()
        return Count(distance(number, name), note, end)

    def _amount(self, index: int) -> tuple[Fraction, str, int] | None:
        """Read how many: a figure, a number word, "a", "half a", "a couple of", "2-3", "two or three"."""
        text, kind = self.at(index), self.kind(index)
        if kind == "num" and not self.tokens[index].ordinal:
            return self._figure(index)
        if kind == "pair":
            token = self.tokens[index]
            if token.gap == ".":
                return Fraction(token.text.replace(" ", "")), "", index + 1
            return Fraction(max(token.figures)), tr("The longer of the two was kept."), index + 1
        if text == "half":
            after = self.skip(index + 1, "a", "an", "of")
            return _HALF, "", after
        if text in ("a", "an", "another", "the"):
            rest = self.at(index + 1)
            if rest == "half":
                return _HALF, "", index + 2
            if rest in _VAGUE:
                return self._amount(index + 1)
            return (Fraction(1), "", index + 1) if text != "the" else None
        if text in _VAGUE:
            note = "" if text == "dozen" else tr("“{words}” is read as {n}.").format(words=text, n=_VAGUE[text])
            return Fraction(_VAGUE[text]), note, self.skip(index + 1, "of")
        return None

    def _figure(self, index: int) -> tuple[Fraction, str, int]:
        number, end = self.tokens[index].value, index + 1
        if self.at(end) in ("or", "to", "-") and self.kind(end + 1) == "num" and not self.tokens[end + 1].ordinal:
            if self.unit(end + 2) is not None:
                return max(number, self.tokens[end + 1].value), tr("The longer of the two was kept."), end + 2
        elif self.at(end) == "and" and self.at(end + 1) == "a" and self.at(end + 2) == "half":
            number, end = number + _HALF, end + 3
        return number, "", end


def _order_shown(tokens: list[Token], setting: Setting) -> Setting:
    """Let a date that can only be day/month settle the order of the others: "1/12 and the rest 15/12"."""
    orders: set[DateOrder] = set()
    for token in tokens:
        if token.kind in ("pair", "date") and token.gap == "/" and max(token.figures[:2]) <= 31:
            one, two = token.figures[:2]
            if one > 12 >= two:
                orders.add("DMY")
            elif two > 12 >= one:
                orders.add("MDY")
    return replace(setting, order=orders.pop()) if len(orders) == 1 else setting


def _roughly() -> str:
    return tr("Said roughly: ask for the day.")


def impossible() -> Refusal:
    """Refuse a day the calendar does not have."""
    return Refusal(Trouble.IMPOSSIBLE, tr("There is no such day in the calendar: ask for another one."))


_CLAUSE_STARTS: Final = frozenset(
    "is was if so and or but then for at when because please i we he she they it works would will sounds should could "
    "to in of this next by with from latest max maybe ok okay fine good great sure thanks thank it'll be instead "
    "before after around about the that my our not as until till".split()
)
