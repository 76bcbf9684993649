"""What the seeds that ran came to, wherever they ran, said once at the end."""

from __future__ import annotations

import pytest

from tests.simulation.tally import PROPERTY, Tally


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Add up the tallies of all workers."""
    total = Tally()
    for reports in terminalreporter.stats.values():
        for report in reports:
            for name, tally in getattr(report, "user_properties", ()):
                if name == PROPERTY and getattr(report, "when", "") == "call":
                    total.add(tally)
    if total.seeds:
        for line in total.lines():
            terminalreporter.write_line(line)
