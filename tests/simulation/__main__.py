"""``python -m tests.simulation --seeds A..B``: run seeds one after the other, stop at none, say what was found.

``--trace N`` prints everything that happens under one seed. Prints one line for every seed that fails, and at the end how
many ran, how fast, and how often each kind of fault fired; the exit status is 1 if one failed or a fault never fired.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable

from tests.simulation.laptop import clean_up
from tests.simulation.tally import Tally, nothing_else_collected
from tests.simulation.world import simulate


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
    tally = Tally()
    with nothing_else_collected():
        for outcome in tally.run(seeds):
            if outcome.failure is not None:
                say(f"seed {outcome.seed}: {outcome.failure}")
            if tally.seeds % every == 0:
                say(f"{tally.seeds} seeds, {tally.seeds / tally.seconds:.1f} a second, {len(tally.failed)} failed")
    for line in tally.lines():
        say(line)
    if tally.silent:
        say("never happened: " + ", ".join(tally.silent))
    return int(bool(tally.failed or tally.silent))


if __name__ == "__main__":
    sys.exit(main())
