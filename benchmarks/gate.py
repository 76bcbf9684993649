"""What one question to the dial gate costs: ``python benchmarks/gate.py``.

Each line is the median of seven rounds over 10,000 invented cases, in microseconds a question. A queue asks once a case.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

from domain.gate import CallRequest, Contact, Pack, load_pack, may_call
from domain.phones import zones_of

CASES: Final = 10_000
ROUNDS: Final = 7
NOON: Final = datetime(2026, 11, 24, 17, 0, tzinfo=UTC)  # Tuesday noon in New York
NIGHT: Final = datetime(2026, 11, 25, 5, 0, tzinfo=UTC)
ZONES: Final = ("America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles")


def contacts(count: int, now: datetime) -> tuple[Contact, ...]:
    """Invent a history that goes back from ``now`` in steps of nineteen hours."""
    return tuple(Contact(now - timedelta(hours=19 * n), debts=("d1",)) for n in range(1, count + 1))


def measure(name: str, pack: Pack, ask: Callable[[int], CallRequest]) -> None:
    """Ask for every case and print the median time of one question."""
    requests = [ask(number) for number in range(CASES)]
    rounds = []
    for _ in range(ROUNDS):
        begin = time.perf_counter()
        allowed = sum(may_call(request, pack).allowed for request in requests)
        rounds.append((time.perf_counter() - begin) / CASES * 1e6)
    print(f"{name:<46} {statistics.median(rounds):8.1f} µs   {allowed:>6} of {CASES} allowed")


def main() -> None:
    """Measure the gate as a queue uses it."""
    begin = time.perf_counter()
    pack = load_pack("us-reg-f")
    print(f"{'read one pack':<46} {(time.perf_counter() - begin) * 1e6:8.1f} µs")
    toll_free = zones_of("+18003569377")
    history, long_history = contacts(6, NOON), contacts(3000, NOON)
    full = tuple(Contact(NOON - timedelta(hours=n), debts=("d1",)) for n in range(1, 8))

    def case(at: datetime, zones: tuple[str, ...], made: tuple[Contact, ...] = ()) -> CallRequest:
        return CallRequest(at, zones, "+12125550100", ("d1",), contacts=made)

    measure("allowed, nothing to count", pack, lambda n: case(NOON, (ZONES[n % 4],)))
    measure("allowed, 6 contacts", pack, lambda n: case(NOON, (ZONES[n % 4],), history))
    measure(
        "allowed, 3,000 contacts of 7 years", pack, lambda n: case(NOON, (ZONES[n % 4],), long_history[n % 2 + 3 :])
    )
    measure("refused: window, next found", pack, lambda n: case(NIGHT, (ZONES[n % 4],)))
    measure("refused: cap, next found", pack, lambda n: case(NOON, (ZONES[n % 4],), full))
    measure(f"refused: {len(toll_free)} zones of a toll-free number", pack, lambda _: case(NOON, toll_free))


if __name__ == "__main__":
    main()
