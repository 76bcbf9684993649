"""The way up: which facts go into the next request, and what its answer means for those after it.

Nothing here takes a fact out of the outbox; that is the acknowledgement's doing alone. A batch the server calls
malformed is halved until the one event it means is alone; that one is marked and offered again now and then, by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from data.answers import Failure
from data.kept import KeptFact
from data.sync.effects import KeyKind
from data.sync.pauses import Pause, pause_after
from domain.clock import parse_instant

FIRST_OFFER_AGAIN: Final = timedelta(minutes=15)
LAST_OFFER_AGAIN: Final = timedelta(hours=12)
"""A refused fact is offered again after 15 minutes, then after twice as long each time, at the latest after 12 hours."""
MANY_REFUSED: Final = 8
"""After so many single facts refused in a row it is likelier that the server refuses the request as such."""
BATCH_BYTES: Final = 1024 * 1024
"""Most bytes in one request of ours: a slow line must be able to finish it."""

_MALFORMED: Final = frozenset({400, 413, 422})


@dataclass(frozen=True, slots=True)
class Push:
    """The state of the way up.

    ``request`` and ``seqs`` are what is under way, shown with ``key`` while the server's history was ``epoch``.
    ``groups`` are parts of earlier batches to be sent exactly so: halves of a malformed one, or one to be repeated.
    ``failures`` counts in a row, ``refused`` single facts refused in a row.
    """

    request: int | None = None
    seqs: tuple[int, ...] = ()
    key: KeyKind = "session"
    epoch: str | None = None
    groups: tuple[tuple[int, ...], ...] = ()
    failures: int = 0
    refused: int = 0
    pause: Pause | None = None

    def answered(self) -> Push:
        """Give the state after the server took custody of what was under way."""
        return replace(self, request=None, seqs=(), failures=0, refused=0, pause=None)

    def repeated(self) -> Push:
        """Give the state in which exactly what was under way comes next."""
        groups = (self.seqs, *self.groups) if self.seqs else self.groups
        return replace(self, request=None, seqs=(), groups=groups)

    def delayed(self, failure: Failure, now: datetime, random: Callable[[], float]) -> Push:
        """Give the state in which exactly what was under way comes next, after a while."""
        failures = self.failures + 1
        return replace(self.repeated(), failures=failures, pause=pause_after(failure, failures, now, random))


def after_failure(push: Push, failure: Failure, now: datetime, random: Callable[[], float]) -> tuple[Push, int | None]:
    """Work out what a failed push leads to; the number given is that of the one fact the server will not take for now."""
    if failure.kind != "status" or failure.status not in _MALFORMED:
        return push.delayed(failure, now, random), None
    if len(push.seqs) > 1:
        parts = _parts(push.seqs, failure.extra.get("index"))
        return replace(push, request=None, seqs=(), groups=(*parts, *push.groups)), None
    (isolated,) = push.seqs
    refused = push.refused + 1
    after = replace(push, request=None, seqs=(), refused=refused)
    if refused % MANY_REFUSED == 0:
        after = replace(after.delayed(failure, now, random), groups=push.groups)
    return after, isolated


def _parts(seqs: tuple[int, ...], index: object) -> tuple[tuple[int, ...], ...]:
    """Split a malformed batch around the event the server names, or in halves when it names none.

    What it names is only where to look first: a fact counts as refused when it was refused alone.
    """
    if isinstance(index, int) and 0 <= index < len(seqs):
        parts = (seqs[:index], seqs[index : index + 1], seqs[index + 1 :])
        return tuple(part for part in parts if part)
    middle = len(seqs) // 2
    return seqs[:middle], seqs[middle:]


def next_batch(
    push: Push, unsent: Sequence[KeptFact], now: datetime, *, most: int, most_bytes: int
) -> tuple[tuple[int, ...], tuple[tuple[int, ...], ...]]:
    """Choose what to send next, oldest first; give it with the groups that remain.

    Facts that were refused go alone, once their time has come and nothing else is left to send.
    """
    here = {kept.seq: kept for kept in unsent}
    groups = [group for group in (_still(group, here) for group in push.groups) if group]
    if groups:
        return groups[0], tuple(groups[1:])
    fresh = _fitting((kept for kept in unsent if kept.refusal is None), most, min(most_bytes, BATCH_BYTES))
    if fresh:
        return fresh, ()
    due = next((kept.seq for kept in unsent if _offer_again_at(kept, now) <= now), None)
    return ((due,) if due is not None else ()), ()


def next_offer(unsent: Iterable[KeptFact], now: datetime) -> datetime | None:
    """Tell when the next refused fact is due, if there is one."""
    return min((_offer_again_at(kept, now) for kept in unsent if kept.refusal), default=None)


def _still(group: tuple[int, ...], here: Collection[int]) -> tuple[int, ...]:
    return tuple(seq for seq in group if seq in here)


def _fitting(unsent: Iterable[KeptFact], most: int, most_bytes: int) -> tuple[int, ...]:
    """Take from the front what fits; one fact always does."""
    seqs: list[int] = []
    size = 0
    for kept in unsent:
        size += kept.size + 1
        if seqs and (len(seqs) >= most or size > most_bytes):
            break
        seqs.append(kept.seq)
    return tuple(seqs)


def _offer_again_at(kept: KeptFact, now: datetime) -> datetime:
    """Tell when a refused fact is due; one that was refused in the future, by a clock since set back, is due now."""
    assert kept.refusal is not None
    refused_at = parse_instant(kept.refusal.at)
    if refused_at > now:
        return now
    wait = min(FIRST_OFFER_AGAIN * (1 << min(kept.refusal.times - 1, 10)), LAST_OFFER_AGAIN)
    return refused_at + wait
