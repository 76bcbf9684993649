"""How a house orders its queues: what counts for how many points, and which kind of case comes first.

The rules that place a case (a call-back that is due, a broken promise …) stay what they are; a house weighs them.
"""

from __future__ import annotations

from typing import Final

from domain.i18n import tr
from domain.records import dataclass

BUCKETS: Final = (
    "callback_due",
    "broken_promise",
    "due_today",
    "callback_today",
    "new",
    "partly_kept",
    "reminder",
    "rest",
    "no_number",
)
"""The kinds of cases in the order they come in where a house says nothing else."""

MOST_POINTS: Final = 100


@dataclass(frozen=True, slots=True)
class QueueStrategy:
    """The most points each reason may give, together at most 100, and the order of the kinds of cases.

    ``order`` names codes of :data:`BUCKETS`; those it leaves out follow in their usual order.
    """

    balance: int = 25
    stage: int = 20
    broken: int = 15
    contact: int = 15
    risk: int = 10
    since: int = 10
    first: int = 5
    order: tuple[str, ...] = ()

    def place_of(self, bucket: int) -> int:
        """Give the place of a kind of case, named by its usual place."""
        if not self.order:
            return bucket
        code = BUCKETS[bucket]
        return self.order.index(code) if code in self.order else len(self.order) + bucket

    def problems(self) -> list[str]:
        """Say what is wrong with it, in sentences."""
        weights = (self.balance, self.stage, self.broken, self.contact, self.risk, self.since, self.first)
        found = []
        if any(not 0 <= weight <= MOST_POINTS for weight in weights) or sum(weights) > MOST_POINTS:
            found.append(tr("The points are between 0 and 100, together at most 100."))
        unknown = [code for code in self.order if code not in BUCKETS]
        if unknown or len(set(self.order)) != len(self.order):
            found.append(
                tr("The order names each kind of case at most once: {kinds}.").format(kinds=", ".join(BUCKETS))
            )
        if self.order and self.order[0] != BUCKETS[0]:
            found.append(tr("Call-backs that are due come first: somebody was given that time."))
        return found
