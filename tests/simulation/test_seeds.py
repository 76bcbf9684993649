"""Days on which everything goes wrong; ``DUECALL_SEEDS`` says how many."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.simulation.laptop import clean_up
from tests.simulation.record import PROPERTY
from tests.simulation.tally import Tally, nothing_else_collected
from tests.simulation.world import simulate

SEEDS = int(os.environ.get("DUECALL_SEEDS", "2000"))
CHUNK = 250
"""What one test runs, so that every worker has its share; tests/conftest.py adds up, and wants every kind of accident."""
ROOT = Path(__file__).resolve().parents[2]
TWICE = (3, 10, 85, 675)
PROGRAM = """
import sys
from tests.simulation.laptop import clean_up
from tests.simulation.world import simulate
for seed in map(int, sys.argv[1:]):
    print(simulate(seed).trace)
clean_up()
"""


@pytest.fixture(scope="module", autouse=True)
def nothing_left_behind() -> Iterator[None]:
    with nothing_else_collected():
        yield
    clean_up()


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("first", range(1, SEEDS + 1, CHUNK))
def test_whatever_goes_wrong_nothing_is_lost_doubled_or_shown_to_others(
    first: int, record_property: Callable[[str, object], None]
) -> None:
    tally = Tally()
    for _ in tally.run(range(first, min(first + CHUNK, SEEDS + 1))):
        pass
    record_property(PROPERTY, tally.plain())
    assert not tally.failed, "\n".join(tally.failed)


@pytest.mark.slow
def test_a_seed_run_twice_is_the_same_to_the_last_byte() -> None:
    """Also in another process, whose sets are in another order, and after other seeds."""
    here = [simulate(seed).trace for seed in TWICE]
    again = [simulate(seed).trace for seed in reversed(TWICE)]
    assert here == again[::-1]
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *map(str, TWICE)],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        env=os.environ | {"PYTHONHASHSEED": "4711", "PYTHONPATH": str(ROOT)},
    )
    assert done.stdout.split() == here
