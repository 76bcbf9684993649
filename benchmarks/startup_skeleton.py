"""A Textual application of the same shape without any of our code: a bar, a list, a panel, keys."""

from __future__ import annotations

from rich.segment import Segment
from textual.app import App, ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widgets import Footer, Input, Static


class Lines(ScrollView, can_focus=True):
    def on_mount(self) -> None:
        self.virtual_size = Size(80, 500)

    def render_line(self, y: int) -> Strip:
        return Strip([Segment(f"row {y + self.scroll_offset.y}".ljust(self.size.width), self.rich_style)])


class Skeleton(App[None]):
    CSS = "Lines { width: 1fr; } #side { width: 54; } #bar { dock: top; height: 1; } Input { display: none; }"

    def compose(self) -> ComposeResult:
        yield Static("Skeleton ready", id="bar")
        yield Input()
        with Horizontal():
            yield Lines()
            with VerticalScroll(id="side"):
                yield Static("panel")
        yield Footer()


if __name__ == "__main__":
    Skeleton().run()
