"""Days on which everything goes wrong; ``DUECALL_SEEDS`` says how many."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.simulation.laptop import clean_up
from tests.simulation.record import FAULTS
from tests.simulation.world import simulate

SEEDS = int(os.environ.get("DUECALL_SEEDS", "240"))
PARTS = 4
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
    yield
    clean_up()


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("part", range(PARTS))
def test_whatever_goes_wrong_nothing_is_lost_doubled_or_shown_to_others(part: int) -> None:
    share = SEEDS // PARTS
    fired = Counter[str]()
    began = time.monotonic()
    failed = []
    for seed in range(part * share + 1, (part + 1) * share + 1):
        outcome = simulate(seed)
        fired.update(outcome.fired)
        if outcome.failure is not None:
            failed.append(f"python -m tests.simulation --trace {seed}: {outcome.failure}")
    sys.stderr.write(f"{share} seeds in {time.monotonic() - began:.0f} s, {sum(fired.values())} faults\n")
    assert not failed, "\n".join(failed)
    if share >= 500:
        assert [kind for kind in FAULTS if not fired[kind]] == [], "a kind of fault never happened"


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
