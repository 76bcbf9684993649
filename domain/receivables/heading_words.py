"""The meanings a column heading can have, and the table of words that carry them (``heading_words.toml``)."""

from __future__ import annotations

import tomllib
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final, Literal, cast, get_args

Role = Literal[
    "customer_name",
    "customer",
    "customer_id",
    "company",
    "first_name",
    "last_name",
    "contact",
    "phone",
    "email",
    "doc",
    "doc_number",
    "doc_text",
    "kind",
    "doc_date",
    "booking_date",
    "due_date",
    "open",
    "balance",
    "amount",
    "total",
    "paid",
    "credited",
    "debit",
    "credit",
    "cumulative",
    "currency",
    "overdue",
    "not_due",
    "bucket",
    "age_bucket",
    "disputed",
    "settled_on",
    "last_payment",
    "dunning_level",
    "days_late",
    "days_to_settle",
    "days",
    "terms",
    "method",
    "status",
    "reference",
    "salesperson",
    "ledger_account",
    "group",
    "address",
    "vendor",
    "note",
    "call_time",
    "call_result",
    "call_action",
    "payment_date",
    "payment_amount",
]

TABLE: Final = Path(__file__).parent / "heading_words.toml"


@dataclass(frozen=True, slots=True)
class HeadingWords:
    """The table, ready for look-ups: folded word to meaning, languages of a folded word, telling parts in order."""

    roles: dict[str, Role]
    languages: dict[str, frozenset[str]]
    contained: tuple[tuple[str, Role], ...]


def fold_heading(text: str) -> str:
    """Fold a heading to what identifies it: letters and digits without width, case and accents."""
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    # ı and ł have no decomposition; the rest loses its marks with isalnum().
    return "".join(char for char in decomposed.replace("ı", "i").replace("ł", "l") if char.isalnum())


@lru_cache(maxsize=1)
def heading_words() -> HeadingWords:
    """Read the table. Raises ``ValueError`` where it names an unknown meaning or gives one word two of them."""
    with TABLE.open("rb") as source:
        table = tomllib.load(source)
    known = get_args(Role)
    parts = table.pop("contained")["parts"]
    roles: dict[str, Role] = {}
    languages: dict[str, set[str]] = {}
    for role, by_language in table.items():
        if role not in known:
            raise ValueError(f"{TABLE.name} names an unknown meaning: {role}")
        for language, words in by_language.items():
            for word in words.split("|"):
                folded = fold_heading(word)
                if roles.setdefault(folded, cast("Role", role)) != role:
                    raise ValueError(f"{TABLE.name} gives {word.strip()!r} two meanings: {roles[folded]} and {role}")
                languages.setdefault(folded, set()).add(language)
    return HeadingWords(
        roles,
        {word: frozenset(spoken) for word, spoken in languages.items()},
        tuple((part, cast("Role", role)) for part, role in parts),
    )
