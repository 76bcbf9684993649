"""Three servers, one PostgreSQL, everybody at once: nothing is lost, nothing doubled, nobody sees a collision.

``DUECALL_STORM`` sets how many operations there are; ``python3 run.py bench storm`` does the full number.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from tests.support.postgres import Cluster
from tests.support.storm import storm


@pytest.mark.slow
def test_storm_over_three_servers_leaves_no_anomaly(
    postgres: Cluster, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    operations = int(os.environ.get("DUECALL_STORM", "1500"))
    with storm(postgres, tmp_path, servers=3, workers=16, cases=60, pool=40) as made:
        seconds = made.rage(operations)
        made.settle()
        assert made.anomalies() == []
        assert {status for _, status in made.answers} <= {200, 204}
        assert made.drawn
        done = sum(made.answers.values())
        with capsys.disabled():
            sys.stdout.write(f"\n{done} operations in {seconds:.0f} s, {len(made.drawn)} cases drawn, no anomaly\n")
