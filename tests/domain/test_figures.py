"""The formulas on examples worked out by hand."""

from __future__ import annotations

import pytest

from domain import figures
from domain.figures import formulas as f
from domain.i18n import use_language


@pytest.mark.parametrize(
    ("part", "whole", "expected"),
    [
        (0, 0, None),
        (0, 7, 0),
        (1, 3, 3_333),
        (2, 3, 6_667),
        (1, 8, 1_250),
        (7, 7, 10_000),
        (1, 20_000, 1),
        (1, 20_001, 0),
    ],
)
def test_rates_are_hundredths_of_a_per_cent(part: int, whole: int, expected: int | None) -> None:
    assert f.rate(part, whole) == expected


def test_kept_rate_counts_decided_promises_only() -> None:
    # 6 kept, 1 partly kept, 3 broken: 6 of 10; open ones are not even asked for
    assert f.kept_rate(6, 1, 3) == 6_000
    assert f.kept_rate(0, 0, 0) is None


def test_rates_of_a_days_work() -> None:
    # 40 of 50 cases called, 90 calls, 36 connected, 18 with the right party, 9 promises
    assert f.attempt_rate(40, 50) == 8_000
    assert f.connect_rate(36, 90) == 4_000
    assert f.right_party_rate(18, 90) == 2_000
    assert f.promise_rate(9, 18) == 5_000


def test_money_and_cures() -> None:
    assert f.liquidation(250_00, 1_000_00) == 2_500
    assert f.cure_rate(3, 4) == 7_500


def test_roll_rates_add_up_for_each_stage() -> None:
    rolled = f.roll_rates([("S1", "S2", 30), ("S1", "settled", 60), ("S1", "S1", 10), ("S2", "S3", 5)])
    assert rolled == [
        ("S1", "S2", 30, 3_000),
        ("S1", "settled", 60, 6_000),
        ("S1", "S1", 10, 1_000),
        ("S2", "S3", 5, 10_000),
    ]


def test_handle_time_is_talk_and_wrap_up_of_a_call() -> None:
    assert f.handle_time(600, 75, 10) == 68  # 67.5 seconds
    assert f.handle_time(0, 0, 0) is None


@pytest.mark.parametrize(("values", "expected"), [([], None), ([5], 5), ([1, 9], 5), ([9, 1, 4], 4), ([4, 1, 2, 9], 3)])
def test_median(values: list[int], expected: int | None) -> None:
    assert f.median(values) == expected


@pytest.mark.parametrize("name", figures.REPORTS)
def test_every_report_says_what_it_is_in_both_languages(name: str) -> None:
    english = (figures.title(name), figures.formula(name))
    assert all(english)
    use_language("zh")
    try:
        assert (figures.title(name), figures.formula(name)) != english
    finally:
        use_language("en")
