"""Each of the mistakes in ``planted.py`` is found, which is what says that the simulation looks."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest

from tests.simulation.laptop import clean_up
from tests.simulation.planted import PLANTS, seeds_until_found

SEEDS = range(1, 301)


@pytest.fixture(scope="module", autouse=True)
def nothing_left_behind() -> Iterator[None]:
    yield
    clean_up()


def test_there_are_enough_of_them() -> None:
    assert len(PLANTS) >= 15


@pytest.mark.slow
@pytest.mark.parametrize("plant", PLANTS)
def test_a_planted_mistake_is_found(plant: str) -> None:
    found = seeds_until_found(plant, SEEDS)
    assert found is not None, f"{plant}: not found in {len(SEEDS)} seeds"
    sys.stderr.write(f"{plant}: found by seed {found[0]}: {found[1].splitlines()[0]}\n")
