"""A key in the queue at 10,000 rows, from the key to the painted line, beside a bare line-API list in the same run.

``python -m benchmarks.queue_keys [--rows N] [--keys N]``
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import time
from datetime import UTC, datetime

from rich.segment import Segment
from textual.app import App, ComposeResult
from textual.binding import Binding
from textual.geometry import Region, Size
from textual.pilot import Pilot
from textual.scroll_view import ScrollView
from textual.strip import Strip

from domain.queue import Bucket, Queue, QueueRow
from screens.widgets.queuelist import QueueList


class BareList(ScrollView, can_focus=True):
    BINDINGS = [Binding("down", "down", show=False)]  # noqa: RUF012  # a benchmark's peer

    def __init__(self, rows: int) -> None:
        super().__init__()
        self.cursor, self.rows = 0, rows

    def on_mount(self) -> None:
        self.virtual_size = Size(100, self.rows)

    def action_down(self) -> None:
        old, self.cursor = self.cursor, self.cursor + 1
        for line in (old, self.cursor):
            self.refresh(Region(0, line - self.scroll_offset.y, self.size.width, 1))
        self.scroll_to_region(Region(0, self.cursor, 1, 1), animate=False, force=True)

    def render_line(self, y: int) -> Strip:
        index = y + self.scroll_offset.y
        text = f"{'>' if index == self.cursor else ' '} customer {index}   $1,234.00".ljust(self.size.width)
        return Strip([Segment(text, self.rich_style)])


class Host(App[None]):
    def __init__(self, child: ScrollView) -> None:
        super().__init__()
        self.child = child

    def compose(self) -> ComposeResult:
        yield self.child


def sample(rows: int) -> Queue:
    """Make rows as the queue has them."""
    return Queue(
        tuple(
            QueueRow(
                f"c{n:05d}",
                f"客户 {n}",
                Bucket.REST,
                "34 days overdue, tried 2 times",
                50,
                123400,
                123400,
                "CNY",
                34,
                None,
                None,
                "Asia/Shanghai",
            )
            for n in range(rows)
        ),
        (),
    )


async def measure(app: Host, keys: int, prepare: bool, rows: int) -> list[float]:
    """Give the milliseconds of each key until the screen has been painted."""
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        if prepare and isinstance(app.child, QueueList):
            app.child.show(sample(rows), datetime.now(UTC))
        app.child.focus()
        await pilot.pause()
        return [await one_key(pilot) for _ in range(keys)]


async def one_key(pilot: Pilot[None]) -> float:
    """Send one key past the pilot's own waiting and time it until the compositor is clean."""
    from textual import events

    app = pilot.app
    began = time.perf_counter()
    app.post_message(events.Key("down", None))
    done = asyncio.Event()
    await asyncio.sleep(0)
    app.call_after_refresh(done.set)
    await done.wait()
    return (time.perf_counter() - began) * 1000


def p95(values: list[float]) -> float:
    return statistics.quantiles(values, n=20)[18]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--keys", type=int, default=300)
    options = parser.parse_args()
    ours: list[float] = []
    bare: list[float] = []
    for _ in range(3):
        ours += asyncio.run(measure(Host(QueueList()), options.keys, True, options.rows))
        bare += asyncio.run(measure(Host(BareList(options.rows)), options.keys, False, options.rows))
    print(f"{options.rows} rows, {len(ours)} keys each")
    print(f"queue     p50 {statistics.median(ours):5.2f} ms  p95 {p95(ours):5.2f} ms")
    print(f"bare list p50 {statistics.median(bare):5.2f} ms  p95 {p95(bare):5.2f} ms")
    print(f"ratio of p95: {p95(ours) / p95(bare):.2f} (target ≤ 2)")


if __name__ == "__main__":
    main()
