"""Values of a case as a script speaks them, in the customer's language rather than the agent's."""

from __future__ import annotations

from datetime import date

from domain.case import reading
from domain.case.model import Case


def overdue_words(days: int, language: str) -> str:
    """Say how late, as part of a sentence."""
    if language == "zh":
        return f"已逾期{days}天" if days else "即将到期"
    if not days:
        return "due now"
    return f"{days} day{'' if days == 1 else 's'} overdue"


def debts_words(case: Case, today: date, language: str) -> str:
    """Name the overdue debts, without reading out whole account numbers."""
    late = [debt for debt in case.debts if debt.open > 0 and reading.is_overdue(debt, today)]
    if len(late) == 1 and late[0].doc:
        if case.customer.segment == "business":
            return f"{late[0].doc}号单据" if language == "zh" else f"invoice {late[0].doc}"
        tail = late[0].doc[-4:]
        return f"尾号{tail}的账户" if language == "zh" else f"the account ending in {tail}"
    if language == "zh":
        return f"{len(late)}笔款项" if late else "账户"
    return f"{len(late)} items" if late else "your account"
