"""A reassignment decided at one server leaves the agent's machine at another, by a hint and not by polling."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.support.live import seconds_until_gone
from tests.support.postgres import cluster


@pytest.mark.slow
async def test_reassigned_case_leaves_the_machine_at_another_server(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with cluster() as own:
        waits = sorted(await seconds_until_gone(own, tmp_path, 5))
    with capsys.disabled():
        sys.stdout.write(
            f"\n5 reassignments over two servers: gone after {waits[2]:.2f} s, at most {waits[-1]:.2f} s\n"
        )
