"""What many seeds came to: how many ran, how long they took, and how often each kind of accident happened."""

from __future__ import annotations

import gc
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import Any

from tests.simulation.record import ENOUGH, FAULTS
from tests.simulation.world import Outcome, simulate


@dataclass(slots=True)
class Tally:
    """Sums over seeds. ``seconds`` are the clock's, ``cpu_s`` the processor's, which other work on the machine spares."""

    seeds: int = 0
    seconds: float = 0.0
    cpu_s: float = 0.0
    laptops: int = 0
    facts: int = 0
    looks: int = 0
    fired: Counter[str] = field(default_factory=Counter)
    done: Counter[str] = field(default_factory=Counter)
    failed: list[str] = field(default_factory=list)

    def run(self, seeds: Iterable[int]) -> Iterator[Outcome]:
        """Run seeds, counting each; give what it came to."""
        for seed in seeds:
            began, cpu = time.monotonic(), time.process_time()
            outcome = simulate(seed)
            self.seconds += time.monotonic() - began
            self.cpu_s += time.process_time() - cpu
            self.seeds += 1
            self.laptops += outcome.laptops
            self.facts += outcome.facts
            self.looks += outcome.looks
            self.fired.update(outcome.fired)
            self.done.update(outcome.done)
            if outcome.failure is not None:
                self.failed.append(f"python -m tests.simulation --trace {seed}: {outcome.failure}")
            yield outcome

    @property
    def silent(self) -> list[str]:
        """The kinds of accident that never happened."""
        return [kind for kind in FAULTS if not self.fired[kind]]

    def add(self, plain: dict[str, Any]) -> None:
        """Add another tally, as :meth:`plain` gives it."""
        self.seeds += plain["seeds"]
        self.seconds += plain["seconds"]
        self.cpu_s += plain["cpu_s"]
        self.laptops += plain["laptops"]
        self.facts += plain["facts"]
        self.looks += plain["looks"]
        self.fired.update(plain["fired"])
        self.done.update(plain["done"])
        self.failed += plain["failed"]

    def plain(self) -> dict[str, Any]:
        """Give it as something that can be written down."""
        return asdict(self) | {"fired": dict(self.fired), "done": dict(self.done)}

    def lines(self) -> Iterator[str]:
        """Say it."""
        per_core = self.seeds / self.cpu_s if self.cpu_s else 0.0
        yield (
            f"{self.seeds} seeds in {self.seconds:.0f} s, {per_core:.1f} for each second of a core;"
            f" {len(self.failed)} failed; {self.laptops} laptops, {self.facts} facts saved, {self.looks} looks at a laptop"
        )
        yield "requests: " + ", ".join(f"{name} {count}" for name, count in sorted(self.done.items()))
        yield "accidents: " + ", ".join(f"{name} {self.fired[name]}" for name in FAULTS)
        if self.seeds >= ENOUGH and self.silent:
            yield "FAILED, these never happened: " + ", ".join(self.silent)


def total_of(tallies: Iterable[dict[str, Any]]) -> Tally:
    """Add tallies up, each as :meth:`Tally.plain` gives it."""
    total = Tally()
    for tally in tallies:
        total.add(tally)
    return total


@contextmanager
def nothing_else_collected() -> Iterator[None]:
    """Keep what exists already out of the search for garbage: each seed makes a lot of it."""
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()
