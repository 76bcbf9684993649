"""Kill -9 of the application while facts are captured: what the screen called saved is there afterwards, once."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import threading
from collections import Counter
from pathlib import Path

import pytest

from domain.clock import SystemClock
from tests.support.desks import OpenDesk

KILLS = int(os.environ.get("DUECALL_KILLS", "100"))
BATCHES = 4
ROOT = Path(__file__).resolve().parents[2]


def run_until_killed(folder: Path, seed: int, saved: int, seconds: float) -> list[str]:
    """Let the application save some facts and work on for a moment, kill it, give those its screen called saved.

    Counted by what it has done, so that it gets as far on a busy machine as on an idle one.
    """
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.support.killable", str(folder), str(seed)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=ROOT,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    first = process.stdout.readline()
    if first != b"ready\n":
        process.kill()
        raise AssertionError(process.stderr.read().decode()[-2000:])
    lines = [process.stdout.readline() for _ in range(saved)]
    timer = threading.Timer(seconds, process.kill)
    timer.start()
    lines += process.stdout.read().splitlines()
    process.wait()
    timer.cancel()
    timer.join()
    process.stdout.close()
    process.stderr.close()
    return [line.split()[1].decode() for line in lines if line.startswith(b"saved ") and len(line.split()) == 2]


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is POSIX; Windows ends processes through the same path")
@pytest.mark.timeout(120 + 20 * KILLS // BATCHES)
@pytest.mark.parametrize("batch", range(BATCHES))
def test_nothing_called_saved_is_lost_or_doubled(tmp_path: Path, batch: int) -> None:
    dice = random.Random(f"kills-{batch}")
    folder = tmp_path / "store"
    claimed: set[str] = set()
    for number in range(KILLS // BATCHES):
        claimed |= set(run_until_killed(folder, batch * 1000 + number, dice.randint(0, 4), dice.uniform(0, 0.5)))
    desk = OpenDesk(folder, SystemClock())
    kept = Counter(fact.id for fact in desk.outbox.unsent())
    numbers = [fact.seq for fact in desk.outbox.unsent()]
    ended = sum(fact.type == "attempt.ended" for fact in desk.outbox.unsent())
    desk.close()
    assert claimed, "the application must have saved something before it was killed"
    assert not claimed - set(kept), "a fact the screen called saved is missing"
    assert set(kept.values()) == {1}
    assert numbers == list(range(1, len(numbers) + 1)), "the chain has no hole"
    sys.stderr.write(
        f"{KILLS // BATCHES} kills: {len(claimed)} facts called saved, {len(kept)} kept, {ended} wrap-ups\n"
    )
