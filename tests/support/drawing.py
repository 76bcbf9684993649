"""A screen as text that can be read and compared: every line, and below it which cells look how.

The lines come first, each between bars, as they stand on the screen. Then the looks of every line that is not all of one
kind as lengths and letters (``3a 20b``), and last what the letters stand for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.style import Style
from textual._compositor import LayoutUpdate

if TYPE_CHECKING:
    from textual.app import App


def drawn(app: App[None]) -> str:
    """Draw the screen of an application, with what lies below a dialogue."""
    update = app.screen._compositor.render_update(full=True, screen_stack=app._background_screens, simplify=True)
    assert isinstance(update, LayoutUpdate)
    letters: dict[str, str] = {}
    texts: list[str] = []
    looks: list[str] = []
    for strips in update.strips:
        text = ""
        runs: list[tuple[int, str]] = []
        for segment in (segment for strip in strips for segment in strip):
            text += segment.text
            letter = letters.setdefault(_look(segment.style), _name(len(letters)))
            cells = cell_len(segment.text)
            if runs and runs[-1][1] == letter:
                runs[-1] = (runs[-1][0] + cells, letter)
            else:
                runs.append((cells, letter))
        texts.append(f"|{text}|")
        looks.append(" ".join(f"{cells}{letter}" for cells, letter in runs))
    legend = [f"{letter} {look}" for look, letter in letters.items()]
    return "\n".join([*texts, "", *looks, "", *legend]) + "\n"


def _look(style: Style | None) -> str:
    return str(style.clear_meta_and_links()) if style is not None else "none"


def _name(number: int) -> str:
    letters = "abcdefghijklmnopqrstuvwxyz"
    return (
        letters[number]
        if number < len(letters)
        else letters[number // len(letters) - 1] + letters[number % len(letters)]
    )
