"""Fixtures every test may use."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from tests.simulation.record import ENOUGH, PROPERTY

# How long an example takes says how busy the machine is. The build server tries the same examples each time, so that
# what it refuses is what was changed; whoever works here tries others at every run.
settings.register_profile("duecall", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("duecall")

SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def shared() -> Path:
    """Give the folder of reference files that lies beside the project, or skip: it is not part of the product."""
    if not SHARED_DATA.is_dir():
        pytest.skip("the reference files are not beside this checkout")
    return SHARED_DATA


_seeds: list[dict[str, Any]] = []
"""What the seeds of the simulation came to, from every worker."""


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Keep the tallies that tests of the simulation report."""
    if report.when == "call":
        _seeds.extend(tally for name, tally in report.user_properties if name == PROPERTY and isinstance(tally, dict))


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail a run of many seeds in which a kind of accident never happened."""
    if not _seeds:
        return
    from tests.simulation.tally import total_of  # which brings the product along

    total = total_of(_seeds)
    if total.seeds >= ENOUGH and total.silent:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what the seeds came to, wherever they ran."""
    if _seeds:
        from tests.simulation.tally import total_of

        for line in total_of(_seeds).lines():
            terminalreporter.write_line(line)
