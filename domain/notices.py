"""Notices: what a supervisor or the system tells an agent. They are documents of the feed under ``notice:<id>``."""

from __future__ import annotations

from dataclasses import field
from datetime import datetime, timedelta
from typing import Final

from domain.i18n import tr, trn
from domain.records import dataclass

KEY: Final = "notice:"
"""What the keys of notices begin with."""
LONGEST_TEXT: Final = 1_000
"""Most characters of a notice's text."""
LASTS: Final = timedelta(days=7)
"""How long a notice stands where nobody says otherwise."""
LASTS_AT_MOST: Final = timedelta(days=90)
MOST_NAMED: Final = 20
"""Most cases a notice names; ``count`` says how many there were."""

MESSAGE: Final = "message"
CASES_MOVED: Final = "cases-moved"
DECIDED: Final = "approval-decided"


@dataclass(frozen=True, slots=True)
class Notice:
    """One notice. ``kind`` is :data:`MESSAGE`, :data:`CASES_MOVED`, :data:`DECIDED`, or one a newer server knows.

    ``text`` is what somebody wrote: the message, or the reason. ``name`` is who wrote it, absent for the system.
    ``cases`` are ids, ``count`` how many cases it is about.
    """

    id: str
    kind: str
    at: datetime
    expires_at: datetime
    text: str = field(default="", repr=False)
    name: str | None = field(default=None, repr=False)
    cases: tuple[str, ...] = ()
    count: int = 0
    approved: bool | None = None

    def stands(self, now: datetime) -> bool:
        """Tell whether it is still to be shown."""
        return now < self.expires_at


def words(notice: Notice) -> str:
    """Say a notice in the language of the interface; what somebody wrote stands as they wrote it."""
    if notice.kind == CASES_MOVED:
        said = trn("{n} case of yours was moved.", "{n} cases of yours were moved.", notice.count).format(
            n=notice.count
        )
        return _with_reason(said, notice.text)
    if notice.kind == DECIDED:
        case = notice.cases[0] if notice.cases else ""
        said = (
            tr("What you asked for on case {case} was approved.")
            if notice.approved
            else tr("What you asked for on case {case} was declined.")
        )
        return _with_reason(said.format(case=case), notice.text)
    return notice.text


def _with_reason(said: str, reason: str) -> str:
    return tr("{said} Reason: {words}").format(said=said, words=reason) if reason else said
