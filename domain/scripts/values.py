"""The values a script may speak, and how they are filled in: as plain text, never as markup."""

from __future__ import annotations

from dataclasses import field, fields
from string import Template
from typing import Final

from domain.records import dataclass
from domain.text import clean_line


@dataclass(frozen=True, slots=True)
class ScriptValues:
    """What the current case says. Everything is text ready to be read out, in the customer's language.

    ``agency`` is who calls (the creditor itself when it collects for itself). ``first_part``, ``most_parts`` and
    ``horizon`` are the limits of the agent's authority; ``promise`` is what has been agreed so far.
    """

    customer: str = field(repr=False)
    agent: str = field(repr=False)
    creditor: str
    owed: str
    overdue: str
    days: str
    debts: str
    callback: str
    agency: str = ""
    first_part: str = ""
    most_parts: str = ""
    horizon: str = ""
    promise: str = ""


VARIABLES: Final = frozenset(each.name for each in fields(ScriptValues))

DEBT_VARIABLES: Final = frozenset(
    {"owed", "overdue", "days", "debts", "first_part", "most_parts", "horizon", "promise"}
)
"""What nobody but the customer may hear."""


def variables_in(text: str) -> frozenset[str]:
    """Name the variables a text uses. Raises ``ValueError`` for a ``$`` that names nothing."""
    template = Template(text)
    if not template.is_valid():
        raise ValueError("a $ that names no variable")
    return frozenset(template.get_identifiers())


def fill(text: str, values: ScriptValues) -> str:
    """Fill the variables of a checked text; values are cleaned, and nothing in them is looked at again."""
    return Template(text).substitute({name: clean_line(getattr(values, name)) for name in VARIABLES})
