"""How often the dial gate has said no today, by code: the supervisor's board shows it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Final

from data.ports import DocumentStore

_KEY: Final = "refusals"


class Refusals:
    """Counts of one day in UTC, as the board has it; kept on disk, so that a restart goes on counting."""

    def __init__(self, store: DocumentStore) -> None:
        self._table = store.table("desk")

    def count(self, code: str, at: datetime) -> None:
        """Count one refusal."""
        day, counts = self.on(at)
        self._table.put(_KEY, {"day": day.isoformat(), "counts": {**counts, code: counts.get(code, 0) + 1}})

    def on(self, at: datetime) -> tuple[date, Mapping[str, int]]:
        """Give the day of an instant and what was counted on it."""
        day = at.astimezone(UTC).date()
        kept = self._table.get_key(_KEY)
        return day, dict(kept["counts"]) if kept is not None and kept["day"] == day.isoformat() else {}
