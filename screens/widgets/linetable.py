"""A table on the line API: a heading that stays, a cursor that keeps to its row, marks, and rows that come in pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import ClassVar, Final, Literal

from rich.segment import Segment
from rich.style import Style as RichStyle
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from domain.i18n import tr
from screens.widgets.cells import fit, width

Tone = Literal["", "muted", "good", "warn", "bad", "strong"]

AHEAD: Final = 50
"""More rows are asked for when the cursor comes this close to the last one there is."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column. ``title`` is translated when shown; ``cells`` 0 takes what is left.

    ``drop`` says how early a narrow screen does without it: the highest goes first, 0 never does.
    """

    id: str
    title: str
    cells: int
    right: bool = False
    drop: int = 0


@dataclass(frozen=True, slots=True)
class Cell:
    """A text and how it is said; the colour is never all that says it."""

    text: str = field(repr=False)
    tone: Tone = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One row; a ``heading`` takes the whole width with its first cell and cannot be chosen."""

    key: str
    cells: tuple[Cell, ...] = field(repr=False)
    heading: bool = False


class LineTable(ScrollView, can_focus=True):
    """Rows under a heading.

    Posts :class:`Highlighted` when the cursor rests on another row, :class:`Chosen` on Enter or a click on the cursor's
    row, :class:`Marked` when marks change, :class:`MoreWanted` when the cursor nears the end of what is there.
    """

    DEFAULT_CSS = """
    LineTable { background: $background; scrollbar-size-vertical: 1; overflow-x: hidden; height: 1fr; width: 1fr; }
    LineTable > .linetable--head { color: $foreground-muted; text-style: bold; }
    LineTable > .linetable--cursor { background: $surface-lighten-2; }
    LineTable > .linetable--muted { color: $foreground-muted; }
    LineTable > .linetable--good { color: $text-success; }
    LineTable > .linetable--warn { color: $text-warning; }
    LineTable > .linetable--bad { color: $text-error; text-style: bold; }
    LineTable > .linetable--strong { text-style: bold; }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "linetable--head",
        "linetable--cursor",
        "linetable--muted",
        "linetable--good",
        "linetable--warn",
        "linetable--bad",
        "linetable--strong",
    }
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "move(1)", "Down", show=False, id="table.down"),
        Binding("up,k", "move(-1)", "Up", show=False, id="table.up"),
        Binding("pagedown", "page(1)", "Page down", show=False, id="table.page_down"),
        Binding("pageup", "page(-1)", "Page up", show=False, id="table.page_up"),
        Binding("home", "edge(-1)", "First", show=False, id="table.first"),
        Binding("end", "edge(1)", "Last", show=False, id="table.last"),
        Binding("enter", "choose", "Choose", show=False, id="table.choose"),
    ]

    cursor: reactive[int] = reactive(0)

    @dataclass
    class Highlighted(Message):
        """The cursor rests on another row (absent when there is none)."""

        table: LineTable
        key: str | None

    @dataclass
    class Chosen(Message):
        """A row was chosen."""

        table: LineTable
        key: str

    @dataclass
    class Marked(Message):
        """Marks have changed."""

        table: LineTable
        count: int

    @dataclass
    class MoreWanted(Message):
        """More rows would be seen soon."""

        table: LineTable

    def __init__(self, columns: Sequence[Column], *, id: str | None = None, markable: bool = False) -> None:  # noqa: A002 - Textual's name for it
        super().__init__(id=id)
        self._columns = tuple(columns)
        self._rows: tuple[Row, ...] = ()
        self._total = 0
        self._markable = markable
        self._marks: dict[str, None] = {}
        self._sorted: tuple[str, bool] | None = None
        self._told: str | None = None
        self._strips = lru_cache(maxsize=512)(self._make_strip)

    # --- what is shown ---

    @property
    def selected(self) -> str | None:
        """The key under the cursor."""
        row = self._rows[self.cursor] if 0 <= self.cursor < len(self._rows) else None
        return row.key if row is not None and not row.heading else None

    @property
    def rows(self) -> tuple[Row, ...]:
        """The rows that are shown, headings among them."""
        return self._rows

    @property
    def row_count(self) -> int:
        """How many rows are there to choose from."""
        return sum(not row.heading for row in self._rows)

    @property
    def marks(self) -> tuple[str, ...]:
        """The marked keys, in the order they were marked."""
        return tuple(self._marks)

    def show(self, rows: Sequence[Row], *, total: int | None = None) -> None:
        """Show rows; the cursor stays on its key, else near its place. ``total`` counts what the server has."""
        keep, known = self.selected, {row.key for row in rows}
        self._rows = tuple(rows)
        self._total = len(rows) if total is None else total
        if self._total <= len(rows):  # where everything is here, a mark on what has gone means nothing
            self._marks = {key: None for key in self._marks if key in known}
        self._strips.cache_clear()
        self._measure()
        place = next((place for place, row in enumerate(rows) if row.key == keep and not row.heading), None)
        self.cursor = place if place is not None else self._nearest(min(self.cursor, len(rows) - 1))
        self.refresh()
        self._tell()

    def show_order(self, column: str, *, descending: bool) -> None:
        """Say in the heading what the rows are sorted by."""
        self._sorted = (column, descending)
        self._strips.cache_clear()
        self.refresh()

    def select(self, key: str) -> None:
        """Put the cursor on a row, if it is there."""
        for place, row in enumerate(self._rows):
            if row.key == key and not row.heading:
                self.cursor = place
                return

    def toggle_mark(self) -> None:
        """Mark the row under the cursor, or not, and go on to the next."""
        key = self.selected
        if key is None or not self._markable:
            return
        if self._marks.pop(key, self) is self:
            self._marks[key] = None
        self._strips.cache_clear()
        self.action_move(1)
        self.refresh()
        self.post_message(self.Marked(self, len(self._marks)))

    def mark(self, keys: Sequence[str]) -> None:
        """Mark exactly these."""
        self._marks = dict.fromkeys(keys)
        self._strips.cache_clear()
        self.refresh()
        self.post_message(self.Marked(self, len(self._marks)))

    def mark_all(self) -> None:
        """Mark every row that is here, or none where all are."""
        keys = [row.key for row in self._rows if not row.heading]
        self.mark([] if len(self._marks) == len(keys) else keys)

    # --- keys ---

    def action_move(self, step: int) -> None:
        """Move the cursor by rows."""
        place = self.cursor + step
        while 0 <= place < len(self._rows) and self._rows[place].heading:
            place += step
        if 0 <= place < len(self._rows):
            self.cursor = place

    def action_page(self, direction: int) -> None:
        """Move the cursor by a screenful."""
        self.cursor = self._nearest(self.cursor + direction * max(1, self.size.height - 2))

    def action_edge(self, direction: int) -> None:
        """Move the cursor to the first or last row."""
        self.cursor = self._nearest(0 if direction < 0 else len(self._rows) - 1)

    def action_choose(self) -> None:
        """Choose the row under the cursor."""
        if self.selected is not None:
            self.post_message(self.Chosen(self, self.selected))

    def on_click(self, event: events.Click) -> None:
        """Select the clicked row; a second click chooses it."""
        place = event.y - 1 + self.scroll_offset.y
        if event.y > 0 and 0 <= place < len(self._rows) and not self._rows[place].heading:
            again = place == self.cursor
            self.cursor = place
            if again:
                self.action_choose()

    def _nearest(self, place: int) -> int:
        place = max(0, min(place, len(self._rows) - 1))
        for distance in range(len(self._rows)):
            for candidate in (place + distance, place - distance):
                if 0 <= candidate < len(self._rows) and not self._rows[candidate].heading:
                    return candidate
        return 0

    def watch_cursor(self, old: int, new: int) -> None:
        """Show the cursor where it is now, scroll it into view, tell who listens, and think of the rows to come."""
        for place in (old, new):
            self.refresh(Region(0, place + 1 - self.scroll_offset.y, self.size.width, 1))
        top = max(1, self.size.height - 1)
        if new < self.scroll_offset.y:
            self.scroll_to(y=0 if new <= 1 else new, animate=False, force=True)
        elif new >= self.scroll_offset.y + top:
            self.scroll_to(y=new - top + 1, animate=False, force=True)
        self._tell()
        if len(self._rows) < self._total and new >= len(self._rows) - AHEAD:
            self.post_message(self.MoreWanted(self))

    def _tell(self) -> None:
        key = self.selected
        if key != self._told:
            self._told = key
            self.post_message(self.Highlighted(self, key))

    # --- painting ---

    def on_resize(self) -> None:
        """Lay the rows out for the new width."""
        self._strips.cache_clear()
        self._measure()

    def _measure(self) -> None:
        self.virtual_size = Size(self.size.width, len(self._rows) + 1)

    def notify_style_update(self) -> None:
        """Forget painted rows when the theme changes."""
        super().notify_style_update()
        self._strips.cache_clear()

    def render_line(self, y: int) -> Strip:
        """Paint the heading, or one row below it."""
        cells = self.size.width
        if y == 0:
            return self._heading(cells)
        place = y - 1 + self.scroll_offset.y
        if place >= len(self._rows):
            return Strip.blank(cells, self.rich_style)
        return self._strips(place, cells, place == self.cursor)

    def _layout(self, cells: int) -> list[tuple[Column, int]]:
        """Give the columns that fit with their widths; the last to be dropped is the one that takes the rest."""
        shown = list(self._columns)
        room = cells - 4
        needed = sum((each.cells or 12) + 1 for each in shown)
        for column in sorted((each for each in shown if each.drop), key=lambda each: -each.drop):
            if needed <= room:
                break
            shown.remove(column)
            needed -= (column.cells or 12) + 1
        spare = room - sum(each.cells + 1 for each in shown)
        elastic = [each for each in shown if not each.cells]
        return [(each, each.cells or max(4, spare // max(1, len(elastic)))) for each in shown]

    def _tone(self, name: str) -> RichStyle:
        return self.get_component_rich_style(f"linetable--{name}", partial=True)

    def _heading(self, cells: int) -> Strip:
        style = self.rich_style + self._tone("head")
        parts = [" " * 3]
        for column, room in self._layout(cells):
            title = tr(column.title)
            if self._sorted is not None and self._sorted[0] == column.id:
                title = ("▼" if self._sorted[1] else "▲") + title
            parts.append(fit(title, room, right=column.right) + " ")
        return Strip([Segment(fit("".join(parts), cells), style)], cells)

    def _make_strip(self, place: int, cells: int, here: bool) -> Strip:
        row, base = self._rows[place], self.rich_style
        if row.heading:
            text = row.cells[0].text if row.cells else ""
            return Strip([Segment(fit(" " + text, cells), base + self._tone("strong"))], cells)
        if here:
            base += self._tone("cursor")
        marked = row.key in self._marks
        parts = [Segment(("▌" if here else " ") + ("◆ " if marked else "  "), base)]
        by_column = dict(zip((column.id for column in self._columns), row.cells, strict=False))
        used = 3
        for column, room in self._layout(cells):
            cell = by_column.get(column.id, Cell(""))
            style = base + self._tone(cell.tone) if cell.tone else base
            parts.append(Segment(fit(cell.text, room, right=column.right) + " ", style))
            used += room + 1
        if used < cells:
            parts.append(Segment(" " * (cells - used), base))
        return Strip(parts, cells).adjust_cell_length(cells, base)


def plain(*texts: str) -> tuple[Cell, ...]:
    """Give cells without a tone."""
    return tuple(Cell(text) for text in texts)


def widest(texts: Sequence[str], least: int) -> int:
    """Measure the room a column of texts needs, at least ``least`` cells."""
    return max([least, *(width(text) for text in texts)])
