"""How often a promise was changed, which other one stands in the way, and what a change of it means."""

from __future__ import annotations

from collections.abc import Sequence

from domain.case.model import Promise
from domain.case.parts import share_debts
from domain.promises.judging import STANDING, Standing


def standing_promises(
    standings: Sequence[Standing], currency: str, debts: tuple[str, ...] = ()
) -> tuple[Standing, ...]:
    """Give the promises for the same debts that money is still expected from, the newest last."""
    return tuple(
        standing
        for standing in standings
        if standing.state in STANDING
        and standing.promise.currency == currency
        and share_debts(standing.promise.debts, debts)
    )


def renegotiations(promise: Promise, promises: Sequence[Promise]) -> int:
    """Count how often a promise was changed: its amendments, and those of the ones it replaced while they still stood."""
    by_id = {each.id: each for each in promises}
    count, seen = len(promise.earlier), {promise.id}
    waiting = [each for each in promises if each.by == promise.id]
    while waiting:
        replaced = waiting.pop()
        if replaced.id in seen or replaced.id not in by_id:
            continue
        seen.add(replaced.id)
        count += 1 + len(replaced.earlier)
        waiting += [each for each in promises if each.by == replaced.id]
    return count


def changes_so_far(standings: Sequence[Standing], changed: Standing) -> int:
    """Count the renegotiations of a promise; replacing one that was already kept or broken was none."""
    still_stood = [
        standing.promise for standing in standings if not standing.matured or standing.promise.id == changed.promise.id
    ]
    return renegotiations(changed.promise, still_stood)
