"""What the application asks of the desk about notices: what supervisors and the server told this agent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from domain.notices import Notice
from domain.records import dataclass


@dataclass(frozen=True, slots=True)
class NoticeView:
    """A notice, and whether it has been shown before."""

    notice: Notice
    read: bool


class NoticeDesk(Protocol):
    """The notices that stand on this machine."""

    def standing(self, now: datetime) -> Sequence[NoticeView]:
        """Give the notices that stand, newest first."""
        ...

    def unread(self, now: datetime) -> int:
        """Count those that have not been shown yet."""
        ...

    def mark_read(self) -> None:
        """Note, durably, that all that is here has been shown."""
        ...
