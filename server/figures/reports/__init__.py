"""The reports, each a table read from the rows and counters of figures."""

from server.figures.reports.asked import Asked
from server.figures.reports.catalogue import BUILDERS, report

__all__ = ["BUILDERS", "Asked", "report"]
