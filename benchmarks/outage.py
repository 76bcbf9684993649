"""PostgreSQL stopped immediately, as if the plug were pulled, thirty times while two servers take facts.

Run ``python3 run.py bench outage``; ``--times N`` does fewer. It needs no database: it starts its own.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

from tests.support.outage import Outage
from tests.support.postgres import cluster
from tests.support.storm import storm


def main() -> None:
    """Pull the plug and print what became of everything."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=30)
    chosen = parser.parse_args()
    with (
        cluster() as own,
        tempfile.TemporaryDirectory() as name,
        storm(own, Path(name), servers=2, workers=8, cases=60) as made,
    ):
        began = time.perf_counter()
        outage = Outage(own, made)
        outage.happen(chosen.times)
        made.settle()
        found = made.anomalies()
        seconds = time.perf_counter() - began
        acknowledged = sum(len(seat.acknowledged) for seat in made.agents())
        print(f"{outage.pulled} immediate stops in {seconds:.0f} s, {acknowledged} facts acknowledged")
        print(f"answers: {dict(outage.statuses)}")
        print(f"{len(found)} anomalies")
        for each in found:
            print(f"  {each}")
    raise SystemExit(1 if found else 0)


if __name__ == "__main__":
    main()
