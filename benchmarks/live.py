"""How long a case that was taken away is still to be seen: client at one server, supervisor at another, one PostgreSQL.

Run ``python3 run.py bench live``. It fails when the 99th percentile is two seconds or more.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
from pathlib import Path

from tests.support.live import seconds_until_gone
from tests.support.postgres import cluster

LIMIT_S = 2.0


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--moves", type=int, default=200)
    chosen = parser.parse_args()
    with cluster() as postgres, tempfile.TemporaryDirectory() as name:
        waits = sorted(asyncio.run(seconds_until_gone(postgres, Path(name), chosen.moves)))
    p50, p99 = (waits[min(len(waits) - 1, len(waits) * share // 100)] for share in (50, 99))
    print(f"{len(waits)} reassignments, gone after p50 {p50:.2f} s, p99 {p99:.2f} s, at most {waits[-1]:.2f} s")
    raise SystemExit(p99 >= LIMIT_S)


if __name__ == "__main__":
    main()
