"""The database loses its power under load: what was acknowledged is there afterwards, and nothing is there twice.

``DUECALL_OUTAGES`` sets how often; ``python3 run.py bench outage`` does it thirty times.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from tests.support.outage import Outage
from tests.support.postgres import cluster
from tests.support.storm import storm


@pytest.mark.slow
def test_power_cuts_lose_nothing_acknowledged_and_double_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    times = int(os.environ.get("DUECALL_OUTAGES", "3"))
    with cluster() as own, storm(own, tmp_path, servers=2, workers=4, cases=20) as made:
        outage = Outage(own, made)
        outage.happen(times)
        made.settle()
        assert made.anomalies() == []
        assert outage.pulled == times
        with capsys.disabled():
            sys.stdout.write(f"\n{times} immediate stops, answers: {dict(outage.statuses)}, no anomaly\n")
