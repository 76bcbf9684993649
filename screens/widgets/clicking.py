"""Words that do on a click what a key does."""

from __future__ import annotations

from textual.content import Content
from textual.style import Style


def clickable(words: str | Content, action: str, *arguments: str | int) -> Content:
    """Let a click on ``words`` run an action of the screen. ``action`` and its arguments are never text from outside."""
    said = words if isinstance(words, Content) else Content(words)
    asked = ", ".join(repr(each) for each in arguments)
    return said.stylize(Style.from_meta({"@click": f"screen.{action}({asked})"}))
