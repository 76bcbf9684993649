"""Three server processes with sixteen workers each on one PostgreSQL, 50,000 mixed operations, and what is true afterwards.

Run ``python3 run.py bench storm``; ``--operations N`` does fewer. It needs no database: it starts its own.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.support.postgres import cluster
from tests.support.storm import storm


def percentile(values: Sequence[float], share: int) -> float:
    """Give the value that ``share`` percent of the values do not exceed."""
    return sorted(values)[min(len(values) - 1, len(values) * share // 100)]


def main() -> None:
    """Run the storm and print its figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--operations", type=int, default=50_000)
    parser.add_argument("--servers", type=int, default=3)
    parser.add_argument("--workers", type=int, default=16)
    parser.add_argument("--cases", type=int, default=1_500)
    parser.add_argument("--pool", type=int, default=500)
    chosen = parser.parse_args()
    with (
        cluster() as postgres,
        tempfile.TemporaryDirectory() as name,
        storm(
            postgres,
            Path(name),
            servers=chosen.servers,
            workers=chosen.workers,
            cases=chosen.cases,
            pool=chosen.pool,
        ) as made,
    ):
        seconds = made.rage(chosen.operations)
        made.settle()
        found = made.anomalies()
        done = sum(len(waits) for waits in made.waits.values())
        print(f"{done} operations in {seconds:.0f} s, {len(made.drawn)} cases drawn, {len(found)} anomalies")
        for (kind, status), count in sorted(made.answers.items()):
            print(f"  {kind:9} {status} {count:7}")
        for kind, waits in sorted(made.waits.items()):
            half, most = percentile(waits, 50) * 1000, percentile(waits, 99) * 1000
            print(f"  {kind:9} p50 {half:8.1f} ms   p99 {most:8.1f} ms")
        for each in found:
            print(f"  anomaly: {each}")
    raise SystemExit(1 if found else 0)


if __name__ == "__main__":
    main()
