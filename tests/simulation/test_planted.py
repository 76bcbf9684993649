"""Each of the mistakes in ``planted.py`` is found, which is what says that the simulation looks."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator

import pytest

from tests.simulation.laptop import clean_up
from tests.simulation.planted import PLANTS, seeds_until_found

EVERYTHING = os.environ.get("DUECALL_PLANTS") == "all"
SEEDS = range(1, 1001 if EVERYTHING else 301)
RARE = {"cursor by sequence"}
"""Takes hundreds of seeds, which is minutes: looked for where ``DUECALL_PLANTS=all`` asks for it."""


@pytest.fixture(scope="module", autouse=True)
def nothing_left_behind() -> Iterator[None]:
    yield
    clean_up()


def test_there_are_enough_of_them() -> None:
    assert len(PLANTS) >= 15


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("plant", PLANTS)
def test_a_planted_mistake_is_found(plant: str) -> None:
    if plant in RARE and not EVERYTHING:
        pytest.skip("takes minutes; DUECALL_PLANTS=all looks for it too")
    found = seeds_until_found(plant, SEEDS)
    assert found is not None, f"{plant}: not found in {len(SEEDS)} seeds"
    sys.stderr.write(f"{plant}: found by seed {found[0]}: {found[1].splitlines()[0]}\n")
