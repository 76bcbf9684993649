"""An agent's store with many cases, for benchmarks: written once, through the same door the network uses."""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path

from domain.clock import SystemClock
from tests.support.desks import OpenDesk
from tests.support.people import Story, promise


def fill(folder: Path, cases: int) -> None:
    """Write a store with ``cases`` cases that may be called at this hour, a third of them with a history."""
    clock = SystemClock()
    now = clock.now()
    offset = 12 - now.hour
    zone = f"Etc/GMT{-offset:+d}" if offset else "Etc/GMT"
    stories = []
    for number in range(cases):
        story = Story(
            f"b{number:05d}", f"Customer {number}", "USD", "US", phone="+12125550123", zone=zone, open=50_000 + number
        )
        if number % 3 == 0:
            for day in range(1, 8):
                story.call("no_answer", now - timedelta(days=day * 2))
            story.call("promise", now - timedelta(days=20), talk=90)
            made = now - timedelta(days=20)
            story.add(promise(5000, (now - timedelta(days=3)).date(), promise_id=f"p{number}", currency="USD"), made)
        stories.append(story)
    desk = OpenDesk(folder, clock)
    for start in range(0, cases, 1000):
        desk.receive([story.case() for story in stories[start : start + 1000]])
    desk.close()


if __name__ == "__main__":
    fill(Path(sys.argv[1]), int(sys.argv[2]))
