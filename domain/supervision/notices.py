"""Telling agents something: what a supervisor sends, and what stands."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class NoticeRequest:
    """What ``PUT /v1/notices/{id}`` takes. ``to`` are agents by id or login, absent for all of the team.

    ``expires_at`` is an instant within 90 days; absent for seven days from now.
    """

    text: str = field(repr=False)
    to: list[str] | None = None
    expires_at: str | None = None


@dataclass(frozen=True, slots=True)
class NoticeLine:
    """One notice that was sent by hand; ``agents`` are ids, ``logins`` the same people's."""

    id: str
    text: str = field(repr=False)
    at: str
    expires_at: str
    by: str
    by_name: str | None = field(default=None, repr=False)
    agents: list[str] = field(default_factory=list)
    logins: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class NoticeList:
    """What ``GET /v1/notices`` answers: those that stand, newest first."""

    notices: list[NoticeLine]
