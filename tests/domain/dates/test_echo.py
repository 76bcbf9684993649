"""How a date is said back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import i18n
from domain.dates import absolute, echo, read_phrase

SUNDAY = date(2026, 11, 22)


@pytest.fixture(autouse=True)
def _english_again() -> Iterator[None]:
    before = i18n.language()
    yield
    i18n.use_language(before)


@pytest.mark.parametrize(
    ("day", "english", "chinese"),
    [
        (date(2026, 11, 27), "Fri 27 Nov 2026, in 5 days", "2026年11月27日 星期五，5天后"),
        (date(2026, 11, 22), "Sun 22 Nov 2026, today", "2026年11月22日 星期日，今天"),
        (date(2026, 11, 23), "Mon 23 Nov 2026, tomorrow", "2026年11月23日 星期一，明天"),
        (date(2026, 11, 21), "Sat 21 Nov 2026, yesterday", "2026年11月21日 星期六，昨天"),
        (date(2026, 11, 2), "Mon 2 Nov 2026, 20 days ago", "2026年11月2日 星期一，20天前"),
    ],
)
def test_echo_is_unmistakable_in_both_languages(day: date, english: str, chinese: str) -> None:
    i18n.use_language("en")
    assert echo(day, SUNDAY) == english
    assert absolute(day) == english.split(",")[0]
    i18n.use_language("zh")
    assert echo(day, SUNDAY) == chinese


@given(
    today=st.dates(date(2000, 1, 1), date(2090, 1, 1)),
    ahead=st.integers(0, 2000),
    language=st.sampled_from(["en", "zh"]),
)
def test_what_is_said_back_reads_as_the_same_day(today: date, ahead: int, language: i18n.Language) -> None:
    day = date.fromordinal(today.toordinal() + ahead)
    i18n.use_language(language)
    assert read_phrase(echo(day, today), today).date == day
    assert read_phrase(absolute(day), today).date == day
    assert read_phrase(day.isoformat(), today).date == day
