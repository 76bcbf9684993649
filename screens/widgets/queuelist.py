"""The list of calls: a line-API widget, because the queue must answer a key at once with 10,000 rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import ClassVar, Final
from zoneinfo import ZoneInfo

from rich.segment import Segment
from rich.style import Style as RichStyle
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from domain.formats import day_plain, weekday_short
from domain.i18n import tr
from domain.money import format_money
from domain.queue import Bucket, Queue, QueueRow, Verdict
from screens.widgets.cells import fit, width

_GLYPHS: Final = {
    Bucket.CALLBACK_DUE: "!",
    Bucket.BROKEN_PROMISE: "✗",
    Bucket.DUE_TODAY: "◷",
    Bucket.CALLBACK_TODAY: "!",
    Bucket.NEW: "•",
    Bucket.PARTLY_KEPT: "◐",
    Bucket.REMINDER: "→",
    Bucket.REST: "·",
    Bucket.NO_NUMBER: "?",
}


@dataclass(frozen=True, slots=True)
class _Heading:
    text: str


@dataclass(frozen=True, slots=True)
class _Line:
    row: QueueRow = field(repr=False)
    held: bool


class QueueList(ScrollView, can_focus=True):
    """Today's calls and below them what is held back.

    Posts :class:`Highlighted` when the cursor comes to rest on another case and :class:`Chosen` on Enter or a click on
    the cursor's row. New rows never move the cursor: it stays on its case.
    """

    DEFAULT_CSS = """
    QueueList { background: $background; scrollbar-size-vertical: 1; overflow-x: hidden; }
    QueueList > .queuelist--heading { color: $foreground-muted; text-style: bold; }
    QueueList > .queuelist--why { color: $foreground-muted; }
    QueueList > .queuelist--urgent { color: $text-error; text-style: bold; }
    QueueList > .queuelist--held { color: $foreground-disabled; }
    QueueList > .queuelist--cursor { background: $surface-lighten-2; text-style: bold; }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "queuelist--heading",
        "queuelist--why",
        "queuelist--urgent",
        "queuelist--held",
        "queuelist--cursor",
    }
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "move(1)", "Down", show=False, id="list.down"),
        Binding("up,k", "move(-1)", "Up", show=False, id="list.up"),
        Binding("pagedown", "page(1)", "Page down", show=False, id="list.page_down"),
        Binding("pageup", "page(-1)", "Page up", show=False, id="list.page_up"),
        Binding("home", "edge(-1)", "First", show=False, id="list.first"),
        Binding("end", "edge(1)", "Last", show=False, id="list.last"),
    ]

    cursor: reactive[int] = reactive(0)

    @dataclass
    class Highlighted(Message):
        """The cursor rests on another case (absent when the list is empty)."""

        case_id: str | None

    @dataclass
    class Chosen(Message):
        """A case was chosen to be opened."""

        case_id: str

    def __init__(self) -> None:
        super().__init__()
        self._lines: list[_Heading | _Line] = []
        self._now: datetime | None = None
        self._strips = lru_cache(maxsize=512)(self._make_strip)
        self._told: str | None = None

    @property
    def selected(self) -> QueueRow | None:
        """The row under the cursor."""
        line = self._lines[self.cursor] if 0 <= self.cursor < len(self._lines) else None
        return line.row if isinstance(line, _Line) else None

    @property
    def row_count(self) -> int:
        """How many cases are shown."""
        return sum(isinstance(line, _Line) for line in self._lines)

    def show(self, queue: Queue, now: datetime, wanted: Sequence[str] | None = None) -> None:
        """Show a queue; ``wanted`` limits it to some case ids. The cursor stays on its case, else near its place."""
        keep = self.selected.case_id if self.selected else None
        allowed = None if wanted is None else set(wanted)
        today = [_Line(row, held=False) for row in queue.today if allowed is None or row.case_id in allowed]
        held = [_Line(row, held=True) for row in queue.not_now if allowed is None or row.case_id in allowed]
        lines: list[_Heading | _Line] = [_Heading(tr("Today's calls {n}").format(n=len(today))), *today]
        if held:
            lines += [_Heading(""), _Heading(tr("Not now {n}").format(n=len(held))), *held]
        self._lines, self._now = lines, now
        self._strips.cache_clear()
        self.virtual_size = Size(self.size.width, len(lines))
        place = next((i for i, line in enumerate(lines) if isinstance(line, _Line) and line.row.case_id == keep), None)
        self.cursor = place if place is not None else self._nearest(min(self.cursor, len(lines) - 1))
        self.refresh()
        self._tell()

    def select(self, case_id: str) -> None:
        """Put the cursor on a case, if it is shown."""
        for index, line in enumerate(self._lines):
            if isinstance(line, _Line) and line.row.case_id == case_id:
                self.cursor = index
                return

    def select_first_held(self) -> None:
        """Put the cursor on the first case that may not be called now."""
        for index, line in enumerate(self._lines):
            if isinstance(line, _Line) and line.held:
                self.cursor = index
                return

    def action_move(self, step: int) -> None:
        """Move the cursor by rows."""
        index = self.cursor + step
        while 0 <= index < len(self._lines) and not isinstance(self._lines[index], _Line):
            index += step
        if 0 <= index < len(self._lines):
            self.cursor = index

    def action_page(self, direction: int) -> None:
        """Move the cursor by a screenful."""
        self.cursor = self._nearest(self.cursor + direction * max(1, self.size.height - 2))

    def action_edge(self, direction: int) -> None:
        """Move the cursor to the first or last case."""
        self.cursor = self._nearest(0 if direction < 0 else len(self._lines) - 1)

    def _nearest(self, index: int) -> int:
        index = max(0, min(index, len(self._lines) - 1))
        for distance in range(len(self._lines)):
            for candidate in (index + distance, index - distance):
                if 0 <= candidate < len(self._lines) and isinstance(self._lines[candidate], _Line):
                    return candidate
        return 0

    def watch_cursor(self, old: int, new: int) -> None:
        """Show the cursor where it is now, scroll it into view and tell who listens."""
        self.refresh_line(old)
        self.refresh_line(new)
        top = 0 if new <= 1 else new
        self.scroll_to_region(Region(0, top, 1, 1), animate=False, force=True)
        self._tell()

    def refresh_line(self, index: int) -> None:
        """Repaint one line of the list."""
        self.refresh(Region(0, index - self.scroll_offset.y, self.size.width, 1))

    def _tell(self) -> None:
        case_id = self.selected.case_id if self.selected else None
        if case_id != self._told:
            self._told = case_id
            self.post_message(self.Highlighted(case_id))

    def on_resize(self) -> None:
        """Lay the rows out for the new width."""
        self._strips.cache_clear()
        self.virtual_size = Size(self.size.width, len(self._lines))

    def notify_style_update(self) -> None:
        """Forget painted rows when the theme changes."""
        super().notify_style_update()
        self._strips.cache_clear()

    def on_click(self, event: events.Click) -> None:
        """Select the clicked case; a second click opens it."""
        index = event.y + self.scroll_offset.y
        if 0 <= index < len(self._lines):
            line = self._lines[index]
            if isinstance(line, _Line):
                again = index == self.cursor
                self.cursor = index
                if again:
                    self.post_message(self.Chosen(line.row.case_id))

    def render_line(self, y: int) -> Strip:
        """Paint one line."""
        index = y + self.scroll_offset.y
        base = self.rich_style
        if index >= len(self._lines):
            return Strip.blank(self.size.width, base)
        return self._strips(index, self.size.width, index == self.cursor, self.has_focus)

    def _make_strip(self, index: int, cells: int, here: bool, _focused: bool) -> Strip:
        line = self._lines[index]
        base = self.rich_style
        if isinstance(line, _Heading):
            style = base + self.get_component_rich_style("queuelist--heading", partial=True)
            return Strip([Segment(fit(" " + line.text, cells), style)], cells)
        cursor = self.get_component_rich_style("queuelist--cursor", partial=True) if here else RichStyle()
        return Strip(self._row(line, cells, base + cursor, here), cells)

    def _row(self, line: _Line, cells: int, base: RichStyle, here: bool) -> list[Segment]:
        row = line.row
        why = base + self.get_component_rich_style("queuelist--why", partial=True)
        urgent = base + self.get_component_rich_style("queuelist--urgent", partial=True)
        held = base + self.get_component_rich_style("queuelist--held", partial=True)
        bar = "▌" if here else " "
        amount = format_money(row.overdue or row.owed, row.currency)
        amount_cells = max(12, width(amount) + 1)
        pin = "↑" if row.pinned else " "
        if line.held:
            glyph, lead = self._held_lead(row)
        else:
            glyph = _GLYPHS[row.bucket] if row.bucket is not None else "·"
            lead = row.why
        room = cells - 5 - amount_cells - 1
        name_cells = max(10, min(28, room * 2 // 5))
        lead_cells = max(0, room - name_cells - 1)
        emphasised = row.bucket in (Bucket.CALLBACK_DUE, Bucket.BROKEN_PROMISE) and not line.held
        return [
            Segment(bar, urgent if emphasised else base),
            Segment(f"{pin}{glyph}  ", urgent if emphasised else held if line.held else why),
            Segment(fit(row.customer, name_cells), held if line.held else base),
            Segment(" ", base),
            Segment(fit(lead, lead_cells), held if line.held else why),
            Segment(fit(amount, amount_cells, right=True), held if line.held else base),
            Segment(" ", base),
        ]

    def _held_lead(self, row: QueueRow) -> tuple[str, str]:
        reason = row.why
        if row.verdict is not None and not row.verdict.allowed:
            reason = _short_refusal(row.verdict)
        if row.next_allowed is None:
            return "‖", reason
        return "☾", f"{self._when(row.next_allowed, row.zone)} {reason}"

    def _when(self, instant: datetime, zone: str | None) -> str:
        place = ZoneInfo(zone) if zone else None
        local = instant.astimezone(place)
        today = self._now.astimezone(place).date() if self._now else local.date()
        if local.date() == today:
            return local.strftime("%H:%M")
        return day_plain(local.date()) if (local.date() - today).days > 6 else _weekday_time(local)


def _weekday_time(local: datetime) -> str:
    return f"{weekday_short(local.date())} {local:%H:%M}"


def _short_refusal(verdict: Verdict) -> str:
    words = {
        "window": tr("outside calling hours"),
        "holiday": tr("public holiday"),
        "cap": tr("call limit reached"),
        "cooldown": tr("quiet time"),
        "stop": tr("must not be called"),
        "lease": tr("sync first"),
        "third_party": tr("third party"),
    }
    return words.get(verdict.code, verdict.text)
