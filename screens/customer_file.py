"""The customer file: everything known about a case, masked until it is needed."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, Final

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import Screen
from textual.style import Style
from textual.widgets import Static

from domain.case.model import Case, Moment
from domain.case.parts import Phone
from domain.i18n import mark, tr
from domain.phones import carriers
from screens.commands import bindings, commands
from screens.ports import Desk, Refused
from screens.ports_file import OlderMoments
from screens.widgets.filesections import (
    FileView,
    chosen_moments,
    customer_lines,
    debt_lines,
    history_lines,
    money_lines,
)
from screens.widgets.keybar import KeyBar
from screens.widgets.linelist import LineList
from screens.widgets.topbar import status_mark

SECTIONS: Final = (
    ("customer", mark("Customer")),
    ("debts", mark("Debts")),
    ("money", mark("Money")),
    ("history", mark("History")),
    ("contacts", mark("Contacts")),
    ("notes", mark("Notes")),
)
_OF_MOMENTS: Final = ("history", "contacts", "notes")


class FileScreen(Screen[None]):
    """The file of one case, in sections. Nothing here changes the case but a look, which is recorded, and a named person."""

    CSS_PATH = "customer_file.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings("file"),
        *(
            Binding(str(number), f"section({number - 1})", show=False, id=f"file.section_{number}")
            for number in range(1, len(SECTIONS) + 1)
        ),
    ]
    AUTO_FOCUS = "LineList"

    def __init__(self, desk: Desk, case_id: str) -> None:
        super().__init__()
        self._desk = desk
        self._case_id = case_id
        self._section = 0
        self._shown = False
        self._case: Case | None = None
        self._older: list[Moment] = []
        self._following: str | None = None
        self._loading = False
        self._unsubscribe: Callable[[], None] | None = None

    @property
    def case_id(self) -> str:
        """The case whose file is open."""
        return self._case_id

    def compose(self) -> ComposeResult:
        """Head, sections, lines, the whole of a long line, keys."""
        yield Static(id="file-head")
        yield Static(id="sections")
        yield LineList()
        yield Static(id="whole")
        yield Static(id="message")
        yield KeyBar(commands("file", "app"))

    def on_mount(self) -> None:
        """Show the file and follow the desk."""
        self._unsubscribe = self._desk.subscribe(self._follow)
        case = self._desk.case(self._case_id)
        if case is not None and case.older and case.timeline:
            here = [moment.fact for moment in case.timeline if not self._desk.is_unsent(moment.fact)]
            self._following = here[0] if here else None
        self.show()
        if not carriers.is_fetched():
            self.run_worker(self._fetch_carriers, thread=True, group="carriers", exit_on_error=False)

    def _fetch_carriers(self) -> None:
        """Load the networks' names beside the screen, which shows them when they are there."""
        carriers.fetch()
        self.app.call_from_thread(self._show_carriers)

    def _show_carriers(self) -> None:
        if self.is_attached and self.query(LineList):
            self.show(keep=True)

    def on_unmount(self) -> None:
        """Stop following the desk."""
        if self._unsubscribe is not None:
            self._unsubscribe()

    def on_screen_suspend(self) -> None:
        """Mask everything again: the screen may have been locked."""
        self._shown = False

    def on_screen_resume(self) -> None:
        """Show the file as it is now."""
        if self.is_mounted:
            self.show(keep=True)

    def translated(self) -> None:
        """Fill the screen again after its language changed."""
        self.query_one(KeyBar).refresh_keys()
        self.show()
        self.query_one(LineList).focus()

    def _follow(self) -> None:
        """Show what changed in a turn of this screen's own."""
        self.call_later(self._refresh_if_changed)

    def _refresh_if_changed(self) -> None:
        if self.is_attached and self.query(LineList):
            if self._desk.case(self._case_id) is not self._case:
                self.show(keep=True)
            else:
                self._show_head()

    def show(self, *, keep: bool = False) -> None:
        """Show the section; a case that was taken away is blanked at once."""
        case = self._case = self._desk.case(self._case_id)
        self._show_head()
        self._show_sections()
        shown = self.query_one(LineList)
        if case is None:
            self._older, self._following = [], None
            shown.show([])
            self.say(tr("This case is no longer yours; ⟦Esc file.leave⟧ goes back."), trouble=True)
            return
        view = FileView(
            case,
            self._desk.now(),
            self._desk.policy,
            self._shown,
            self._desk.is_unsent,
            lambda phone: self._verdict(case, phone),
            self._desk.cash,
        )
        section = SECTIONS[self._section][0]
        if section in _OF_MOMENTS:
            shown.show(history_lines(view, chosen_moments(view, self._moments(case), section)), keep=keep)
        else:
            lines = {"customer": customer_lines, "debts": debt_lines, "money": money_lines}[section](view)
            shown.show(lines, keep=keep)

    def _moments(self, case: Case) -> list[Moment]:
        here = {moment.fact for moment in case.timeline}
        return [*reversed(case.timeline), *(moment for moment in self._older if moment.fact not in here)]

    def _verdict(self, case: Case, phone: Phone) -> str:
        verdict = self._desk.gate(case, phone)
        return tr("may be called now") if verdict.allowed else verdict.text

    def _show_head(self) -> None:
        case = self._case
        name = (case.customer.name or case.id) if case is not None else ""
        parts = [Content.styled(name, "bold"), Content("  "), status_mark(self._desk.status())]
        if self._shown:
            parts += [Content("  "), Content.styled(tr("numbers and addresses are shown"), "$text-warning")]
        self.query_one("#file-head", Static).update(Content.assemble(*parts))

    def _show_sections(self) -> None:
        pieces: list[Content] = []
        for index, (_, label) in enumerate(SECTIONS):
            click = Style.from_meta({"@click": f"screen.section({index})"})
            look = "bold $foreground on $surface-lighten-2" if index == self._section else ""
            here = "▸" if index == self._section else " "
            words = Content.assemble(here, (str(index + 1), "bold $accent"), " ", tr(label))
            pieces += [words.stylize(look).stylize(click), Content("  ")]
        self.query_one("#sections", Static).update(Content.assemble(*pieces))

    def say(self, words: str, *, trouble: bool = False) -> None:
        """Show a line above the keys until the next key."""
        line = self.query_one("#message", Static)
        line.update(Content(words))
        line.set_class(bool(words), "shown")
        line.set_class(trouble, "trouble")

    def on_key(self) -> None:
        """Let the last message go."""
        self.say("")

    def on_line_list_moved(self, event: LineList.Moved) -> None:
        """Show the whole of a line that is too long for its place."""
        whole = self.query_one("#whole", Static)
        whole.update(Content(event.text))
        whole.set_class(bool(event.text), "shown")

    def on_line_list_near_end(self) -> None:
        """Fetch what happened before."""
        if SECTIONS[self._section][0] in _OF_MOMENTS and self._following is not None and not self._loading:
            self._loading = True
            self._fetch(self._following)

    @work(group="history", exit_on_error=False)
    async def _fetch(self, before: str) -> None:
        try:
            answer = await self._desk.file.older(self._case_id, before)
        finally:
            self._loading = False
        self._took(answer)

    def _took(self, answer: OlderMoments | Refused) -> None:
        if not self.is_attached or self._case is None:
            return
        if isinstance(answer, Refused):
            self._following = None
            self.say(answer.text, trouble=True)
            return
        self._older.extend(answer.moments)
        self._following = answer.following
        self.show(keep=True)

    # --- commands ---

    def action_section(self, index: int) -> None:
        """Go to a section."""
        self._section = index % len(SECTIONS)
        self.show()

    def action_next_section(self) -> None:
        """Go to the next section."""
        self.action_section(self._section + 1)

    def action_previous_section(self) -> None:
        """Go to the section before."""
        self.action_section(self._section - 1)

    def action_reveal(self) -> None:
        """Show what is masked, once the look is recorded; or mask it again."""
        if self._shown:
            self._shown = False
            self.show(keep=True)
            return
        result = self._desk.file.look(self._case_id, "identity")
        if not isinstance(result, Refused):
            self._shown = True
            self._section = 0
            self.show(keep=True)
        self.say(result.text, trouble=isinstance(result, Refused))

    def action_name_person(self) -> None:
        """Name somebody else."""
        from screens.person_form import PersonForm

        def done(words: str | None) -> None:
            if words:
                self.action_section(0)
                self.say(words)

        if self._desk.case(self._case_id) is not None:
            self.app.push_screen(PersonForm(self._desk, self._case_id), done)

    def action_leave(self) -> None:
        """Go back to where the file was opened."""
        self.app.pop_screen()
