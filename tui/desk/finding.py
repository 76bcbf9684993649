"""Finding a case by whatever the agent remembers of it: a name, its pinyin, an invoice, some digits of a number."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from domain import pinyin
from domain.case.model import Case
from domain.text import fold

_DIGITS: Final = str.maketrans("", "", "+-() ")
_FEWEST_DIGITS: Final = 3


@dataclass(frozen=True, slots=True)
class _Words:
    """What a case is found by, folded once: names first, then ids and documents, then the digits of its numbers."""

    case: Case = field(repr=False)
    names: tuple[str, ...] = field(repr=False)
    han: tuple[str, ...] = field(repr=False)
    papers: str = field(repr=False)
    digits: tuple[str, ...] = field(repr=False)


class CaseFinder:
    """Searches cases, best match first; keeps the folded words of cases that did not change."""

    def __init__(self) -> None:
        self._words: dict[str, _Words] = {}

    def find(self, words: str, cases: Iterable[Case]) -> list[str]:
        """Give the ids of all cases that match every word, those whose name begins with it first.

        Pinyin is understood once its dictionary has been fetched (:func:`domain.pinyin.fetch`).
        """
        wanted = fold(words).split()
        spelt = pinyin.is_fetched()
        found: list[tuple[int, int, str]] = []
        for place, case in enumerate(cases):
            known = self._known(case)
            ranks = [_rank(known, word, spelt=spelt) for word in wanted]
            if all(rank is not None for rank in ranks):
                found.append((sum(rank or 0 for rank in ranks), place, case.id))
        return [case_id for _, _, case_id in sorted(found)]

    def _known(self, case: Case) -> _Words:
        known = self._words.get(case.id)
        if known is None or known.case is not case:
            said = [case.customer.name, *case.customer.aliases, *(person.name for person in case.people)]
            papers = [case.customer.id or "", case.id, *(debt.doc or debt.id for debt in case.debts)]
            phones = [*case.phones, *(phone for person in case.people for phone in person.phones)]
            known = _Words(
                case,
                tuple(fold(name) for name in said),
                tuple(name for name in said if pinyin.has_han(name)),
                fold(" ".join(papers)),
                tuple(phone.e164.lstrip("+") for phone in phones),
            )
            self._words[case.id] = known
        return known


def _rank(known: _Words, word: str, *, spelt: bool) -> int | None:
    """Say how well a word fits, 0 best; ``None`` when it does not."""
    if any(name.startswith(word) for name in known.names):
        return 0
    if any(word in name for name in known.names):
        return 1
    if spelt and known.han and pinyin.is_spelling(word):
        ranks = [rank for name in known.han if (rank := pinyin.rank(word, name)) is not None]
        if ranks:
            return 2 + min(ranks)
    if word in known.papers:
        return 4
    plain = word.translate(_DIGITS)
    if len(plain) >= _FEWEST_DIGITS and plain.isdigit() and any(plain in digits for digits in known.digits):
        return 5
    return None
