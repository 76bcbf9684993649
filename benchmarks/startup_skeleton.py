"""A Textual application of the same shape without any of our code: a screen with a bar, a list, a panel, keys."""

from __future__ import annotations

from typing import ClassVar

from rich.segment import Segment
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.geometry import Size
from textual.screen import Screen
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widgets import Input, Static

ROWS = 500


class Lines(ScrollView, can_focus=True):
    COMPONENT_CLASSES: ClassVar[set[str]] = {"lines--cursor", "lines--note"}
    BINDINGS: ClassVar[list[BindingType]] = [Binding("down,j", "down", "Down"), Binding("up,k", "up", "Up")]

    def on_mount(self) -> None:
        self.virtual_size = Size(80, ROWS)

    def render_line(self, y: int) -> Strip:
        index = y + self.scroll_offset.y
        base = self.rich_style
        if index == 0:
            base += self.get_component_rich_style("lines--cursor", partial=True)
        note = base + self.get_component_rich_style("lines--note", partial=True)
        left = f" row {index}".ljust(30)
        return Strip([Segment(left, base), Segment("a reason to be here".ljust(self.size.width - 30), note)])


class Work(Screen[None]):
    AUTO_FOCUS = "Lines"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "Open"),
        Binding("slash", "search", "Search"),
        Binding("x", "skip", "Skip"),
        Binding("p", "pin", "Pin"),
        Binding("w", "why", "Why"),
    ]

    def compose(self) -> ComposeResult:
        yield Static(Content.assemble(("skeleton", "bold $accent"), "  somebody · a team"), id="bar")
        yield Input(id="search")
        with Horizontal():
            yield Lines()
            with VerticalScroll(id="side", can_focus=False):
                lines = [Content.assemble((f"item {n:<6}", "bold"), "what there is to say of it") for n in range(20)]
                yield Static(Content("\n").join(lines), id="side-text")
        keys = ("↵ Open  ", "/ Search  ", "x Skip  ", "p Pin  ", "w Why  ", "? Help")
        yield Static(Content.assemble(*((key, "bold $accent") for key in keys)), id="keys")


class Skeleton(App[None]):
    CSS_PATH = "startup_skeleton.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("question_mark", "help", "Help"), Binding("f5", "again", "Again")]

    def get_default_screen(self) -> Work:
        return Work()


if __name__ == "__main__":
    Skeleton().run()
