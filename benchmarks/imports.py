"""Importing a large ledger: spawn of the command to the whole preview, beside reading the same bytes with ``csv`` alone.

``python -m benchmarks.imports [FILE]``: FILE is an aged-receivables file; without it the reference file of 9,681 open items
beside the project is used where it is, else a ledger of that size is made up.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import random
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROWS = 9_681
TARGET_SECONDS = 5.0
REFERENCE = Path(__file__).resolve().parents[2] / "shared" / "data" / "receivables" / "highradius_open_items.csv"


def made_up(folder: Path) -> Path:
    """Write a ledger of our own with as many rows."""
    dice = random.Random(7)
    target = folder / "ledger.csv"
    with target.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["Customer ID", "Customer", "Invoice", "Invoice date", "Due date", "Open balance", "Currency"])
        for number in range(ROWS):
            customer = dice.randrange(550)
            day = dice.randrange(1, 28)
            writer.writerow(
                [
                    f"K{customer:04d}",
                    f"Customer {customer}",
                    f"INV-{number}",
                    f"2026-08-{day:02d}",
                    f"2026-09-{day:02d}",
                    f"{dice.randrange(100, 900000) / 100:.2f}",
                    "USD",
                ]
            )
    return target


def timed(work: list[str]) -> tuple[float, bytes]:
    """Give the seconds a command took, and what it printed."""
    began = time.perf_counter()
    done = subprocess.run(work, capture_output=True, check=True)
    return time.perf_counter() - began, done.stdout


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("file", nargs="?", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        file = options.file or (REFERENCE if REFERENCE.exists() else made_up(Path(name)))
        ours, plain = [], []
        items = 0
        for _ in range(options.rounds):
            took, printed = timed([sys.executable, "-m", "tui.main", "import", str(file), "--dry-run", "--json"])
            ours.append(took)
            items = len(json.loads(printed)["items"])
            began = time.perf_counter()
            sum(1 for _row in csv.reader(io.StringIO(file.read_text("utf-8", errors="replace"))))
            plain.append(time.perf_counter() - began)
    median = statistics.median(ours)
    print(f"{file.name}: {items} items")
    print(f"spawn to preview  {median:6.2f} s  (target < {TARGET_SECONDS:.0f} s)")
    print(f"csv.reader alone  {statistics.median(plain) * 1000:6.1f} ms, ratio {median / statistics.median(plain):.0f}")


if __name__ == "__main__":
    main()
