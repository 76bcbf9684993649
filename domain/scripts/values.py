"""The values a script may speak, and how they are filled in: as plain text, never as markup."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from string import Template
from typing import Final

from domain.text import clean


@dataclass(frozen=True, slots=True)
class ScriptValues:
    """What the current case says. Everything is text ready to be read out."""

    customer: str = field(repr=False)
    agent: str = field(repr=False)
    creditor: str
    owed: str
    overdue: str
    days: str
    debts: str
    callback: str
    promise: str = ""


VARIABLES: Final = frozenset(each.name for each in fields(ScriptValues))


def variables_in(text: str) -> frozenset[str]:
    """Name the variables a text uses. Raises ``ValueError`` for a ``$`` that names nothing."""
    template = Template(text)
    if not template.is_valid():
        raise ValueError("a $ that names no variable (write $$ for the sign itself)")
    return frozenset(template.get_identifiers())


def fill(text: str, values: ScriptValues) -> str:
    """Fill the variables of a checked text; values are cleaned, and nothing in them is looked at again."""
    return Template(text).substitute({name: clean(getattr(values, name)) for name in VARIABLES})
