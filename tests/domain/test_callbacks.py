"""When to ring again, as people say it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.callbacks import read_moment
from tests.support.people import NOW

ZONE = "Asia/Shanghai"  # it is Tuesday 24 November, 10:00


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("16:30", "2026-11-24 16:30"),
        ("3pm", "2026-11-24 15:00"),
        ("3", "2026-11-24 15:00"),
        ("9", "2026-11-25 09:00"),
        ("at 11", "2026-11-24 11:00"),
        ("tomorrow 9am", "2026-11-25 09:00"),
        ("tomorrow at 14:15", "2026-11-25 14:15"),
        ("friday 10:30", "2026-11-27 10:30"),
        ("in 2 hours", "2026-11-24 12:00"),
        ("in 45 minutes", "2026-11-24 10:45"),
        ("in half an hour", "2026-11-24 10:30"),
        ("tomorrow morning", "2026-11-25 09:00"),
        ("下午三点", "2026-11-24 15:00"),
        ("明天下午3点半", "2026-11-25 15:30"),
        ("下午4:20", "2026-11-24 16:20"),
        ("两小时后", "2026-11-24 12:00"),
        ("半小时后", "2026-11-24 10:30"),
        ("明天上午", "2026-11-25 09:00"),
    ],
)
def test_a_time_is_read_on_the_customers_clock(text: str, when: str) -> None:
    from zoneinfo import ZoneInfo

    moment = read_moment(text, NOW, ZONE)
    assert moment is not None
    assert moment.timed
    assert moment.at.astimezone(ZoneInfo(ZONE)).strftime("%Y-%m-%d %H:%M") == when


def test_a_day_alone_is_a_day_without_a_time() -> None:
    moment = read_moment("tomorrow", NOW, ZONE)
    assert moment is not None
    assert not moment.timed


@pytest.mark.parametrize("text", ["", "never", "yesterday 9am", "today at 9am", "25:99"])
def test_what_is_no_future_moment(text: str) -> None:
    assert read_moment(text, NOW, ZONE) is None


@given(st.text(max_size=300))
def test_any_text_gives_a_future_moment_or_none(text: str) -> None:
    moment = read_moment(text, NOW, ZONE)
    assert moment is None or moment.at > NOW
