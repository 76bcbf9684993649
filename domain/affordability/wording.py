"""The ability-to-pay sheet in words."""

from __future__ import annotations

from domain.case.ability import AbilitySheet
from domain.i18n import tr
from domain.money import format_money


def sheet_text(sheet: AbilitySheet) -> str:
    """Say the sheet in one line, for the timeline and for those who cannot read its figures."""
    words = tr("Ability to pay: income {income} a month, essentials {essentials}, other debts {debts}, left {left}.")
    filled = words.format(
        income=format_money(sheet.monthly_income, sheet.currency),
        essentials=format_money(sheet.essentials, sheet.currency),
        debts=format_money(sheet.other_debts, sheet.currency),
        left=format_money(sheet.left, sheet.currency),
    )
    return filled + (" " + tr("Pay day {day}.").format(day=sheet.pay_day) if sheet.pay_day else "")
