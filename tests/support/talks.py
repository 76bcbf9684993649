"""A shipped script on an invented case, for tests of the engine."""

from __future__ import annotations

from datetime import date

from domain.gate import load_pack
from domain.i18n import Language
from domain.scripts import Authority, Script, ScriptValues, Talk, shipped_scripts

SECRETS = {
    "owed": "OWED-1",
    "overdue": "OVERDUE-2",
    "days": "DAYS-3",
    "debts": "DEBTS-4",
    "first_part": "FIRST-5",
    "most_parts": "MOST-6",
    "horizon": "HORIZON-7",
    "promise": "PROMISE-8",
}
"""Values nobody but the customer may hear, easy to find in whatever is shown."""


def script(name: str) -> Script:
    """Give a shipped script."""
    return next(each for each in shipped_scripts() if each.name == name)


def talk(name: str, language: Language = "en", pack: str = "business-default") -> Talk:
    """Put a shipped script on a case under a rule pack."""
    values = ScriptValues(
        customer="Maria Santos",
        agent="Amy Ortiz",
        creditor="Harbour Finance",
        callback="555 0100",
        agency="Lantern Services",
        **SECRETS,
    )
    authority = Authority(12, "FIRST-5", date(2026, 12, 24))
    return Talk(script(name), language, values, pack, load_pack(pack).duties, authority)
