"""What a team allows a promise to be."""

from __future__ import annotations

from domain.records import dataclass


@dataclass(frozen=True, slots=True)
class PromiseType:
    """The limits and tolerances of a kind of promise.

    ``grace_days`` count after each due day; ``threshold`` is the per cent of the promised amount that makes it kept;
    ``horizon_days`` bounds how far ahead a promise may lie; ``smallest_first`` is the per cent of the total the first
    part must reach; above ``approval_above`` (minor units, absent = no limit) a supervisor has to approve.
    """

    name: str = "standard"
    grace_days: int = 1
    threshold: int = 100
    horizon_days: int = 30
    horizon_limit_days: int = 90
    smallest_first: int = 10
    most_parts: int = 12
    renegotiations: int = 2
    supervisor_after_broken: int = 2
    approval_above: int | None = None
