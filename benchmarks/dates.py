"""Promise phrases: how many of the published suites' rows are read as expected, and how long one phrase takes.

``python -m benchmarks.dates [--rows FILE] [--rounds N]`` compares ``domain.dates`` with dateparser and parsedatetime on
the same phrases, reference days and preference for the future. The two are in the dependency group ``bench``; whichever
is not installed is said to be absent and left out.
"""

from __future__ import annotations

import argparse
import csv
import importlib
import statistics
import sys
import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from tests.support.date_rows import SET_ASIDE

ROWS = Path(__file__).resolve().parents[2] / "shared" / "data" / "dates" / "promise_dates.csv"


@dataclass(frozen=True, slots=True)
class Row:
    """One phrase of a suite: when and in which language it was said, and the day its authors expect."""

    phrase: str
    said: datetime
    language: str
    day_first: bool
    expected: str
    set_aside: bool


Reader = Callable[[Row], date | None]


def core_rows(path: Path) -> list[Row]:
    """Give the rows without public holidays."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [
            Row(
                row["matched_text"] or row["input"],
                datetime.fromisoformat(row["ref"]),
                row["lang"][:2],
                row["lang"] == "en-GB" or row["note"].endswith(".GB"),
                row["expected_date"],
                (row["source"], row["ref"][:10], row["matched_text"] or row["input"]) in SET_ASIDE,
            )
            for row in csv.DictReader(file)
            if row["core"] == "y"
        ]


def duecall() -> Reader:
    """Give this project's reader."""
    from domain.dates import read_phrase

    return lambda row: read_phrase(row.phrase, row.said, date_order="DMY" if row.day_first else "MDY").date


def dateparser() -> Reader:
    """Give dateparser, told the language, the reference day and to prefer the future."""
    module: Any = importlib.import_module("dateparser")

    def read(row: Row) -> date | None:
        found = module.parse(
            row.phrase,
            languages=[row.language],
            settings={
                "RELATIVE_BASE": row.said,
                "PREFER_DATES_FROM": "future",
                "DATE_ORDER": "DMY" if row.day_first else "MDY",
            },
        )
        return None if found is None else found.date()

    return read


def parsedatetime() -> Reader:
    """Give parsedatetime, which knows English only."""
    module: Any = importlib.import_module("parsedatetime")
    calendar = module.Calendar()

    def read(row: Row) -> date | None:
        found, status = calendar.parseDT(row.phrase, sourceTime=row.said)
        return found.date() if status else None

    return read


@dataclass(frozen=True, slots=True)
class Result:
    """What a library did on the rows of one language."""

    right: int
    rows: int
    microseconds: float
    """Median over the rounds of the mean time for one phrase."""


def measured(reader: Reader, rows: Sequence[Row], rounds: int) -> Result:
    """Count the right answers once, then time whole passes over the rows, the first of which is not counted."""
    right = sum(str(answered(reader, row)) == row.expected for row in rows)
    passes = []
    for _ in range(rounds):
        started = time.perf_counter()
        for row in rows:
            answered(reader, row)
        passes.append((time.perf_counter() - started) / len(rows))
    return Result(right, len(rows), statistics.median(passes) * 1e6)


def answered(reader: Reader, row: Row) -> date | None:
    """Ask for one phrase; a library that raises has given no date."""
    try:
        return reader(row)
    except Exception:  # noqa: BLE001 - whatever another library raises on a phrase is its answer
        return None


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table; give 1 when there are no rows to read."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rows", type=Path, default=ROWS, help="a table of phrases with the expected days")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args(arguments)
    if not options.rows.is_file():
        print(f"There are no rows at {options.rows}: name the file with --rows.", file=sys.stderr)
        return 1
    rows = core_rows(options.rows)
    warnings.simplefilter("ignore")  # the other libraries' deprecations are not ours to show
    readers: dict[str, Reader] = {"duecall": duecall()}
    for name, make in {"dateparser": dateparser, "parsedatetime": parsedatetime}.items():
        try:
            readers[name] = make()
        except ImportError:
            print(f"{name} is not installed (dependency group bench): left out.")
    print(f"{'':14}{'language':>9}{'right':>7}{'of':>5}{'%':>8}{'us/phrase':>11}{'time x ours':>13}")
    for language in ("en", "zh"):
        chosen = [row for row in rows if row.language == language]
        ours = 0.0
        for name, reader in readers.items():
            if language == "zh" and name == "parsedatetime":
                continue  # knows no Chinese
            result = measured(reader, chosen, options.rounds)
            ours = ours or result.microseconds
            share, ratio = 100 * result.right / result.rows, result.microseconds / ours
            print(
                f"{name:14}{language:>9}{result.right:>7}{result.rows:>5}{share:>8.1f}"
                f"{result.microseconds:>11.0f}{ratio:>13.1f}"
            )
        counted = [row for row in chosen if not row.set_aside]
        if len(counted) < len(chosen):
            right = sum(str(answered(readers["duecall"], row)) == row.expected for row in counted)
            print(
                f"{'duecall':14}{language:>9}{right:>7}{len(counted):>5}{100 * right / len(counted):>8.1f}"
                f"  without {len(chosen) - len(counted)} rows set aside by name (docs/decisions/0011)"
            )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
