"""Which rows belong to one customer: spellings of an id, names of an id, and what each customer owes in all."""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from domain.receivables.model import CustomerSummary, Item
from domain.text import clean_line, fold


@dataclass(frozen=True, slots=True)
class Identity:
    """A customer as the rows name it: the key everything is joined by and the id to show."""

    key: str = field(repr=False)
    customer_id: str | None


def name_key(name: str) -> str:
    """Fold a name to what identifies it where there is no id: width, case, accents and spacing do not matter."""
    return " ".join(fold(unicodedata.normalize("NFKC", name)).split())


def id_key(number: str) -> str:
    """Fold an id; leading zeros of a plain number do not matter (spreadsheets drop them)."""
    plain = unicodedata.normalize("NFKC", number).strip().casefold()
    if plain.isascii() and plain.isdigit():
        return plain.lstrip("0") or "0"
    return plain


class Identities:
    """The customers of one file.

    Two spellings of a numeric id that differ in leading zeros only are one customer where their names share a word (or
    have none); the spelling with the zeros is the one to show. A row without an id belongs to the id its name always
    has.
    """

    def __init__(self, rows: Iterable[tuple[str | None, str]]) -> None:
        spellings: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        ids_of_name: dict[str, set[str]] = defaultdict(set)
        for number, name in rows:
            if number is None:
                continue
            # Where the number stands for the name, it says nothing about whose number it is.
            spellings[id_key(number)][number].update(name_key(name).split() if name.strip() != number else ())
            ids_of_name[name_key(name)].add(id_key(number))
        self._shown: dict[str, str] = {}
        self._apart: set[str] = set()
        self.merged = 0
        for folded, words_by_spelling in spellings.items():
            words = list(words_by_spelling.values())
            if len(words_by_spelling) > 1 and not _related(words):
                self._apart.add(folded)
                continue
            self.merged += len(words_by_spelling) > 1
            self._shown[folded] = max(words_by_spelling, key=lambda spelling: (len(spelling), spelling))
        self._by_name = {name: next(iter(ids)) for name, ids in ids_of_name.items() if len(ids) == 1 and name}

    def of(self, number: str | None, name: str) -> Identity:
        """Tell which customer a row belongs to."""
        if number is None:
            folded = self._by_name.get(name_key(name))
            if folded is None or folded in self._apart:
                return Identity(f"name:{name_key(name)}", None)
            return Identity(f"id:{folded}", self._shown[folded])
        folded = id_key(number)
        if folded in self._apart:
            return Identity(f"id:={number}", number)
        return Identity(f"id:{folded}", self._shown.get(folded, number))


def summarise(
    items: Sequence[Item], spellings: Iterable[tuple[str, str | None]], as_of: date | None
) -> tuple[CustomerSummary, ...]:
    """Sum up the items by customer, in the order of their first rows.

    ``spellings`` gives the key and the id as written of every data row. The name most rows carry is the one to show.
    What the file calls settled by ``as_of`` is not owed.
    """
    names: dict[str, Counter[str]] = defaultdict(Counter)
    owed: dict[str, Counter[str]] = defaultdict(Counter)
    counts: Counter[str] = Counter()
    shown: dict[str, str | None] = {}
    for item in items:
        key = item.customer_key
        names[key][clean_line(item.customer)] += 1
        settled = as_of is not None and item.is_settled(as_of)
        owed[key][item.currency or ""] += 0 if settled else item.open
        counts[key] += 1
        shown.setdefault(key, item.customer_id)
    ids: dict[str, set[str]] = defaultdict(set)
    for key, written in spellings:
        if written is not None:
            ids[key].add(written)
    customers = []
    for key, count in counts.items():
        # Of equally frequent names the first one read is shown, so that the answer does not depend on chance.
        (name, _), *others = names[key].most_common()
        customers.append(
            CustomerSummary(
                key=key,
                customer_id=shown[key],
                name=name,
                aliases=tuple(alias for alias, _ in others),
                ids=tuple(sorted(ids[key])),
                items=count,
                open=dict(owed[key]),
                owes=any(value > 0 for value in owed[key].values()),
            )
        )
    return tuple(customers)


def _related(words: Sequence[set[str]]) -> bool:
    """Tell whether sets of name words all share one, sets without words aside."""
    named = [group for group in words if group]
    return len(named) < 2 or bool(set.intersection(*named))
