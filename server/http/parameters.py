"""Parameters of an address that more than one endpoint takes."""

from __future__ import annotations

from datetime import date

from server.http.problem import BAD_PARAMETER, Refusal
from server.http.routing import Call


def day_of(call: Call, name: str) -> date | None:
    """Give a day from the query string. Raises :class:`Refusal` when it is none."""
    text = call.query.get(name)
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refusal(BAD_PARAMETER, f"{name} is a day like 2026-11-30.") from None
