"""Finding a case by whatever the agent remembers of it."""

from __future__ import annotations

from collections.abc import Iterable

from domain.case.model import Case
from domain.text import fold


class CaseFinder:
    """Searches names, aliases, ids, documents and digits of numbers; keeps the folded words of cases that did not change."""

    def __init__(self) -> None:
        self._words: dict[str, tuple[Case, str, str]] = {}

    def find(self, words: str, cases: Iterable[Case]) -> list[str]:
        """Give the ids of all cases that match every word."""
        wanted = fold(words).split()
        return [case.id for case in cases if all(self._matches(case, word) for word in wanted)]

    def _matches(self, case: Case, word: str) -> bool:
        known = self._words.get(case.id)
        if known is None or known[0] is not case:
            names = [case.customer.name, *case.customer.aliases, case.customer.id or "", case.id]
            names += [debt.doc or debt.id for debt in case.debts]
            digits = " ".join(phone.e164.lstrip("+") for phone in case.phones)
            known = (case, fold(" ".join(names)), digits)
            self._words[case.id] = known
        plain = word.translate(str.maketrans("", "", "+-() "))
        return word in known[1] or (len(plain) >= 3 and plain.isdigit() and plain in known[2])
