"""How long it takes from an open store to all cases decoded, with unsent facts on top.

Run: ``python benchmarks/casebook.py [cases ...]`` (500 and 10,000 without arguments). The cases are as they are after
some weeks of work: a timeline of 12 to 30 moments, 3 debts, 10 attempts, a promise; every twentieth has an unsent note.
"""

from __future__ import annotations

import gc
import statistics
import sys
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from data.kept import Author, NewFact
from data.ports import INDEXES
from data.position import Contact
from data.replica import Replica
from data.store import Key, Store
from domain.canonical import to_plain
from domain.case.model import Attempt, Case, Customer, Moment, Promise
from domain.facts.payloads import Debt, NoteAdded, Phone, PromisePart
from domain.wire import ChangesPage, DeviceState, Entry

START = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)
AUTHOR = Author("agent-7", "王芳", "0197a000-0000-7000-8000-000000000001")
ROUNDS = 5


def body(number: int) -> dict[str, Any]:
    instants = [START + timedelta(hours=hour) for hour in range(30)]
    moments = tuple(
        Moment(
            f"0197a000-{number:04x}-7000-8000-{turn:012x}",
            at,
            "note.added" if turn % 3 == 2 else "attempt.ended",
            "agent-7",
            {"text": "说等工资到账，月底联系"} if turn % 3 == 2 else {"call": f"call-{turn}", "code": "no_answer"},
            "王芳",
        )
        for turn, at in enumerate(instants[: 12 + number % 19])
    )
    case = Case(
        id=f"case-{number}",
        customer=Customer(f"客户 {number}", id=f"K{number}", region="CN", language="zh"),
        owner="agent-7",
        as_of=date(2026, 11, 1),
        currency="CNY",
        debts=tuple(Debt(f"d{part}", 120_000 + part, "CNY", due=date(2026, 10, 1 + part)) for part in range(3)),
        phones=(Phone("+8613812345678", type="mobile", zones=("Asia/Shanghai",)),),
        attempts=tuple(Attempt(f"call-{turn}", instants[turn], "agent-7", code="no_answer") for turn in range(10)),
        promises=(
            Promise("p1", "f1", "f1", START, "agent-7", "CNY", (PromisePart(date(2026, 11, 27), 120_000),), "transfer"),
        ),
        timeline=moments,
    )
    plain: dict[str, Any] = to_plain(case)
    return plain


def fill(store: Store, cases: int) -> tuple[float, int]:
    """Apply the cases as pages of 500; give the seconds this took, and the size of a case in the store."""
    replica = Replica(store, lambda: AUTHOR)
    entries = [Entry(number + 1, "put", f"case:case-{number}", 1, body(number)) for number in range(cases)]
    began = time.perf_counter()
    for start in range(0, cases, 500):
        part = entries[start : start + 500]
        last = start + 500 >= cases
        replica.apply_page(
            ChangesPage(
                "e1", f"c{start}", cases, not last, reset=False, revoked=[], entries=part, lease_s=14400,
                device=DeviceState(0),
            ),
            f"c{start - 500}" if start else None,
            Contact(epoch="e1"),
        )  # fmt: skip
    took = time.perf_counter() - began
    replica.outbox.capture([NewFact(f"case-{number}", NoteAdded("未发送")) for number in range(0, cases, 20)])
    return took, sum(len(document["text"].encode()) for document in store.table("documents").all()) // cases


def measure(cases: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        key = Key.random()
        with Store.open(Path(folder), key, indexes=INDEXES) as store:
            applied, size = fill(store, cases)
        loads, again, captures = [], [], []
        for _ in range(ROUNDS):
            with Store.open(Path(folder), key, indexes=INDEXES) as store:
                gc.collect()
                began = time.perf_counter()
                replica = Replica(store, lambda: AUTHOR)
                shown = replica.cases.cases()
                loads.append(time.perf_counter() - began)
                assert len(shown) == cases
                began = time.perf_counter()
                replica.cases.cases()
                again.append(time.perf_counter() - began)
                began = time.perf_counter()
                replica.outbox.append(NoteAdded("一条"), "case-1")
                replica.cases.cases()
                captures.append(time.perf_counter() - began)
    print(
        f"{cases:>6} cases of {size:,} B: load {statistics.median(loads) * 1e3:.1f} ms, again"
        f" {statistics.median(again) * 1e3:.2f} ms, after a capture {statistics.median(captures) * 1e3:.2f} ms;"
        f" feed applied at {cases / applied:,.0f} cases/s"
    )


if __name__ == "__main__":
    for count in [int(argument) for argument in sys.argv[1:]] or [500, 10_000]:
        measure(count)
