"""A list of lines drawn one by one when they come into sight: thousands of them scroll like twenty."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar, Final, Generic, Literal, TypeVar

from rich.segment import Segment
from rich.style import Style as RichStyle
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from screens.widgets.cells import fit, width

Kind = Literal["plain", "muted", "strong", "accent", "warning", "error", "success", "gone"]
"""How a piece of a line looks; the words have to say the same."""

_NEAR: Final = 40
"""So many lines before the end more are asked for."""

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class ListedLine:
    """One line: pieces of text as they are (never markup), each with its look."""

    parts: tuple[tuple[str, Kind], ...]

    @property
    def text(self) -> str:
        """The whole line without looks."""
        return "".join(text for text, _ in self.parts)


class LazyLines(Generic[Item]):
    """Lines of ``items``, each made by ``make`` when it is first shown."""

    def __init__(self, items: Sequence[Item], make: Callable[[Item], ListedLine]) -> None:
        self._items = items
        self._make = lru_cache(maxsize=512)(lambda index: make(items[index]))

    def __len__(self) -> int:
        """Count the lines."""
        return len(self._items)

    def __getitem__(self, index: int) -> ListedLine:
        """Give one line."""
        return self._make(index)


class LineList(ScrollView, can_focus=True):
    """Lines with a cursor. Posts :class:`Moved` with the line under it and :class:`NearEnd` when it comes close to the last."""

    DEFAULT_CSS = """
    LineList { background: $background; scrollbar-size-vertical: 1; overflow-x: hidden; }
    LineList > .linelist--muted { color: $foreground-muted; }
    LineList > .linelist--strong { text-style: bold; }
    LineList > .linelist--accent { color: $accent; text-style: bold; }
    LineList > .linelist--warning { color: $text-warning; }
    LineList > .linelist--error { color: $text-error; }
    LineList > .linelist--success { color: $text-success; }
    LineList > .linelist--gone { color: $foreground-muted; text-style: strike; }
    LineList > .linelist--cursor { background: $surface-lighten-2; }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        f"linelist--{name}" for name in ("muted", "strong", "accent", "warning", "error", "success", "gone", "cursor")
    }
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "move(1)", "Down", show=False, id="lines.down"),
        Binding("up,k", "move(-1)", "Up", show=False, id="lines.up"),
        Binding("pagedown", "page(1)", "Page down", show=False, id="lines.page_down"),
        Binding("pageup", "page(-1)", "Page up", show=False, id="lines.page_up"),
        Binding("home", "edge(-1)", "First", show=False, id="lines.first"),
        Binding("end", "edge(1)", "Last", show=False, id="lines.last"),
    ]

    cursor: reactive[int] = reactive(0, repaint=False)

    @dataclass
    class Moved(Message):
        """The cursor is on another line."""

        text: str

        def can_replace(self, message: Message) -> bool:
            """Let the newest one stand for all that wait."""
            return isinstance(message, LineList.Moved)

    @dataclass
    class NearEnd(Message):
        """The end of what is known comes into sight."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  # the name of Textual's parameter
        super().__init__(id=id)
        self._lines: LazyLines[object] | Sequence[ListedLine] = ()
        self._strips = lru_cache(maxsize=512)(self._make_strip)

    def show(self, lines: LazyLines[Item] | Sequence[ListedLine], *, keep: bool = False) -> None:
        """Show other lines; with ``keep`` the cursor stays on its place in the list."""
        self._lines = lines  # type: ignore[assignment]  # items of any kind: only their lines are read here
        self._strips.cache_clear()
        self.virtual_size = Size(self.size.width, len(lines))
        wanted = min(self.cursor, max(0, len(lines) - 1)) if keep else 0
        self.set_reactive(LineList.cursor, wanted)
        if not keep:
            self.scroll_to(0, 0, animate=False, force=True)
        self.refresh()
        self._tell()

    @property
    def line_count(self) -> int:
        """How many lines there are."""
        return len(self._lines)

    @property
    def selected(self) -> ListedLine | None:
        """The line under the cursor."""
        return self._lines[self.cursor] if self.cursor < len(self._lines) else None

    def action_move(self, step: int) -> None:
        """Move the cursor by lines."""
        self._go(self.cursor + step)

    def action_page(self, direction: int) -> None:
        """Move the cursor by a screenful."""
        self._go(self.cursor + direction * max(1, self.size.height - 1))

    def action_edge(self, direction: int) -> None:
        """Move the cursor to the first or last line."""
        self._go(0 if direction < 0 else len(self._lines) - 1)

    def _go(self, index: int) -> None:
        if self._lines:
            self.cursor = max(0, min(index, len(self._lines) - 1))

    def watch_cursor(self, old: int, new: int) -> None:
        """Show the cursor where it is now and tell who listens."""
        for index in (old, new):
            self.refresh(Region(0, index - self.scroll_offset.y, self.size.width, 1))
        self.scroll_to_region(Region(0, new, 1, 1), animate=False, force=True)
        self._tell()

    def _tell(self) -> None:
        line = self.selected
        self.post_message(self.Moved(line.text if line is not None and width(line.text) > self.size.width - 2 else ""))
        if self.cursor >= len(self._lines) - _NEAR:
            self.post_message(self.NearEnd())

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Ask for more when the wheel brings the end into sight."""
        super().watch_scroll_y(old_value, new_value)
        if new_value + self.size.height >= len(self._lines) - _NEAR:
            self.post_message(self.NearEnd())

    def on_click(self, event: events.Click) -> None:
        """Put the cursor on the clicked line."""
        self._go(event.y + self.scroll_offset.y)

    def on_resize(self) -> None:
        """Lay the lines out for the new width."""
        self._strips.cache_clear()
        self.virtual_size = Size(self.size.width, len(self._lines))
        if self.cursor:
            self.call_after_refresh(self.scroll_to_region, Region(0, self.cursor, 1, 1), animate=False, force=True)

    def notify_style_update(self) -> None:
        """Forget painted lines when the theme changes."""
        super().notify_style_update()
        self._strips.cache_clear()

    def render_line(self, y: int) -> Strip:
        """Paint one line."""
        index = y + self.scroll_offset.y
        if index >= len(self._lines):
            return Strip.blank(self.size.width, self.rich_style)
        return self._strips(index, self.size.width, index == self.cursor and self.has_focus)

    def _make_strip(self, index: int, cells: int, here: bool) -> Strip:
        base = self.rich_style
        cursor = self.get_component_rich_style("linelist--cursor", partial=True) if here else RichStyle()
        segments = [Segment("▌" if here else " ", base + cursor)]
        room = cells - 1
        for text, kind in self._lines[index].parts:
            if room <= 0:
                break
            look = base if kind == "plain" else base + self.get_component_rich_style(f"linelist--{kind}", partial=True)
            shown = text if width(text) <= room else fit(text, room)
            segments.append(Segment(shown, look + cursor))
            room -= width(shown)
        if room > 0:
            segments.append(Segment(" " * room, base + cursor))
        return Strip(segments, cells)
