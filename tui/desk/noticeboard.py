"""The notices of the feed as this agent sees them; which ones were shown is this machine's own to know."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import msgspec

from data import typed
from data.cases import CaseBook
from data.ports import DocumentStore
from domain.notices import KEY, Notice
from screens.ports_notices import NoticeView

_READ: Final = "notices.read"


class NoticeBoard:
    """See :class:`screens.ports_notices.NoticeDesk`. Read from the store only when a notice has come or gone."""

    def __init__(self, book: CaseBook, store: DocumentStore) -> None:
        self._book = book
        self._table = store.table("desk")
        kept = self._table.get_key(_READ)
        self._read: frozenset[str] = frozenset(kept["ids"]) if kept is not None else frozenset()
        self._here: tuple[Notice, ...] | None = None
        book.subscribe(self._changed)

    def standing(self, now: datetime) -> Sequence[NoticeView]:
        """Give the notices that stand, newest first."""
        return [NoticeView(notice, notice.id in self._read) for notice in self._notices() if notice.stands(now)]

    def unread(self, now: datetime) -> int:
        """Count those that have not been shown yet."""
        return sum(notice.id not in self._read and notice.stands(now) for notice in self._notices())

    def mark_read(self) -> None:
        """Note that all that is here has been shown; what is gone need not be remembered."""
        ids = frozenset(notice.id for notice in self._notices())
        if ids != self._read:
            self._table.put(_READ, {"ids": sorted(ids)})
            self._read = ids

    def _notices(self) -> tuple[Notice, ...]:
        if self._here is None:
            found = [_notice(document.body) for document in self._book.documents(KEY.removesuffix(":"))]
            here = [notice for notice in found if notice is not None]
            self._here = tuple(sorted(here, key=lambda notice: (notice.at, notice.id), reverse=True))
        return self._here

    def _changed(self, keys: frozenset[str]) -> None:
        if any(key.startswith(KEY) for key in keys):
            self._here = None


def _notice(body: dict[str, object]) -> Notice | None:
    """Read a notice; one of a form this version does not know is kept in the store for one that does."""
    try:
        return typed.convert(body, Notice)
    except msgspec.ValidationError:
        return None
