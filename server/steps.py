"""How far long work is, as whoever does the work says it: a stage, how much of it is done, of how much."""

from __future__ import annotations

from collections.abc import Callable

Tell = Callable[[str, int, int], None]
"""Hears stage, done, total. What it raises takes the work back."""


def silent(_stage: str, _done: int, _total: int) -> None:
    """Tell nobody."""
