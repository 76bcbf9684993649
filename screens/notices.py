"""What supervisors and the server told this agent: newest first, as it was written."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from domain.formats import day_plain
from domain.i18n import tr
from domain.notices import words
from screens.ports_notices import NoticeView


class NoticesScreen(ModalScreen[None]):
    """The sheet of notices; Esc, ^O and q close it. Texts are shown as they are, never as markup."""

    CSS_PATH = "notices.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,ctrl+o,q", "dismiss", "Close", show=False, id="notices.close")
    ]

    def __init__(self, notices: Sequence[NoticeView]) -> None:
        super().__init__()
        self._notices = notices

    def compose(self) -> ComposeResult:
        """Build the sheet."""
        with VerticalScroll(id="sheet"):
            yield Static(self._text(), id="text")

    def _text(self) -> Content:
        lines = [Content.styled(tr("Notices"), "bold $accent")]
        if not self._notices:
            lines.append(Content(tr("Nothing was sent to you. What a supervisor tells you appears here.")))
        for view in self._notices:
            notice, local = view.notice, view.notice.at.astimezone()
            sender = notice.name or tr("the server")
            head = f"{day_plain(local.date())} {local:%H:%M} · {sender}"
            lines += [
                Content(""),
                Content.assemble((head, "$foreground-muted"), ("" if view.read else " · " + tr("new"), "$accent")),
                Content(words(notice)),
            ]
            if notice.cases:
                lines.append(Content.styled(_cases(notice.cases, notice.count), "$foreground-muted"))
        lines += [Content(""), Content.styled(tr("Esc closes; nothing here needs an answer."), "$foreground-muted")]
        return Content("\n").join(lines)


def _cases(cases: Sequence[str], count: int) -> str:
    return ", ".join(cases) + (" …" if count > len(cases) else "")
