"""Text in terminal cells: full-width characters take two, so nothing may be measured in characters."""

from __future__ import annotations

from rich.cells import cell_len, set_cell_size


def width(text: str) -> int:
    """Count the cells a text takes."""
    return cell_len(text)


def fit(text: str, cells: int, *, right: bool = False) -> str:
    """Give a text that takes exactly ``cells`` cells: padded, or cut with an ellipsis."""
    if cells <= 0:
        return ""
    taken = cell_len(text)
    if taken > cells:
        text = set_cell_size(text, cells - 1).rstrip() + "…"
        taken = cell_len(text)
    padding = " " * (cells - taken)
    return padding + text if right else text + padding
