"""The strategies: nothing lost, nothing doubled, nobody favoured."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.distribution import STRATEGIES, Parcel, Plan, Seat, Strategy, deal

AGENTS = ("anna", "ben", "mia", "zoe", "liu")
SKILLS = ("business", "legal", "m3")

PARCELS = st.lists(
    st.builds(
        Parcel,
        case=st.integers(0, 400).map(lambda number: f"c{number:03d}"),
        owed=st.integers(-500, 5_000_000),
        priority=st.integers(0, 8),
        language=st.sampled_from((None, "zh", "en", "es")),
        tags=st.frozensets(st.sampled_from(SKILLS)),
        last_owners=st.lists(st.sampled_from((*AGENTS, "gone")), max_size=3).map(tuple),
    ),
    max_size=120,
    unique_by=lambda parcel: parcel.case,
)
SEATS = st.lists(
    st.builds(
        Seat,
        agent=st.sampled_from(AGENTS),
        load=st.integers(0, 40),
        capacity=st.none() | st.integers(0, 60),
        languages=st.frozensets(st.sampled_from(("zh", "en"))),
        skills=st.frozensets(st.sampled_from(SKILLS)),
    ),
    max_size=5,
    unique_by=lambda seat: seat.agent,
)
NAMES = st.sampled_from(sorted(STRATEGIES))


def counts(plan: Plan, seats: list[Seat]) -> Counter[str]:
    return Counter({seat.agent: len(plan.of(seat.agent)) for seat in seats})


@given(NAMES, PARCELS, SEATS)
def test_nothing_is_lost_and_nothing_is_doubled(name: Strategy, parcels: list[Parcel], seats: list[Seat]) -> None:
    plan = deal(name, [*parcels, *parcels[:3]], seats)
    assert set(plan.targets) == {parcel.case for parcel in parcels}
    dealt = [case for seat in seats for case in plan.of(seat.agent)]
    assert sorted([*dealt, *plan.unplaced]) == sorted(plan.targets)


@given(NAMES, PARCELS, SEATS, st.randoms(use_true_random=False))
def test_the_order_of_the_names_changes_nothing(
    name: Strategy, parcels: list[Parcel], seats: list[Seat], chance: object
) -> None:
    plan = deal(name, parcels, seats)
    mixed, turned = list(parcels), list(seats)
    chance.shuffle(mixed)  # type: ignore[attr-defined]  # hypothesis hands out a random.Random
    chance.shuffle(turned)  # type: ignore[attr-defined]  # the same
    assert deal(name, mixed, turned) == plan


@given(st.sampled_from(("even", "priorities")), PARCELS, SEATS)
def test_counts_differ_by_one_at_most(name: Strategy, parcels: list[Parcel], seats: list[Seat]) -> None:
    plan = deal(name, parcels, seats)
    if seats:
        dealt = counts(plan, seats)
        assert max(dealt.values()) - min(dealt.values()) <= 1
        assert plan.unplaced == ()


@given(PARCELS, SEATS)
def test_every_priority_is_dealt_evenly(parcels: list[Parcel], seats: list[Seat]) -> None:
    plan = deal("priorities", parcels, seats)
    for priority in {parcel.priority for parcel in parcels}:
        of_it = Counter({seat.agent: 0 for seat in seats})
        of_it.update(agent for p in parcels if p.priority == priority and (agent := plan.targets[p.case]) is not None)
        assert not seats or max(of_it.values()) - min(of_it.values()) <= 1


@given(PARCELS, SEATS)
def test_nobody_is_filled_beyond_their_capacity(parcels: list[Parcel], seats: list[Seat]) -> None:
    plan = deal("capacity", parcels, seats)
    dealt = counts(plan, seats)
    for seat in seats:
        assert seat.capacity is None or dealt[seat.agent] <= max(0, seat.capacity - seat.load)
    if plan.unplaced:
        assert all(seat.capacity is not None and seat.load + dealt[seat.agent] >= seat.capacity for seat in seats)


@given(PARCELS, SEATS)
def test_equal_seats_are_filled_equally(parcels: list[Parcel], seats: list[Seat]) -> None:
    alike = [Seat(seat.agent, load=7, capacity=500) for seat in seats]
    dealt = counts(deal("capacity", parcels, alike), alike)
    assert not alike or max(dealt.values()) - min(dealt.values()) <= 1


@given(PARCELS, SEATS)
def test_only_the_qualified_are_given_a_case(parcels: list[Parcel], seats: list[Seat]) -> None:
    plan = deal("skills", parcels, seats)
    known = frozenset[str]().union(*(seat.skills for seat in seats))
    for parcel in parcels:
        able = {
            seat.agent
            for seat in seats
            if (not seat.languages or parcel.language in (None, *seat.languages)) and parcel.tags & known <= seat.skills
        }
        target = plan.targets[parcel.case]
        assert target in able if able else target is None


@given(PARCELS, SEATS)
def test_former_owners_get_their_cases_back(parcels: list[Parcel], seats: list[Seat]) -> None:
    plan = deal("last_owner", parcels, seats)
    here = {seat.agent for seat in seats}
    for parcel in parcels:
        former = [agent for agent in parcel.last_owners if agent in here]
        if former:
            assert plan.targets[parcel.case] == former[0]


def test_even_shares_the_amounts_too() -> None:
    parcels = [Parcel(f"c{number}", owed=amount) for number, amount in enumerate((900, 800, 700, 600, 500, 400))]
    plan = deal("even", parcels, [Seat("anna"), Seat("ben")])
    owed = {parcel.case: parcel.owed for parcel in parcels}
    assert {agent: sum(owed[case] for case in plan.of(agent)) for agent in ("anna", "ben")} == {
        "anna": 900 + 600 + 500,
        "ben": 800 + 700 + 400,
    }


def test_capacity_fills_the_emptier_desk_first() -> None:
    seats = [Seat("anna", load=90, capacity=100), Seat("ben", load=10, capacity=100)]
    plan = deal("capacity", [Parcel(f"c{number:03d}") for number in range(95)], seats)
    assert (len(plan.of("anna")), len(plan.of("ben")), len(plan.unplaced)) == (8, 87, 0)
    more = deal("capacity", [Parcel(f"c{number:03d}") for number in range(120)], seats)
    assert (len(more.of("anna")), len(more.of("ben")), len(more.unplaced)) == (10, 90, 20)


@pytest.mark.parametrize("name", sorted(STRATEGIES))
def test_without_anybody_everything_goes_to_the_pool(name: Strategy) -> None:
    assert deal(name, [Parcel("c1"), Parcel("c2")], []).unplaced == ("c1", "c2")
