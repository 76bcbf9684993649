"""Every key, by place: derived from the list of commands."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from domain.i18n import tr
from screens.commands import Place, bar_text, commands, help_text
from screens.widgets.cells import fit


class HelpScreen(ModalScreen[None]):
    """The sheet of keys. Any of Esc, ? and q closes it."""

    CSS_PATH = "help.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,question_mark,q", "dismiss", "Close", show=False, id="help.close")
    ]

    def compose(self) -> ComposeResult:
        """Build the sheet."""
        with VerticalScroll(id="sheet"):
            yield Static(self._text(), id="text")

    def _text(self) -> Content:
        titles: dict[Place, str] = {"queue": tr("In the queue"), "call": tr("In a call"), "app": tr("Everywhere")}
        lines: list[Content] = []
        for place, title in titles.items():
            lines += [Content.styled(title, "bold $accent")]
            for command in commands(place):
                lines.append(
                    Content.assemble(
                        (fit(command.shown, 5), "bold"),
                        fit(bar_text(command), 14),
                        (help_text(command), "$foreground-muted"),
                    )
                )
            lines.append(Content(""))
        lines.append(
            Content(tr("1–9 answer the script. In a text line ↵ saves, Tab takes the proposal, Esc keeps the draft."))
        )
        return Content("\n").join(lines)
