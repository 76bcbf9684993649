"""The queue: today's calls, best first, each saying why it is here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Input, Static

from domain.formats import day_plain
from domain.i18n import tr
from domain.queue import Queue
from screens.commands import bindings, commands
from screens.ports import Desk, Refused
from screens.widgets.brief import brief_lines
from screens.widgets.keybar import KeyBar
from screens.widgets.queuelist import QueueList
from screens.widgets.timeline import timeline
from screens.widgets.topbar import TopBar


class QueueScreen(Screen[None]):
    """Today's calls. Posts :class:`Open` when a case is to be called and :class:`Resume` for the call in hand."""

    CSS_FILE: ClassVar[Path] = Path(__file__).with_name("queue.tcss")
    CSS_PATH = CSS_FILE
    BINDINGS: ClassVar[list[BindingType]] = bindings("queue")
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]  # noqa: RUF012  # Textual declares it as an instance variable
    AUTO_FOCUS = "QueueList"

    @dataclass
    class Open(Message):
        """A case is to be opened for a call."""

        case_id: str

    @dataclass
    class Resume(Message):
        """The call in hand is wanted back."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._queue = Queue((), ())
        self._wanted: Sequence[str] | None = None
        self._unsubscribe: Callable[[], None] | None = None
        self._shown_before = False

    def compose(self) -> ComposeResult:
        """Top bar, list, brief, keys."""
        yield TopBar(self._desk)
        yield Input(id="search", placeholder=tr("name, number or invoice"), compact=True)
        yield Input(id="until", placeholder=tr("until when: 15:30, in 2 hours, tomorrow …"), compact=True)
        yield Input(id="goal", placeholder=tr("calls a day; empty is the house's goal"), compact=True)
        with Horizontal(id="main"):
            yield QueueList()
            yield Static(id="empty")
            with VerticalScroll(id="detail", can_focus=False):
                yield Static(id="detail-text")
        yield KeyBar(commands("queue", "app"))
        yield Static(id="message")

    def on_mount(self) -> None:
        """Fill the list and follow the desk from now on."""
        self._unsubscribe = self._desk.subscribe(self._follow)
        self.set_interval(20, self.refresh_queue)
        self.refresh_queue()

    def on_unmount(self) -> None:
        """Stop following the desk."""
        if self._unsubscribe is not None:
            self._unsubscribe()

    def on_screen_resume(self) -> None:
        """Show what changed while another screen was on top."""
        first, self._shown_before = not self._shown_before, True
        if not first:
            self.refresh_queue()
            self.query_one(KeyBar).refresh_keys()

    def select(self, case_id: str) -> None:
        """Put the cursor on a case."""
        self.query_one(QueueList).select(case_id)

    def translated(self) -> None:
        """Fill the screen again after its language changed."""
        self.query_one(KeyBar).refresh_keys()
        self.refresh_queue()
        self.query_one(QueueList).focus()

    def _follow(self) -> None:
        """Show what changed in a turn of this screen's own: it may be on its way out when the sync tells of something."""
        self.call_later(self.refresh_queue)

    def refresh_queue(self) -> None:
        """Ask the desk for the queue and show it; the cursor stays on its case."""
        if not self.is_attached or not self.query(KeyBar):
            return  # being taken down, or written anew in another language
        self._queue = self._desk.queue()
        shown = self.query_one(QueueList)
        shown.show(self._queue, self._desk.now(), self._wanted)
        self.query_one(TopBar).refresh_line()
        self.set_class(shown.row_count == 0, "-empty")
        if shown.row_count == 0:
            self.query_one("#empty", Static).update(Content(self._empty_words()))
        self._show_detail(shown.selected.case_id if shown.selected else None)

    def _empty_words(self) -> str:
        if self._wanted is not None:
            return tr("Nothing found. Esc shows the whole queue again.")
        status = self._desk.status()
        if status.last_sync is None:
            return tr("No cases here yet: they come from the server.\n⟦F5 app.sync⟧ asks for them now.")
        upcoming = self._queue.next_instant
        if upcoming is not None:
            local = upcoming.astimezone()
            words = tr(
                "Nothing to call right now. The next case comes up {when}.\n⟦f queue.first_held⟧ shows what is held back and why."
            )
            return words.format(when=f"{day_plain(local.date())} {local:%H:%M}")
        return tr("Today's calls are done. Ask your supervisor for more, or press ⟦F5 app.sync⟧ to look for new ones.")

    def on_queue_list_highlighted(self, event: QueueList.Highlighted) -> None:
        """Show the case under the cursor."""
        self._show_detail(event.case_id)

    def on_queue_list_chosen(self, event: QueueList.Chosen) -> None:
        """Open the case that was clicked twice."""
        self.post_message(self.Open(event.case_id))

    def _show_detail(self, case_id: str | None) -> None:
        target = self.query_one("#detail-text", Static)
        case = self._desk.case(case_id) if case_id else None
        if case is None:
            target.update("")
            return
        row = self.query_one(QueueList).selected
        now = self._desk.now()
        lines = brief_lines(case, row, self._desk.gate(case), now, self._desk.policy, self._desk.cash)
        history = timeline(case, now, self._desk.is_unsent, self._desk.policy.catalogue)[:20]
        if history:
            lines += [Content(""), Content.styled(tr("Timeline"), "bold $foreground-muted"), *history]
        target.update(Content("\n").join(lines))

    def say(self, words: str, *, trouble: bool = False) -> None:
        """Show a line above the keys until the next key."""
        line = self.query_one("#message", Static)
        line.update(Content(words))
        line.set_class(bool(words), "shown")
        line.set_class(trouble, "trouble")

    def on_key(self) -> None:
        """Let the last message go."""
        self.say("")

    def action_open(self) -> None:
        """Open the case under the cursor."""
        row = self.query_one(QueueList).selected
        if row is not None:
            self.post_message(self.Open(row.case_id))

    def action_file(self) -> None:
        """Open the file of the case under the cursor."""
        row = self.query_one(QueueList).selected
        if row is not None:
            from screens.customer_file import FileScreen

            self.app.push_screen(FileScreen(self._desk, row.case_id))

    def action_resume(self) -> None:
        """Go back to the call in hand."""
        if self._desk.call is not None:
            self.post_message(self.Resume())
        else:
            self.say(tr("There is no call in hand."))

    def action_search(self) -> None:
        """Open the search line."""
        search = self.query_one("#search", Input)
        search.add_class("open")
        search.focus()
        self.run_worker(self._fetch_pinyin, thread=True, group="pinyin", exit_on_error=False)

    def _fetch_pinyin(self) -> None:
        """Load the dictionary beside the screen; what was typed meanwhile is searched for again."""
        from domain import pinyin

        if not pinyin.is_fetched():
            pinyin.fetch()
            self.app.call_from_thread(self._search_again)

    def _search_again(self) -> None:
        words = self.query_one("#search", Input).value.strip() if self.is_attached else ""
        if words:
            self._wanted = self._desk.search(words)
            self.refresh_queue()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Search as it is typed."""
        if event.input.id != "search":
            return
        words = event.value.strip()
        self._wanted = self._desk.search(words) if words else None
        self.refresh_queue()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Go to the found cases, or put the case away."""
        if event.input.id == "until":
            self._put_away(event.value)
        elif event.input.id == "goal":
            saved = self._desk.set_goal(event.value)
            if not isinstance(saved, Refused):
                self._close_line("goal")
                self.query_one(TopBar).refresh_line()
            self.say(saved.text, trouble=isinstance(saved, Refused))
        else:
            self.query_one(QueueList).focus()

    def action_snooze(self) -> None:
        """Ask until when the case is put away."""
        if self.query_one(QueueList).selected is not None:
            self._open_line("until")

    def action_goal(self) -> None:
        """Ask for the goal of the day."""
        self._open_line("goal")

    def _open_line(self, name: str) -> None:
        line = self.query_one(f"#{name}", Input)
        line.add_class("open")
        line.focus()

    def _put_away(self, words: str) -> None:
        row = self.query_one(QueueList).selected
        if row is None:
            return
        saved = self._desk.put_away(row.case_id, words)
        if not isinstance(saved, Refused):
            self._close_line("until")
            self.refresh_queue()
        self.say(saved.text, trouble=isinstance(saved, Refused))

    def _close_line(self, name: str) -> None:
        line = self.query_one(f"#{name}", Input)
        line.value = ""
        line.remove_class("open")
        self.query_one(QueueList).focus()

    def key_escape(self) -> None:
        """Close the search and show the whole queue again."""
        for name in ("until", "goal"):
            if self.query_one(f"#{name}", Input).has_class("open"):
                self._close_line(name)
        search = self.query_one("#search", Input)
        if search.has_class("open"):
            search.value = ""
            search.remove_class("open")
            self.query_one(QueueList).focus()

    def action_skip(self) -> None:
        """Put the case to the end of today's queue."""
        row = self.query_one(QueueList).selected
        if row is not None:
            saved = self._desk.skip(row.case_id, tr("later today"))
            self.refresh_queue()
            self.say(saved.text, trouble=isinstance(saved, Refused))

    def action_pin(self) -> None:
        """Pin or let go."""
        row = self.query_one(QueueList).selected
        if row is not None:
            pinned = self._desk.toggle_pin(row.case_id)
            self.refresh_queue()
            self.say(tr("pinned to the top") if pinned else tr("no longer pinned"))

    def action_first_held(self) -> None:
        """Jump to what may not be called now."""
        self.query_one(QueueList).select_first_held()

    def action_why(self) -> None:
        """Explain the place of the case."""
        row = self.query_one(QueueList).selected
        if row is None:
            return
        words = f"{row.why} · " + tr("{n} points").format(n=row.score) + ": "
        words += ", ".join(f"{each.name} {each.points}/{each.most}" for each in row.points if each.points)
        if row.verdict is not None and not row.verdict.allowed:
            words += f"\n{row.verdict.text} ({row.verdict.rule}, {row.verdict.source})"
        self.say(words)
