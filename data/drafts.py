"""What was typed during a call and not yet saved as facts: notes and form fields, there again after a crash."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import field
from datetime import datetime

from data.ports import DocumentStore
from domain.clock import Clock, format_instant, parse_instant
from domain.records import dataclass
from domain.text import clean_tree


@dataclass(frozen=True, slots=True)
class Draft:
    """The unsaved text of one case. ``call`` is the attempt it was typed in; ``fields`` are the form's, by name."""

    case_id: str
    call: str | None
    fields: Mapping[str, str] = field(repr=False)
    at: datetime


class Drafts:
    """One draft a case, durable with each :meth:`save`; it goes when the case goes."""

    def __init__(self, store: DocumentStore, clock: Clock) -> None:
        self._table = store.table("drafts")
        self._clock = clock

    def save(self, case_id: str, fields: Mapping[str, str], call: str | None = None) -> None:
        """Keep what the form holds now in place of what was kept before; without any text the draft is removed."""
        kept = {name: text for name, text in fields.items() if text}
        if not kept:
            self.discard(case_id)
            return
        self._table.put(
            case_id,
            {
                "case_id": case_id,
                "call": call,
                "fields": clean_tree(kept),
                "at": format_instant(self._clock.now()),
            },
        )

    def of(self, case_id: str) -> Draft | None:
        """Give the draft of a case, if there is one."""
        stored = self._table.get_key(case_id)
        return _draft(stored) if stored else None

    def all(self) -> tuple[Draft, ...]:
        """Give all drafts, the one typed last first."""
        return tuple(sorted(map(_draft, self._table.all()), key=lambda draft: draft.at, reverse=True))

    def discard(self, case_id: str) -> bool:
        """Remove the draft of a case, because it was saved as facts or is not wanted; tell whether there was one."""
        return self._table.delete_key(case_id)

    def discard_all(self, case_ids: Collection[str]) -> None:
        """Remove the drafts of cases that are no longer this agent's, as part of the caller's transaction."""
        for case_id in case_ids:
            self._table.delete_key(case_id)


def _draft(stored: Mapping[str, object]) -> Draft:
    fields = stored["fields"]
    call = stored["call"]
    assert isinstance(fields, dict)
    return Draft(str(stored["case_id"]), None if call is None else str(call), fields, parse_instant(str(stored["at"])))
