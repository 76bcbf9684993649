"""A key in the history of a case with 3,000 facts, beside a bare line-API list in the same run.

``python -m benchmarks.history_keys [--facts N] [--keys N]``
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from benchmarks.queue_keys import BareList, Host, one_key, p95
from domain.case.model import Case, Customer, Moment
from domain.clock import SystemClock
from screens.widgets.linelist import LazyLines, LineList, ListedLine
from screens.widgets.timeline import moment_pieces

ZONE = ZoneInfo("Asia/Shanghai")


def moments(count: int) -> list[Moment]:
    """Make notes of seven years."""
    now = SystemClock().now()
    return [
        Moment(
            f"f{n}", now - timedelta(hours=20 * n), "note.added", "a", {"text": f"第 {n} 次联系，答应月底还款"}, "王芳"
        )
        for n in range(count)
    ]


def lines(count: int, today: date) -> LazyLines[Moment]:
    """Make the lines as the customer file does."""
    case = Case("c1", Customer("李建国"))

    def line(moment: Moment) -> ListedLine:
        pieces = moment_pieces(moment, case, ZONE, today)
        return ListedLine(tuple((text, "muted" if look == "muted" else "plain") for text, look in pieces))

    return LazyLines(moments(count), line)


async def measure(app: Host, facts: int, keys: int) -> list[float]:
    """Give the milliseconds of each key until the screen has been painted."""
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        if isinstance(app.child, LineList):
            app.child.show(lines(facts, datetime.now(ZONE).date()))
        app.child.focus()
        await pilot.pause()
        return [await one_key(pilot) for _ in range(keys)]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--facts", type=int, default=3_000)
    parser.add_argument("--keys", type=int, default=300)
    options = parser.parse_args()
    ours: list[float] = []
    bare: list[float] = []
    for _ in range(3):
        ours += asyncio.run(measure(Host(LineList()), options.facts, options.keys))
        bare += asyncio.run(measure(Host(BareList(options.facts)), options.facts, options.keys))
    print(f"{options.facts} facts, {len(ours)} keys each")
    print(f"history   p50 {statistics.median(ours):5.2f} ms  p95 {p95(ours):5.2f} ms")
    print(f"bare list p50 {statistics.median(bare):5.2f} ms  p95 {p95(bare):5.2f} ms")
    print(f"ratio of p95: {p95(ours) / p95(bare):.2f}")


if __name__ == "__main__":
    main()
