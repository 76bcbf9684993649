"""The figures supervisors look at: what they are called, how they are worked out, and the working out itself."""

from domain.figures.words import REPORTS, column_title, formula, note, title

__all__ = ["REPORTS", "column_title", "formula", "note", "title"]
