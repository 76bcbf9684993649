"""Payments in parts, pay days, date orders and what is said about a reading, on Wednesday 18 November 2026."""

from __future__ import annotations

from datetime import date, datetime
from fractions import Fraction

import pytest

from domain import i18n
from domain.dates import DatedPart, read_phrase
from tests.support.date_tables import WEDNESDAY

HALF, THIRD = Fraction(1, 2), Fraction(1, 3)


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("half today and the rest next week", [("18", HALF, None), ("29", None, None)]),
        ("I can pay half right now, and the rest by the end of the month.", [("18", HALF, None), ("30", None, None)]),
        ("$100 today and the rest next month", [("18", None, "100"), ("12-31", None, None)]),
        ("$1,500.50 today and the balance on 12/15", [("18", None, "1500.5"), ("12-15", None, None)]),
        ("two hundred now and the rest friday", [("18", None, "200"), ("20", None, None)]),
        ("today 100, friday 200", [("18", None, "100"), ("20", None, "200")]),
        (
            "$100 today, $200 on friday, the rest on the 30th",
            [("18", None, "100"), ("20", None, "200"), ("30", None, None)],
        ),
        ("a third today and the remainder in two weeks", [("18", THIRD, None), ("12-02", None, None)]),
        ("1/2 today and the rest friday", [("18", HALF, None), ("20", None, None)]),
        ("25% now and the rest on the 30th", [("18", Fraction(1, 4), None), ("30", None, None)]),
        ("half today, then friday", [("18", HALF, None), ("20", None, None)]),
        ("the rest on the 30th, half today", [("18", HALF, None), ("30", None, None)]),
        ("200 bucks friday, 300 the friday after", [("20", None, "200"), ("27", None, "300")]),
        ("100 on 1/12 and the rest on 15/12", [("12-01", None, "100"), ("12-15", None, None)]),
        ("200 each on friday and monday", [("20", None, "200"), ("23", None, "200")]),
        ("今天先还一半，剩下的下周五", [("18", HALF, None), ("27", None, None)]),
        ("今天還500，月底還清", [("18", None, "500"), ("30", None, None)]),
        ("今天还五百，其余的下个月十号", [("18", None, "500"), ("12-10", None, None)]),
        ("一半今天，一半周五", [("18", HALF, None), ("20", HALF, None)]),
        ("先还三成今天，剩余的月底", [("18", Fraction(3, 10), None), ("30", None, None)]),
        ("今天还三分之一，剩下的15号", [("18", THIRD, None), ("12-15", None, None)]),
        ("周五还一万五，年底付清", [("20", None, "15000"), ("12-31", None, None)]),
        (
            "明天1000块，下周五再还2万，剩下的月底还清",
            [("19", None, "1000"), ("27", None, "20000"), ("30", None, None)],
        ),
        ("今天和月底各还一半", [("18", HALF, None), ("30", HALF, None)]),
    ],
)
def test_parts(sentence: str, expected: list[tuple[str, Fraction | None, str | None]]) -> None:
    reading = read_phrase(sentence, WEDNESDAY)
    days = [date.fromisoformat(f"2026-{day}" if "-" in day else f"2026-11-{day}") for day, _, _ in expected]
    assert [(part.date, part.share, part.amount) for part in reading.parts] == [
        (day, share, amount) for day, (_, share, amount) in zip(days, expected, strict=True)
    ]
    assert reading.date == days[0]


def test_a_single_payment_keeps_its_figure() -> None:
    assert read_phrase("$100 next week", WEDNESDAY).amount == "100"
    assert read_phrase("3000 周五", WEDNESDAY).amount == "3000"
    assert read_phrase("1.5万，下周五", WEDNESDAY).amount == "15000"
    assert read_phrase("8点 周五", WEDNESDAY).amount is None
    assert read_phrase("half on friday", WEDNESDAY).share == HALF
    assert read_phrase("half on friday", WEDNESDAY).parts == ()


def test_doubtful_parts_are_mentioned_only() -> None:
    reading = read_phrase("maybe half today and the rest next week", WEDNESDAY)
    assert (reading.date, reading.parts) == (None, ())
    assert reading.accepted().parts == (DatedPart(WEDNESDAY, HALF), DatedPart(date(2026, 11, 29), range=True))


@pytest.mark.parametrize(
    "phrase",
    ["payday", "when I get paid", "once my wages come in", "发薪日", "发工资那天", "等发工资", "工资到账就还", "出糧"],
)
def test_pay_day_is_asked_for(phrase: str) -> None:
    reading = read_phrase(phrase, WEDNESDAY)
    assert (reading.date, reading.needs) == (None, "pay_day")
    known = read_phrase(phrase, WEDNESDAY, pay_day=25)
    assert (known.date, known.needs) == (date(2026, 11, 25), None)


@pytest.mark.parametrize(
    ("pay_day", "today", "expected"),
    [
        (18, date(2026, 11, 18), date(2026, 11, 18)),
        (10, date(2026, 11, 18), date(2026, 12, 10)),
        (31, date(2026, 11, 18), date(2026, 11, 30)),
        (30, date(2027, 2, 1), date(2027, 2, 28)),
        (31, date(2026, 12, 31), date(2026, 12, 31)),
    ],
)
def test_pay_day_stays_inside_the_month(pay_day: int, today: date, expected: date) -> None:
    assert read_phrase("payday", today, pay_day=pay_day).date == expected


def test_days_are_counted_from_the_pay_day() -> None:
    assert read_phrase("2 days after payday", WEDNESDAY, pay_day=25).date == date(2026, 11, 27)
    assert read_phrase("发工资后三天", WEDNESDAY, pay_day=25).date == date(2026, 11, 28)
    parts = read_phrase("half now and the rest when I get paid", WEDNESDAY, pay_day=25).parts
    assert [part.date.day for part in parts] == [18, 25]
    without = read_phrase("half now and the rest when I get paid", WEDNESDAY)
    assert (without.date, without.parts, without.needs) == (None, (), "pay_day")


def test_an_impossible_pay_day_is_the_callers_mistake() -> None:
    with pytest.raises(ValueError, match="1 to 31"):
        read_phrase("payday", WEDNESDAY, pay_day=32)


def test_date_order_decides_only_what_the_figures_leave_open() -> None:
    assert read_phrase("5/12", WEDNESDAY).date == date(2027, 5, 12)
    assert read_phrase("5/12", WEDNESDAY, date_order="DMY").date == date(2026, 12, 5)
    assert read_phrase("25/12", WEDNESDAY).date == date(2026, 12, 25)
    assert read_phrase("12/25", WEDNESDAY, date_order="DMY").date == date(2026, 12, 25)
    assert "check" in read_phrase("5/12", WEDNESDAY).why


def test_an_order_that_has_passed_gives_way_to_the_other() -> None:
    assert read_phrase("05.12.2026", WEDNESDAY).date == date(2026, 12, 5)


def test_hours_cross_midnight_from_the_hour_of_the_call() -> None:
    morning, evening = datetime(2026, 11, 18, 9), datetime(2026, 11, 18, 22)  # noqa: DTZ001 - a local wall clock
    assert read_phrase("in 4 hours", morning).date == date(2026, 11, 18)
    assert read_phrase("in 4 hours", evening).date == date(2026, 11, 19)
    assert read_phrase("4小时后", evening).date == date(2026, 11, 19)
    assert read_phrase("in 12 hours", WEDNESDAY).date == date(2026, 11, 19)


def test_the_weekday_decides_between_two_dates_and_is_questioned_otherwise() -> None:
    fits_later = read_phrase("Fri 17 Nov", WEDNESDAY)
    assert fits_later.date == date(2028, 11, 17) or "ask" in fits_later.why
    wrong = read_phrase("Friday 24 November 2026", WEDNESDAY)
    assert wrong.date == date(2026, 11, 24)
    assert "Friday" in wrong.why


def test_each_language_falls_back_on_the_other() -> None:
    assert read_phrase("fri", WEDNESDAY, language="zh").date == date(2026, 11, 20)
    assert read_phrase("下周五", WEDNESDAY, language="en").date == date(2026, 11, 27)


def test_next_friday_says_how_it_was_read() -> None:
    assert "20 Nov" in read_phrase("next friday", WEDNESDAY).why
    assert "20 Nov" in read_phrase("下周五", WEDNESDAY).why


def test_two_days_with_a_dash_keep_the_first_and_name_the_last() -> None:
    for phrase in ("10 - 15 december", "dec 10 to 15", "10/12 - 15/12", "12月10到15号", "12月10号至12月15号"):
        reading = read_phrase(phrase, WEDNESDAY)
        assert reading.date == date(2026, 12, 10), phrase
        assert reading.stretch == (date(2026, 12, 10), date(2026, 12, 15))
        assert "15 Dec" in reading.why


def test_why_speaks_the_interface_language() -> None:
    before = i18n.language()
    try:
        i18n.use_language("zh")
        assert "2026年11月20日 星期五" in read_phrase("next friday", WEDNESDAY).why
    finally:
        i18n.use_language(before)


def test_reading_tells_weekday_and_distance() -> None:
    reading = read_phrase("下周五", WEDNESDAY)
    assert (reading.weekday, reading.days) == ("Friday", 9)


def test_the_customers_words_stay_out_of_the_repr() -> None:
    assert "Jane" not in repr(read_phrase("Jane will pay friday", WEDNESDAY))
