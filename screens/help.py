"""Every key, by place: derived from the list of commands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from domain.i18n import tr
from screens.commands import Command, Place, bar_text, commands, help_text, key_text
from screens.widgets.cells import fit
from screens.widgets.clicking import clickable

Section = tuple[str, Sequence[Command]]


class HelpScreen(ModalScreen[None]):
    """The sheet of keys. Any of Esc, ? and q closes it. ``sections`` are other ones than the agent's."""

    CSS_PATH = "help.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,question_mark,q", "dismiss", "Close", show=False, id="help.close")
    ]

    def __init__(self, sections: Sequence[Section] | None = None, hint: str = "") -> None:
        super().__init__()
        self._sections = sections
        self._hint = hint

    def compose(self) -> ComposeResult:
        """Build the sheet."""
        with VerticalScroll(id="sheet"):
            yield Static(self._text(), id="text")

    def _agents_sections(self) -> Sequence[Section]:
        titles: dict[Place, str] = {
            "queue": tr("In the queue"),
            "call": tr("In a call"),
            "file": tr("In a customer file"),
            "promise": tr("In a promise"),
            "app": tr("Everywhere"),
        }
        return [(title, commands(place)) for place, title in titles.items()]

    def _text(self) -> Content:
        lines: list[Content] = []
        for title, listed in self._agents_sections() if self._sections is None else self._sections:
            lines += [Content.styled(title, "bold $accent")]
            for command in listed:
                lines.append(
                    Content.assemble(
                        (fit(key_text(self.app, command), 5), "bold"),
                        fit(bar_text(command), 14),
                        (help_text(command), "$foreground-muted"),
                    )
                )
            lines.append(Content(""))
        answering = tr("1–9 answer the script. In a text line ↵ saves, Tab takes the proposal, Esc keeps the draft.")
        lines.append(Content(answering if self._sections is None else self._hint))
        lines.append(clickable(Content.styled(tr("Esc closes"), "$foreground-muted"), "dismiss"))
        return Content("\n").join(lines)
