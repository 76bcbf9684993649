"""How long saving a promise takes beside 500 and 50,000 customers: ``python -m benchmarks.store``.

Three ways take turns in one run, on one disk, so that only their ratios matter: a bare INSERT into an encrypted
SQLite file with the same pragmas (what the encryption and the disk cost by themselves), the store (TinyDB's
interface: the fact, its overlay and the cursor of the device in one transaction, and the fact alone), and TinyDB over
its JSON file as it ships, which rewrites everything each time and is therefore measured at 500 only.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import apsw
from tinydb import TinyDB, where

from data.store import Key, Store
from data.store.connection import _PRAGMAS

TARGET_RATIO = 2.0
INDEXES = {"cases": ["state", "due", "state, due"], "outbox": ["seq"]}


def customer(number: int) -> dict[str, Any]:
    """Invent a case of usual size, a little under a kilobyte."""
    return {
        "state": ("open", "promised", "callback")[number % 3],
        "due": f"2026-{number % 12 + 1:02d}-{number % 28 + 1:02d}",
        "customer": {"name": f"Customer {number}", "city": "Lyon", "phones": [f"+3347{number:07d}"]},
        "invoices": [{"doc": f"INV-{number}-{n}", "due": "2026-09-30", "open": 1000 * n + number} for n in range(8)],
        "note": "asked to be called after lunch " * 4,
    }


def promise(seq: int) -> tuple[str, dict[str, Any]]:
    """Invent the fact of a promise, as the outbox keeps it."""
    fact_id = uuid.uuid4().hex
    return fact_id, {
        "id": fact_id,
        "seq": seq,
        "prev": "sha256:" + "9f" * 32,
        "type": "promise.made",
        "v": 1,
        "case_id": f"case-{seq}",
        "at": "2026-11-22T09:31:07.412Z",
        "seen": {"epoch": "e7", "seq": 10442},
        "data": {"promise_id": fact_id, "currency": "CNY", "parts": [{"due": "2026-11-27", "amount": 125000}]},
    }


def fill(store: Store, cases: int) -> None:
    """Put customers into the store."""
    for first in range(0, cases, 5000):
        with store.transaction():
            for number in range(first, min(first + 5000, cases)):
                store.table("cases").put(f"case:{number}", customer(number))


@contextmanager
def bare_database(folder: Path, cases: int) -> Iterator[Callable[[int], None]]:
    """Give a bare encrypted SQLite with as many customers, and the statement to save one promise."""
    with closing(apsw.Connection(str(folder / "bare.db"))) as connection:
        connection.pragma("cipher", "chacha20")
        connection.pragma("key", Key.random().page_key())
        for name, value in _PRAGMAS:
            connection.pragma(name, value)
        connection.execute("CREATE TABLE cases (id INTEGER PRIMARY KEY, key TEXT UNIQUE, body TEXT NOT NULL)")
        connection.execute("CREATE TABLE outbox (id INTEGER PRIMARY KEY, key TEXT UNIQUE, body TEXT NOT NULL)")
        with connection:
            connection.executemany(
                "INSERT INTO cases (key, body) VALUES (?, ?)",
                ((f"case:{number}", json.dumps(customer(number))) for number in range(cases)),
            )

        def save(seq: int) -> None:
            fact_id, fact = promise(seq)
            connection.execute("INSERT INTO outbox (key, body) VALUES (?, ?)", (fact_id, json.dumps(fact)))

        yield save


def capture(store: Store) -> Callable[[int], None]:
    """Save a promise the way the application does: fact, overlay of its case, head of the device's chain."""
    outbox, overlay, head = store.table("outbox"), store.table("overlay"), store.table("head")

    def save(seq: int) -> None:
        fact_id, fact = promise(seq)
        with store.transaction():
            outbox.insert(fact, key=fact_id)
            overlay.put(fact["case_id"], {"state": "promised", "due": "2026-11-27"})
            head.put("head", {"seq": seq, "prev": fact["prev"]})

    return save


def insert_alone(store: Store) -> Callable[[int], None]:
    """Save the fact of a promise in a transaction and nothing beside it."""
    outbox = store.table("facts")

    def save(seq: int) -> None:
        fact_id, fact = promise(seq)
        with store.transaction():
            outbox.insert(fact, key=fact_id)

    return save


def timed(ways: dict[str, Callable[[int], None]], rounds: int) -> dict[str, list[float]]:
    """Let the ways take turns, each round another one first, so that what else the disk does meets all of them alike.

    Milliseconds each, without the first tenth of the rounds.
    """
    took: dict[str, list[float]] = {name: [] for name in ways}
    for seq in range(rounds):
        first = seq % len(ways)
        for name, save in [*ways.items()][first:] + [*ways.items()][:first]:
            start = time.perf_counter()
            save(seq)
            took[name].append((time.perf_counter() - start) * 1000)
    return {name: times[rounds // 10 :] for name, times in took.items()}


def shipped(folder: Path, cases: int, rounds: int) -> dict[str, list[float]]:
    """Time TinyDB over its JSON file, apart from the others: its large writes would slow down whoever syncs next."""
    with TinyDB(folder / "plain.json") as plain:
        plain.table("cases").insert_multiple(customer(number) for number in range(cases))
        outbox = plain.table("outbox")

        def save(seq: int) -> None:
            outbox.insert(promise(seq)[1])

        return timed({"TinyDB as shipped": save}, rounds)


def once(action: Callable[[], object]) -> float:
    """Time one action in milliseconds."""
    start = time.perf_counter()
    action()
    return (time.perf_counter() - start) * 1000


def measure(cases: int, rounds: int) -> dict[str, float]:
    """Measure all ways beside this many customers; medians in milliseconds."""
    with (
        tempfile.TemporaryDirectory() as folder,
        bare_database(Path(folder), cases) as bare,
        Store.open(Path(folder) / "profile", Key.random(), indexes=INDEXES) as store,
    ):
        fill(store, cases)
        ways = {"bare INSERT": bare, "store, fact alone": insert_alone(store), "store, whole capture": capture(store)}
        took = timed(ways, rounds)
        if cases <= 500:
            took |= shipped(Path(folder), cases, rounds // 3)
        for way, times in took.items():
            times.sort()
            p95 = times[len(times) * 95 // 100]
            print(f"  {way:24} median {statistics.median(times):8.3f} ms   p95 {p95:8.3f} ms")
        table = store.table("cases")
        due = (where("state") == "promised") & (where("due") == "2026-02-06")
        actions: dict[str, Callable[[], object]] = {
            "search by index": lambda: table.search(due),
            "one case by key": lambda: table.get_key("case:77"),
            "read all cases": table.all,
            "scrub": store.scrub,
        }
        for name, action in actions.items():
            print(f"  {name:24} once   {once(action):8.3f} ms")
        print(f"  (the search found {table.count(due)})")
        return {way: statistics.median(times) for way, times in took.items()}


def main() -> int:
    """Print the figures and tell (exit code) whether the target is met."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=300, help="saves of each kind (default 300)")
    parser.add_argument("--cases", type=int, nargs=2, default=[500, 50_000], metavar=("FEW", "MANY"))
    arguments = parser.parse_args()
    few, many = arguments.cases
    medians = {}
    for cases in (few, many):
        print(f"beside {cases:,} customers:")
        medians[cases] = measure(cases, arguments.rounds)
        for way in ("store, fact alone", "store, whole capture"):
            print(f"  {way} : bare INSERT = {medians[cases][way] / medians[cases]['bare INSERT']:.2f} x")
    ratio = max(medians[cases]["store, fact alone"] / medians[cases]["bare INSERT"] for cases in (few, many))
    flat = medians[many]["store, whole capture"] / medians[few]["store, whole capture"]
    print(f"largest ratio to a bare INSERT {ratio:.2f} x (target at most {TARGET_RATIO:g} x)")
    print(f"flatness: {many:,} customers cost {flat:.2f} x what {few:,} cost")
    return 0 if ratio <= TARGET_RATIO else 1


if __name__ == "__main__":
    raise SystemExit(main())
