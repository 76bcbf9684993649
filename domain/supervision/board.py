"""The live board: one line an agent, one line a team."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from domain.freshness import CashState

LeaseState = Literal["held", "ending", "over", "none"]
"""Whether an agent's machine may call: yes, for less than half an hour more, no longer, never had one."""


@dataclass(frozen=True, slots=True)
class BoardRow:
    """One agent on the board. The counts are since the instant asked for; amounts are minor units by currency.

    ``online`` means that a device of theirs heard from the server within the last minute. ``gaps`` counts facts the server
    knows it has not received yet, ``unsent`` what the device said it had not sent when it last reported (absent: it never
    did). ``left`` counts the cases that are due to be worked now, ``attempted`` the cases called since. ``kept`` and
    ``broken`` count promises of theirs that were decided since. ``refusals`` are the dial gate's, by code, as the device
    reported them for today. ``device`` is the one last heard from.
    """

    agent: str
    login: str
    name: str = field(repr=False)
    online: bool
    cases: int
    attempted: int
    attempts: int
    conversations: int
    promises: int
    promised: dict[str, int]
    gaps: int
    last_contact: str | None = None
    team: str = ""
    left: int = 0
    connected: int = 0
    right_party: int = 0
    kept: int = 0
    kept_amount: dict[str, int] = field(default_factory=dict)
    broken: int = 0
    refusals: dict[str, int] = field(default_factory=dict)
    flagged: int = 0
    unsent: int | None = None
    unsent_at: str | None = None
    in_call: bool = False
    device: str | None = None
    lease: LeaseState = "none"
    lease_until: str | None = None
    absence: str | None = None


@dataclass(frozen=True, slots=True)
class BoardTeam:
    """One team on the board: its agents' counts added up, and what nobody owns."""

    team: str
    agents: int
    online: int
    cases: int
    left: int
    attempted: int
    attempts: int
    connected: int
    right_party: int
    conversations: int
    promises: int
    promised: dict[str, int]
    kept: int
    kept_amount: dict[str, int]
    broken: int
    refusals: int
    unsent: int
    pool: int
    reviews: int


@dataclass(frozen=True, slots=True)
class Board:
    """What ``GET /v1/board`` answers. ``total`` counts the team's agents; ``next`` is what to ask ``after`` for more."""

    since: str
    agents: list[BoardRow]
    pool: int
    reviews: int
    at: str = ""
    teams: list[BoardTeam] = field(default_factory=list)
    total: int = 0
    next: str | None = None
    cash: CashState = field(default_factory=CashState)


@dataclass(frozen=True, slots=True)
class DeviceReport:
    """What ``PUT /v1/devices/current/report`` takes from an agent's machine: what only it can know.

    ``unsent`` counts facts in the outbox, ``refused`` the dial gate's refusals on ``day`` by code (totals, not
    differences), ``in_call`` whether a call is running.
    """

    unsent: int
    day: date
    refused: dict[str, int] = field(default_factory=dict)
    in_call: bool = False
