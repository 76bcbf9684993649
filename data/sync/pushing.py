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
from data.sync.pauses import Pause, pause_after, pause_for_store
from domain.clock import parse_instant
from domain.wire import Limits

FIRST_OFFER_AGAIN: Final = timedelta(minutes=15)
LAST_OFFER_AGAIN: Final = timedelta(hours=12)
"""A refused fact is offered again after 15 minutes, then after twice as long each time, at the latest after 12 hours."""
MANY_REFUSED: Final = 8
"""After so many single facts refused in a row it is likelier that the server refuses the request as such."""
BATCH_BYTES: Final = 1024 * 1024
"""Most bytes in one request of ours: a slow line must be able to finish it."""
WITHIN_BATCHES: Final = 4
"""What goes beside another request is looked for among so many batches' worth of the oldest facts."""

_MALFORMED: Final = frozenset({400, 413, 422})


@dataclass(frozen=True, slots=True)
class Flight:
    """One request on its way up: its facts, the ``cases`` they are of, shown with ``key`` while the history was ``epoch``.

    Beside one that is ``alone`` no other goes: it repeats, halves or offers again. ``answered`` says that the server has its
    facts and that this is being stored. ``overtaken`` are facts acknowledged since it left: its answer may still call them
    missing.
    """

    request: int
    seqs: tuple[int, ...]
    key: KeyKind
    epoch: str | None
    cases: frozenset[str] = frozenset()
    alone: bool = False
    answered: bool = False
    overtaken: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Push:
    """The state of the way up.

    ``under_way`` are the requests whose answers are not stored yet, oldest first; no fact is in two of them.
    ``groups`` are parts of earlier batches to be sent exactly so: halves of a malformed one, or one to be repeated.
    ``failures`` counts in a row, ``refused`` single facts refused in a row.
    """

    under_way: tuple[Flight, ...] = ()
    groups: tuple[tuple[int, ...], ...] = ()
    failures: int = 0
    refused: int = 0
    pause: Pause | None = None

    def rested(self, now: datetime) -> Push:
        """Give the state without a wait that is over, once nothing is under way."""
        over = not self.under_way and self.pause is not None and self.pause.over(now)
        return replace(self, pause=None) if over else self

    def sent(self, flight: Flight, groups: tuple[tuple[int, ...], ...]) -> Push:
        """Give the state in which this one is under way too, and these groups remain."""
        return replace(self, under_way=(*self.under_way, flight), groups=groups)

    def flight(self, request: int) -> Flight | None:
        """Give the flight with this number; nothing when it was given up."""
        return next((flight for flight in self.under_way if flight.request == request), None)

    def without(self, flight: Flight) -> Push:
        """Give the state in which this one is no longer under way."""
        return replace(self, under_way=tuple(each for each in self.under_way if each.request != flight.request))

    def heard(self, flight: Flight) -> Push:
        """Give the state in which the answer to this one is about to be stored."""
        return replace(
            self,
            under_way=tuple(
                replace(each, answered=True) if each.request == flight.request else each for each in self.under_way
            ),
        )

    def answered(self, flight: Flight, seqs: Collection[int]) -> Push:
        """Give the state after the server took custody of ``seqs`` with this flight.

        A wait that another flight brought about since this one left goes on: the server may have asked for it.
        """
        rest = tuple(
            replace(each, overtaken=each.overtaken.union(seqs))
            for each in self.under_way
            if each.request != flight.request
        )
        if self.pause is not None:
            return replace(self, under_way=rest)
        return replace(self, under_way=rest, failures=0, refused=0)

    def repeated(self, flight: Flight) -> Push:
        """Give the state in which exactly what was in this flight comes next."""
        groups = (flight.seqs, *self.groups) if flight.seqs else self.groups
        return replace(self.without(flight), groups=groups)

    def given_up(self) -> Push:
        """Give the state in which exactly what was under way comes next, whenever that may be."""
        return Push(groups=(*(flight.seqs for flight in self.under_way if flight.seqs), *self.groups))

    def delayed(self, flight: Flight, failure: Failure, now: datetime, random: Callable[[], float]) -> Push:
        """Give the state in which exactly what was in this flight comes next, after a while."""
        failures = self._failed_again()
        return self.repeated(flight).paused(failures, pause_after(failure, failures, now, random))

    def not_stored(self, flight: Flight, now: datetime, random: Callable[[], float]) -> Push:
        """Give the state in which this flight is repeated, since this computer's disk has refused its answer."""
        failures = self._failed_again()
        return self.repeated(flight).paused(failures, pause_for_store(failures, now, random))

    def paused(self, failures: int, pause: Pause) -> Push:
        """Give the state in which nothing goes for a while; what the server asked for before is not cut short."""
        both = [each for each in (self.pause, pause) if each is not None]
        return replace(self, failures=failures, pause=max(both, key=lambda each: (each.why != "network", each.until)))

    def _failed_again(self) -> int:
        """Count a failure; of two flights beside each other one counts."""
        return self.failures if self.pause is not None else self.failures + 1


def after_failure(
    push: Push, flight: Flight, failure: Failure, now: datetime, random: Callable[[], float]
) -> tuple[Push, int | None]:
    """Work out what a failed flight leads to; the number given is that of the one fact the server will not take for now.

    That flight stays, empty: until the fact is marked, nothing goes.
    """
    if failure.kind != "status" or failure.status not in _MALFORMED:
        return push.delayed(flight, failure, now, random), None
    if len(flight.seqs) > 1:
        parts = _parts(flight.seqs, failure.extra.get("index"))
        return replace(push.without(flight), groups=(*parts, *push.groups)), None
    (isolated,) = flight.seqs
    rest = push.without(flight)
    refused = push.refused + 1
    after = replace(rest, under_way=(replace(flight, seqs=(), alone=True), *rest.under_way), refused=refused)
    if refused % MANY_REFUSED == 0:
        failures = push.failures + 1
        after = after.paused(failures, pause_after(failure, failures, now, random))
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


@dataclass(frozen=True, slots=True)
class Batch:
    """What goes next: facts by number and the cases they are of, and the ``groups`` that remain; see :class:`Flight`."""

    seqs: tuple[int, ...]
    cases: frozenset[str]
    groups: tuple[tuple[int, ...], ...] = ()
    alone: bool = False


def due_batch(
    push: Push, unsent: Sequence[KeptFact], key: KeyKind, epoch: str | None, now: datetime, limits: Limits
) -> Batch | None:
    """Choose what goes now, if anything does: by itself, or beside what is under way. ``now`` is the corrected clock's."""
    if push.under_way:
        return _beside(push, unsent, key, epoch, limits)
    return _next(push, unsent, now, limits) if push.pause is None else None


def _next(push: Push, unsent: Sequence[KeptFact], now: datetime, limits: Limits) -> Batch | None:
    """Choose the oldest facts. Those that were refused go alone, once their time has come and nothing else is left."""
    here = {kept.seq: kept for kept in unsent} if push.groups else {}
    groups = [group for group in (_still(group, here) for group in push.groups) if group]
    if groups:
        return _batch([here[seq] for seq in groups[0]], tuple(groups[1:]), alone=True)
    fresh, _ = _fitting((kept for kept in unsent if kept.refusal is None), limits)
    if fresh:
        return _batch(fresh)
    due = next((kept for kept in unsent if _offer_again_at(kept, now) <= now), None)
    return _batch([due], alone=True) if due is not None else None


def _beside(push: Push, unsent: Sequence[KeptFact], key: KeyKind, epoch: str | None, limits: Limits) -> Batch | None:
    """Choose what may go beside what is under way, on an easy day only: at most one request beside one nobody has answered.

    Nothing of a case that one has facts of: what a device says of one case arrives in the order in which it was said. And
    only what is worth a request; while an answer is being stored and nothing else is under way, whatever is next.
    """
    if push.groups or push.failures or push.refused or push.pause is not None or epoch is None:
        return None
    if any(flight.alone or flight.key != key or flight.epoch != epoch for flight in push.under_way):
        return None
    open_ones = [flight for flight in push.under_way if not flight.answered]
    if len(open_ones) > 1:
        return None
    busy = {seq for flight in push.under_way for seq in flight.seqs}
    cases = open_ones[0].cases if open_ones else frozenset()
    near = unsent[: WITHIN_BATCHES * limits.max_events]
    others = (kept for kept in near if not (kept.refusal or kept.case_id in cases or kept.seq in busy))
    fresh, size = _fitting(others, limits)
    worth_it = len(fresh) * 2 >= limits.max_events or size * 2 >= min(limits.max_body, BATCH_BYTES)
    return _batch(fresh) if fresh and (worth_it or not open_ones) else None


def _batch(facts: Sequence[KeptFact], groups: tuple[tuple[int, ...], ...] = (), *, alone: bool = False) -> Batch:
    seqs = tuple(kept.seq for kept in facts)
    return Batch(seqs, frozenset(kept.case_id for kept in facts), groups, alone)


def next_offer(unsent: Iterable[KeptFact], now: datetime) -> datetime | None:
    """Tell when the next refused fact is due, if there is one."""
    return min((_offer_again_at(kept, now) for kept in unsent if kept.refusal), default=None)


def _still(group: tuple[int, ...], here: Collection[int]) -> tuple[int, ...]:
    return tuple(seq for seq in group if seq in here)


def _fitting(unsent: Iterable[KeptFact], limits: Limits) -> tuple[list[KeptFact], int]:
    """Take from the front what fits; one fact always does. Give it with its bytes."""
    fitting: list[KeptFact] = []
    size, most_bytes = 0, min(limits.max_body, BATCH_BYTES)
    for kept in unsent:
        more = kept.size + 1
        if fitting and (len(fitting) >= limits.max_events or size + more > most_bytes):
            break
        fitting.append(kept)
        size += more
    return fitting, size


def _offer_again_at(kept: KeptFact, now: datetime) -> datetime:
    """Tell when a refused fact is due; one that was refused in the future, by a clock since set back, is due now."""
    assert kept.refusal is not None
    refused_at = parse_instant(kept.refusal.at)
    if refused_at > now:
        return now
    wait = min(FIRST_OFFER_AGAIN * (1 << min(kept.refusal.times - 1, 10)), LAST_OFFER_AGAIN)
    return refused_at + wait
