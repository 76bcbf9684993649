"""``python -m tests.simulation --seeds A..B``: run seeds one after the other, stop at none, say what was found.

``--trace N`` prints everything that happens under one seed. Prints one line for every seed that fails, and at the end how
many ran, how fast, and how often each kind of fault fired; the exit status is 1 if one failed or a fault never fired.
"""

from __future__ import annotations

import argparse
import gc
import sys
import time
from collections import Counter
from collections.abc import Iterable

from tests.simulation.laptop import clean_up
from tests.simulation.record import FAULTS
from tests.simulation.world import Outcome, simulate


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--seeds", default="1..200", help="the first and the last seed, as 1..200")
    parser.add_argument("--trace", type=int, help="print everything that happens under this seed")
    parser.add_argument("--every", type=int, default=1000, help="say how far it is after so many seeds")
    chosen = parser.parse_args()
    try:
        if chosen.trace is not None:
            outcome = simulate(chosen.trace, say)
            say(str(outcome))
            return int(outcome.failure is not None)
        first, _, last = chosen.seeds.partition("..")
        return run(range(int(first), int(last or first) + 1), chosen.every)
    finally:
        clean_up()


def say(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def run(seeds: Iterable[int], every: int) -> int:
    """Run seeds, and report."""
    for seed in range(1, 21):
        simulate(seed)  # imports and compiled statements, which are not collected again and again from now on
    gc.collect()
    gc.freeze()
    gc.disable()
    began = time.monotonic()
    fired, done = Counter[str](), Counter[str]()
    failed: list[Outcome] = []
    ran = facts = looks = laptops = 0
    for seed in seeds:
        outcome = simulate(seed)
        ran += 1
        facts, looks, laptops = facts + outcome.facts, looks + outcome.looks, laptops + outcome.laptops
        fired.update(outcome.fired)
        done.update(outcome.done)
        if outcome.failure is not None:
            failed.append(outcome)
            say(f"seed {seed}: {outcome.failure}")
        if ran % every == 0:
            say(f"{ran} seeds, {ran / (time.monotonic() - began):.1f} a second, {len(failed)} failed")
        if ran % 10 == 0:
            gc.collect()
    seconds = time.monotonic() - began
    say(f"{ran} seeds in {seconds:.0f} s, {ran / seconds:.1f} a second; {len(failed)} failed")
    say(f"{laptops} laptops, {facts} facts saved, {looks} looks at a laptop")
    say("requests: " + ", ".join(f"{name} {count}" for name, count in sorted(done.items())))
    say("faults: " + ", ".join(f"{name} {fired[name]}" for name in FAULTS))
    silent = [name for name in FAULTS if not fired[name]]
    if silent:
        say("never fired: " + ", ".join(silent))
    return int(bool(failed or silent))


if __name__ == "__main__":
    sys.exit(main())
