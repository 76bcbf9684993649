"""One question above the screen: a line to type, or yes and no."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from domain.i18n import tr


class AskLine(ModalScreen[str | None]):
    """Asks for one line. Gives it without outer blanks; nothing when the question was left with Esc.

    ``needed`` does not take an empty line for an answer.
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", "Leave", show=False, id="ask.leave")]

    def __init__(self, question: str, *, value: str = "", hint: str = "", needed: bool = True) -> None:
        super().__init__()
        self._question = question
        self._value = value
        self._hint = hint
        self._needed = needed

    def compose(self) -> ComposeResult:
        """Question, line, what the keys do."""
        with Vertical(id="box"):
            yield Static(Content(self._question), id="question")
            yield Input(self._value, id="line", compact=True)
            yield Static(Content(self._hint or tr("↵ takes it, Esc leaves everything as it is.")), id="hint")

    def on_mount(self) -> None:
        """Let the line be typed at once."""
        self.query_one("#line", Input).focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Take the line."""
        text = event.value.strip()
        if text or not self._needed:
            self.dismiss(text)

    def action_leave(self) -> None:
        """Leave the question."""
        self.dismiss(None)


class AskChoice(ModalScreen[str | None]):
    """Asks which of some answers; each has a key. Gives the answer's name, nothing when it was left with Esc."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", "Leave", show=False, id="choice.leave")]

    def __init__(self, question: str, choices: list[tuple[str, str, str]], *, detail: str = "") -> None:
        super().__init__()
        self._question = question
        self._choices = choices
        self._detail = detail

    def compose(self) -> ComposeResult:
        """Question, answers with their keys."""
        lines = [Content.assemble((key, "bold $accent"), "  ", words) for key, _name, words in self._choices]
        with Vertical(id="box"):
            yield Static(Content(self._question), id="question")
            if self._detail:
                yield Static(Content(self._detail), id="choice-detail")
            yield Static(Content("\n").join(lines), id="choices")
            yield Static(Content(tr("Esc leaves everything as it is.")), id="hint")

    def key_enter(self) -> None:
        """Take the first answer."""
        self.dismiss(self._choices[0][1])

    def on_key(self, event: object) -> None:
        """Take the answer whose key was pressed."""
        character = getattr(event, "character", None)
        for key, name, _words in self._choices:
            if character == key:
                self.dismiss(name)
                return

    def action_leave(self) -> None:
        """Leave the question."""
        self.dismiss(None)
