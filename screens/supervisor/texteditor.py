"""The built-in editor, for a browser and for machines without one of their own."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static, TextArea

from domain.i18n import tr


class TextEditor(ModalScreen[str]):
    """Edits a text; both ways out keep what was typed, so Esc loses nothing."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "keep", "Keep", show=False, id="editor.keep", priority=True),
        Binding("escape", "keep", "Back", show=False, id="editor.back", priority=True),
    ]

    def __init__(self, title: str, text: str) -> None:
        super().__init__()
        self._heading = title
        self._text = text

    def compose(self) -> ComposeResult:
        """Title, text, what the keys do."""
        with Vertical(id="box"):
            yield Static(Content(self._heading), id="question")
            yield TextArea(self._text, show_line_numbers=True, soft_wrap=True, tab_behavior="indent", id="text")
            yield Static(
                Content(tr("Esc or ^S goes back; what you typed is kept as a draft, nothing is published yet.")),
                id="hint",
            )

    def on_mount(self) -> None:
        """Let the text be typed at once."""
        self.query_one(TextArea).focus()

    def action_keep(self) -> None:
        """Give the text back."""
        self.dismiss(self.query_one(TextArea).text)
