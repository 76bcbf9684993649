"""The strategies.

``even``: the largest debts first, there and back again along the table, so that counts differ by one at most and amounts
come out alike. ``capacity``: always to whom is filled least for their size, never beyond it. ``priorities``: every
priority is dealt round by round and the next one goes on where the last one stopped, so that each priority's counts and
the whole differ by one at most. ``skills``: to those who speak the customer's language and know the trade, whoever of them
has been given least. ``last_owner``: to whoever had the case last, the rest evenly.
"""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from typing import Final, Literal

from domain.distribution.model import Parcel, Plan, Seat

Strategy = Literal["even", "capacity", "priorities", "skills", "last_owner"]

_Dealer = Callable[[Sequence[Parcel], Sequence[Seat]], dict[str, str | None]]

USUAL_CAPACITY: Final = 600
"""The size of an agent without a limit of their own, for comparing how full people are."""


def deal(strategy: Strategy, parcels: Iterable[Parcel], seats: Iterable[Seat]) -> Plan:
    """Deal cases out. The same cases and agents give the same plan, in whatever order they are named.

    A case named twice is dealt once. Without anybody to deal to, everything goes to the pool.
    """
    distinct = {parcel.case: parcel for parcel in parcels}
    ordered = sorted(distinct.values(), key=lambda parcel: (-parcel.owed, parcel.case))
    table = sorted({seat.agent: seat for seat in seats}.values(), key=lambda seat: seat.agent)
    if not table:
        return Plan(dict.fromkeys(distinct))
    return Plan(STRATEGIES[strategy](ordered, table))


def even(parcels: Sequence[Parcel], seats: Sequence[Seat]) -> dict[str, str | None]:
    """Deal there and back again; what is left over at the end goes to those the last full round left poorest."""
    agents = [seat.agent for seat in seats]
    there_and_back = [*agents, *reversed(agents)]
    return {parcel.case: there_and_back[place % len(there_and_back)] for place, parcel in enumerate(parcels)}


def capacity(parcels: Sequence[Parcel], seats: Sequence[Seat]) -> dict[str, str | None]:
    """Give each case to whom is filled least for their size; beyond everybody's capacity to the pool."""
    sizes = {seat.agent: seat.capacity if seat.capacity is not None else USUAL_CAPACITY for seat in seats}
    limits = {seat.agent: seat.capacity for seat in seats}
    loads = {seat.agent: seat.load for seat in seats}
    waiting: list[tuple[Fraction, str]] = []

    def sit_down(agent: str) -> None:
        limit = limits[agent]
        if limit is None or loads[agent] < limit:
            heapq.heappush(waiting, (Fraction(loads[agent], max(1, sizes[agent])), agent))

    for seat in seats:
        sit_down(seat.agent)
    targets: dict[str, str | None] = {}
    for parcel in parcels:
        if not waiting:
            targets[parcel.case] = None
            continue
        _, agent = heapq.heappop(waiting)
        targets[parcel.case] = agent
        loads[agent] += 1
        sit_down(agent)
    return targets


def priorities(parcels: Sequence[Parcel], seats: Sequence[Seat]) -> dict[str, str | None]:
    """Deal one priority after the other round by round, each going on where the one before stopped."""
    groups: defaultdict[int, list[Parcel]] = defaultdict(list)
    for parcel in parcels:
        groups[parcel.priority].append(parcel)
    targets: dict[str, str | None] = {}
    turn = 0
    for priority in sorted(groups):
        for parcel in groups[priority]:
            targets[parcel.case] = seats[turn % len(seats)].agent
            turn += 1
    return targets


def skills(parcels: Sequence[Parcel], seats: Sequence[Seat]) -> dict[str, str | None]:
    """Give each case to a qualified agent who has been given least; the choosiest cases choose first.

    A word that is anybody's skill is needed for every case it fits. A case nobody is qualified for goes to the pool.
    """
    known = frozenset[str]().union(*(seat.skills for seat in seats))
    given: Counter[str] = Counter()
    choices = {parcel.case: [seat.agent for seat in seats if _fits(parcel, seat, known)] for parcel in parcels}
    place = {parcel.case: index for index, parcel in enumerate(parcels)}
    targets: dict[str, str | None] = {}
    for case in sorted(choices, key=lambda case: (len(choices[case]), place[case])):
        agent = min(choices[case], key=lambda agent: (given[agent], agent), default=None)
        targets[case] = agent
        if agent is not None:
            given[agent] += 1
    return targets


def last_owner(parcels: Sequence[Parcel], seats: Sequence[Seat]) -> dict[str, str | None]:
    """Give each case back to the newest former owner at the table; the others to whom has been given least."""
    here = {seat.agent for seat in seats}
    targets: dict[str, str | None] = {}
    rest = []
    for parcel in parcels:
        former = next((agent for agent in parcel.last_owners if agent in here), None)
        if former is None:
            rest.append(parcel)
        else:
            targets[parcel.case] = former
    given = Counter(agent for agent in targets.values() if agent is not None)
    poorest = [(given[agent], agent) for agent in sorted(here)]
    heapq.heapify(poorest)
    for parcel in rest:
        count, agent = heapq.heappop(poorest)
        targets[parcel.case] = agent
        heapq.heappush(poorest, (count + 1, agent))
    return targets


def _fits(parcel: Parcel, seat: Seat, known: frozenset[str]) -> bool:
    speaks = not seat.languages or parcel.language is None or parcel.language in seat.languages
    return speaks and (parcel.tags & known) <= seat.skills


STRATEGIES: Final[dict[Strategy, _Dealer]] = {
    "even": even,
    "capacity": capacity,
    "priorities": priorities,
    "skills": skills,
    "last_owner": last_owner,
}
"""Every strategy by its name."""
