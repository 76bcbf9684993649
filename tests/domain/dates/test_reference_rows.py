"""Accuracy over published suites of date phrases, and over recorded sentences of customers (reference files)."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import pytest

from domain.dates import PhraseReading, read_phrase
from tests.support.date_rows import SET_ASIDE

pytestmark = pytest.mark.shared

TODAY = date(2026, 11, 18)

WANTED = 0.97


def table(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        yield from csv.DictReader(file)


def read(row: dict[str, str]) -> PhraseReading:
    british = row["lang"] == "en-GB" or row["note"].endswith(".GB")
    return read_phrase(phrase_of(row), datetime.fromisoformat(row["ref"]), date_order="DMY" if british else "MDY")


def phrase_of(row: dict[str, str]) -> str:
    return row["matched_text"] or row["input"]


def core(shared: Path) -> list[dict[str, str]]:
    return [row for row in table(shared / "dates" / "promise_dates.csv") if row["core"] == "y"]


def is_set_aside(row: dict[str, str]) -> bool:
    return (row["source"], row["ref"][:10], phrase_of(row)) in SET_ASIDE


@pytest.mark.parametrize(("language", "least"), [("en", 245), ("zh", 92)])
def test_core_rows(shared: Path, language: str, least: int) -> None:
    rows = [row for row in core(shared) if row["lang"][:2] == language and not is_set_aside(row)]
    wrong: list[str] = []
    for row in rows:
        answer = read(row)
        if str(answer.date) != row["expected_date"]:
            said = f"{row['source']} {row['ref']} {phrase_of(row)!r}"
            wrong.append(f"{said}: {row['expected_date']}, not {answer.date} ({answer.why})")
    assert len(rows) >= least
    assert 1 - len(wrong) / len(rows) >= WANTED, "\n".join(wrong)


def test_rows_set_aside_are_few_known_and_read_as_a_speaker_means(shared: Path) -> None:
    aside = [row for row in core(shared) if is_set_aside(row)]
    assert len(aside) == len(SET_ASIDE) == 3
    for row in aside:
        meant = SET_ASIDE[row["source"], row["ref"][:10], phrase_of(row)]
        assert str(read(row).date) == meant
        assert meant != row["expected_date"], "the suite has corrected itself: count the row again"


def test_no_date_of_birth_becomes_a_promise(shared: Path) -> None:
    births = [row for row in table(shared / "dates" / "customer_utterances.csv") if row["kind"].startswith("identity")]
    taken = [row["customer_said"] for row in births if read_phrase(row["customer_said"], TODAY).date is not None]
    assert len(births) == 139
    assert taken == []


def test_no_date_of_birth_becomes_a_promise_in_either_order_on_any_day(shared: Path) -> None:
    births = {
        row["customer_said"] for row in table(shared / "dates" / "customer_utterances.csv") if row["kind"][0] == "i"
    }
    for today in (date(2024, 2, 29), date(2026, 4, 15), date(2026, 7, 15), date(2027, 12, 31)):
        for said in births:
            assert read_phrase(said, today, date_order="DMY", pay_day=15).date is None, said


def test_no_maybe_becomes_a_promise(shared: Path) -> None:
    said = [row["customer_said"] for row in table(shared / "dates" / "customer_utterances.csv")]
    maybe = [sentence for sentence in said if "maybe" in sentence.lower()]
    assert maybe
    for sentence in maybe:
        reading = read_phrase(sentence, TODAY)
        assert reading.date is None, sentence
        assert reading.tentative


def test_proposals_give_a_date_parts_or_a_plan(shared: Path) -> None:
    for row in table(shared / "dates" / "customer_utterances.csv"):
        said = row["customer_said"]
        if row["kind"] != "promise or proposal" or "maybe" in said.lower():
            continue
        reading = read_phrase(said, TODAY)
        if any(word in said for word in (" a month", "onthly", "instal", "each")):
            assert reading.date is None, said
            assert "plan" in reading.why
        elif " and the " in said or " and schedule " in said:
            assert len(reading.parts) == 2, said
            assert reading.parts[0].date == TODAY
            assert reading.parts[1].rest
        elif "figure out what" not in said:
            assert reading.date is not None, said
            assert reading.date > TODAY
