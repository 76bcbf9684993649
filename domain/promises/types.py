"""What a team allows a promise to be."""

from __future__ import annotations

from domain.records import dataclass


@dataclass(frozen=True, slots=True)
class PromiseType:
    """The limits and tolerances of a kind of promise.

    ``grace_days`` count after each due day; ``threshold`` is the per cent of the promised amount that makes it kept;
    ``horizon_days`` is how far ahead an agent may go alone, ``horizon_limit_days`` how far the first payment may lie at
    all; ``smallest_first`` is the per cent of the total the first part must reach; above ``approval_above`` (minor units,
    absent = no limit) a supervisor has to approve, and so has one to after ``renegotiations`` changes of one promise or
    ``supervisor_after_broken`` promises not kept. A payment that comes back reopens a kept promise until it has stood for
    ``confirm_days``. ``variants`` are the other types a house has, each known by its name.
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
    confirm_days: int = 14
    variants: tuple[PromiseType, ...] = ()

    def named(self, name: str | None) -> PromiseType:
        """Give the type of that name; this one where there is none, so that no promise is without rules."""
        return next((variant for variant in self.variants if variant.name == name), self)
