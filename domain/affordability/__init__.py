"""What a customer can afford: the sheet of income and outgo, and the payment plans it allows."""

from domain.affordability.proposing import AffordablePlan, affordable_plans, why_none
from domain.affordability.wording import sheet_text

__all__ = ["AffordablePlan", "affordable_plans", "sheet_text", "why_none"]
